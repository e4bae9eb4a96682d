"""Whom a traveller calls: the officer's telephone of the party that they are in, first."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from fastchannel.agreement.phrases import listed
from fastchannel.node.config import ContactConfig
from fastchannel.web import times
from fastchannel.web.details import core_language
from fastchannel.web.held import home_zone
from fastchannel.web.places import place_words
from fastchannel.web.record import Record

LANGUAGES = {"en": "English", "zh-Hans": "中文", "ko": "한국어"}  # each by its own name, for whoever looks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One number, as a page shows it."""

    party: str
    place: str
    name: str
    phone: str
    link: str
    hours: str
    languages: str


def contacts(language: str, *, first: str = "") -> list[Contact]:
    """The numbers that this node knows; those of the party ``first`` before the others."""
    known = sorted(settings.CONFIG.contact.items(), key=lambda item: (item[0] != first, item[0]))
    return [_contact(party, found, language) for party, found in known]


def contacts_of(record: Record) -> list[Contact]:
    """The numbers for one traveller: of where they are, then of the other end of the journey."""
    ends = [record.itinerary.origin[:2], record.itinerary.destination[:2]]
    here = ends[1] if record.facts.arrived is not None else ends[0]
    return [item for item in contacts(record.language, first=here) if item.party in ends]


def _contact(party: str, found: ContactConfig, language: str) -> Contact:
    core, zone = core_language(language), times.zone_words(home_zone(party), language)
    opens, _dash, closes = found.hours.partition("-")
    return Contact(
        party=party,
        place=place_words(party, language),
        name=found.name,
        phone=found.phone,
        link=f"tel:{found.dialled}",
        hours=_("daily from %(opens)s to %(closes)s, %(zone)s") % {"opens": opens, "closes": closes, "zone": zone}
        if opens
        else _("at any hour"),
        languages=listed([LANGUAGES[code] for code in found.languages], core),
    )
