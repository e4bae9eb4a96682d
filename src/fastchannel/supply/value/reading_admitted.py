"""Reads who has been let in before: a CSV of ``site, skill, people``."""

from __future__ import annotations

import csv
import io
from collections import Counter

from fastchannel.supply.errors import SupplyError

COLUMNS = ("site", "skill", "people")


def read_admitted(raw: bytes, where: str) -> dict[str, dict[str, int]]:
    """People by skill, by site. Raises SupplyError with the line of what it cannot be."""
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), skipinitialspace=True)
    except UnicodeDecodeError as error:
        raise SupplyError(f"{where}: byte {error.start} is not UTF-8; expected a text in UTF-8") from None
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SupplyError(f"{where}: column {missing[0]} is missing; expected {', '.join(COLUMNS)}")
    found: dict[str, Counter[str]] = {}
    for row in reader:
        site, skill, people = ((row[name] or "").strip() for name in COLUMNS)
        if not site or not skill or not (people.isascii() and people.isdigit()):
            raise SupplyError(
                f"{where}: line {reader.line_num}: found {site!r}, {skill!r}, {people!r}; expected a site, a skill and a number"
            )
        found.setdefault(site, Counter())[skill] += int(people)
    return {site: dict(skills) for site, skills in found.items()}
