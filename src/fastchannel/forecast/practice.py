"""How the measures are kept in practice: compliance, leakage, contacts. A text cannot say it, a forecast must assume it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastchannel.agreement.wording import StayPlace
from fastchannel.forecast.infection.draws import Chooser, Draw
from fastchannel.forecast.reading.texts import Part, Text

FLIGHT = "flight"
PLACES = (FLIGHT, *(place.value for place in StayPlace))
_PREFIX = "practice."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePractice:
    """A kind of stay. ``contact``, ``inside`` and ``workers`` multiply infectiousness; the others are shares of people.

    Of the people of a stay, the share ``adherence`` has its contact; the others have what there would be without it.
    """

    contact: float
    inside: float
    workers: float
    notices: float
    adherence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One draw of a practice. Field by field as ``library/practice.toml`` explains them."""

    flight_days: float
    sampled_at: float
    ill_stay_home: float
    party_size: float
    party_infected: float
    compliance: float
    leak_designated: float
    leak_any: float
    forged: float
    self_report: float
    follow_up: float
    with_calls: float
    delay_days: float
    background: float
    community_reproduction_number: float
    community_contact: float
    places: dict[str, PlacePractice]


@dataclass(frozen=True, kw_only=True)
class PracticeText:
    """A practice as it was written, checked."""

    id: str
    title: dict[str, str]
    written: str
    unknowns: tuple[str, ...]

    def at(self, draw: Draw | None = None) -> Practice:
        """The practice at one draw of its unknowns; without one, at the figures' own values."""
        text = Text.read(self.written, name=self.id)
        text.choose = Chooser(draw or {}, _PREFIX)
        found = _practice(text.whole)
        text.finish()
        return found


def load_practice(written: str | bytes, *, name: str = "<practice>") -> PracticeText:
    """Read a practice. Raises TextError with every mistake."""
    text = Text.read(written, name=name)
    chooser = Chooser(prefix=_PREFIX)
    text.choose = chooser
    head = text.whole.needed("practice", "what the practice is called")
    head.only(("id", "title", "note"))
    title = head.needed("title", "its title by language")
    identifier = head.words("id")
    titles = {key: title.words(key) for key in title.raw}
    _practice(text.whole)
    text.finish()
    return PracticeText(id=identifier, title=titles, written=text.written, unknowns=tuple(chooser.met))


@cache
def default_practice() -> PracticeText:
    """The practice that comes with the package."""
    entry = files("fastchannel") / "library" / "practice.toml"
    return load_practice(entry.read_bytes(), name="practice.toml")


_JOURNEY = {"flight_days": 30.0, "sampled_at": 1.0, "ill_stay_home": 1.0, "party_infected": 1.0}
_TEST = ("compliance", "leak_designated", "leak_any", "forged")
_WATCH = ("self_report", "follow_up", "with_calls", "background")


def _practice(whole: Part) -> Practice:
    whole.only(("practice", "journey", "test", "watch", "stay", "community"))
    journey, test, watch = (whole.needed(name, "figures of practice") for name in ("journey", "test", "watch"))
    stay, community = (whole.needed(name, "figures of practice") for name in ("stay", "community"))
    journey.only((*_JOURNEY, "party_size"))
    test.only(_TEST)
    watch.only((*_WATCH, "delay_days"))
    community.only(("reproduction_number", "contact"))
    stay.only(PLACES)
    return Practice(
        **{key: journey.number(key, low=0.0, high=most) for key, most in _JOURNEY.items()},
        **{key: test.number(key, low=0.0, high=1.0) for key in _TEST},
        **{key: watch.number(key, low=0.0, high=1.0) for key in _WATCH},
        party_size=journey.number("party_size", low=1.0, high=1_000.0),
        delay_days=watch.number("delay_days", low=0.0, high=30.0),
        community_reproduction_number=community.number("reproduction_number", low=0.0, high=100.0),
        community_contact=community.number("contact", low=0.0, high=10.0),
        places={name: _place(stay.needed(name, "figures of practice")) for name in PLACES},
    )


def _place(part: Part) -> PlacePractice:
    part.only(("contact", "inside", "workers", "notices", "adherence"))
    return PlacePractice(
        contact=part.number("contact", low=0.0, high=10.0),
        inside=part.number("inside", low=0.0, high=10.0),
        workers=part.number("workers", low=0.0, high=10.0),
        notices=part.number("notices", low=0.0, high=1.0),
        adherence=part.number("adherence", low=0.0, high=1.0),
    )
