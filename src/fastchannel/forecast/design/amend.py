"""Writing an amended agreement: the text with its comments and layout kept, the next version, and what it changes in words.

What held before the new version enters into force is kept with its dates, so that the amended text still says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import AoT, Item, Table

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.agreement.positions import line_of, lines
from fastchannel.agreement.text import (
    TEXT_LANGUAGES,
    Dated,
    LaboratoryTestText,
    Measure,
    RouteText,
    Varying,
    Windows,
    key_of,
)
from fastchannel.forecast.design.amendments import Amendment, AmendmentError, amended_text, changed_fields
from fastchannel.forecast.design.design import Designed, RouteDesign
from fastchannel.forecast.design.space import GOAL_WORDS
from fastchannel.terms.language import LANGUAGES, N_, pick, translate
from fastchannel.terms.moments import Moment, Span

CHANGES = N_(
    "{route}: {goal} of at most {after} per million travellers with {confidence} % confidence, instead of {before}; "
    "{days_after} days lost instead of {days_before}, {tests_after} tests instead of {tests_before}."
)


def amend(
    agreement: Agreement, amendments: Mapping[str, tuple[Amendment, ...]], *, in_force: date, changes: Mapping[str, str]
) -> Agreement:
    """The next version of an agreement, with amendments by route from ``in_force`` on; its text is in ``written``.

    ``changes`` says in a sentence for each of en, zh and ko what it changes. Raises AmendmentError, AgreementError.
    """
    if in_force <= agreement.in_force:
        raise AmendmentError(
            f"{agreement.id} version {agreement.version}: found {in_force} as the day on which its amendment enters into "
            f"force; expected a day after {agreement.in_force}"
        )
    missing = [name for name in TEXT_LANGUAGES if not changes.get(name)]
    if missing:
        raise AmendmentError(f"changes: found nothing in {', '.join(missing)}; expected a sentence in each of the languages")
    amended = agreement.text
    for route, edits in amendments.items():
        if route not in agreement.routes:
            raise AmendmentError(f'{agreement.id} has no route "{route}"; it has {", ".join(agreement.routes)}')
        amended = amended_text(amended, route, edits, in_force)
    document = tomlkit.parse(_written(agreement))
    _heading(document, agreement, in_force, changes)
    for name in amendments:
        _route(_table(_table(document, "route"), name), agreement.text.route[name], amended.route[name])
    return load(tomlkit.dumps(document), name=f"{agreement.id} version {agreement.version + 1}")


def amend_as_designed(designed: Designed, *, in_force: date) -> Agreement:
    """The next version of an agreement as a search found it, with what it changes in words. Raises AmendmentError."""
    if not designed.amendments:
        raise AmendmentError(f"{designed.agreement.id}: found no amendment to write; the text as it is is the best found")
    return amend(designed.agreement, designed.amendments, in_force=in_force, changes=changes_in_words(designed))


def changes_in_words(designed: Designed) -> dict[str, str]:
    """What a design changes against the text as it is, in a sentence for each route: for en, zh and ko."""
    by_name = {language.partition("-")[0]: language for language in LANGUAGES}
    changed = [route for route in designed.routes if route.chosen.amendments]
    return {name: " ".join(_sentence(designed, route, by_name[name]) for route in changed) for name in TEXT_LANGUAGES}


def _sentence(designed: Designed, route: RouteDesign, language: str) -> str:
    now, chosen = route.now, route.chosen
    return translate(
        CHANGES,
        language,
        route=pick(designed.agreement.routes[route.route].title, language),
        goal=translate(GOAL_WORDS[designed.goal], language),
        confidence=f"{100.0 * designed.confidence:g}",
        before=f"{now.at_confidence:.3g}",
        after=f"{chosen.at_confidence:.3g}",
        days_before=f"{now.days_lost:.1f}",
        days_after=f"{chosen.days_lost:.1f}",
        tests_before=f"{now.tests:.1f}",
        tests_after=f"{chosen.tests:.1f}",
    )


def _written(agreement: Agreement) -> str:
    """The text with the keys that the heading of the next version needs and this one lacks."""
    heading, raw = agreement.text.agreement, tomlkit.parse(agreement.written)["agreement"]
    missing = [f"first_in_force = {heading.in_force}"] if heading.first_in_force is None else []
    if "changes" not in raw:
        missing.append('changes = { en = "", zh = "", ko = "" }')
    written = agreement.written.splitlines(keepends=True)
    at = line_of(("agreement", "in_force"), lines(agreement.written))
    return "".join((*written[:at], *(f"{line}\n" for line in missing), *written[at:]))


def _heading(document: tomlkit.TOMLDocument, agreement: Agreement, in_force: date, changes: Mapping[str, str]) -> None:
    heading = _table(document, "agreement")
    heading["version"] = agreement.version + 1
    heading["in_force"] = in_force
    if "adopted" in heading:  # the day on which the version before was
        heading.remove("adopted")
    for name in TEXT_LANGUAGES:
        heading["changes"][name] = changes[name]


def _route(table: Table, before: RouteText, after: RouteText) -> None:
    """Write what differs in the measures of a route."""
    written = table["measure"]
    if not isinstance(written, AoT):
        raise AmendmentError("the measures are written as a list in brackets; expected a table [[route.….measure]] for each")
    old = {measure.id: measure for measure in before.measure}
    for position, measure in enumerate(after.measure):
        if measure.id in old:
            _measure(written[position], old[measure.id], measure)
        else:
            written.insert(position, _new_measure(measure))


def _measure(table: Table, before: Measure, after: Measure) -> None:
    for name, value in changed_fields(before, after).items():
        key = key_of(name)
        item = _varying(value) if isinstance(value, Varying) else tomlkit.item(_plain(value))
        if key in table:
            table[key] = item
        else:
            table.add(key, item)


def _varying(value: Varying[Any]) -> Item:
    """Dated values on a line each; what says nothing is what holds where nothing is written."""
    dated = [one for one in value.values if one.is_ is not None and one.is_ != ()]
    if len(dated) == 1 and dated[0].since is None:
        held: Item = tomlkit.item(_plain(dated[0].is_))
        return held
    found: Item = tomlkit.value("[\n" + "".join(f"  {_inline(_dated(one))},\n" for one in dated) + "]")
    return found


def _dated(value: Dated[Any]) -> dict[str, Any]:
    held = {entry.name: getattr(value, entry.name) for entry in fields(value) if entry.name != "is_"}
    said = {key: one for key, one in held.items() if one is not None and one != ""}
    dates = {key: said.pop(key) for key in ("since", "until") if key in said}
    return dates | {"is": _plain(value.is_)} | said


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {tomlkit.item(value).as_string()}" for key, value in values.items()) + " }"


def _plain(value: Any) -> Any:
    """A value of the text as TOML has it."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Moment | Span | Windows):
        return str(value)
    return value.value if hasattr(value, "value") else value


def _new_measure(measure: Measure) -> Table:
    if not isinstance(measure, LaboratoryTestText):
        raise AmendmentError(f'the measure "{measure.id}" is a new {measure.KIND}; only tests are added')
    laboratory = measure.laboratory.values[-1].is_
    values: dict[str, Any] = {
        "id": measure.id,
        "kind": measure.KIND,
        "clause": measure.clause,
        "title": measure.title,
        "holds_from": measure.holds_from,
        "test": _plain(measure.test.values[-1].is_),
        "sampled": _plain(measure.sampled.values[-1].is_),
        "laboratory": laboratory[0] if len(laboratory) == 1 else list(laboratory),
    }
    width = max(map(len, values))
    written = [
        f"{key:{width}} = {_inline(value) if isinstance(value, dict) else tomlkit.item(value).as_string()}\n"
        for key, value in values.items()
    ]
    found: Table = _table(tomlkit.parse("[[measure]]\n" + "".join(written) + "\n"), "measure")[0]
    return found


def _table(parent: Any, key: str) -> Any:
    return parent[key]
