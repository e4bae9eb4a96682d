"""The rows of a roster that were left out, as they were sent, with the reasons: to be mended and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastchannel.casework import roster, sheet
from fastchannel.casework.roster import Problem, problem_text
from fastchannel.node import imports
from fastchannel.node.models import Import, ImportRow


def rejects_csv(data: bytes, problems: Mapping[int, Sequence[Problem]], language: str) -> bytes:
    """The rows with these numbers and a column of reasons. Our importer ignores that column, so the file can be sent again."""
    found = roster.read(data)
    rows = [[*found.header, "problems"]]
    for line in found.lines:
        if line.row in problems:
            reasons = "; ".join(f"{item.column}: {problem_text(item, language)}" for item in problems[line.row])
            cells = [*line.cells, *[""] * (len(found.header) - len(line.cells))]
            rows.append([*cells, reasons])
    return sheet.write(rows)


def left_out(identifier: str, language: str) -> bytes:
    """The rows of a stored import that were rejected or are duplicates."""
    stored = Import.objects.get(id=identifier)
    rows = ImportRow.objects.filter(roster=identifier, outcome__in=["rejected", "duplicate"]).order_by("row")
    return rejects_csv(bytes(stored.file), {row.row: imports.problems_of(row) for row in rows}, language)
