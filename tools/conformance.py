"""Hold the forecast against what others published: python -m tools.conformance [MODEL …]

Each file in ``tests/conformance`` is a scenario that writes one published model down. The published tables are read from
``../shared/data/risk``; where that folder is absent, nothing is compared and the reason is printed. Exit 1: a value is further
off than its tolerance, or is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fastchannel.forecast.scenario.comparison import Compared
from fastchannel.forecast.scenario.scenario import load_scenario

REPOSITORY = Path(__file__).resolve().parent.parent
SCENARIOS = REPOSITORY / "tests" / "conformance"
PUBLISHED = REPOSITORY.parent / "shared" / "data" / "risk"
WIDTH = 28


def models() -> list[str]:
    """The names of the models, in order."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


def compared(model: str, data: Path = PUBLISHED) -> tuple[Compared, ...]:
    """One model's comparisons."""
    path = SCENARIOS / f"{model}.toml"
    scenario = load_scenario(path.read_bytes(), name=path.name, folder=data)
    return scenario.compared(scenario.run())


def rows(found: tuple[Compared, ...]) -> Iterator[str]:
    """The table's lines for one model."""
    for one in found:
        verdict = "" if one.held else f"  EXCEEDED at {one.at}" + (f", {one.unmatched} missing" if one.unmatched else "")
        errors = "" if one.most_errors is None else f"  (at most {one.most_errors:.1f} standard errors)"
        yield f"{one.id:<{WIDTH}} {one.values:>6} {one.tolerance:>9.0e} {one.largest_deviation:>17.2e}{errors}{verdict}"


def main(chosen: list[str]) -> int:
    if not PUBLISHED.is_dir():
        print(
            f"nothing compared: the published tables are read from {PUBLISHED.relative_to(REPOSITORY.parent)}, which is absent"
        )
        return 0
    held = True
    print(f"{'model':<{WIDTH}} {'values':>6} {'tolerance':>9} {'largest deviation':>17}", flush=True)
    for model in chosen or models():
        found = compared(model)
        held = held and bool(found) and all(one.held for one in found)
        for line in rows(found):
            print(line, flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
