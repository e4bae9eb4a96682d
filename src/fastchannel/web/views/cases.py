"""Cases and their contacts: who was where with whom, what is to be done, and what the other party was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from fastchannel.casework import health
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.forecasts import usual_profile
from fastchannel.casework.permissions import Action, Denial, can
from fastchannel.casework.tracing import Anchor, Exposure, Grade, case_days, exposure
from fastchannel.casework.whereabouts import CaseState
from fastchannel.decide.journey import in_force
from fastchannel.node import cases, models, receipts
from fastchannel.node.desk import office
from fastchannel.node.link import link
from fastchannel.node.sharing import Told, rehearse, urgent
from fastchannel.terms.language import pick
from fastchannel.watch.investigation.contacts import Setting, Way
from fastchannel.watch.investigation.words import setting_words
from fastchannel.web import acts, times
from fastchannel.web.access import DeniedError, actor_of, language_of, page, record_or_refusal
from fastchannel.web.case_graph import Person, graph
from fastchannel.web.details import core_language
from fastchannel.web.held import home_zone
from fastchannel.web.lists import PAGE, page_of
from fastchannel.web.places import place_words
from fastchannel.web.record import Record
from fastchannel.web.views.exchange import notice_line
from fastchannel.web.views.journey import preview
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_NAMED = 50  # contacts that one step names or clears
TASKS: dict[str, StrOrPromise] = {
    "call": pgettext_lazy("task", "Call"),
    "test": pgettext_lazy("task", "Test"),
    "quarantine": pgettext_lazy("task", "End of quarantine"),
}
STATES: dict[str, Badge] = {
    CaseState.OPEN: Badge(text=pgettext_lazy("case", "Open"), mark="warning", tone="hold"),
    CaseState.RECOVERED: Badge(text=pgettext_lazy("case", "Recovered"), mark="check", tone="good"),
    CaseState.RECALLED: Badge(text=pgettext_lazy("case", "Recalled"), mark="cross", tone=""),
}
GRADES: dict[str, Badge] = {
    Grade.CLOSE: Badge(text=pgettext_lazy("contact", "Close"), mark="warning", tone="hold"),
    Grade.SECONDARY: Badge(text=pgettext_lazy("contact", "Secondary"), mark="ring", tone="wait"),
}
UNCERTAIN = Badge(text=pgettext_lazy("contact", "Perhaps close"), mark="info", tone="wait")
BY_HAND = Badge(text=pgettext_lazy("contact", "Named by an officer"), mark="info")
ANCHORS: dict[Anchor, StrOrPromise] = {
    Anchor.ONSET: gettext_lazy("counted from the first symptoms"),
    Anchor.SAMPLE: gettext_lazy("counted from the first positive sample"),
    Anchor.CONFIRMATION: gettext_lazy("counted from the confirmation: neither symptoms nor a positive sample are on record"),
}
FILTERS: tuple[tuple[str, StrOrPromise], ...] = (
    (CaseState.OPEN.value, gettext_lazy("Open cases")),
    (CaseState.RECOVERED.value, gettext_lazy("Recovered")),
    (CaseState.RECALLED.value, gettext_lazy("Recalled")),
    ("all", gettext_lazy("All")),
)


@page("cases")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The cases, the nearest task first."""
    actor, language = actor_of(request), language_of(request)
    state = request.GET.get("state", CaseState.OPEN.value)
    state = state if state in dict(FILTERS) else CaseState.OPEN.value
    found = cases.cases(actor, state="" if state == "all" else state, after=request.GET.get("after", ""), limit=PAGE)
    now = office().clock.now()
    rows = [{"case": one, "badge": STATES[one.state], "place": place_words(one.destination, language)} for one in found.items]
    late = sum(one.next_due is not None and one.next_due < now for one in found.items)
    answer = _("No case is open.") if not rows else _("The case whose task is due first stands on top.")
    if late:
        answer = ngettext("%(n)d case has a task that is overdue.", "%(n)d cases have a task that is overdue.", late) % {
            "n": late
        }
    context = {
        "answer": answer,
        "page": page_of(request, rows, found.after),
        "filters": [(value, text, value == state) for value, text in FILTERS],
        "now": now,
        "zone": home_zone(actor.party),
    }
    return render(request, "web/cases.html", context)


@page("cases")
@require_GET
def case(request: HttpRequest, journey: str) -> HttpResponse:
    """One case."""
    record, held = _open(request, journey)
    return _show(request, record, held)


@page("cases")
@require_POST
def name(request: HttpRequest, journey: str) -> HttpResponse:
    """Name the chosen people as contacts: first what the other party would be told, then the notice."""
    record, held = _open(request, journey)
    chosen = request.POST.getlist("contact")[:MOST_NAMED]
    exposure_, tracing = _traced(record, held)
    last = {one.journey: one.last for one in (*tracing.secondary, *tracing.close)}
    known = [one for one in chosen if one in last]
    if not known:
        messages.error(request, _("Choose at least one contact."), extra_tags="stop")
        return redirect("web:case", journey)
    key = request.POST.get("key", "")[:100] or uuid4().hex
    actor, now = record.actor, office().clock.now()
    try:
        if "seen" not in request.POST:
            told = _rehearsed(record, held, known, last, key)
            if told:
                return preview(request, record, acts.ACTS["contact"], told)
        denials = cases.name_contacts(
            actor, held, [(one, last[one]) for one in known], _tasks(request, exposure_, now), key=key
        )
    except (InvalidEntryError, KeyConflictError) as error:
        return _failed(request, journey, error)
    return _said(request, journey, len(known), denials)


@page("cases")
@require_POST
def clear(request: HttpRequest, journey: str) -> HttpResponse:
    """End the quarantine of the chosen contacts, with a reason."""
    record, held = _open(request, journey)
    chosen = list(dict.fromkeys(request.POST.getlist("contact")))[:MOST_NAMED]
    named = models.NamedContact.objects.filter(case=held.number, cleared=None, journey__in=chosen)
    known = sorted(named.values_list("journey_id", flat=True))
    if not known:
        messages.error(request, _("Choose at least one contact who was named."), extra_tags="stop")
        return redirect("web:case", journey)
    try:
        key, reason = request.POST.get("key", "")[:100] or uuid4().hex, request.POST.get("reason", "")[:1000]
        denials = cases.clear_contacts(record.actor, held, known, reason, key=key)
    except (InvalidEntryError, KeyConflictError) as error:
        return _failed(request, journey, error)
    return _said(request, journey, len(known), denials)


@page("cases")
@require_POST
def recall(request: HttpRequest, journey: str) -> HttpResponse:
    """Take a wrong notice back."""
    record, held = _open(request, journey)
    try:
        key, reason = request.POST.get("key", "")[:100] or uuid4().hex, request.POST.get("reason", "")[:1000]
        denial = cases.recall(record.actor, held, reason, key=key)
    except (InvalidEntryError, KeyConflictError) as error:
        return _failed(request, journey, error)
    if denial is not None:
        raise DeniedError(denial.text(core_language(record.language)))
    messages.success(request, _("Recalled. The entries stay visible, struck, and the other party is told."), extra_tags="good")
    return redirect("web:case", journey)


@page("cases")
@require_POST
def tasks(request: HttpRequest, journey: str) -> HttpResponse:
    """Set a task, take one, or say that it is done."""
    record, held = _open(request, journey)
    try:
        if "task" in request.POST:
            denial = cases.change_task(record.actor, held, request.POST["task"][:26], request.POST.get("what", "done"))
        else:
            days = request.POST.get("days", "1")
            due = office().clock.now() + timedelta(days=int(days) if days in {"0", "1", "2", "7", "14"} else 1)
            about = request.POST.get("contact", "")[:64] or journey
            record_or_refusal(request, about, why="task of a case")
            denial = cases.set_task(record.actor, held, about, request.POST.get("kind", "call"), due)
    except InvalidEntryError as error:
        return _failed(request, journey, error)
    if denial is not None:
        raise DeniedError(denial.text(core_language(record.language)))
    messages.success(request, _("Recorded."), extra_tags="good")
    return redirect(f"{reverse('web:case', args=[journey])}#tasks")


def _open(request: HttpRequest, journey: str) -> tuple[Record, models.Case]:
    """The record, whose reading is logged, and its case. Raises Http404 and DeniedError."""
    record = record_or_refusal(request, journey, why="case page")
    held = cases.case_of(journey)
    if held is None or not record.file.health:
        raise Http404
    return record, held


def _traced(record: Record, held: models.Case) -> tuple[Exposure, cases.Tracing]:
    now = office().clock.now()
    events = in_force(record.events, record.standing.at, record.standing.known)
    days = case_days(usual_profile(record.agreement))
    found = exposure(days, events, record.facts, held.confirmed, times.zone_of(record.arrival_zone))
    return found, cases.trace(held.journey_id, found.window, now)


def _show(request: HttpRequest, record: Record, held: models.Case) -> HttpResponse:
    now, language = office().clock.now(), record.language
    found, tracing = _traced(record, held)
    lines = cases.contact_lines(record.actor, held, tracing)
    zone = record.zones.at(now)
    names = {record.journey: record.name} | {one.journey: _named(one) for one in lines}
    people = [Person(journey=record.journey, name=record.name)]
    people += [
        Person(journey=one.journey, name=names[one.journey], ways=one.traced.ways)
        for one in lines
        if one.traced is not None and one.seen
    ]
    notices = receipts.about([record.journey, *(one.journey for one in lines)]) if link() is not None else []
    profile = usual_profile(record.agreement)
    context = {
        **record.context(),
        "case": held,
        "badge": STATES[held.state],
        "open": held.state == CaseState.OPEN,
        "events": record.gathered_lines,
        "exposure": found,
        "anchor": ANCHORS[found.anchor],
        "profile": pick(profile.title, core_language(language)),
        "quarantine_days": found.quarantine.days,
        "contacts": [_contact(one, names, zone, record) for one in lines],
        "more": tracing.more,
        "graph": graph(people, tracing.places, found.window, now, zone, language),
        "tasks": [_task(one, names, record) for one in cases.tasks_of(held.journey_id)],
        "kinds": list(TASKS.items()),
        "people": [(record.journey, record.name), *((one.journey, names[one.journey]) for one in lines if one.seen)],
        "may_name": can(record.actor, Action.NAME_CONTACT, record.file.subject),
        "may_work": can(record.actor, Action.ASSIGN, record.file.subject),
        "may_recall": can(record.actor, Action.CORRECT, record.file.subject) and held.state != CaseState.RECALLED,
        "linked": link() is not None,
        "notices": [notice_line(one) for one in notices],
        "node_zone": home_zone(record.actor.party),
        "zone": zone,
        "key": uuid4().hex,
        "answer": _answer(lines),
    }
    return render(request, "web/case.html", context)


def _answer(lines: Sequence[cases.ContactLine]) -> str:
    unnamed = sum(_to_name(one) for one in lines)
    if unnamed:
        return ngettext(
            "%(n)d person was with the case and is not named as a contact yet.",
            "%(n)d people were with the case and are not named as contacts yet.",
            unnamed,
        ) % {"n": unnamed}
    return _("Everybody who is known to have been with the case is named.") if lines else _("The record tells of no contact.")


def _to_name(one: cases.ContactLine) -> bool:
    """Whether somebody is a certain close contact whom nobody has named."""
    return one.traced is not None and one.traced.certain and one.traced.grade is Grade.CLOSE and one.named is None


def _named(one: cases.ContactLine) -> str:
    return one.name or (one.journey[-8:] if one.seen else _("elsewhere"))


def _contact(one: cases.ContactLine, names: Mapping[str, str], zone: str, record: Record) -> dict[str, Any]:
    language = record.language
    badge = BY_HAND
    if one.traced is not None:
        badge = GRADES[one.traced.grade] if one.traced.certain else UNCERTAIN
    where = [one.site, one.room] if one.site else []
    return {
        "line": one,
        "name": _named(one),
        "badge": badge,
        "ticked": _to_name(one),
        "ways": [_way(way, zone, language) for way in one.traced.ways] if one.traced is not None else [],
        "through": names.get(one.traced.through, "") if one.traced and one.traced.grade is Grade.SECONDARY else "",
        "where": " · ".join(part for part in where if part),
        "place": place_words(one.destination, language) if one.destination else "",
        "tasks": [str(TASKS[task.kind]) for task in one.tasks if task.done is None],
    }


def _way(way: Way, zone: str, language: str) -> str:
    said = setting_words(way.setting, certain=way.certain or way.setting is Setting.SEAT, language=core_language(language))
    since, until = (times.moment_words(one, zone, language, name_zone=False) for one in (way.during.since, way.during.until))
    place = f" ({way.place})" if way.place else ""
    return f"{said}{place}: {since} – {until}"


def _task(one: cases.TaskLine, names: Mapping[str, str], record: Record) -> dict[str, Any]:
    return {
        "line": one,
        "title": TASKS[one.kind],
        "name": names.get(one.journey, one.journey),
        "mine": one.owner == record.actor.id,
        "late": one.done is None and one.due < record.now,
    }


def _tasks(request: HttpRequest, found: Exposure, now: datetime) -> dict[str, datetime]:
    """The tasks that were ticked, with when each is due: a call within a day, a test within two, quarantine by the profile."""
    due = {
        "call": now + timedelta(days=1),
        "test": now + timedelta(days=2),
        "quarantine": max(found.window.until + found.quarantine, now),
    }
    return {kind: due[kind] for kind in request.POST.getlist("tasks") if kind in due}


def _rehearsed(record: Record, held: models.Case, chosen: Sequence[str], last: Mapping[str, datetime], key: str) -> list[Told]:
    """Every notice that naming these people would send."""
    told: list[Told] = []
    for one in chosen:

        def step(journey: str = one) -> object:
            return health.name_contact(
                office(), record.actor, journey, case=held.number, exposed=last[journey], key=f"{key}-{journey}"
            )

        told += [found for found in rehearse(one, step) if urgent(found.event)]
    return told


def _failed(request: HttpRequest, journey: str, error: InvalidEntryError | KeyConflictError) -> HttpResponse:
    said = _("This form was sent before with other content. Load the page again.")
    if isinstance(error, InvalidEntryError):
        said = error.text(core_language(language_of(request)))
    messages.error(request, said, extra_tags="stop")
    return redirect("web:case", journey)


def _said(request: HttpRequest, journey: str, asked: int, denials: Sequence[Denial]) -> HttpResponse:
    done = asked - len(denials)
    if done:
        said = ngettext("Recorded for %(n)d person.", "Recorded for %(n)d people.", done) % {"n": done}
        messages.success(request, said, extra_tags="good")
    for text in sorted({one.text(core_language(language_of(request))) for one in denials}):
        messages.error(request, text, extra_tags="stop")
    return redirect("web:case", journey)
