"""Files of daily figures read by their layout: a row for each day, or a column for each."""

from __future__ import annotations

from datetime import date, timedelta

from fastchannel.watch.reports.dates import DateForm, fault_of, read_day
from fastchannel.watch.reports.figures import ReportError
from fastchannel.watch.reports.gathering import Cell, Gathering, Published
from fastchannel.watch.reports.headed import Headed
from fastchannel.watch.reports.layouts import Long, Wide
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import Effect, Fault


def read_table(
    raw: bytes, layout: Long | Wide, *, file: str, published: Published | None = None, encoding: str = "utf-8"
) -> Reading:
    """Read a file. ``file`` is its name in remarks.

    ``published`` is the day on which the file was published as it is; or how long after its day each figure was, which is an
    assumption and is noted as one. A layout with a column for it takes none. Raises ReportError where that is not so.
    """
    has_column = isinstance(layout, Long) and bool(layout.published)
    if has_column == (published is not None):
        raise ReportError(
            f"{file}: found {'no' if published is None else 'a'} date of publication given for the file; expected one exactly "
            "where it has no column for it"
        )
    gathering = Gathering(file, published)
    if isinstance(published, timedelta):
        gathering.remarks.add(0, "", Fault.PUBLISHED, Effect.NOTED, "none", days=published.days)
    if isinstance(layout, Long):
        _read_long(raw, layout, encoding, gathering)
    else:
        _read_wide(raw, layout, encoding, gathering)
    return gathering.finish()


def day_in(text: str, form: DateForm, number: int, column: str, gathering: Gathering) -> date | None:
    """The day that a field has; the row is rejected where it has none."""
    found = read_day(text, form)
    if found is None:
        gathering.reject(number, column, fault_of(text, form), text, form=form.value)
    return found


def _read_long(raw: bytes, layout: Long, encoding: str, gathering: Gathering) -> None:
    needed = [layout.day, *layout.place, *([layout.published] if layout.published else [])]
    needed += [name for holds in layout.holds if not holds.optional for name in holds.columns]
    headed = Headed(raw, encoding, gathering, tuple(dict.fromkeys(needed)))
    holds = [one for one in layout.holds if all(headed.names.count(name) == 1 for name in one.columns)]
    for row in headed.rows():
        day = day_in(row.fields[headed.at[layout.day]], layout.form, row.number, layout.day, gathering)
        if day is None:
            continue
        published = None
        if layout.published:
            text = row.fields[headed.at[layout.published]]
            published = day_in(text, layout.form, row.number, layout.published, gathering)
            if published is None:
                continue
        names = [row.fields[headed.at[name]] for name in layout.place]
        located = layout.locate(*names)
        if located is None:
            gathering.reject(row.number, layout.place[-1], Fault.PLACE, ", ".join(filter(None, names)))
            continue
        cells = [
            Cell(one.columns[0], day, one.meaning, tuple(row.fields[headed.at[name]] for name in one.columns)) for one in holds
        ]
        gathering.take(row.number, day, *located, cells, published=published)


def _read_wide(raw: bytes, layout: Wide, encoding: str, gathering: Gathering) -> None:
    headed = Headed(raw, encoding, gathering, layout.others)
    days = _days_of(headed, layout, gathering)
    for row in headed.rows():
        names = [row.fields[headed.at[name]] for name in layout.place]
        located = layout.locate(*names)
        if located is None:
            gathering.reject(row.number, layout.place[-1], Fault.PLACE, ", ".join(filter(None, names)))
            continue
        cells = (Cell(column, day, layout.meaning, (_present(row.fields[at], layout),)) for at, column, day in days)
        gathering.take(row.number, None, *located, cells)


def _present(text: str, layout: Wide) -> str:
    return "" if text in layout.missing else text


def _days_of(headed: Headed, layout: Wide, gathering: Gathering) -> list[tuple[int, str, date]]:
    """The columns of days. One that is no date, or whose day has two columns, is left out and said to be."""
    found: list[tuple[int, str, date]] = []
    for at, name in enumerate(headed.names):
        if name in layout.others:
            continue
        day = read_day(name, layout.form)
        if day is None:
            fault = fault_of(name, layout.form)
            gathering.remarks.add(1, name, fault, Effect.LEFT_OUT, name, form=layout.form.value)
        else:
            found.append((at, name, day))
    all_days = [day for _, _, day in found]
    for _, name, day in found:
        if all_days.count(day) > 1:
            gathering.remarks.add(1, name, Fault.CONFLICT, Effect.LEFT_OUT, name, row=1)
    return [one for one in found if all_days.count(one[2]) == 1]
