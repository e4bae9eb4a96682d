"""``fastchannel forecast pathogens`` and ``scenario``: what is known of pathogens, and forecasts that need no agreement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.terms.language import N_, pick, translate

if TYPE_CHECKING:
    from fastchannel.forecast.infection.pathogens import Profile
    from fastchannel.forecast.infection.sources import Sourced
    from fastchannel.forecast.scenario.comparison import Compared
    from fastchannel.forecast.scenario.result import ScenarioResult

MISSED = 1
TABLES = (".parquet", ".csv", ".json")


def add_to(group: click.Group) -> None:
    """Add the commands to the group."""
    command(
        group,
        "pathogens",
        "fastchannel forecast pathogens",
        "fastchannel forecast pathogens sars-cov-2-ancestral --json",
    )(pathogens)
    command(
        group,
        "scenario",
        "fastchannel forecast scenario my-scenario.toml --json",
        "fastchannel forecast scenario my-scenario.toml --out answers.csv",
        exits={0: "answered, and held where it is compared", MISSED: "answered, and a published table that it names is missed"},
    )(scenario)


@click.argument("profile", metavar="[ID|FILE]", required=False)
@language_option
@json_option
def pathogens(*, profile: str | None, language: str, as_json: bool) -> None:
    """List the profiles of pathogens that ship, or every figure of one with its interval, source and basis."""
    from fastchannel.cli.forecast_asked import profile_of
    from fastchannel.forecast.infection.pathogens import shipped_profiles
    from fastchannel.forecast.infection.sources import sourced

    if profile is not None:
        found = profile_of(profile)
        figures = sourced(found.written)
        if as_json:
            emit_json({**_head(found), "note": found.note, "figures": figures})
        else:
            _print_profile(found, figures, language)
        return
    shipped = list(shipped_profiles().values())
    if as_json:
        emit_json([_head(one) for one in shipped])
        return
    titles = (N_("Profile"), N_("Pathogen"), N_("Title"), N_("Digest"))
    table = Table(*(translate(title, language) for title in titles))
    for one in shipped:
        table.add_row(one.id, one.name, pick(one.title, language), one.digest[:19] + "…")
    page().print(table)


def _head(profile: Profile) -> dict[str, object]:
    return {"id": profile.id, "name": profile.name, "title": profile.title, "digest": profile.digest}


def _print_profile(profile: Profile, figures: tuple[Sourced, ...], language: str) -> None:
    console = page()
    console.print(f"{pick(profile.title, language)}  {profile.id}")
    if profile.note:
        console.print(profile.note)
    titles = (N_("Figure"), N_("Value"), N_("Interval (95 %)"), N_("Source"), N_("Basis"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(translate(title, language), overflow="fold")
    judgement = translate(N_("judgement"), language)
    for one in figures:
        source = f"{one.source} doi:{one.doi}" if one.doi else one.source
        table.add_row(one.name, *_value(one, language), source, judgement if one.basis == "judgement" else one.basis)
    console.print(table)
    console.print(profile.digest)


def _value(one: Sourced, language: str) -> tuple[str, str]:
    if one.points:
        peak = max(one.points, key=lambda point: point.value)
        curve = translate(N_("curve; highest {value} on day {day}"), language, value=f"{peak.value:g}", day=f"{peak.day:g}")
        return curve, f"{peak.low:g} – {peak.high:g}"
    if one.value is None or one.low is None or one.high is None:
        return "", ""
    return f"{one.value:g}", f"{one.low:g} – {one.high:g}" if one.low < one.high else ""


@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the table: .parquet, .csv or .json.")
@language_option
@json_option
def scenario(*, file: Path, out: Path | None, language: str, as_json: bool) -> int:
    """Answer a scenario file: profile, arrivals, itinerary and what to report, for every case that it varies over.

    Where the scenario names published tables, each is held against the answers.
    """
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.cli.texts import read_text
    from fastchannel.forecast.scenario.scenario import load_scenario
    from fastchannel.forecast.shown.output import check_suffix

    if out is not None:
        check_suffix(out, TABLES)
    found = load_scenario(read_text(file), name=str(file), folder=file.parent)
    with waiting(found.settings.id, language) as step:
        result = found.run(step)
    try:
        compared = found.compared(result)
    except FileNotFoundError as error:
        raise click.ClickException(f"{file}: found no file {error}; expected the table that it compares with") from error
    if out is not None:
        _write(result, out)
        message(translate(N_("Written: {path}"), language, path=out))
    if as_json:
        emit_json({**result.as_json(), "compared": [_plain(one) for one in compared]})
    else:
        _print_reports(result)
        for one in compared:
            words = N_("{id}: {values} values, largest deviation {deviation}, tolerance {tolerance}")
            mark = "✓" if one.held else "✗"
            deviation, tolerance = f"{one.largest_deviation:.2g}", f"{one.tolerance:g}"
            values = {"id": one.id, "values": one.values, "deviation": deviation, "tolerance": tolerance}
            message(f"{mark} {translate(words, language, **values)}")
    return 0 if all(one.held for one in compared) else MISSED


def _plain(one: Compared) -> dict[str, object]:
    names = ("id", "held", "values", "unmatched", "largest_deviation", "tolerance", "at")
    return {name: getattr(one, name) for name in names}


def _write(result: ScenarioResult, out: Path) -> None:
    table = result.table()
    if out.suffix == ".parquet":
        table.write_parquet(out)
    elif out.suffix == ".csv":
        table.write_csv(out)
    else:
        table.write_json(out)


def _print_reports(result: ScenarioResult) -> None:
    """One row for each case: its labels and reports, with the outer quantiles where there are draws."""
    labels = list(dict.fromkeys(name for row in result.rows for name in row.case.labels))
    reports = list(result.rows[0].reports) if result.rows else []
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in (*labels, *reports):
        table.add_column(name, justify="right" if name in reports else "left")
    for row in result.rows:
        shown = []
        for name in reports:
            spread = row.quantiles.get(name, ())
            ends = f" ({spread[0]:.4g} – {spread[-1]:.4g})" if len(spread) > 1 else ""
            shown.append(f"{row.reports[name]:.6g}{ends}")
        table.add_row(*(_label(row.case.labels.get(name, "")) for name in labels), *shown)
    page().print(table)


def _label(label: float | str) -> str:
    return f"{label:g}" if isinstance(label, float) else label
