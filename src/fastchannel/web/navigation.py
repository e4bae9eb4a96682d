"""Where each role's day begins, the pages it can go to, and how the menu groups them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
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
    "tray": _("Unmatched results"),
    "checkpoint": _("Checkpoint"),
    "devices": _("Devices"),
    "site": _("Isolation site"),
    "monitor": _("Health monitoring"),
    "cases": _("Cases and contacts"),
    "certificates": _("Check certificates"),
    "agreements": _("Agreements"),
    "link": _("Link"),
    "watch": _("Watch"),
    "secretariat": _("Secretariat"),
    "trust": _("Trust"),
    "forecasts": _("Forecast"),
    "needs": _("Statements of need"),
    "allocations": _("Places"),
    "chain": _("Chain map"),
    "break-glass": _("Emergency access"),
}
_READ = ("dashboard", "journeys", "certificates", "agreements", "forecasts")
# The first page is where the role's day begins.
PAGES: dict[Role, tuple[str, ...]] = {
    Role.SPONSOR: ("roster", "import", "needs", "agreements"),
    Role.REVIEWER: ("queue", *_READ, "break-glass"),
    Role.MISSION: ("queue", "secretariat", *_READ, "watch", "link", "trust", "chain"),
    Role.LABORATORY: ("laboratory", "tray", "agreements"),
    Role.CARRIER: ("checkpoint", "agreements"),
    Role.CHECKPOINT: ("checkpoint", "devices", *_READ, "break-glass"),
    Role.SITE: ("site", "dashboard", "journeys", "agreements", "forecasts", "break-glass"),
    Role.MONITOR: ("monitor", "cases", "tray", *_READ, "watch", "trust", "break-glass"),
    Role.SECRETARIAT: (
        "secretariat", "cases", *_READ, "watch", "link", "trust", "allocations", "chain", "devices", "break-glass",
    ),
}  # fmt: skip


# The menu's groups. A page that no group names is something to look up; a role's first page is always part of its day.
DAY = "day"
LOOK_UP = "look-up"
GROUP_TITLES: dict[str, StrOrPromise] = {
    DAY: _("My day"),
    LOOK_UP: _("Look up"),
    "mechanism": _("Joint mechanism"),
    "node": _("This node"),
}
GROUPS: dict[str, tuple[str, ...]] = {
    DAY: (
        "roster", "import", "needs", "queue", "checkpoint", "laboratory", "tray", "site", "monitor", "cases", "secretariat",
    ),
    LOOK_UP: ("dashboard", "journeys", "certificates"),
    "mechanism": ("agreements", "forecasts", "watch", "ledger", "trust", "allocations", "chain"),
    "node": ("link", "devices", "accounts", "sessions", "break-glass"),
}  # fmt: skip
# A page of one thing, and the pages of the menu that it may belong to: the first of them that the role has is marked.
PARENTS: dict[str, tuple[str, ...]] = {
    "apply": ("roster",),
    "import-confirm": ("import",),
    "import-job": ("import",),
    "review": ("queue",),
    "journey": ("journeys", "roster"),
    "act": ("journeys", "roster"),
    "present": ("journeys",),
    "pass": ("journeys", "roster"),
    "invite": ("journeys", "roster"),
    "need": ("needs",),
    "need-new": ("needs",),
    "allocation": ("allocations",),
    "allocation-new": ("allocations",),
    "case": ("cases",),
    "call-sheet": ("monitor",),
    "positives": ("secretariat",),
    "decide": ("secretariat", "watch"),
    "recall": ("trust",),
    "recall-job": ("trust",),
    "labels": ("laboratory",),
    "site-people": ("site",),
    "site-rooms": ("site",),
    "site-door": ("site",),
    "site-person": ("site",),
    "site-give": ("site",),
    "site-out": ("site",),
    "scan": ("checkpoint",),
    "find": ("laboratory", "checkpoint", "site", "monitor"),
    "task": ("laboratory", "checkpoint", "site", "monitor"),
    "agreement-version": ("agreements",),
    "forecast": ("forecasts",),
}
MOST_IN_LINE = 7  # more pages than this do not fit a line at 64rem in any of the three languages


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A page to go to. ``current`` is what ``aria-current`` says: ``page``, ``true`` for a page under it, or nothing."""

    title: StrOrPromise
    url: str
    current: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    title: StrOrPromise
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The pages of a role: ``line`` stands open on every page, ``groups`` hold them all behind one button.

    ``folded`` says whether the line leaves something out on a wide screen; on a phone it shows the role's own day alone.
    """

    line: tuple[MenuItem, ...]
    groups: tuple[MenuGroup, ...]
    folded: bool


def may_open(actor: Actor, page: str) -> bool:
    """Whether the page belongs to the role's day."""
    return page in PAGES.get(actor.role, ())


def first_page(actor: Actor) -> str:
    """The address where the role's day begins."""
    return reverse(f"web:{PAGES.get(actor.role, ('agreements',))[0]}")


def group_of(page: str, pages: tuple[str, ...]) -> str:
    """The menu's group of a page among a role's pages."""
    if page == pages[0]:
        return DAY
    return next((group for group, named in GROUPS.items() if page in named), LOOK_UP)


def menu_of(role: Role, here: str) -> Menu:
    """The menu of a role on the page whose address has the name ``here``."""
    pages = PAGES.get(role, ("agreements",))
    above = next((parent for parent in PARENTS.get(here, ()) if parent in pages), "")
    items: list[MenuItem] = []
    for page in pages:
        try:
            url = reverse(f"web:{page}")
        except NoReverseMatch:  # a page that this build does not have is not offered
            continue
        current = "page" if page == here else "true" if page == above else ""
        items.append(MenuItem(title=TITLES[page], url=url, current=current, group=group_of(page, pages)))
    order = list(GROUP_TITLES)
    items.sort(key=lambda item: order.index(item.group))
    folded = len(items) > MOST_IN_LINE
    day = {item.url for item in items if item.group == DAY or item.current} | {item.url for item in items[: MOST_IN_LINE - 1]}
    groups = tuple(
        MenuGroup(title=GROUP_TITLES[group], items=found)
        for group in order
        if (found := tuple(item for item in items if item.group == group))
    )
    return Menu(line=tuple(item for item in items if not folded or item.url in day), groups=groups, folded=folded)


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
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    return {
        **shown,
        "actor": actor,
        "account_name": account.name or account.username,
        "menu": menu_of(actor.role, here),
    }
