"""``fastchannel supply allocate``: who gets which of the scarce places, with the bound, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from fastchannel.cli.batch import available_cores
from fastchannel.cli.command import Command, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.files import read_file, write_file
from fastchannel.cli.supply_rows import (
    CONFLICT,
    ROWS_REJECTED,
    AllocationFileError,
    promises_of,
    rows_of,
    show_conflict,
    text_of,
    values_of,
)
from fastchannel.terms.language import N_, translate

EXAMPLE_ROWS = """\
id,sponsor,size,value,decay_per_day,first_day,last_day,nights,p_import,direction,region,places,flights,tests,classes,applied_at
A1,Harbour Cranes,3,90,0.1,0,2,2,0.002,KR-CN,CN-LN,,,0,,2020-05-01T09:00
A2,Line Tuning,1,40,0,0,2,2,0.001,KR-CN,CN-JS,S1,F0;F1,0,small-firm,2020-05-01T10:00
A3,Vaccine Plant,2,30,0.3,0,1,2,0.001,KR-CN,CN-JS,,,0,health,2020-05-02T08:00
A4,Display Works,4,120,0.05,0,2,2,0.003,KR-CN,CN-SN,,,0,,2020-05-02T09:00
"""
EXAMPLE_CAPACITY = """\
[[flight]]
id = "F0"
day = 0                       # days are counted from the first of the period
seats = 4
direction = "KR-CN"

[[flight]]
id = "F1"
day = 1
seats = 4
direction = "KR-CN"

[[site]]
id = "S1"
direction = "KR-CN"
rooms = [6, 6, 6, 6]          # free on each night
laboratory = "L1"

[tests]
L1 = [8, 8, 8, 8]             # what the laboratory can do each day

[risk]
"KR-CN" = [0.01]              # the most that the chance of an import may be, by week; the last holds on

[[floor]]
kind = "class"                # class, region or direction
of = "health"
share = 0.1                   # of the period's seats; or places = 2
"""
EXAMPLE_FILES = {"applications.csv": EXAMPLE_ROWS, "capacity.toml": EXAMPLE_CAPACITY}
TOTAL = N_("{placed} of {applied} applications have a place; value {value}, at most {bound} ({gap} below at most)")
HAS = N_("{application} has a place: flight {flight}, {place}, day {day}")
HAS_NONE = N_("{application} has no place")
RANKED = N_("rank {rank} of {of} by value less what it takes at the limits' prices")
WEIGHED = N_("flight {flight}, {place}: value {value} less {cost} leaves {profit}")
TAKES = N_("{limit}: {takes} at {price}")
RISE = N_("solved again with a place for it, the others lose more: its value must rise by {least} to {most}")
FALL = N_("solved again without it: its value could fall by {least} to {most} before it loses its place")
PRICED = N_("{limit}: one more unit is worth {price} at its price")
RESOLVED = N_("{limit}: solved again with one more unit, the total changes by {least} to {most}")
NO_OPTION = N_("no flight and place have room for the whole team, even with nobody else there")


def add_to(group: click.Group) -> None:
    """Add the command."""
    group.add_command(allocate_places)


@click.command(
    "allocate",
    cls=Command,
    examples=(
        "fastchannel supply allocate --example .",
        "fastchannel supply allocate applications.csv capacity.toml --seed 2020-05-04 --explain A2",
        "fastchannel supply allocate applications.csv capacity.toml --criticality worth.json --audits audits.csv",
    ),
    exits={ROWS_REJECTED: "rows were rejected: each is on a line of stderr", CONFLICT: "limits conflict: stdout says which"},
)
@click.argument("applications", metavar="APPLICATIONS.csv", required=False)
@click.argument("capacity", metavar="CAPACITY.toml", required=False)
@click.option("--seed", default="", help="The published seed of the lottery among equals.")
@click.option("--gap", type=click.FloatRange(0.0, 1.0), help="Stop within this share of the bound; by default 0.005 or 0.01.")
@click.option("--criticality", metavar="FILE", help="Take values from `supply criticality --json`; - is stdin.")
@click.option("--audits", metavar="FILE", help="Discount firms that inflate, by audits: see `supply audit`.")
@click.option("--promises", metavar="FILE", help="Places given before, as this command wrote them; else those of CAPACITY.")
@click.option("--explain", "explained", metavar="ID", help="Say why this application has a place or none.")
@click.option("--one-more", "limit", metavar="LIMIT", help="Say what one more unit is worth, for example of: rooms S1 day 1")
@click.option("--skip-faults", is_flag=True, help="Allocate among the rows that are in order.")
@click.option("--example", metavar="FOLDER", help="Write both files as examples into this folder, and end.")
@language_option
@json_option
def allocate_places(
    *,
    applications: str | None,
    capacity: str | None,
    seed: str,
    gap: float | None,
    criticality: str | None,
    audits: str | None,
    promises: str | None,
    explained: str | None,
    limit: str | None,
    skip_faults: bool,
    example: str | None,
    language: str,
    as_json: bool,
) -> int:
    """Say which team gets which place on which day, within rooms, seats, tests, risk and reserved places.

    A team travels as a whole or not at all. No choice is worth more than the bound that is shown.
    """
    from fastchannel.supply.places.allocate import Allocation, allocate
    from fastchannel.supply.places.claims import DiscountRule, discounted
    from fastchannel.supply.places.explain import explain, worth_of_one_more
    from fastchannel.supply.places.reading import read_capacity
    from fastchannel.supply.places.reading_promises import read_audits
    from fastchannel.supply.places.valued import with_values

    if example is not None:
        return _write_example(Path(example), as_json=as_json)
    if applications is None or capacity is None:
        raise click.UsageError("expected APPLICATIONS.csv and CAPACITY.toml; --example FOLDER writes both")
    asked = read_capacity(read_file(Path(capacity), AllocationFileError), capacity)
    rows = rows_of(applications, language, skip_faults=skip_faults)
    if rows.refused:
        if as_json:
            emit_json(rows.told)
        return ROWS_REJECTED
    asking, told = rows.applications, rows.told
    if criticality is not None:
        asking = with_values(asking, values_of(criticality))
    if audits is not None:
        audited = read_audits(text_of(audits), audits)
        asking = discounted(asking, audited.audits, DiscountRule(), audited.owners)
    promised = asked.promises if promises is None else promises_of(promises)
    found = allocate(asking, asked.capacity, asked.budget, seed=seed, promises=promised, gap=gap, threads=available_cores())
    if not isinstance(found, Allocation):
        show_conflict(found, told if as_json else None, language)
        return CONFLICT
    why = explain(found, explained) if explained is not None else None
    more = worth_of_one_more(found, _row(found, limit)) if limit is not None else None
    if as_json:
        fields = {name: getattr(found, name) for name in ("value", "bound", "gap", "method", "seed")}
        emit_json(
            {
                **fields,
                "grants": msgspec.to_builtins(found.grants),
                **told,
                "why": _why(why),
                "prices": _prices(found),
                "one_more": more and msgspec.to_builtins(more),
            }
        )
    else:
        _show(found, len(asking), language)
        if why is not None:
            _show_why(why, language)
        if more is not None:
            _show_more(more, language)
    return ROWS_REJECTED if rows.faulty else 0


def _row(found: Any, limit: str) -> int:
    names = [found.problem.limit_name(row) for row in range(found.problem.shape.rows)]
    if limit not in names:
        some = "; ".join(names[:: max(1, len(names) // 8)])
        raise click.BadParameter(f'found "{limit}", expected a limit, for example: {some}', param_hint="--one-more")
    return names.index(limit)


def _prices(found: Any) -> dict[str, float]:
    """What a unit of each limit costs that has a price; of a floor, what a member of it is paid."""
    return {found.problem.limit_name(row): float(price) for row, price in enumerate(found.prices) if price > 1e-12}


def _show_more(more: Any, language: str) -> None:
    message(translate(PRICED, language, limit=more.limit, price=f"{more.price:.6g}"))
    if more.least is not None:
        message(translate(RESOLVED, language, limit=more.limit, least=f"{more.least:.6g}", most=f"{more.most:.6g}"))


def _write_example(folder: Path, *, as_json: bool) -> int:
    for name, text in EXAMPLE_FILES.items():
        write_file(folder / name, text.encode(), AllocationFileError)
    written = [str(folder / name) for name in EXAMPLE_FILES]
    if as_json:
        emit_json({"written": written})
    else:
        click.echo("\n".join(written))
    return 0


def _show(found: Any, applied: int, language: str) -> None:
    click.echo("application,flight,place,day")
    for grant in found.grants:
        click.echo(f"{grant.application},{grant.flight},{grant.place},{grant.day}")
    figures = {"value": f"{found.value:.6g}", "bound": f"{found.bound:.6g}", "gap": f"{found.gap:.2%}"}
    message(translate(TOTAL, language, placed=len(found.grants), applied=applied, **figures))


def _show_why(why: Any, language: str) -> None:
    granted = why.granted
    if granted is None:
        message(translate(HAS_NONE, language, application=why.application))
    else:
        message(translate(HAS, language, **msgspec.to_builtins(granted)))
    if not why.options:
        message(translate(NO_OPTION, language))
        return
    message(translate(RANKED, language, rank=why.rank, of=why.of))
    for one in why.options:
        figures = {"value": f"{one.value:.6g}", "cost": f"{one.value - one.profit:.6g}", "profit": f"{one.profit:.6g}"}
        message(translate(WEIGHED, language, flight=one.grant.flight, place=one.grant.place, **figures))
        for charge in one.charges:
            words = {"limit": charge.limit, "takes": f"{charge.takes:.6g}", "price": f"{charge.price:.6g}"}
            message("    " + translate(TAKES, language, **words))
    if why.resolved is not None:
        span = {"least": f"{why.resolved.least:.6g}", "most": f"{why.resolved.most:.6g}"}
        message(translate(RISE if granted is None else FALL, language, **span))


def _why(why: Any) -> Any:
    if why is None:
        return None
    fields = msgspec.to_builtins(why)
    for written, one in zip(fields["options"], why.options, strict=True):
        written["profit"] = one.profit
    return fields | {"value_needed": why.value_needed}
