"""``fastchannel watch status``, ``ledger`` and ``alarms``: what a node's own record shows, and what that proves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.table import Table

from fastchannel.cli.command import command, instant, json_option, language_option, node_option
from fastchannel.cli.console import emit_json, page
from fastchannel.cli.node import database_of
from fastchannel.cli.watch_data import day_of
from fastchannel.watch.alarms.results import Expected, Step
from fastchannel.watch.errors import WatchError
from fastchannel.watch.ledger.counting import By, Definition, Published, Travellers
from fastchannel.watch.ledger.undetected import Prior, When, prior_between
from fastchannel.watch.ledger.undetected import Step as Finding

NOT_ZERO, ALARMED, DISPUTED = 1, 1, 1
PERIOD = timedelta(days=365)
_SINCE = click.option("--from", "since", type=day_of, metavar="DATE", help="The first day; without it, a year before the last.")
_UNTIL = click.option("--until", type=day_of, metavar="DATE", help="The last day; without it, the node's today.")


class WatchOptionError(WatchError):
    """An option of the command is not in its form."""


def add_to(group: click.Group) -> None:
    """Add the commands to the group."""
    command(
        group,
        "status",
        "fastchannel watch status --node /srv/fastchannel",
        "fastchannel watch status --node /srv/fastchannel --to CN --expected-infected 0.4:0.1:1.2 --step arrival:naat:0.85",
        exits={0: "no import stands under this definition", NOT_ZERO: "an import stands, or a case may be one"},
    )(status)
    command(
        group,
        "ledger",
        "fastchannel watch ledger --node /srv/fastchannel",
        "fastchannel watch ledger --node /srv/fastchannel --as-known 2020-06-01T00:00:00+09:00",
        exits={0: "every entry stands", DISPUTED: "an entry awaits a signature, or is disputed"},
    )(show_ledger)
    command(
        group,
        "alarms",
        "fastchannel watch alarms --node /srv/fastchannel --expected on_arrival=0.00002:0.0001:0.0004",
        exits={0: "nothing stands out", ALARMED: "something does"},
    )(show_alarms)


@node_option
@_SINCE
@_UNTIL
@click.option("--to", "destination", default="", help="Only travellers to this party or region.")
@click.option("--origin", default="", help="Only imports from this party or region.")
@click.option("--by", type=click.Choice([one.value for one in By]), default=By.ARRIVAL.value, show_default=True)
@click.option(
    "--published", type=click.Choice([one.value for one in Published]), default=Published.REVISED.value, show_default=True,
    help="The classification that all signed first, or the one that stands now.",
)  # fmt: skip
@click.option(
    "--expected-infected", "expected", metavar="MEAN:LOW:HIGH",
    help="Infected travellers who set out, by the forecast with its 90 % interval: what the tests missed is estimated.",
)  # fmt: skip
@click.option(
    "--step", "steps", multiple=True, metavar="WHEN:NAME:SENSITIVITY[:FOUND]",
    help="What finds them, in order: WHEN is before, arrival or after. FOUND is how many it found, where that is known.",
)  # fmt: skip
@language_option
@json_option
def status(
    *,
    directory: Path,
    since: date | None,
    until: date | None,
    destination: str,
    origin: str,
    by: str,
    published: str,
    expected: str | None,
    steps: tuple[str, ...],
    language: str,
    as_json: bool,
) -> int:
    """Say how many imports there were under a stated definition, among whom, and what that proves. Never a bare zero."""
    from fastchannel.node.shell import use

    prior, finders = _prior(expected), [_finder(one) for one in steps]
    use(directory)
    with database_of(directory):
        from fastchannel.node.ledger import exposure, ledger
        from fastchannel.watch.ledger.claim import Verdict, zero_import

        until, since = _period(since, until)
        definition = Definition(
            travellers=Travellers.CHANNEL, by=By(by), published=Published(published), origin=origin, destination=destination
        )
        counted = exposure(since, until, destination)
        claim = zero_import(ledger(), counted, definition, until, prior=prior, steps=finders)
    if as_json:
        emit_json(claim.as_data())
    else:
        click.echo(claim.words(language))
    return 0 if claim.verdict in (Verdict.ZERO, Verdict.NOBODY) else NOT_ZERO


@node_option
@click.option("--as-known", type=instant, metavar="TIME", help="As it was known at this time.")
@language_option
@json_option
def show_ledger(*, directory: Path, as_known: datetime | None, language: str, as_json: bool) -> int:
    """List the joint ledger of imports: each case, what each party says it is, and whether that stands."""
    from fastchannel.node.shell import use

    use(directory)
    with database_of(directory):
        from fastchannel.node.ledger import ledger
        from fastchannel.watch.ledger.fold import State
        from fastchannel.watch.ledger.words import classification_words, state_words

        found = ledger(as_known)
    if as_json:
        emit_json(msgspec.to_builtins(found))
    else:
        table = Table("case", "confirmed", "place", "what each party says", "state")
        for line in found.lines:
            latest = line.versions[-1]
            views = "; ".join(
                f"{party}: {classification_words(view.classification, language)}" for party, view in latest.views.items()
            )
            waits = ", ".join(latest.waits_for)
            said = f"{views} ({waits}: —)" if views and waits else views or f"{waits}: —"
            state = state_words(line.state, language)
            table.add_row(line.case, latest.entry.confirmed.isoformat(), latest.entry.place, said, state)
        page().print(table)
    return 0 if all(line.state in (State.STANDS, State.MOVED) for line in found.lines) else DISPUTED


@node_option
@_SINCE
@_UNTIL
@click.option(
    "--expected", "given", multiple=True, required=True, metavar="STEP=LOW:VALUE:HIGH",
    help=f"The forecast's probability that a sample is positive, at {', '.join(Step)}. Steps not given are not watched.",
)  # fmt: skip
@click.option("--forecast", default="", help="What the probabilities are from: it stands in each alarm.")
@click.option("--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05, show_default=True,
              help="The probability of ever raising a false alarm while the forecast holds.")  # fmt: skip
@language_option
@json_option
def show_alarms(
    *,
    directory: Path,
    since: date | None,
    until: date | None,
    given: tuple[str, ...],
    forecast: str,
    alpha: float,
    language: str,
    as_json: bool,
) -> int:
    """Hold the tests of travellers who arrived against the forecast: laboratories, carriers, sponsors, regions, steps."""
    from fastchannel.node.shell import use
    from fastchannel.watch.alarms.alarm import alarms
    from fastchannel.watch.alarms.policy import Policy
    from fastchannel.watch.alarms.wording import alarm_words

    expected = dict(map(_expected, given))
    use(directory)
    with database_of(directory):
        from fastchannel.node.ledger import tests_of

        until, since = _period(since, until)
        results = list(tests_of(since, until, expected, forecast))
    found = alarms(results, Policy(alpha=alpha), until)
    if as_json:
        emit_json(msgspec.to_builtins(found))
    else:
        for one in found.alarms:
            click.echo("\n".join(alarm_words(one, language)) + "\n")
        if not found.alarms:
            click.echo(f"{len({one.id for one in results})} samples, {len(found.watched)} questions: nothing stands out")
    return ALARMED if found.alarms else 0


def _period(since: date | None, until: date | None) -> tuple[date, date]:
    from fastchannel.node.desk import office

    last = until or office().clock.now().date()
    return last, since or last - PERIOD


def _numbers(text: str, form: str, counts: tuple[int, ...]) -> list[float]:
    parts = text.split(":")
    try:
        found = [float(part) for part in parts]
    except ValueError:
        found = []
    if len(found) not in counts:
        raise WatchOptionError(f"found {text!r}; expected {form}, such as 0.4:0.1:1.2")
    return found


def _prior(text: str | None) -> Prior | None:
    if text is None:
        return None
    mean, low, high = _numbers(text, "MEAN:LOW:HIGH", (3,))
    return prior_between(mean, low, high)


def _finder(text: str) -> Finding:
    when, _, rest = text.partition(":")
    name, _, figures = rest.partition(":")
    if when not in tuple(When) or not name:
        raise WatchOptionError(f"found {text!r}; expected WHEN:NAME:SENSITIVITY with WHEN one of {', '.join(When)}")
    sensitivity, *found = _numbers(figures, "SENSITIVITY or SENSITIVITY:FOUND", (1, 2))
    return Finding(name=name, when=When(when), sensitivity=sensitivity, found=int(found[0]) if found else None)


def _expected(text: str) -> tuple[Step, Expected]:
    name, _, figures = text.partition("=")
    if name not in tuple(Step):
        raise WatchOptionError(f"found the step {name!r}; expected one of {', '.join(Step)}")
    low, value, high = _numbers(figures, "STEP=LOW:VALUE:HIGH", (3,))
    return Step(name), Expected(low=low, value=value, high=high)
