"""What an event says besides its kind, for the terminal: places, agencies, steps and findings by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.events import Assay, Event, Finding, Itinerary, Outcome
from fastchannel.terms.language import N_, pick, translate

# A flag is told in words; the empty ones go without saying.
_FLAGS: Mapping[str, tuple[str, str]] = {  # field → where true, where false
    "symptoms": (N_("symptoms"), N_("no symptoms")),
    "bound": ("", N_("names somebody else")),
    "accepted": ("", N_("not accepted")),
    "reached": ("", N_("not reached")),
    "granted": (N_("granted"), N_("no place left")),
    "waive": (N_("waived"), N_("held")),
    "upheld": (N_("upheld"), N_("not upheld")),
}
_WORDS: Mapping[str, str] = {
    Assay.NAAT: N_("Nucleic acid test (PCR)"),
    Assay.ANTIGEN: N_("Antigen test"),
    Assay.IGM: N_("IgM antibody test"),
    Assay.IGG: N_("IgG antibody test"),
    Assay.ANTIBODY: N_("Antibody test"),
    Finding.NOT_DETECTED: N_("Not detected (negative)"),
    Finding.DETECTED: N_("Detected (positive)"),
    Finding.INDETERMINATE: N_("Indeterminate"),
    Finding.INVALID: N_("Invalid sample"),
    Outcome.APPROVED: N_("Application approved"),
    Outcome.RETURNED: N_("Application returned to the sponsor"),
    Outcome.REFUSED: N_("Application refused"),
}
_UNSAID = frozenset(
    {"id", "journey", "at", "recorded", "by", "role", "party", "evidence", "digest", "agreement", "issuer_role", "channel"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """One text's names in one reader's language; ``titles`` are what the applied route calls its steps."""

    words: Words
    titles: Mapping[str, str]
    zone: ZoneInfo

    def details(self, event: Event) -> str:
        """The event's fields that say something, in order."""
        said = (part for name in event.__struct_fields__ if name not in _UNSAID for part in self._said(event, name))
        return "; ".join(part for part in said if part)

    def _said(self, event: Event, name: str) -> Iterator[str]:
        value = getattr(event, name)
        if value in (None, "", ()):
            return
        if isinstance(value, bool):
            if name != "symptoms" or getattr(event, "reached", True):
                yield self._translated(_FLAGS[name][0 if value else 1]) if name in _FLAGS else ""
        elif isinstance(value, int):
            yield self._translated(N_("version {version}"), version=value)
        elif isinstance(value, datetime):
            yield f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
        elif isinstance(value, date):
            yield value.isoformat()
        elif isinstance(value, Itinerary):
            yield f"{self.words.place(value.origin)} → {self.words.place(value.destination)}"
            yield f"{value.departure.astimezone(self.zone):%Y-%m-%d %H:%M}"
        elif isinstance(value, Mapping):
            yield ", ".join(f"{key} {item}" for key, item in value.items())
        elif isinstance(value, tuple):
            yield from (self._named(name, str(one)) for one in value)
        else:
            yield self._named(name, str(value))

    def _named(self, name: str, value: str) -> str:
        if value in _WORDS and name in {"assay", "finding", "outcome"}:
            return self._translated(_WORDS[value])
        named: Mapping[str, Callable[[str], str]] = {
            "route": self.words.route,
            "place": self.words.place,
            "purpose": self.words.term,
            "companion": self.words.term,
            "issuer": self.words.agency,
            "laboratory": self.words.agency,
            "duties": self._duty,
            "document": self._document,
            "measure": self._step,
            "against": self._step,
            "stay": self._step,
            "gate": self._step,
        }
        return named[name](value) if name in named else value

    def _step(self, identifier: str) -> str:
        return self.titles.get(identifier, identifier)

    def _document(self, identifier: str) -> str:
        return self.titles.get(identifier) or self.words.term(identifier)

    def _duty(self, identifier: str) -> str:
        duties = (duty for route in self.words.text.route.values() if route.sponsor for duty in route.sponsor.duty)
        return next((pick(duty.text, self.words.language) for duty in duties if duty.id == identifier), self._step(identifier))

    def _translated(self, message: str, **values: object) -> str:
        return translate(message, self.words.language, **values)
