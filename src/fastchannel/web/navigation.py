"""Where each role's day begins, and the pages it can go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.actor import Actor
from fastchannel.terms.events import Role
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES: dict[str, StrOrPromise] = {
    "roster": _("Travellers"),
    "import": _("Import a roster"),
    "queue": _("Queue"),
    "dashboard": _("Overview"),
    "journeys": _("Journeys"),
    "laboratory": _("Laboratory"),
    "checkpoint": _("Checkpoint"),
    "devices": _("Devices"),
    "site": _("Isolation site"),
    "monitor": _("Health monitoring"),
    "certificates": _("Check certificates"),
    "agreements": _("Agreements"),
    "link": _("Link"),
    "watch": _("Watch"),
    "forecasts": _("Forecast"),
}
PART_OF = {"scan": "checkpoint"}  # a page of its own address that is part of another
# The first page is where the role's day begins.
PAGES: dict[Role, tuple[str, ...]] = {
    Role.SPONSOR: ("roster", "import", "agreements"),
    Role.REVIEWER: ("queue", "dashboard", "journeys", "certificates", "agreements", "forecasts"),
    Role.MISSION: ("queue", "dashboard", "journeys", "certificates", "agreements", "forecasts", "watch", "link"),
    Role.LABORATORY: ("laboratory", "agreements"),
    Role.CARRIER: ("checkpoint", "agreements"),
    Role.CHECKPOINT: ("checkpoint", "devices", "dashboard", "journeys", "certificates", "agreements", "forecasts"),
    Role.SITE: ("site", "dashboard", "journeys", "agreements", "forecasts"),
    Role.MONITOR: ("monitor", "dashboard", "journeys", "certificates", "agreements", "forecasts", "watch"),
    Role.SECRETARIAT: ("dashboard", "journeys", "certificates", "agreements", "forecasts", "watch", "link", "devices"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    title: StrOrPromise
    url: str
    current: bool


def may_open(actor: Actor, page: str) -> bool:
    """Whether the page belongs to the role's day."""
    return page in PAGES.get(actor.role, ())


def first_page(actor: Actor) -> str:
    """The address where the role's day begins."""
    return reverse(f"web:{PAGES.get(actor.role, ('agreements',))[0]}")


def context(request: HttpRequest) -> dict[str, object]:
    """What the frame around every page needs."""
    account = getattr(request, "user", None)
    shown: dict[str, object] = {
        "languages": settings.LANGUAGES,
        "node_party": place_words(settings.CONFIG.party, get_language()),
    }
    if account is None or not account.is_authenticated:
        return shown
    actor: Actor = account.actor
    here = request.resolver_match.url_name if request.resolver_match else ""
    here = PART_OF.get(here or "", here)
    menu = [
        MenuItem(title=TITLES[page], url=reverse(f"web:{page}"), current=page == here)
        for page in PAGES.get(actor.role, ("agreements",))
    ]
    return {**shown, "actor": actor, "account_name": account.name or account.username, "menu": menu}
