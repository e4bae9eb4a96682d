"""``fastchannel rules``: check rule sets, apply them to a person's certificates, and compare two versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from fastchannel.certificates.rules.applicable import Arrival
from fastchannel.certificates.rules.changes import compare_rules
from fastchannel.certificates.rules.check import check_rules
from fastchannel.certificates.rules.judge import Outcome
from fastchannel.certificates.rules.rule import INVALIDATION, Rule, read_rules
from fastchannel.certificates.rules.rule_set import Decision, decide_together
from fastchannel.certificates.rules.words import outcome_words, reasons
from fastchannel.cli.clock import now
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.files import read_file
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

NOT_MET = 1
MISTAKES = 1
DIFFERENT = 1
TOGETHER = N_("all together")
ADDED = N_("{rule}: is new")
REMOVED = N_("{rule}: is no longer there")
SCOPE = N_("{rule}: holds at other times or for other certificates")
CHANGE = N_("{rule}: {before} becomes {after} for {of} of {among} representative travellers, for example: {fields}")
ALIKE = N_("Both versions judge everybody alike.")
SAMPLED = N_("Not every kind of traveller was compared: others may be judged otherwise too.")

_value_sets_option = click.option("--value-sets", help="A JSON file of the value sets that the rules name.")


class RuleFileError(FastChannelError):
    """A file given to the command cannot be read."""


@click.group("rules")
def rules() -> None:
    """Check, apply and compare rule sets in CertLogic, as EU members exchange them."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(rules)


@command(
    rules,
    "check",
    "fastchannel rules check AT-rules.json",
    exits={0: "every rule is in order", MISTAKES: "there are problems: each is on a line of stdout"},
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_value_sets_option
@json_option
def check(*, files: tuple[str, ...], value_sets: str | None, as_json: bool) -> int:
    """List every problem of rule sets: their form, the kinds of their fields and dates, and what they can never say.

    What could not be made sure of is a note: it is listed too, and is no problem.
    """
    sets = _value_sets(value_sets) if value_sets else None
    found = {name: check_rules(read_rules(_read(name), name), value_sets=sets) for name in files}
    wrong = {name: [one for one in problems if not one.note] for name, problems in found.items()}
    if as_json:
        emit_json({name: msgspec.to_builtins(problems) for name, problems in found.items()})
        return MISTAKES if any(wrong.values()) else 0
    for name, problems in found.items():
        for one in problems:
            part = f": {msgspec.json.encode(one.part).decode()[:120]}" if one.part is not None else ""
            click.echo(f"{name}: {'note: ' if one.note else ''}{one.rule or 'all'}: {one.message}{part}")
        if not wrong[name]:
            message(f"{name}: in order")
    return MISTAKES if any(wrong.values()) else 0


@command(
    rules,
    "run",
    "fastchannel rules run AT-rules.json dose-1.json dose-2.json --at 2021-07-01T12:00:00+02:00",
    exits={0: "the rules are met", NOT_MET: "they are not met", 2: "cannot tell, or could not answer"},
)
@click.argument("rule_file", metavar="RULES")
@click.argument("certificates", metavar="PAYLOAD...", nargs=-1, required=True)
@click.option("--at", type=instant, help="As of this instant; the default is now.")
@click.option("--country", help="The country of arrival, whose rules of acceptance apply: AT.")
@click.option("--region", default="", help="The region of arrival, where the country has rules of its own for it.")
@_value_sets_option
@language_option
@json_option
def run(
    *,
    rule_file: str,
    certificates: tuple[str, ...],
    at: datetime | None,
    country: str | None,
    region: str,
    value_sets: str | None,
    language: str,
    as_json: bool,
) -> int:
    """Apply rules to one person's certificates: the payloads in JSON, all of one person.

    One certificate that meets every rule suffices: those of acceptance of the country of arrival, and those of invalidation of
    the country that issued it. Rules of the engine FASTCHANNEL look at all certificates together.
    """
    chosen = read_rules(_read(rule_file), rule_file)
    arrival = Arrival(country=country or _only_country(chosen, rule_file), region=region)
    payloads = [_json(name) for name in certificates]
    sets = _json(value_sets) if value_sets else {}
    found = decide_together(chosen, payloads, at or now(), arrival=arrival, value_sets=sets)
    if as_json:
        emit_json(_fields(found, language))
    else:
        _show(found, {(one.country, one.identifier, one.version): one for one in chosen}, certificates, language)
    return {Outcome.MET: 0, Outcome.NOT_MET: NOT_MET, Outcome.CANNOT_TELL: 2}[found.outcome]


@command(
    rules,
    "diff",
    "fastchannel rules diff AT-rules-1.json AT-rules-2.json --language ko",
    exits={0: "both judge everybody alike", DIFFERENT: "they differ: each change is on a line of stdout"},
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_value_sets_option
@language_option
@json_option
def diff(*, old: str, new: str, value_sets: str | None, language: str, as_json: bool) -> int:
    """Say which travellers are judged otherwise by NEW than by OLD, each with one who shows it."""
    sets = _value_sets(value_sets) if value_sets else None
    found = compare_rules(read_rules(_read(old), old), read_rules(_read(new), new), value_sets=sets)
    if as_json:
        emit_json(msgspec.to_builtins(found) | {"same": found.same})
        return 0 if found.same else DIFFERENT
    for names, text in ((found.added, ADDED), (found.removed, REMOVED), (found.scopes, SCOPE)):
        for name in names:
            click.echo(translate(text, language, rule=name))
    for one in found.changes:
        words = {"before": outcome_words(one.before, language), "after": outcome_words(one.after, language)}
        fields = ", ".join(f"{path} = {value}" for path, value in one.fields.items())
        click.echo(translate(CHANGE, language, rule=one.rule, of=one.of, among=one.among, fields=fields, **words))
    if not found.complete:
        message(translate(SAMPLED, language))
    elif found.same:
        message(translate(ALIKE, language))
    return 0 if found.same else DIFFERENT


def _only_country(rules: tuple[Rule, ...], name: str) -> str:
    """The country whose rules of acceptance these are. Raises BadParameter where they are several countries'."""
    found = sorted({one.country for one in rules if one.type != INVALIDATION and one.country})
    if len(found) > 1:
        raise click.BadParameter(f"{name} has rules of {', '.join(found)}; say with --country where the traveller arrives")
    return found[0] if found else ""


def _show(found: Decision, rules_by: dict[tuple[str, str, str], Rule], names: tuple[str, ...], language: str) -> None:
    for one in found.ruled:
        where = translate(TOGETHER, language) if one.certificate is None else names[one.certificate]
        said = rules_by[one.country, one.rule, one.version].words(language)
        click.echo(f"{where}: {one.rule}: {outcome_words(one.judged.outcome, language)}: {said}")
        if one.judged.outcome is not Outcome.MET:
            for line in reasons(one.judged, language):
                click.echo(f"    {line}")
    click.echo(outcome_words(found.outcome, language))


def _fields(found: Decision, language: str) -> dict[str, Any]:
    """The decision in JSON, and beside each rule's trace the same in words."""
    fields: dict[str, Any] = msgspec.to_builtins(found)
    for written, one in zip(fields["ruled"], found.ruled, strict=True):
        written["reasons"] = reasons(one.judged, language)
    return fields


def _json(name: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(_read(name))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RuleFileError(f"{name}: {error}, expected JSON") from error
    if not isinstance(found, dict):
        raise RuleFileError(f"{name}: found {type(found).__name__}, expected a JSON object")
    return found


def _value_sets(name: str) -> dict[str, list[str]]:
    try:
        return msgspec.convert(_json(name), dict[str, list[str]])
    except msgspec.ValidationError as error:
        raise RuleFileError(f"{name}: {error}, expected arrays of texts by the name of each value set") from error


def _read(name: str) -> bytes:
    return read_file(Path(name), RuleFileError)
