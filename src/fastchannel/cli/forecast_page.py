"""A forecast in the terminal: one line in plain words for each route, then tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.figures import Figure, Name
from fastchannel.forecast.forecast import Forecast, GroupForecast, volume_of
from fastchannel.forecast.shown.output import detections
from fastchannel.forecast.shown.wording import ForecastWords, number, percent, share, with_interval
from fastchannel.forecast.situation import Incidence
from fastchannel.terms.language import N_

SHARES = frozenset({Name.AVERTED_SHARE, Name.NO_IMPORT, Name.OUTBREAK, Name.SUSPENSION})
BURDEN = (Name.DAYS_LOST, Name.CLOSED_LOOP_DAYS, Name.TESTS, Name.FALSE_POSITIVES, Name.COST)
PERIOD = (Name.EXPECTED_IMPORTS, Name.NO_IMPORT, Name.OUTBREAK, Name.ROOMS)
OUTCOME = (
    Name.IMPORTS,
    Name.RELEASED_INFECTED,
    Name.RELEASED_INFECTIOUS,
    Name.COMPLETED_INFECTED,
    Name.INFECTED_ON_THE_WAY,
    Name.WORKERS_INFECTED,
    Name.POTENTIAL_LEFT,
    Name.AVERTED_SHARE,
)
DIFFERS = 0.005  # groups of a route are told apart by figures that differ by more than this share


def print_forecast(console: Console, forecast: Forecast, agreement: Agreement, pathogen_title: str, language: str) -> None:
    """Print every route of a forecast, and what it assumes."""
    words = ForecastWords(agreement, language)
    console.print(Text.assemble((words.title, "bold"), f"  {forecast.agreement}@{forecast.version}  {forecast.on}"))
    console.print(Text(pathogen_title, style="bold"))
    for route, found in groupby(forecast.groups, key=lambda one: one.group.route):
        largest, *others = found
        console.print()
        console.print(Text(words.route(route), style="bold underline"))
        for line in plain_words(forecast, largest, words):
            console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
        for table in _tables(forecast, largest, words):
            console.print(Padding(table, (1, 0, 0, 2), expand=False))
        for other in others:
            console.print(Padding(_differences(largest, other, words), (1, 0, 0, 2), expand=False))
    console.print()
    for line in assumptions(forecast, agreement, words):
        console.print(Text(line, style="dim"))


def plain_words(forecast: Forecast, found: GroupForecast, words: ForecastWords) -> Iterator[str]:
    """What a route lets through, in sentences."""
    itinerary = found.group.reading.itinerary
    begins = {screen.id: screen.sampled for screen in itinerary.screens} | {w.id: w.start for w in itinerary.watches}
    by_step = {figure.of: figure.value for figure in found.figures if figure.name is Name.DETECTED_PER_MILLION}
    late = sum(value for step, value in by_step.items() if begins[step] >= itinerary.release)
    imports = found.figure(Name.IMPORTS)
    yield words.say(
        N_(
            "Of a million travellers {infected} are infected at departure. {found} are found, {late} of them only after "
            "release. {imports} are released while infected."
        ),
        infected=with_interval(found.figure(Name.INFECTED)),
        found=number(sum(by_step.values())),
        late=number(late),
        imports=with_interval(imports),
    )
    if imports.value > 0.0:
        yield words.say(N_("That is one import in {count} travellers."), count=number(1e6 / imports.value))
    expected = next((figure for figure in found.figures if figure.name is Name.EXPECTED_IMPORTS), None)
    if expected is not None:
        yield words.say(
            N_("In {days} days: {expected} imports expected, no import at all with probability {none}."),
            days=f"{forecast.situation.days:g}",
            expected=with_interval(expected),
            none=share(found.figure(Name.NO_IMPORT)),
        )
    if forecast.budget_per_million is not None:
        yield words.say(_verdict(imports, forecast.budget_per_million), budget=number(forecast.budget_per_million))


def _verdict(imports: Figure, budget: float) -> str:
    if imports.value > budget:
        return N_("The text's budget of {budget} imports per million travellers is not met.")
    if imports.high is not None and imports.high > budget:
        return N_("The text's budget of {budget} imports per million travellers is met, but not at the interval's upper end.")
    return N_("The text's budget of {budget} imports per million travellers is met.")


def _tables(forecast: Forecast, found: GroupForecast, words: ForecastWords) -> Iterator[Table]:
    yield _steps(found, words)
    yield _regions(found, words)
    yield _figures(words.say(N_("What becomes of the infected")), _of(found, OUTCOME), words)
    yield _figures(words.say(N_("What it asks of a traveller")), _of(found, BURDEN), words)
    period = [*_of(found, PERIOD), *(figure for figure in found.figures if figure.name is Name.SUSPENSION)]
    volume = volume_of(found.group.reading, forecast.situation)
    if period and volume is not None:
        title = words.say(N_("In {days} days"), days=f"{forecast.situation.days:g}")
        travelling = words.say(N_("with {count} travellers a day"), count=f"{volume:g}")
        yield _figures(f"{title}, {travelling}", period, words)


def _of(found: GroupForecast, names: Iterable[Name]) -> list[Figure]:
    known = {figure.name: figure for figure in found.figures if not figure.of}
    return [known[name] for name in names if name in known and (known[name].value or name is not Name.CLOSED_LOOP_DAYS)]


def _steps(found: GroupForecast, words: ForecastWords) -> Table:
    """Where the infected are found, in the order of the journey."""
    group = found.group
    titles = (N_("Step"), N_("Clause"), N_("First found, per 10,000 infected"), N_("Per million travellers"))
    table = _table(words, titles, numbers_from=2)
    detected = detections(found)
    for figure in detected:
        table.add_row(
            words.step(group.route, figure.of),
            group.reading.clauses.get(figure.of, ""),
            with_interval(figure),
            with_interval(found.figure(Name.DETECTED_PER_MILLION, figure.of)),
        )
    never = max(10_000.0 - sum(figure.value for figure in detected), 0.0)
    table.add_section()
    infected = found.figure(Name.INFECTED).value
    table.add_row(words.say(N_("Never found")), "", number(never), number(never * infected / 10_000.0))
    return table


def _regions(found: GroupForecast, words: ForecastWords) -> Table:
    titles = (
        N_("Where"), N_("Person-days infectious and not found, per 10,000 infected"),
        N_("Secondary cases, per 10,000 infected"),
    )  # fmt: skip
    table = _table(words, titles, numbers_from=1)
    for figure in found.figures:
        if figure.name is Name.INFECTIOUS_DAYS:
            cases = with_interval(found.figure(Name.POTENTIAL_LEFT, figure.of))
            table.add_row(words.region(figure.of), with_interval(figure), cases)
    return table


def _figures(title: str, figures: Iterable[Figure], words: ForecastWords) -> Table:
    table = _table(words, (), numbers_from=1)
    table.add_column(title)
    table.add_column("", justify="right")
    table.add_column("")
    for figure in figures:
        name = words.name(figure.name)
        name = f"{name}: {words.trigger(figure.of)}" if figure.of else name
        table.add_row(name, _shown(figure), "" if figure.name in SHARES else words.unit(figure.name))
    return table


def _shown(figure: Figure) -> str:
    return share(figure) if figure.name in SHARES else with_interval(figure)


def _differences(largest: GroupForecast, other: GroupForecast, words: ForecastWords) -> Table:
    """The figures in which a group differs from the largest of its route."""
    table = _table(words, (), numbers_from=1)
    table.add_column(words.say(N_("Where it differs: {group}"), group=words.group(other.group)))
    table.add_column(words.say(N_("Most travellers")), justify="right")
    table.add_column(words.say(N_("Here")), justify="right")
    table.add_column("")
    for figure in _of(other, (*OUTCOME, *BURDEN, *PERIOD)):
        usual = next((one for one in _of(largest, (figure.name,))), None)
        if usual is not None and abs(usual.value - figure.value) > DIFFERS * max(abs(usual.value), abs(figure.value)):
            unit = "" if figure.name in SHARES else words.unit(figure.name)
            table.add_row(words.name(figure.name), _shown(usual), _shown(figure), unit)
    return table


def assumptions(forecast: Forecast, agreement: Agreement, words: ForecastWords) -> Iterator[str]:
    """What a forecast rests on, and the digests that identify it."""
    situation, settings = forecast.situation, forecast.settings
    for where, incidence in situation.incidence.items():
        place = words.route(where) if where in agreement.routes else words.words.place(where) if where else ""
        yield (f"{place}: " if place else "") + _incidence_words(incidence, words.say)
    if situation.immune > 0.0:
        yield words.say(N_("Immune travellers: {share}"), share=percent(situation.immune))
    if not any(figure.name is Name.EXPECTED_IMPORTS for found in forecast.groups for figure in found.figures):
        yield words.say(N_("Nobody has said how many travel (--volume): nothing is said of a period."))
    drawn = (
        N_("Intervals: 95 %, over {draws} draws of what is not known exactly, seed {seed}. Engine: {engine}.")
        if settings.draws > 1
        else N_("No intervals: nothing was drawn. Engine: {engine}.")
    )
    yield words.say(drawn, draws=settings.draws, seed=settings.seed, engine=settings.engine.value)
    yield words.say(
        N_("Pathogen: {pathogen}, {digest}. How measures are kept: {practice}."),
        pathogen=forecast.pathogen,
        digest=_short(forecast.pathogen_digest),
        practice=forecast.practice,
    )
    yield words.say(N_("Text: {digest}"), digest=forecast.digest)


def _incidence_words(incidence: Incidence, say: Callable[..., str]) -> str:
    if incidence.series:
        last = incidence.series[-1] * 100_000.0
        message = N_("Incidence: a series of {count} days, {rate} new infections per 100,000 people on the last")
        return say(message, count=len(incidence.series), rate=number(last))
    rate = number(incidence.per_day * 100_000.0)
    if incidence.growth_per_day == 0.0:
        return say(N_("Incidence: {rate} new infections per 100,000 people a day"), rate=rate)
    message = N_("Incidence: {rate} new infections per 100,000 people a day, growing by {growth} a day")
    return say(message, rate=rate, growth=f"{incidence.growth_per_day:+.2g}")


def _short(digest: str) -> str:
    return digest[:19] + "…"


def _table(words: ForecastWords, titles: Iterable[str], numbers_from: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, title in enumerate(titles):
        table.add_column(words.say(title), justify="right" if index >= numbers_from else "left")
    return table
