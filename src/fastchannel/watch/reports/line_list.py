"""Line lists: a row for each case, counted into daily figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import polars as pl

from fastchannel.watch.reports.dates import DateForm, forms_of
from fastchannel.watch.reports.figures import Detected, Figure
from fastchannel.watch.reports.gathering import Cell, Gathering, Meaning
from fastchannel.watch.reports.headed import Headed
from fastchannel.watch.reports.lines import Row
from fastchannel.watch.reports.names import PlaceReader, iso_place
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import Fault
from fastchannel.watch.reports.tables import day_in

# What a case of each class counts towards, besides all cases.
CLASSES: Mapping[str, tuple[Figure, ...]] = {
    "imported": (Figure.IMPORTED_CASES,),
    "local": (Figure.LOCAL_CASES,),
    "linked": (Figure.LOCAL_CASES, Figure.LINKED_CASES),
    "unlinked": (Figure.LOCAL_CASES, Figure.UNLINKED_CASES),
    "": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineList:
    """Which columns say what; an empty name where there is none. ``classes`` maps a file's own words to those of `CLASSES`.

    ``form`` of dates is found from the whole column where it is None, and only if a single form fits every row.
    ``whole`` are the days that the list is known to cover, so that a day without a row is nought; without it such a day is not
    reported. It holds for the places that the list names.
    """

    case: str = "case"
    day: str = "day"
    place: str = "place"
    of_class: str = "class"
    origin: str = ""
    detected: str = ""
    locate: PlaceReader = iso_place
    classes: Mapping[str, str] = field(default_factory=lambda: {name: name for name in CLASSES})
    form: DateForm | None = DateForm.ISO
    whole: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as its row says it."""

    row: int
    case: str
    day: date
    place: str
    of_class: str
    origin: str
    detected: str


def read_line_list(raw: bytes, layout: LineList, *, file: str, published: date, encoding: str = "utf-8") -> Reading:
    """Read a line list that was published as it is on ``published``, and count its cases by day.

    ``rows`` of the reading are cases, its table has their counts: of all cases of a place and of each class, and apart by
    origin and by where detected where the list has these columns. A case's number that comes again is rejected if its row says
    the same, and both rows are if not. A case without a class counts among all cases only.
    """
    checked = Gathering(file, published)
    headed = Headed(raw, encoding, checked, tuple(name for name in _columns(layout) if name))
    rows = list(headed.rows())
    form = layout.form or _form(rows, headed, layout, checked)
    seen: dict[str, Case] = {}
    found: dict[int, Case] = {}
    for row in rows if form else ():
        case = _case(row, headed, layout, form or DateForm.ISO, published, checked)
        if case is not None and _is_new(case, seen, found, checked):
            found[case.row] = case
    counted = Gathering(file, published)
    for number, ((place, detected), cells) in enumerate(_cells(list(found.values()), layout).items(), start=1):
        counted.take(number, None, place, detected, cells)
    reading = counted.finish()
    remarks = (*checked.remarks.all(), *(replace(remark, row=0) for remark in reading.remarks))
    return replace(
        reading,
        table=reading.table.with_columns(pl.lit(0, dtype=pl.Int32).alias("row")),
        remarks=remarks,
        faults=checked.remarks.counts + reading.faults,
        rows=checked.rows,
        accepted=len(found),
        rejected=len(checked.remarks.rejected),
    )


def _columns(layout: LineList) -> tuple[str, ...]:
    return (layout.case, layout.day, layout.place, layout.of_class, layout.origin, layout.detected)


def _form(rows: list[Row], headed: Headed, layout: LineList, gathering: Gathering) -> DateForm | None:
    """The one form that every date of the column has; every row is rejected where none or several do."""
    texts = [row.fields[headed.at[layout.day]] for row in rows]
    forms = forms_of(texts)
    if len(forms) == 1:
        return forms[0]
    fault = Fault.DATE_AMBIGUOUS if forms else Fault.DATE_MIXED
    expected = " / ".join(form.value for form in forms or DateForm)
    for row, text in zip(rows, texts, strict=True):
        gathering.reject(row.number, layout.day, fault, text, form=expected)
    return None


def _case(row: Row, headed: Headed, layout: LineList, form: DateForm, published: date, gathering: Gathering) -> Case | None:
    def text(column: str) -> str:
        return row.fields[headed.at[column]] if column else ""

    day = day_in(text(layout.day), form, row.number, layout.day, gathering)
    if day is None:
        return None
    if day > published:
        gathering.reject(row.number, layout.day, Fault.FUTURE, day, published=published)
        return None
    located, origin = layout.locate(text(layout.place)), layout.locate(text(layout.origin)) if text(layout.origin) else ("", "")
    if located is None or origin is None:
        column = layout.place if located is None else layout.origin
        gathering.reject(row.number, column, Fault.PLACE, text(column))
        return None
    of_class, detected = layout.classes.get(text(layout.of_class)), text(layout.detected)
    if of_class not in CLASSES or detected not in {"", *Detected}:
        column, words = (layout.of_class, layout.classes) if of_class not in CLASSES else (layout.detected, Detected)
        gathering.reject(row.number, column, Fault.WORD, text(column), words=", ".join(word for word in words if word))
        return None
    return Case(
        row=row.number,
        case=text(layout.case),
        day=day,
        place=located[0],
        of_class=of_class or "",
        origin=origin[0],
        detected=detected or located[1],
    )


def _is_new(case: Case, seen: dict[str, Case], found: dict[int, Case], gathering: Gathering) -> bool:
    """Whether the case's number did not come before; what contradicts itself is taken out again."""
    before = seen.setdefault(case.case, case) if case.case else case
    if before is case:
        return True
    same = replace(before, row=case.row) == case
    gathering.reject(case.row, "", Fault.DUPLICATE if same else Fault.CONFLICT, case.case, row=before.row)
    if not same and found.pop(before.row, None) is not None:
        gathering.reject(before.row, "", Fault.CONFLICT, case.case, row=case.row)
    return False


def _cells(cases: list[Case], layout: LineList) -> dict[tuple[str, str], list[Cell]]:
    """The counts by place and by where detected, with noughts on the days that the list covers whole."""
    counts: Counter[tuple[str, date, Meaning]] = Counter()
    for case in cases:
        for figure in (Figure.CASES, *CLASSES[case.of_class]):
            for origin in {"", case.origin}:
                for detected in {"", case.detected}:
                    counts[case.place, case.day, Meaning(figure=figure, origin=origin, detected=detected)] += 1
    if layout.whole is not None:
        first, last = layout.whole
        series = {(place, meaning) for place, _, meaning in counts}
        known = {figure for name in layout.classes.values() for figure in CLASSES[name]} if layout.of_class else set()
        series |= {(case.place, Meaning(figure=figure)) for case in cases for figure in (Figure.CASES, *known)}
        for place, meaning in series:
            for i in range((last - first).days + 1):
                counts.setdefault((place, first + timedelta(days=i), meaning), 0)
    found: dict[tuple[str, str], list[Cell]] = {}
    for (place, day, meaning), count in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1], str(item[0][2]))):
        found.setdefault((place, ""), []).append(Cell("", day, meaning, (str(count),)))
    return found
