"""Writes docs/images/*.png anew: every screen of a node with synthetic travellers, in Chromium (`make screenshots`).

The list of the screens is SCREENS in tests/browser/test_pictures.py, which takes them in a node of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TAKEN_BY = "tests/browser/test_pictures.py"


def main() -> int:
    """Takes the pictures; the exit code is that of the tests that take them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TAKEN_BY]
    finished = subprocess.run(command, cwd=ROOT, env={**os.environ, "SCREENSHOTS": str(IMAGES)}, check=False)
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} KiB")
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
