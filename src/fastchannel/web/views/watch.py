"""The page of the watch: what zero import proves, the joint ledger with each party's view, and the triggers as they stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.actor import Actor
from fastchannel.casework.four_eyes import Agreed, Proposal
from fastchannel.casework.permissions import Denial
from fastchannel.node import ledger, overrides, triggers
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.overrides import Decision
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Role
from fastchannel.watch.ledger.claim import Claim, Verdict, zero_import
from fastchannel.watch.ledger.counting import By, Definition, Published, Travellers
from fastchannel.watch.ledger.exposure import Exposure
from fastchannel.watch.ledger.fold import Ledger, Line, State
from fastchannel.watch.ledger.records import IMPORTED, Classification, Kind, RecordError
from fastchannel.watch.ledger.words import classification_words
from fastchannel.watch.triggers.overrides import Act
from fastchannel.watch.triggers.states import DayState
from fastchannel.watch.triggers.states import State as Openness
from fastchannel.watch.triggers.words import TriggerWords
from fastchannel.web import words
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.held import today as in_force
from fastchannel.web.words import Badge

PERIOD = timedelta(days=365)
SIGNERS = frozenset({Role.SECRETARIAT, Role.MONITOR})
STATES: dict[State, Badge] = {
    State.STANDS: Badge(text=pgettext_lazy("ledger", "Stands"), mark="check", tone="good"),
    State.DISPUTED: Badge(text=pgettext_lazy("ledger", "Disputed"), mark="warning", tone="hold"),
    State.AWAITS: Badge(text=pgettext_lazy("ledger", "Awaits a signature"), mark="clock", tone="wait"),
    State.MOVED: Badge(text=pgettext_lazy("ledger", "Corrected"), mark="ring", tone="accent"),
}
VERDICTS: dict[Verdict, Badge] = {
    Verdict.ZERO: Badge(text=pgettext_lazy("claim", "No import found"), mark="check", tone="good"),
    Verdict.UNSETTLED: Badge(text=pgettext_lazy("claim", "Not settled"), mark="warning", tone="hold"),
    Verdict.NOT_ZERO: Badge(text=pgettext_lazy("claim", "Imports"), mark="cross", tone="stop"),
    Verdict.NOBODY: Badge(text=pgettext_lazy("claim", "Nobody travelled"), mark="ring", tone="accent"),
}
KINDS: dict[str, Any] = {
    Kind.CHANNEL: pgettext_lazy("case", "Imported through the channel"),
    Kind.OTHER_ROUTE: pgettext_lazy("case", "Imported by another route"),
    Kind.LOCAL: pgettext_lazy("case", "Infected locally"),
    Kind.UNKNOWN: pgettext_lazy("case", "Of unknown origin"),
    Kind.NO_CASE: pgettext_lazy("case", "Not a case after all"),
}
ACTS: dict[Act, Any] = {
    Act.OPEN: pgettext_lazy("decision", "Keep it open"),
    Act.PAUSE: pgettext_lazy("decision", "Pause it"),
    Act.SUSPEND: pgettext_lazy("decision", "Suspend it"),
}
OPEN = frozenset({Openness.OPEN, Openness.CONTINUED, Openness.RESUMED, Openness.INCREASED})


@page("watch")
@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """The claims for a period, the ledger, and the triggers; a party's officers say there what a case is."""
    actor, language = actor_of(request), core_language(language_of(request))
    if request.method == "POST":
        return _decide(request, actor) if "act" in request.POST or "sign" in request.POST else _classify(request, actor)
    today = office().clock.now().date()
    until = _day(request.GET, "until") or today
    since = _day(request.GET, "since") or until - PERIOD
    if not since <= until <= today:
        since, until = today - PERIOD, today
    held = ledger.ledger()
    running = list(triggers.watched())
    parties = sorted({code for one in running for code in one.agreement.parties}) or [office().party]
    context = {
        "since": since,
        "until": until,
        "claims": [
            _claim(held, party, counted, language)
            for party, counted in zip(parties, ledger.exposures(since, until, parties), strict=True)
        ],
        "lines": [_line(one, actor, language) for one in held.lines],
        "kinds": [(kind.value, words.word(KINDS, kind.value)) for kind in Kind],
        "parties": parties,
        "agreements": [_triggers(one, language) | {"decisions": _decisions(one, actor)} for one in running],
        "acts": list(ACTS.items()),
        "decides": actor.role is Role.SECRETARIAT,
    }
    return render(request, "web/watch.html", context)


def _classify(request: HttpRequest, actor: Actor) -> HttpResponse:
    kind, origin = request.POST.get("kind", ""), request.POST.get("origin", "")
    if actor.role not in SIGNERS or kind not in tuple(Kind):
        raise Http404
    try:
        chosen = Classification(kind=Kind(kind), origin=origin if Kind(kind) in IMPORTED else "")
        ledger.classify(actor, request.POST.get("entry", "")[:80], chosen, request.POST.get("reason", "")[:500])
    except (NodeError, RecordError) as error:
        messages.error(request, str(error), extra_tags="stop")
    else:
        said = _("Signed for this party. It stands when the other party has signed the same.")
        messages.success(request, said, extra_tags="good")
    return redirect("web:watch")


def _decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Propose a decision beyond the triggers, or sign the one that the other party proposed."""
    if actor.role is not Role.SECRETARIAT:
        raise Http404
    try:
        text = in_force(office().texts.versions(request.POST.get("agreement", "")[:64]))
        known = {one.decision.digest: one.decision for one in overrides.decisions(text.id)}
        known |= {one.digest: one for one, _proposal in overrides.proposed(text.id)}
        chosen = known.get(request.POST.get("sign", "")) or Decision(
            id=uuid4().hex[:12],
            agreement=text.id,
            act=Act(request.POST.get("act", "")),
            first=_day(request.POST, "first") or office().clock.now().date(),
            until=_day(request.POST, "until"),
            reason=request.POST.get("reason", "").strip()[:500],
            trigger=request.POST.get("trigger", "")[:64],
        )
        answer = _signed(actor, chosen, text)
    except ValueError:
        raise Http404 from None
    except FastChannelError as error:
        messages.error(request, str(error), extra_tags="stop")
    else:
        _tell(request, answer)
    return redirect("web:watch")


def _signed(actor: Actor, chosen: Decision, text: Agreement) -> Agreed | Proposal | Denial | None:
    """Signed at once where one person is enough here; else proposed, or confirmed as the second person."""
    if settings.CONFIG.accounts.four_eyes:
        return overrides.agree(actor, chosen, text)
    overrides.sign(actor, chosen, text)
    return None


def _tell(request: HttpRequest, answer: Agreed | Proposal | Denial | None) -> None:
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(language_of(request))), extra_tags="stop")
    elif isinstance(answer, Proposal):
        said = _("Proposed. Another person of this party must confirm it; then it is signed.")
        messages.success(request, said, extra_tags="good")
    else:
        said = _("Signed for this party. It has effect once every party has signed it.")
        messages.success(request, said, extra_tags="good")


def _decisions(one: triggers.Watched, actor: Actor) -> list[dict[str, Any]]:
    parties = one.agreement.parties.keys()
    signed = overrides.decisions(one.agreement.id)
    half: list[dict[str, Any]] = [
        {
            "decision": decision,
            "act": ACTS[decision.act],
            "signed": [],
            "missing": sorted(parties),
            "proposed": True,
            "signs": actor.role is Role.SECRETARIAT and actor.id != proposal.proposed_by,
        }
        for decision, proposal in overrides.proposed(one.agreement.id)
        if decision.digest not in {held.decision.digest for held in signed}
    ]
    return half + [
        {
            "decision": found.decision,
            "act": ACTS[found.decision.act],
            "signed": sorted(found.signatures),
            "missing": sorted(parties - found.signatures.keys()),
            "signs": actor.role is Role.SECRETARIAT and actor.party not in found.signatures,
        }
        for found in signed
    ]


def _claim(held: Ledger, party: str, counted: Exposure, language: str) -> dict[str, Any]:
    """What the record shows of travellers to one party, a sentence a line."""
    definition = Definition(travellers=Travellers.CHANNEL, by=By.ARRIVAL, published=Published.REVISED, destination=party)
    claim: Claim = zero_import(held, counted, definition, counted.until)
    return {"party": party, "badge": VERDICTS[claim.verdict], "sentences": claim.words(language).split("\n")}


def _line(line: Line, actor: Actor, language: str) -> dict[str, Any]:
    version = line.versions[-1]
    views = [
        {
            "party": party,
            "text": classification_words(view.classification, language),
            "reason": view.reason,
            "at": view.recorded,
        }
        for party, view in version.views.items()
    ]
    signs = actor.role in SIGNERS and office().party in version.signers
    return {
        "case": line.case,
        "entry": version.entry,
        "digest": version.digest,
        "badge": STATES[line.state],
        "views": views,
        "waits": version.waits_for,
        "signs": signs,
        "origins": version.entry.parties,
    }


def _triggers(one: triggers.Watched, language: str) -> dict[str, Any]:
    """Each subject that is not simply open today, and how near the figures are to the rules' limits."""
    said = TriggerWords(one.agreement, language)
    shown = [one.timeline.on(subject, one.today) for subject in one.timeline.subjects if _has(one, subject)]
    return {
        "title": one.agreement.id,
        "rules": [(trigger.id, said.trigger(trigger.id)) for trigger in one.agreement.text.trigger],
        "version": one.agreement.version,
        "subjects": [_subject(day, said) for day in shown if day.state not in OPEN or day.reasons],
        "open": sum(day.state in OPEN for day in shown),
        "today": one.today,
    }


def _has(one: triggers.Watched, subject: Any) -> bool:
    days = one.timeline.days[subject]
    return bool(days) and days[-1].day >= one.today


def _subject(day: DayState, said: TriggerWords) -> dict[str, Any]:
    return {
        "name": said.subject(day.subject),
        "badge": Badge(
            text=said.state(day.state),
            mark="check" if day.state in OPEN else "warning",
            tone="good" if day.state in OPEN else "hold",
        ),
        "why": said.why(day),
    }


def _day(given: QueryDict, name: str) -> date | None:
    try:
        return parse_date(given.get(name, "")[:10])
    except ValueError:
        return None
