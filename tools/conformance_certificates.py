"""Hold what verifies certificates against the test data of those who defined them: make conformance MODELS=certificates

The data is read from ``../shared/data/cert``; without it, nothing is compared and the reason is printed. Exit 1:
a label does not hold that its own data does not call wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools import conformance_dcc, conformance_formats, conformance_rules, conformance_signatures
from tools.conformance_dcc import Figure

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = REPOSITORY.parent / "shared" / "data" / "cert"
WIDTH = 44


def figures(data: Path) -> Iterator[tuple[str, Figure]]:
    """Every figure, with the set that it belongs to."""
    for figure in conformance_dcc.testdata(data / "dcc" / "dgc-testdata"):
        yield "EU test data", figure
    signatures, flips, outcomes = conformance_dcc.quality(data / "dcc" / "qa")
    signatures.known.extend(f"{count} {code}" for code, count in sorted(outcomes.items()))
    yield "EU quality assurance", signatures
    yield "EU quality assurance", flips
    yield "ICAO", conformance_formats.seals(data / "multi-gdhcn")
    yield "DIVOC", conformance_formats.divoc(data / "multi-gdhcn")
    yield "SMART Health Cards", conformance_formats.cards(data / "shc")
    for figure in conformance_signatures.wycheproof(data / "wycheproof"):
        yield "signatures", figure
    yield "signatures", conformance_signatures.cose(data / "cose")
    yield "rules", conformance_rules.specification(data / "rules" / "certlogic-spec")
    yield "rules", conformance_rules.validation(data / "rules" / "certlogic-spec")
    yield "rules", conformance_rules.national(data / "rules" / "dcc-business-rules")


def main() -> int:
    """Print the table."""
    if not DATA.is_dir():
        print(f"nothing compared: the test data is read from {DATA.relative_to(REPOSITORY.parent)}, which is absent")
        return 0
    held = True
    print(f"{'set and label':<{WIDTH}} {'held':>6} {'of':>6}")
    for owner, figure in figures(DATA):
        name = f"{owner}: {figure.name}"
        held = held and not figure.failed
        print(f"{name:<{WIDTH}} {figure.passed:>6} {figure.total:>6}", end="")
        print(f"   said beside it: {', '.join(figure.known)}" if figure.known else "")
        for one in figure.failed:
            print(f"    {one}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
