"""The reviewer's queue, one application with each rule beside its evidence, and several clean ones at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from fastchannel.casework import clearance, review
from fastchannel.casework.clearance import UNDECIDED
from fastchannel.casework.errors import CaseworkError, InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Standing
from fastchannel.node import claims, counting, queries
from fastchannel.node.desk import office
from fastchannel.terms import events as ev
from fastchannel.web import acts, times, words
from fastchannel.web.access import actor_of, language_of, page, record_or_refusal
from fastchannel.web.beside import others, pairs
from fastchannel.web.details import Reader, core_language
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.held import home_zone
from fastchannel.web.lists import PAGE, Filter, Shown, page_of, shown
from fastchannel.web.places import place_words
from fastchannel.web.record import Record
from fastchannel.web.words import Badge

EVIDENCE = frozenset(
    {"applied", "replanned", "sponsored", "documented", "sampled", "resulted", "allotted", "corrected", "reviewed"}
)
ACTS = ("approve", "return", "refuse", "document", "override")
MOST_LISTED = 200
MOST_TOLD = 2  # of what stands against an application, in the queue
WHEN = [
    ("", gettext_lazy("Any deadline")),
    ("overdue", gettext_lazy("Overdue")),
    ("today", gettext_lazy("Today")),
    ("week", gettext_lazy("Within a week")),
]
CLEAN = [("", gettext_lazy("Clean or not")), ("yes", gettext_lazy("Clean only"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one application of several."""

    journey: str
    name: str
    badge: Badge
    why: str


@page("queue")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Applications that wait for a decision, the nearest deadline first: the traveller's departure."""
    actor, now = actor_of(request), office().clock.now()
    language = language_of(request)
    today, week = _ends(now, home_zone(actor.party))
    counts = counting.undecided(actor, now=now, today_ends=today, week_ends=week)
    names = {code: place_words(code, language) for code in counts.places}
    chosen = Filter(
        request,
        leave_out=("stage", "verdict"),
        more={
            "when": (_("Decide by"), WHEN),
            "sponsor": (_("Sponsor"), _options(_("Any sponsor"), counts.sponsors)),
            "place": (_("Destination"), _options(_("Any destination"), counts.places, names)),
            "clean": (_("Which"), CLEAN),
        },
    )
    when = chosen.get("when")
    found = queries.queue(
        actor,
        stages=[stage.value for stage in UNDECIDED],
        sponsor=chosen.get("sponsor"),
        destination=chosen.get("place"),
        clean=chosen.get("clean") == "yes",
        departing_from=now if when in ("today", "week") else None,
        departing_before={"overdue": now, "today": today, "week": week}.get(when),
        text=chosen.get("text"),
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    identifiers = [row.journey for row in found.items]
    standings, seen = queries.standings(identifiers), queries.revisions(identifiers)
    opened = claims.open_now(identifiers, actor, now)
    rows = [_row(row, standings[row.journey], seen[row.journey], opened, language, now) for row in found.items]
    context = {
        "answer": _answer(counts),
        "counts": counts,
        "filters": chosen,
        "page": page_of(request, rows, found.after, crowded=found.crowded),
        "any_clean": any(row.clean for row in rows),
        "key": uuid4().hex,
        "now": now,
    }
    return render(request, "web/queue.html", context)


@page("queue")
@require_POST
def approve_several(request: HttpRequest) -> HttpResponse:
    """Approve the clean ones that were chosen: each is decided by itself, and what changed meanwhile is left out."""
    actor, language = actor_of(request), language_of(request)
    wanted = dict(item.rpartition(":")[::2] for item in request.POST.getlist("row")[:PAGE])
    key = request.POST.get("key", "")[:100] or uuid4().hex
    answers: dict[str, Receipt | Denial | CaseworkError] = {}
    for journey, seen in wanted.items():
        if not journey or not seen.isdecimal():
            raise Http404
        try:
            answers[journey] = review.approve_clean(office(), actor, journey, seen=int(seen), key=f"{key}-{journey}"[:160])
        except CaseworkError as error:
            answers[journey] = error
    if not answers:
        messages.error(request, _("No application was chosen."), extra_tags="stop")
        return redirect("web:queue")
    names = queries.travellers(actor, answers)
    rows = [_done(journey, names.get(journey, ""), answer, language) for journey, answer in answers.items()]
    rows.sort(key=lambda row: not row.why)
    left_out = sum(bool(row.why) for row in rows)
    answer = ngettext("%(n)d application decided.", "%(n)d applications decided.", len(rows) - left_out) % {
        "n": len(rows) - left_out
    }
    left = ngettext("%(n)d was left out: see why.", "%(n)d were left out: see why.", left_out) % {"n": left_out}
    context = {"answer": f"{answer} {left}" if left_out else answer, "rows": rows}
    return render(request, "web/queue_done.html", context)


@page("queue")
@require_GET
def application(request: HttpRequest, journey: str) -> HttpResponse:
    """One application to be decided."""
    return show(request, record_or_refusal(request, journey, why="review"))


def show(request: HttpRequest, record: Record, *, bound: tuple[str, ActForm] | None = None, status: int = 200) -> HttpResponse:
    """The page of one application; with ``bound``, a form that has to be mended."""
    account: Any = request.user
    undecided = record.standing.stage in UNDECIDED
    other = claims.claim(record.journey, record.actor, account.name or account.username, record.now) if undecided else None
    if not undecided:
        claims.release(record.journey, record.actor)
    before, after = queries.beside(record.actor, record.journey)
    found = pairs(record)
    context = {
        **record.context(),
        "pairs": found,
        "short": sum(pair.tone in ("stop", "hold") for pair in found),
        "clean": clearance.is_clean(record.standing, record.now),
        "undecided": undecided,
        "evidence": others(record, found, EVIDENCE),
        "four_eyes": _four_eyes(record),
        "other": other.name if other else "",
        "before": before,
        "after": after,
        "acts": acts.offers(record, ACTS, page="review", bound=bound),
    }
    return render(request, "web/review.html", context, status=status)


def _answer(counts: counting.Undecided) -> str:
    answer = ngettext(
        "%(n)d application waits for a decision; the nearest departure is first.",
        "%(n)d applications wait for a decision; the nearest departure is first.",
        counts.total,
    ) % {"n": counts.total}
    late = ngettext("%(n)d is overdue.", "%(n)d are overdue.", counts.overdue) % {"n": counts.overdue}
    return f"{answer} {late}" if counts.overdue else answer


def _ends(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """When today, and the seven days from today, end where the officer is."""
    midnight = times.start_of_day(now, zone)
    return midnight + timedelta(days=1), midnight + timedelta(days=7)


def _options(every: str, counts: Mapping[str, int], names: Mapping[str, str] | None = None) -> list[tuple[str, Any]]:
    most = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_LISTED]
    titles = names or {}
    return [("", every), *((name, f"{titles.get(name, name)} ({counts[name]})") for name in most)]


def _row(row: queries.Listed, standing: Standing, seen: int, opened: Mapping[str, str], language: str, now: datetime) -> Shown:
    line = shown(row)
    reasons = clearance.standing_against(standing)
    text = office().texts.versions(standing.agreement)[standing.version]
    reader = Reader(agreement=text, provisions=None, language=language, zone=line.departure_zone)
    each = {(one.code, one.measure, repr(one.required), repr(one.found)): one for one in reasons}
    short = clearance.short_of(standing, now)
    besides = [item for item in short if item.measure not in {one.measure for one in reasons}]
    first = [reader.sentence(one) for one in list(each.values())[:MOST_TOLD]]
    first += [reader.measure(item.measure, item.kind) for item in besides[: MOST_TOLD - len(first)]]
    further = len(each) + len(besides) - len(first)
    other = opened.get(row.journey, "")
    told = {
        "seen": seen,
        "clean": clearance.is_clean(standing, now),
        "second": any(reason.code == clearance.SECOND for reason in standing.reasons),
        "select": _("Select %(name)s") % {"name": row.name or row.journey},
        "against": list(dict.fromkeys(first)),
        "further": ngettext("%(n)s more", "%(n)s more", further) % {"n": further} if further else "",
        "opened_by": _("%(name)s has it open") % {"name": other} if other else "",
    }
    return replace(line, extra=told)


def _done(journey: str, name: str, answer: Receipt | Denial | CaseworkError, language: str) -> Done:
    core = core_language(language)
    why = ""
    if isinstance(answer, Denial | InvalidEntryError):
        why = answer.text(core)
    elif isinstance(answer, CaseworkError):
        why = _("It could not be recorded. Open it, and decide on it by itself.")
    if not isinstance(answer, Receipt):
        badge = Badge(text=_("Left out"), mark="pause", tone="hold")
    elif answer.stage == Stage.APPROVED:
        badge = Badge(text=words.word(words.STAGES, Stage.APPROVED), mark="check", tone="good")
    else:
        badge = Badge(text=_("First of two officers"), mark="ring", tone="accent")
    return Done(journey=journey, name=name, badge=badge, why=why)


def _four_eyes(record: Record) -> str:
    if not record.provisions.application.four_eyes:
        return ""
    given = [event for event in record.events if isinstance(event, ev.Reviewed)]
    approved = bool(given) and given[-1].outcome is ev.Outcome.APPROVED
    if approved and given[-1].by == record.actor.id and record.standing.stage != Stage.APPROVED:
        return ""  # the button says why it is shut
    if approved and record.standing.stage != Stage.APPROVED:
        return _("One officer has approved. The agreement asks for a second, who must be somebody else.")
    return _("The agreement asks two officers to approve.")
