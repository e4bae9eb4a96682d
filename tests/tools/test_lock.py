"""What the package imports is what the lock file for a fresh machine installs."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _imports(tree: ast.AST) -> Iterator[str]:
    """The top-level names of what a module imports at run time."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        yield from _imports(node)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_package_imports_only_what_its_lock_file_installs() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {_canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==", lock, re.MULTILINE)}
    owners = packages_distributions()
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "src").rglob("*.py")
        for name in _imports(ast.parse(path.read_text()))
        if name not in sys.stdlib_module_names
        and name != "fastchannel"
        and not locked & {_canonical(owner) for owner in owners.get(name, ())}
    }
    assert strangers == set()
