"""A quarantine site's day: rooms with whoever is in them, who arrived and has none, and when each may be let out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.agreement.provisions import Stay
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.permissions import Denial
from fastchannel.casework.rooms import Leaving, Release, leaving, site_stay
from fastchannel.decide.standing import Status
from fastchannel.node import queries, rooms
from fastchannel.node.desk import office
from fastchannel.web import times
from fastchannel.web.access import DeniedError, actor_of, language_of, page, record_or_refusal
from fastchannel.web.details import core_language
from fastchannel.web.held import MeasureTitles, home_zone
from fastchannel.web.lists import PAGE, number_of, page_of, shown
from fastchannel.web.places import place_words
from fastchannel.web.record import Record
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ARRIVALS = 20  # on one page: each has a form with the free rooms
MOST_ON_THE_DOOR = 500
LONGEST_SITE = 128
CHOSEN = "site"  # where the session keeps the name of the site that an officer without an organisation typed
LEAVES: dict[Release, Badge] = {
    Release.READY: Badge(text=pgettext_lazy("room", "may leave"), mark="check", tone="good"),
    Release.RUNNING: Badge(text=pgettext_lazy("room", "stays"), mark="clock", tone="wait"),
    Release.MISSING: Badge(text=pgettext_lazy("room", "something is missing"), mark="ring", tone="hold"),
    Release.STOPPED: Badge(text=pgettext_lazy("room", "an officer decides"), mark="warning", tone="stop"),
}
MISSING: dict[Status, StrOrPromise] = {
    Status.AHEAD: pgettext_lazy("missing", "%(test)s: not due yet"),
    Status.DUE: pgettext_lazy("missing", "%(test)s: to be taken"),
    Status.PENDING: pgettext_lazy("missing", "%(test)s: result outstanding"),
    Status.MISSED: pgettext_lazy("missing", "%(test)s: missed"),
    Status.FAILED: pgettext_lazy("missing", "%(test)s: not negative"),
}
SHOWN: tuple[tuple[str, StrOrPromise], ...] = (
    ("", gettext_lazy("All rooms")),
    ("free", gettext_lazy("With a free bed")),
    ("taken", gettext_lazy("Taken")),
    ("out", gettext_lazy("Somebody to be let out today")),
    ("closed", gettext_lazy("Closed")),
)


def site_of(request: HttpRequest) -> str:
    """The account's own site, else the one that the officer typed; empty before that."""
    actor = actor_of(request)
    return actor.organisation or actor.agency or str(request.session.get(CHOSEN, ""))


@page("site")
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The rooms, and who has none."""
    return show(request)


@page("site")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """The officer says in which site they work, where the account does not."""
    name = " ".join(request.POST.get("site", "").split())
    if not name or len(name) > LONGEST_SITE or not name.isprintable():
        messages.error(request, _("Type the name of the site, up to 128 characters."), extra_tags="stop")
    else:
        request.session[CHOSEN] = name
    return redirect("web:site")


@page("site")
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """The rooms themselves: enter them, close one with a reason, reopen it."""
    actor, site, language = actor_of(request), site_of(request), core_language(language_of(request))
    if not site:
        return redirect("web:site")
    typed, errors = {"rooms": "", "beds": "1"}, {}
    if request.method == "POST":
        typed = {"rooms": request.POST.get("rooms", "")[:20_000], "beds": request.POST.get("beds", "")[:4]}
        try:
            made = rooms.add(actor, site, typed["rooms"], number_of(typed["beds"]))
        except InvalidEntryError as error:
            errors = {error.field: error.text(language)}
        else:
            if isinstance(made, Denial):
                raise DeniedError(made.text(language))
            said = ngettext("%(n)d room is new.", "%(n)d rooms are new.", made) % {"n": made}
            messages.success(request, said, extra_tags="good")
            return redirect("web:site-rooms")
    found = rooms.board(actor, site, day_ends=day_ends(actor), after=request.GET.get("after", ""), limit=PAGE, why="")
    context = {
        "site": site, "typed": typed, "errors": errors, "zone": home_zone(actor.party),
        "page": page_of(request, [one for one in found.items if one.number], found.after),
    }  # fmt: skip
    return render(request, "web/site_rooms.html", context, status=422 if errors else 200)


@page("site")
@require_POST
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Close a room or reopen it."""
    actor, site, language = actor_of(request), site_of(request), core_language(language_of(request))
    closes = request.POST.get("what") == "close"
    try:
        if closes:
            denial = rooms.close(actor, site, number, request.POST.get("reason", ""))
        else:
            denial = rooms.reopen(actor, site, number)
    except InvalidEntryError as error:
        messages.error(request, error.text(language), extra_tags="stop")
    else:
        if denial is not None:
            raise DeniedError(denial.text(language))
        messages.success(request, _("The room is closed.") if closes else _("The room is open again."), extra_tags="good")
    return redirect("web:site-rooms")


@page("site")
@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """Who is in which room, on paper."""
    actor, site = actor_of(request), site_of(request)
    if not site:
        return redirect("web:site")
    found = rooms.board(actor, site, show="taken", day_ends=day_ends(actor), limit=MOST_ON_THE_DOOR, why="list for the door")
    context = {
        "site": site, "rooms": lines(found.items, language_of(request)), "more": bool(found.after),
        "now": office().clock.now(), "zone": home_zone(actor.party),
    }  # fmt: skip
    return render(request, "web/site_door.html", context)


@page("site")
@require_GET
def person(request: HttpRequest, journey: str) -> HttpResponse:
    """One traveller: into another room, or out."""
    return show_person(request, journey)


@page("site")
@require_POST
def give(request: HttpRequest, journey: str) -> HttpResponse:
    """Put a traveller into a room."""
    actor, language = actor_of(request), core_language(language_of(request))
    room = " ".join(request.POST.get("room", "").split())
    try:
        answer = rooms.house(
            actor, journey, site=site_of(request), room=room, key=request.POST.get("key", "")[:160] or uuid4().hex,
            crowded=request.POST.get("crowded") == "yes",
        )  # fmt: skip
    except UnknownJourneyError as error:
        raise Http404 from error
    except (InvalidEntryError, KeyConflictError) as error:
        said = error.text(language) if isinstance(error, InvalidEntryError) else _AGAIN
        return show_person(request, journey, fault=str(said), wanted=room, status=422)
    if isinstance(answer, Denial):
        raise DeniedError(answer.text(language))
    messages.success(request, _("Room %(room)s: recorded.") % {"room": room}, extra_tags="good")
    return redirect("web:site")


@page("site")
@require_POST
def let_out(request: HttpRequest, journey: str) -> HttpResponse:
    """Let a traveller out, where the standing allows it."""
    actor, language = actor_of(request), core_language(language_of(request))
    try:
        answer = rooms.let_out(actor, journey, key=request.POST.get("key", "")[:160] or uuid4().hex)
    except UnknownJourneyError as error:
        raise Http404 from error
    except (InvalidEntryError, KeyConflictError) as error:
        said = error.text(language) if isinstance(error, InvalidEntryError) else _AGAIN
        return show_person(request, journey, fault=str(said), status=422)
    if isinstance(answer, Denial):
        if answer.code != "stay":
            raise DeniedError(answer.text(language))
        return show_person(request, journey, fault=answer.text(language), status=409)
    messages.success(request, _("Let out: recorded. The room is free."), extra_tags="good")
    return redirect("web:site")


def show(request: HttpRequest) -> HttpResponse:
    """The board."""
    actor, language, site = actor_of(request), language_of(request), site_of(request)
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in rooms.SHOWN else ""
    now, ends = office().clock.now(), day_ends(actor)
    waits = queries.list_journeys(
        actor, rooms.waiting(actor), why="arrivals", after=request.GET.get("arrived", ""), limit=ARRIVALS
    )
    free = rooms.offered(site) if site else ()
    empty = [one.name for one in free if one.empty]  # a room of their own for each, as far as there are
    context: dict[str, Any] = {
        "site": site,
        "own": bool(actor.organisation or actor.agency),
        "now": now,
        "zone": home_zone(actor.party),
        "arrivals": [
            shown(row, way=_way(row, language), key=uuid4().hex, room=name)
            for row, name in zip(waits.items, chain(empty, repeat("")), strict=False)
        ],
        "arrivals_after": f"?{urlencode({'arrived': waits.after})}" if waits.after else "",
    }
    if not site:
        context |= {"answer": _("Say first in which site you work."), "sites": rooms.sites()}
        return render(request, "web/site.html", context)
    found = rooms.board(actor, site, show=wanted, day_ends=ends, after=request.GET.get("after", ""), limit=PAGE)
    counts = rooms.counted(actor, site, ends)
    context |= {
        "answer": _answer(counts),
        "counts": counts,
        "page": page_of(request, lines(found.items, language), found.after),
        "filters": [(value, text, value == wanted) for value, text in SHOWN],
        "free": [(one.name, _offer(one)) for one in free],
    }
    return render(request, "web/site.html", context)


def show_person(request: HttpRequest, journey: str, *, fault: str = "", wanted: str = "", status: int = 200) -> HttpResponse:
    """The page of one traveller in the site."""
    record = record_or_refusal(request, journey, why="room")
    language, site = language_of(request), site_of(request)
    held = rooms.inside(record.actor, journey)
    found = leaving_of(record)
    context = {
        **record.context(),
        "site": site,
        "held": held,
        "leaves": leaves(found, MeasureTitles.of_this_node(core_language(language)), language, record.now) if found else None,
        "may_leave": held is not None and found is not None and found.state is Release.READY,
        "free": [(one.name, _offer(one)) for one in rooms.offered(site)] if site else [],
        "fault": fault,
        "wanted": wanted,
        "zone": found.zone if found is not None else record.arrival_zone,
        "key": uuid4().hex,
    }
    return render(request, "web/site_person.html", context, status=status)


def leaving_of(record: Record) -> Leaving | None:
    """When the traveller of a record may go, by the rules that hold for them; None where no stay at a site is asked for."""
    stay = site_stay(record.standing)
    held = (item for item in record.provisions.measures if isinstance(item, Stay))
    ends = next((item.ends for item in held if stay is not None and item.id == stay.measure), ())
    return leaving(record.standing, ends, record.now)


def lines(found: Iterable[rooms.RoomLine], language: str) -> list[dict[str, object]]:
    """Rooms in words."""
    titles = MeasureTitles.of_this_node(core_language(language))
    return [_line(one, titles, language) for one in found]


def _line(one: rooms.RoomLine, titles: MeasureTitles, language: str) -> dict[str, object]:
    now = office().clock.now()
    return {
        "room": one,
        "state": _state(one),
        "people": [
            {"one": person, "leaves": leaves(person.leaving, titles, language, now) if person.leaving is not None else None}
            for person in one.inside
        ],
    }


def leaves(found: Leaving, titles: MeasureTitles, language: str, now: datetime) -> dict[str, object]:
    """When somebody may go, in words: the countdown, and what is missing."""
    return {
        "badge": LEAVES[found.state],
        "when": _when(found, language, now),
        "zone": found.zone,
        "plain": found.state in (Release.READY, Release.RUNNING),  # what is missing is nothing for paper on a door
        "missing": [
            str(MISSING[item.status]) % {"test": titles.title(item.measure, item.kind)}
            for item in found.missing
            if item.status in MISSING
        ],
    }


def day_ends(actor: Actor) -> datetime:
    """The midnight that ends the local day."""
    return times.start_of_day(office().clock.now(), home_zone(actor.party)) + timedelta(days=1)


_AGAIN = gettext_lazy("This form was sent before with other content. Load the page again.")


def _when(found: Leaving, language: str, now: datetime) -> str:
    if found.due is None:
        return "" if found.state is Release.READY else _("out as soon as nothing is missing")
    said = {
        "moment": times.deadline_words(found.due, found.zone, language),
        "distance": times.distance_words(found.due, now),
    }
    if found.state is Release.RUNNING:
        return _("out on %(moment)s, %(distance)s") % said
    return _("the shortest time was over on %(moment)s, %(distance)s") % said


def _state(one: rooms.RoomLine) -> Badge:
    if one.beds is None:
        return Badge(text=_("not on the list"), mark="info")
    if one.closed:
        return Badge(text=_("closed"), mark="lock", tone="stop")
    if one.crowded:
        said = _("people: %(people)d, beds: %(beds)d") % {"people": len(one.inside), "beds": one.beds}
        return Badge(text=said, mark="warning", tone="hold")
    if not one.free:
        return Badge(text=_("no bed free"), mark="dash")
    free = ngettext("%(n)d bed free", "%(n)d beds free", one.free) % {"n": one.free}
    return Badge(text=free, mark="check", tone="good")


def _offer(one: rooms.Offered) -> str:
    free = ngettext("%(n)d bed free", "%(n)d beds free", one.free) % {"n": one.free}
    return f"{one.name} · {free}" if one.empty else _("%(room)s · %(free)s, shared") % {"room": one.name, "free": free}


def _way(row: queries.Listed, language: str) -> str:
    way = f"{place_words(row.origin, language)} → {place_words(row.destination, language)}"
    return f"{way} · {row.flight}" if row.flight else way


def _answer(counts: rooms.Counted) -> str:
    if not counts.rooms:
        return _("This site has no rooms yet: enter them first.")
    free = ngettext("%(n)d bed is free.", "%(n)d beds are free.", counts.free) % {"n": counts.free}
    out = ngettext("%(n)d person is to be let out today.", "%(n)d people are to be let out today.", counts.out)
    waits = ngettext("%(n)d arrival has no room.", "%(n)d arrivals have no room.", counts.arrived)
    said = [waits % {"n": counts.arrived}] if counts.arrived else []
    return " ".join([*said, free, *([out % {"n": counts.out}] if counts.out else [])])
