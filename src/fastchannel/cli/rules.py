"""``fastchannel rules``: check rule sets and apply them to a person's certificates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from fastchannel.certificates.rules.evaluate import Judged, Outcome
from fastchannel.certificates.rules.rule_set import Decision, Rule, decide_together, problems, read_rules
from fastchannel.cli.clock import now
from fastchannel.cli.command import command, instant, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.terms.errors import FastChannelError

NOT_MET = 1
MISTAKES = 1


class RuleFileError(FastChannelError):
    """A file given to the command cannot be read."""


@click.group("rules")
def rules() -> None:
    """Check rule sets in CertLogic, as EU members exchange them, and apply them to a person's certificates."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(rules)


@command(
    rules,
    "check",
    "fastchannel rules check AT-rules.json",
    exits={0: "every rule is in order", MISTAKES: "there are mistakes: each is on a line of stdout"},
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@json_option
def check(*, files: tuple[str, ...], as_json: bool) -> int:
    """List every mistake in the form of the rules: file, rule, what is wrong, and in which part of it."""
    found = {name: problems(read_rules(_read(name), name)) for name in files}
    if as_json:
        keys = ("rule", "message", "part")
        emit_json({name: [dict(zip(keys, one, strict=True)) for one in mistakes] for name, mistakes in found.items()})
    else:
        for name, mistakes in found.items():
            for identifier, wrong, part in mistakes:
                click.echo(f"{name}: {identifier}: {wrong}: {msgspec.json.encode(part).decode()[:120]}")
            if not mistakes:
                message(f"{name}: in order")
    return MISTAKES if any(found.values()) else 0


@command(
    rules,
    "run",
    "fastchannel rules run AT-rules.json dose-1.json dose-2.json --at 2021-07-01T12:00:00+02:00",
    exits={0: "the rules are met", NOT_MET: "they are not met", 2: "cannot tell, or could not answer"},
)
@click.argument("rule_file", metavar="RULES")
@click.argument("certificates", metavar="PAYLOAD...", nargs=-1, required=True)
@click.option("--at", type=instant, help="As of this instant; the default is now.")
@click.option("--country", help="Only this country's rules.")
@click.option("--value-sets", help="A JSON file of the value sets that the rules name.")
@language_option
@json_option
def run(
    *,
    rule_file: str,
    certificates: tuple[str, ...],
    at: datetime | None,
    country: str | None,
    value_sets: str | None,
    language: str,
    as_json: bool,
) -> int:
    """Apply rules to one person's certificates: the payloads in JSON, all of one person.

    One certificate that meets every rule suffices; rules of the engine FASTCHANNEL look at all certificates together.
    """
    chosen = [one for one in read_rules(_read(rule_file), rule_file) if country in {None, one.country}]
    payloads = [_json(name) for name in certificates]
    sets = _json(value_sets) if value_sets else {}
    found = decide_together(chosen, payloads, at or now(), value_sets=sets)
    if as_json:
        emit_json(msgspec.to_builtins(found))
    else:
        _show(found, {one.identifier: one for one in chosen}, certificates, language)
    return {Outcome.MET: 0, Outcome.NOT_MET: NOT_MET, Outcome.CANNOT_TELL: 2}[found.outcome]


def _show(found: Decision, rules_by: dict[str, Rule], names: tuple[str, ...], language: str) -> None:
    for one in found.ruled:
        where = "all together" if one.certificate is None else names[one.certificate]
        click.echo(f"{where}: {one.rule}: {one.judged.outcome}: {rules_by[one.rule].words(language)}")
        if one.judged.outcome is not Outcome.MET:
            for line in _reasons(one.judged):
                click.echo(f"    {line}")
    click.echo(str(found.outcome))


def _reasons(judged: Judged) -> list[str]:
    lines = [
        f"{' '.join(one.fields)}: {one.operator}: found {', '.join(one.found)}"
        + (f"; turns at {one.turns.isoformat()}" if one.turns else "")
        for one in judged.trace
        if not one.held
    ]
    return [*lines, judged.fault] if judged.fault else lines


def _json(name: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(_read(name))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RuleFileError(f"{name}: {error}, expected JSON") from error
    if not isinstance(found, dict):
        raise RuleFileError(f"{name}: found {type(found).__name__}, expected a JSON object")
    return found


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise RuleFileError(f"{name}: cannot be read: {error.strerror}") from error
