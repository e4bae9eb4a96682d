"""Write docs/reference/pathogens.md from the profiles and the practice that ship: python tools/reference_pathogens.py"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastchannel.forecast.infection.pathogens import Pathogen, shipped_profiles
from fastchannel.forecast.practice import default_practice
from fastchannel.terms.language import LANGUAGES, pick

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "pathogens.md"

WORDS = {
    "incubation": "Incubation period",
    "symptoms": "Symptoms",
    "infectiousness": "Infectiousness",
    "test": "Test",
    "immunity": "Immunity",
    "journey": "The journey",
    "watch": "Watching for symptoms",
    "stay": "Stay",
    "community": "The community",
    "asymptomatic": "asymptomatic",
    "mean_log": "mean of the logarithm",
    "sd_log": "standard deviation of the logarithm",
}
ASIDE = ("source", "doi", "basis", "uncertain", "note")
HEAD = ("| figure | value | 95 % interval | source | note |", "|---|---|---|---|---|")


def page() -> str:
    """The whole page."""
    profiles = shipped_profiles()
    lines = [
        "# Pathogens and practice",
        "",
        "Every figure that a forecast takes from the profiles and the practice that ship, with its interval and where it is",
        "from. Made from `src/fastchannel/library/pathogens/*.toml` and `src/fastchannel/library/practice.toml` by",
        "`python tools/reference_pathogens.py`.",
        "",
        "*Judged*: the value, its range or the use of the source here is this project's judgement; where no source stands, all",
        "of it is. *Uncertain*: sources disagree, or measured something near it. Times are days, shares lie between 0 and 1.",
        "The knots of one table are drawn together. [The model](../explanation/forecast-model.md) says what the figures do,",
        "[write a pathogen profile](../how-to/write-a-pathogen-profile.md) how to have your own.",
        "",
        "| profile | pathogen, as agreements name it | unknowns |",
        "|---|---|---|",
        *(f"| [`{one.id}`](#{one.id}) | `{one.name}` | {len(one.unknowns)} |" for one in profiles.values()),
        f"| [practice](#practice) | | {len(default_practice().unknowns)} |",
    ]
    for profile in profiles.values():
        titles = " · ".join(pick(profile.title, language) for language in LANGUAGES)
        lines += ["", f"## {profile.id}", "", f"{titles}. {profile.note}", "", _sums(profile.at())]
        lines += _parts(tomllib.loads(profile.written), leave_out="pathogen")
    practice = tomllib.loads(default_practice().written)
    lines += [
        "",
        "## practice",
        "",
        practice["practice"]["note"],
        "",
        "In a stay, `contact` is what is left of infectiousness towards the people of the country, `inside` towards other",
        "travellers there, `workers` towards those who work there; `notices` is the share of people with symptoms who are",
        "noticed, `adherence` the share who keep to it.",
    ]
    lines += _parts(practice, leave_out="practice")
    return "\n".join(lines).rstrip() + "\n"


def _sums(pathogen: Pathogen) -> str:
    return (
        f"Incubation and infectiousness add up to a mean generation interval of {pathogen.implied_generation_days:.2f} days; "
        f"the source's is {pathogen.generation_days:g}. Nearly every infection is over {pathogen.active_days:.0f} days after "
        "it began."
    )


def _parts(text: dict[str, Any], leave_out: str) -> Iterator[str]:
    for name, part in text.items():
        if name == leave_out:
            continue
        named = name in ("test", "stay") and all(isinstance(entry, dict) and "value" not in entry for entry in part.values())
        tables = {f"{WORDS[name]}: {key}": entry for key, entry in part.items()} if named else {_title(name): part}
        for title, table in tables.items():
            yield from ("", f"### {title}", "")
            yield from _table(table)


def _title(name: str) -> str:
    return "Tests" if name == "test" else WORDS[name]


def _table(part: dict[str, Any]) -> Iterator[str]:
    told = _said(part)
    if told:
        yield from (told, "")
    words = [f"`{key}`: {value}" for key, value in part.items() if isinstance(value, str) and key not in ASIDE]
    if words:
        yield from ("; ".join(words) + ".", "")
    rows = list(_figures(part))
    if rows:
        yield from HEAD
        yield from rows
    for key, knots in part.items():
        if isinstance(knots, list):
            if rows:
                yield ""
            yield from (f"| day | {'sensitivity' if key == 'table' else key} | 95 % interval |", "|---|---|---|")
            yield from (f"| {knot['day']:g} | {knot['value']:g} | {_interval(knot)} |" for knot in knots)


def _said(part: dict[str, Any]) -> str:
    """The source and note that stand for a whole table."""
    source, note = _source(part), part.get("note", "")
    return " ".join(words for words in (f"Source: {source}." if source else "", note) if words)


def _figures(part: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, figure in part.items():
        name = f"{prefix}{WORDS.get(key, key.replace('_', ' '))}"
        if isinstance(figure, dict) and "value" in figure:
            cells = (name, f"{figure['value']:g}", _interval(figure), _source(figure), figure.get("note", ""))
            yield "| " + " | ".join(cells) + " |"
        elif isinstance(figure, dict):
            yield from _figures(figure, f"{prefix}{key}: ")
        elif isinstance(figure, int | float) and not isinstance(figure, bool):
            yield f"| {name} | {figure:g} | | | |"


def _interval(figure: dict[str, Any]) -> str:
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None:
        return ""
    return "fixed" if low == high else f"{low:g} to {high:g}"


def _source(figure: dict[str, Any]) -> str:
    source, doi = figure.get("source", ""), figure.get("doi")
    named = f"[{source}](https://doi.org/{doi})" if doi else source
    said = ("judged" if figure.get("basis") == "judgement" else "", "uncertain" if figure.get("uncertain") else "")
    return "; ".join(words for words in (named, *said) if words)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
