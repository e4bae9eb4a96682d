"""What the forecast commands are asked: the agreement, pathogens, incidence, volumes and prices, from the words given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.reading import nearest
from fastchannel.cli.console import message
from fastchannel.cli.forecast_series import SeriesAsked, series_of
from fastchannel.cli.texts import find_agreement, find_versions, is_shipped, read_text
from fastchannel.forecast.forecast import incidence_of
from fastchannel.forecast.infection.pathogens import PathogenError, Profile, load_profile, shipped_profiles
from fastchannel.forecast.practice import PracticeText, default_practice, load_practice
from fastchannel.forecast.situation import MOST_GROWTH_PER_DAY, Incidence, Prices, Situation
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_, translate

PER = 100_000.0  # people that a rate of incidence is for, where it does not say
MOST_TRAVELLERS = 1e8
_RATE = re.compile(r"([^/]+?)(?:\s*/\s*(\d+(?:\.\d+)?)\s*([km]?))?", re.IGNORECASE)
_THOUSANDS = {"": 1.0, "k": 1e3, "m": 1e6}
_PRICES = {"test": "test", "room": "room_night", "day": "day_lost"}


class AskedError(FastChannelError):
    """What was asked for is not there or cannot be."""


def chosen_agreement(name: str, on: date | None) -> Agreement:
    """One text; with a day and no version, the version that an application names on that day."""
    if on is not None and is_shipped(name) and "@" not in name:
        return find_versions(name).current(on)
    return find_agreement(name)


def chosen_profiles(agreement: Agreement, names: tuple[str, ...], language: str) -> list[Profile]:
    """The profiles that are named, or every one of the agreement's pathogen. Raises AskedError, TextError."""
    if names:
        return [profile_of(name) for name in names]
    shipped, pathogen = shipped_profiles().values(), agreement.text.agreement.pathogen
    found = [profile for profile in shipped if profile.name == pathogen]
    if not found:
        known = ", ".join(profile.id for profile in shipped)
        raise AskedError(f'{agreement.id}: found the pathogen "{pathogen}", without a profile; expected --pathogen: {known}')
    if len(found) > 1:
        listed = ", ".join(profile.id for profile in found)
        several = N_("{pathogen} has several profiles: {listed}. Here is each; --pathogen chooses one.")
        message(translate(several, language, pathogen=pathogen, listed=listed))
    return found


def only_profile(agreement: Agreement, names: tuple[str, ...]) -> Profile:
    """The one profile that is named, or the only one of the agreement's pathogen. Raises AskedError, TextError."""
    if len(names) == 1:
        return profile_of(names[0])
    pathogen = agreement.text.agreement.pathogen
    found = [profile for profile in shipped_profiles().values() if profile.name == pathogen]
    if len(found) == 1 and not names:
        return found[0]
    known = ", ".join(profile.id for profile in found or shipped_profiles().values())
    raise AskedError(f"--pathogen: found {', '.join(names) or 'none'}; expected one of {known}, or a file")


def profile_of(name: str) -> Profile:
    """A profile that ships, or one in a file. Raises AskedError, TextError."""
    shipped = shipped_profiles()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        return load_profile(read_text(path), name=name)
    hint = nearest(name, shipped)
    expected = f'found the pathogen "{name}"; expected a file or one of {", ".join(shipped)}'
    raise PathogenError(f"{expected}. {hint}" if hint else expected)


def chosen_practice(path: Path | None) -> PracticeText:
    """The practice in a file, or the one that ships."""
    return default_practice() if path is None else load_practice(read_text(path), name=str(path))


def situation_of(agreement: Agreement, asked: dict[str, Any], on: date | None) -> Situation:
    """The situation that the options of `situation_options` describe. Raises AskedError, SituationError."""
    return Situation(
        incidence=_incidences(agreement, asked, on),
        travellers_per_day=_volumes(agreement, asked["volumes"]),
        days=asked["days"],
        immune=asked["immune"],
        prices=_prices(asked["prices"]),
    )


def for_every_route(situation: Situation, agreement: Agreement, route: str) -> Situation:
    """The situation with one route's incidence for those that have none: they are worked out too, and not shown."""
    return replace(situation, incidence={"": incidence_of(situation, agreement, route), **situation.incidence})


def _incidences(agreement: Agreement, asked: dict[str, Any], on: date | None) -> dict[str, Incidence]:
    growth = asked["growth"]
    if not abs(growth) <= MOST_GROWTH_PER_DAY:
        raise AskedError(f"--growth: found {growth:g} a day; expected from -{MOST_GROWTH_PER_DAY:g} to {MOST_GROWTH_PER_DAY:g}")
    if not asked["incidences"]:
        raise click.UsageError(
            "give --incidence: new infections per 100,000 people and day where travellers are from, or a file"
        )
    populations = _numbers(agreement, asked["populations"], "--population", above=0.0)
    reported = _numbers(agreement, asked["reporteds"], "--reported", above=0.0, high=1.0)
    found: dict[str, Incidence] = {}
    for where, words in _named(agreement, asked["incidences"], "--incidence"):
        rate = _rate(words)
        if rate is not None:
            found[where] = Incidence(per_day=rate, growth_per_day=growth)
            continue
        population = populations.get(where, populations.get(""))
        if population is None:
            raise AskedError(f"--incidence {words}: found no --population; expected how many people its cases are from")
        found[where] = series_of(
            SeriesAsked(
                path=Path(words),
                time=asked["time_column"],
                count=asked["count_column"],
                population=population,
                reported=reported.get(where, reported.get("", 1.0)),
                on=on,
            )
        )
    return found


def _rate(words: str) -> float | None:
    """Infections per person and day; None where the words are no rate but name a file."""
    match = _RATE.fullmatch(words.strip())
    value = _float(match[1]) if match else None
    if match is None or value is None:
        if Path(words).exists() or Path(words).suffix:
            return None
        raise AskedError(
            f'--incidence: found "{words}"; expected new infections per 100,000 people a day, as 12 or 120/1M, or a file'
        )
    per = float(match[2]) * _THOUSANDS[match[3].lower()] if match[2] else PER
    if not 0.0 <= value <= per or per <= 0.0:
        raise AskedError(
            f"--incidence: found {value:g} new infections a day per {per:,.0f} people; expected from 0 to {per:,.0f}"
        )
    return value / per


def _volumes(agreement: Agreement, words: tuple[str, ...]) -> dict[str, float]:
    """Travellers a day by route; a party stands for the routes that start there."""
    found: dict[str, float] = {}
    for where, value in _numbers(agreement, words, "--volume", high=MOST_TRAVELLERS).items():
        routes = [name for name, route in agreement.routes.items() if route.origin_party == where]
        found |= dict.fromkeys(routes or [where], value)
    return found


def _prices(words: tuple[str, ...]) -> Prices:
    found: dict[str, Any] = {}
    for word in words:
        name, equals, amount = word.partition("=")
        if name == "currency" and amount:
            found["currency"] = amount
            continue
        value = _float(amount)
        if name not in _PRICES or not equals or value is None or value < 0.0:
            raise AskedError(f'--prices: found "{word}"; expected test=, room= or day= with an amount from 0, or currency=EUR')
        found[_PRICES[name]] = value
    return Prices(**found)


def _numbers(
    agreement: Agreement, words: Iterable[str], option: str, *, above: float | None = None, high: float = 1e12
) -> dict[str, float]:
    found = {}
    for where, amount in _named(agreement, words, option):
        value = _float(amount)
        if value is None or not 0.0 <= value <= high or (above is not None and value <= above):
            least = "from 0" if above is None else f"above {above:g}"
            raise AskedError(f'{option}: found "{amount}"; expected a number {least} to {high:,.0f}')
        found[where] = value
    return found


def _named(agreement: Agreement, words: Iterable[str], option: str) -> Iterable[tuple[str, str]]:
    """Values with the route or party that each is for; empty where it is for all."""
    known = {name.lower(): name for name in (*agreement.routes, *agreement.parties)}
    for word in words:
        where, equals, value = word.partition("=")
        if not equals or Path(word).exists():
            yield "", word
            continue
        if where.lower() not in known:
            hint = nearest(where.lower(), known)
            expected = f"expected a route or a party: {', '.join(known.values())}"
            raise AskedError(f'{option}: found "{where}"; {expected}' + (f". {hint}" if hint else ""))
        yield known[where.lower()], value


def _float(words: str) -> float | None:
    try:
        value = float(words.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
