"""The forecast's things in words, in every language: routes, groups, steps, regions, and numbers with their intervals."""

from __future__ import annotations

from babel.lists import format_list

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.measure_words import measure_title
from fastchannel.agreement.phrases import LOCALES
from fastchannel.agreement.vocabulary import Words
from fastchannel.forecast.cases import Group
from fastchannel.forecast.figures import TITLES, UNITS, Figure, Name
from fastchannel.terms.language import N_, pick

REGIONS = {
    "origin": N_("before departure"),
    "transit": N_("on the flight"),
    "quarantine": N_("where they are held"),
    "closed loop": N_("in the closed loop"),
    "community": N_("in the community"),
    "waiting": N_("Waiting for the result"),
}
NO_INTERVAL = 5e-4  # an interval narrower than this share of the value is not worth the words
LEAST = 1e-4  # less is written as a power of ten


class ForecastWords:
    """The words of one agreement's forecast in one language."""

    def __init__(self, agreement: Agreement, language: str) -> None:
        self.agreement, self.language = agreement, language
        self.words = Words(agreement.text, language)

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue."""
        return self.words.say(message, **values)

    @property
    def title(self) -> str:
        return pick(self.agreement.title, self.language)

    def route(self, route: str) -> str:
        """What the text calls a route."""
        found = self.agreement.routes[route]
        return pick(found.title, self.language) if found.title else route

    def group(self, group: Group) -> str:
        """The places and purposes that set a group apart; empty where it is the whole route."""
        parts = [self._places(group.places)] if group.places else []
        if group.purposes:
            parts.append(self.words.terms(group.purposes))
        return "; ".join(parts)

    def _places(self, places: tuple[str, ...], most: int = 3) -> str:
        names = [self._place(place) for place in places[:most]]
        if len(places) > most:
            names.append(self.say(N_("{count} more places"), count=len(places) - most))
        return format_list(names, locale=LOCALES[self.language])

    def _place(self, place: str) -> str:
        region, _, city = place.partition(" ")
        return f"{self.words.place(region)}: {self.words.place(city)}" if city else self.words.place(region)

    def step(self, route: str, step: str) -> str:
        """What the text calls a step: a measure, or a stay in which symptoms are noticed."""
        for measure in self.agreement.routes[route].text.measure:
            if measure.id == step:
                return measure_title(measure, self.words)
        return self.say(REGIONS[step]) if step in REGIONS else step

    def region(self, region: str) -> str:
        return self.say(REGIONS[region]) if region in REGIONS else region

    def trigger(self, trigger: str) -> str:
        """A trigger by its name, with its clause."""
        clause = next((one.clause for one in self.agreement.text.trigger if one.id == trigger), "")
        return f"{trigger} ({clause})" if clause else trigger

    def name(self, name: Name) -> str:
        """What a figure is called."""
        return self.say(TITLES[name])

    def unit(self, name: Name) -> str:
        return self.say(UNITS[name])


def number(value: float) -> str:
    """A number to three figures, as a person writes it."""
    size = abs(value)
    if size == 0.0:
        return "0"
    if size < LEAST:
        return f"{value:.1e}".replace("e-0", "e-")
    if size >= 1_000.0:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:#.3g}".rstrip(".") if size >= 1.0 else f"{value:#.2g}"


def with_interval(figure: Figure, factor: float = 1.0) -> str:
    """The value, and its interval in brackets where there is one that says something."""
    value = number(figure.value * factor)
    if figure.low is None or figure.high is None:
        return value
    if figure.high - figure.low <= NO_INTERVAL * abs(figure.value):
        return value
    return f"{value} ({number(figure.low * factor)} – {number(figure.high * factor)})"


def share(figure: Figure) -> str:
    """A share or a probability in per cent with its interval, never rounded to certainty."""
    decimals = _decimals(figure.value)
    value = percent(figure.value, decimals)
    if figure.low is None or figure.high is None:
        return value
    low, high = percent(figure.low, decimals), percent(figure.high, decimals)
    return value if low == value == high else f"{value} ({low} – {high})"


def percent(value: float, decimals: int | None = None) -> str:
    """A share in per cent, with more decimals near nought and near one where their number is not given."""
    decimals = _decimals(value) if decimals is None else decimals
    least = 10.0**-decimals
    if 0.0 < value * 100.0 < least / 2.0:
        return f"< {least:g} %"
    if 0.0 < (1.0 - value) * 100.0 < least / 2.0:
        return f"> {100.0 - least:.{decimals}f} %"
    return f"{value * 100.0:.{decimals}f} %"


def _decimals(value: float) -> int:
    if value in {0.0, 1.0}:
        return 0
    return next((decimals for decimals, least in enumerate((0.1, 0.01, 0.001)) if min(value, 1.0 - value) >= least), 2)
