"""The health monitor's day: who is silent, how far up the ladder, who looks after whom, and whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, UnknownJourneyError
from fastchannel.casework.monitoring import Cell, Rung, cell
from fastchannel.casework.permissions import TABLE, Action, Denial
from fastchannel.node import monitoring
from fastchannel.node.desk import office
from fastchannel.web import times
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.held import home_zone
from fastchannel.web.lists import PAGE, page_of
from fastchannel.web.record import Record
from fastchannel.web.templatetags.fastchannel import mark
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS, AHEAD = 14, 2  # columns, of which so many lie ahead
MOST_ON_A_SHEET = 200
CELLS: dict[Cell, Badge] = {
    Cell.CHECKED: Badge(text=pgettext_lazy("cell", "checked in"), mark="check", tone="good"),
    Cell.SYMPTOMS: Badge(text=pgettext_lazy("cell", "symptoms"), mark="warning", tone="hold"),
    Cell.CALLED: Badge(text=pgettext_lazy("cell", "reached by a call"), mark="phone", tone="good"),
    Cell.UNREACHED: Badge(text=pgettext_lazy("cell", "called, not reached"), mark="phone-off", tone="stop"),
    Cell.MISSED: Badge(text=pgettext_lazy("cell", "missed"), mark="cross", tone="stop"),
    Cell.DUE: Badge(text=pgettext_lazy("cell", "due today"), mark="clock", tone="wait"),
    Cell.AHEAD: Badge(text=pgettext_lazy("cell", "not yet"), mark="dash", tone="calm"),
    Cell.OUTSIDE: Badge(text=pgettext_lazy("cell", "not asked"), mark="", tone="outside"),
}
RUNGS: dict[str, Badge] = {
    Rung.REMINDED: Badge(text=pgettext_lazy("ladder", "Reminded"), mark="clock", tone="wait"),
    Rung.REMINDED_AGAIN: Badge(text=pgettext_lazy("ladder", "Reminded twice"), mark="clock", tone="wait"),
    Rung.CALL: Badge(text=pgettext_lazy("ladder", "Call"), mark="phone", tone="hold"),
    Rung.VISIT: Badge(text=pgettext_lazy("ladder", "Visit"), mark="flag", tone="stop"),
}
OUTCOMES: dict[str, StrOrPromise] = {
    "reached": pgettext_lazy("call", "reached"),
    "not reached": pgettext_lazy("call", "not reached"),
    "wrong number": pgettext_lazy("call", "wrong number"),
    "language": pgettext_lazy("call", "no common language"),
}
WAYS: dict[str, StrOrPromise] = {"call": pgettext_lazy("call", "Call"), "visit": pgettext_lazy("call", "Visit")}
NEXT_STEPS: dict[str, StrOrPromise] = {
    "": "—",
    "call again": pgettext_lazy("next step", "call again"),
    "interpreter": pgettext_lazy("next step", "find an interpreter"),
    "new number": pgettext_lazy("next step", "ask the sponsor for another number"),
    "visit": pgettext_lazy("next step", "visit"),
    "doctor": pgettext_lazy("next step", "send a doctor"),
}
UNSENT: dict[str, StrOrPromise] = {
    "no address": gettext_lazy("Nothing sent: no telephone number and no e-mail address is known."),
}
CHANNELS: dict[str, StrOrPromise] = {"sms": pgettext_lazy("channel", "SMS"), "mail": pgettext_lazy("channel", "e-mail")}
OWNERS: tuple[tuple[str, StrOrPromise], ...] = (
    ("", gettext_lazy("Everybody")),
    ("mine", gettext_lazy("Mine")),
    ("none", gettext_lazy("Nobody's")),
)
SILENCES = (0, 1, 2, 3)
LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "ko": "한국어"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One traveller with a cell for each column."""

    line: monitoring.Line
    cells: SafeString
    rung: Badge | None
    silence: str
    sent: str
    failed: bool
    last_call: str
    mine: bool
    spoken: str


def chosen(request: HttpRequest) -> dict[str, Any]:
    """Which rows; what is not understood filters nothing."""
    owner, silent = request.GET.get("owner", ""), request.GET.get("silent", "")
    return {
        "owner": owner if owner in dict(OWNERS) else "",
        "silent": int(silent) if silent in {str(n) for n in SILENCES} else 0,
        "calls": request.GET.get("calls") == "1",
    }


@page("monitor")
@require_GET
def grid(request: HttpRequest) -> HttpResponse:
    """Everybody who is followed, by days; silent people on top."""
    actor, language = actor_of(request), language_of(request)
    asked = chosen(request)
    found = monitoring.grid(actor, **asked, after=request.GET.get("after", ""), limit=PAGE)
    counts = monitoring.counted(actor)
    zone = home_zone(actor.party)
    today = office().clock.now().astimezone(times.zone_of(zone)).date()
    rows = [row_of(line, actor, language, today) for line in found.items]
    context = {
        "answer": _answer(counts),
        "counts": counts,
        "days": [(day, times.short_day_words(day, language), day == today) for day in columns(today)],
        "page": page_of(request, rows, found.after),
        "asked": asked,
        "owners": [(value, text, value == asked["owner"]) for value, text in OWNERS],
        "silences": [(n, n == asked["silent"]) for n in SILENCES],
        "query": urlencode({key: value for key, value in request.GET.items() if key != "after"}),
        "legend": [badge for badge in CELLS.values() if badge.mark],
        "load": monitoring.load(actor, times.start_of_day(office().clock.now(), zone)),
        "now": office().clock.now(),
    }
    return render(request, "web/monitoring.html", context)


@page("monitor")
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The calls of the day on paper, with a line to write on for each."""
    actor, language = actor_of(request), language_of(request)
    asked = {**chosen(request), "calls": True}
    found = monitoring.grid(actor, **asked, limit=MOST_ON_A_SHEET, why="call sheet")
    zone = home_zone(actor.party)
    today = office().clock.now().astimezone(times.zone_of(zone)).date()
    context = {
        "rows": [row_of(line, actor, language, today) for line in found.items],
        "more": bool(found.after),
        "outcomes": list(OUTCOMES.values()),
        "now": office().clock.now(),
        "zone": zone,
    }
    return render(request, "web/call_sheet.html", context)


@login_required
@require_POST
def owner(request: HttpRequest, journey: str) -> HttpResponse:
    """Take a traveller, give them to a colleague, or let go of them."""
    actor = actor_of(request)
    wanted = request.POST.get("owner", "")
    try:
        denial = monitoring.assign(
            actor, journey, actor.id if wanted == "me" else wanted[:128], instead_of=request.POST.get("instead_of", "")[:128]
        )
    except UnknownJourneyError:
        raise Http404 from None
    except InvalidEntryError as error:
        messages.error(request, error.text(core_language(language_of(request))), extra_tags="stop")
        return _again(request, journey)
    if isinstance(denial, Denial):
        raise DeniedError(denial.text(core_language(language_of(request))))
    messages.success(request, _("Let go.") if not wanted else _("Recorded: who looks after the traveller."), extra_tags="good")
    return _again(request, journey)


def _again(request: HttpRequest, journey: str) -> HttpResponse:
    """The traveller's row where a script asked, else the page that the form stood on."""
    actor, language = actor_of(request), language_of(request)
    if getattr(request, "htmx", False):
        found = monitoring.line(actor, journey)
        if found is not None:
            zone = home_zone(actor.party)
            today = office().clock.now().astimezone(times.zone_of(zone)).date()
            row = row_of(found, actor, language, today)
            context = {"rows": [row], "query": request.POST.get("query", "")[:200], "said": messages.get_messages(request)}
            return render(request, "rows/followed.html", context, using="jinja2")
    if request.POST.get("page") == "task":
        return redirect("web:task", journey)
    return redirect(f"{reverse('web:monitor')}?{request.POST.get('query', '')[:200]}")


def columns(today: date) -> list[date]:
    """The days of the grid."""
    first = today - timedelta(days=DAYS - 1 - AHEAD)
    return [first + timedelta(days=n) for n in range(DAYS)]


def row_of(line: monitoring.Line, actor: Actor, language: str, today: date) -> Row:
    """A traveller's row in words and marks."""
    sent, failed = _sent(line.sent, line.zone, language)
    local = office().clock.now().astimezone(times.zone_of(line.zone)).date()
    health = actor.role in TABLE[Action.SEE_HEALTH]
    return Row(
        line=line,
        cells=_cells(line, columns(today), local, language, health=health),
        rung=RUNGS.get(line.rung),
        silence=ngettext("silent for %(n)d day", "silent for %(n)d days", line.silent) % {"n": line.silent}
        if line.silent
        else "",
        sent=sent,
        failed=failed,
        last_call=_call(line.call, line.zone, language),
        mine=line.owner == actor.id,
        spoken=LANGUAGES.get(line.language, line.language),
    )


def _cells(line: monitoring.Line, days: list[date], today: date, language: str, *, health: bool) -> SafeString:
    told = [cell(line.answers, line.first, line.stop, day, today, health=health) for day in days]
    found = (_cell(how, day, language, today=day == today) for how, day in zip(told, days, strict=True))
    return format_html_join("", "{}", ((one,) for one in found))


@lru_cache(maxsize=2_048)
def _cell(how: Cell, day: date, language: str, *, today: bool) -> SafeString:
    """One day of one traveller. A page has hundreds of a few kinds."""
    badge = CELLS[how]
    shown = format_html('<span class="cell {}">{}</span>', badge.tone, mark(badge.mark)) if badge.mark else ""
    kind = f"day{' today' if today else ''}{'' if badge.mark else ' outside'}"
    text = f"{times.day_words(day, language)}: {badge.text}"
    return format_html(
        '<td class="{}" title="{}" data-day="{}">{}<span class="visually-hidden">{}</span></td>',
        kind, text, day.day, shown, badge.text,
    )  # fmt: skip


def _sent(sent: monitoring.Sent | None, zone: str, language: str) -> tuple[str, bool]:
    if sent is None or sent.state in {"needless", "waiting", "sending"}:
        return "", False
    if sent.state == "failed":
        return str(UNSENT.get(sent.why, _("Not delivered: %(why)s") % {"why": sent.why})), True
    said = {
        "channel": CHANNELS.get(sent.channel, sent.channel),
        "moment": times.moment_words(sent.at, zone, language, name_zone=False),
    }
    return _("%(channel)s sent %(moment)s") % said, False


def _call(call: monitoring.Call | None, zone: str, language: str) -> str:
    if call is None:
        return ""
    moment = times.moment_words(call.at, zone, language, name_zone=False)
    parts = [f"{WAYS[call.way]} {moment}: {OUTCOMES[call.outcome]}"]
    if call.next_step:
        parts.append(str(NEXT_STEPS[call.next_step]))
    return " · ".join(parts)


def call_lines(found: Iterable[monitoring.Call], zone: str, language: str) -> list[dict[str, object]]:
    """The log of calls, for a page."""
    return [
        {
            "call": one,
            "text": _call(one, zone, language),
            "language": LANGUAGES.get(one.language, one.language),
        }
        for one in found
    ]


def care(record: Record) -> dict[str, object]:
    """Who looks after a traveller and what was said in calls, for the page of their steps."""
    calls = monitoring.calls(record.journey, health_seen=record.file.health)
    return {
        "calls": call_lines(calls, record.reader.zone, record.language),
        "owner": monitoring.owner_of(record.journey),
        "colleagues": monitoring.colleagues(record.actor),
        "telephone": record.file.person.telephone if record.file.person else "",
    }


def _answer(counts: monitoring.Counted) -> str:
    if not counts.followed:
        return _("Nobody is followed now.")
    if not counts.silent:
        return _("Nobody is silent: everybody who is followed has checked in until yesterday.")
    return ngettext(
        "%(n)d traveller is silent; whoever has been silent longest stands first.",
        "%(n)d travellers are silent; whoever has been silent longest stands first.",
        counts.silent,
    ) % {"n": counts.silent}
