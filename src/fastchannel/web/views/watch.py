"""The page of the watch: what zero import proves, the joint ledger with each party's view, and the triggers as they stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.actor import Actor
from fastchannel.node import ledger, overrides, triggers
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.terms.events import Role
from fastchannel.watch.ledger.claim import Claim, Verdict, zero_import
from fastchannel.watch.ledger.counting import By, Definition, Published, Travellers
from fastchannel.watch.ledger.exposure import Exposure
from fastchannel.watch.ledger.fold import Ledger, Line, State
from fastchannel.watch.ledger.records import IMPORTED, Classification, Kind, RecordError
from fastchannel.watch.ledger.words import classification_words
from fastchannel.watch.triggers.states import OPEN, DayState
from fastchannel.watch.triggers.words import TriggerWords
from fastchannel.web import words
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.times import day_of
from fastchannel.web.views.decisions import ACTS
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


@page("watch")
@require_http_methods(["GET", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """The claims for a period, the ledger, and the triggers; a party's officers say there what a case is."""
    actor, language = actor_of(request), core_language(language_of(request))
    if request.method == "POST":
        return _classify(request, actor)
    today = office().clock.now().date()
    until = day_of(request.GET.get("until", "")) or today
    since = day_of(request.GET.get("since", "")) or until - PERIOD
    if not since <= until <= today:
        since, until = today - PERIOD, today
    held = ledger.ledger()
    running = list(triggers.in_force())
    parties = sorted({code for text, _day in running for code in text.parties}) or [office().party]
    context = {
        "since": since,
        "until": until,
        "claims": [
            _claim(held, party, counted, language)
            for party, counted in zip(parties, ledger.exposures_lately(since, until, parties), strict=True)
        ],
        "lines": [_line(one, actor, language) for one in held.lines],
        "kinds": [(kind.value, words.word(KINDS, kind.value)) for kind in Kind],
        "parties": parties,
        "agreements": [_triggers(text, day, language) | {"decisions": _decisions(text, actor)} for text, day in running],
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


def _decisions(text: Agreement, actor: Actor) -> list[dict[str, Any]]:
    parties = text.parties.keys()
    signed = overrides.decisions(text.id)
    half: list[dict[str, Any]] = [
        {
            "decision": decision,
            "act": ACTS[decision.act],
            "signed": [],
            "missing": sorted(parties),
            "proposed": True,
            "signs": actor.role is Role.SECRETARIAT and actor.id != proposal.proposed_by,
        }
        for decision, proposal in overrides.proposed(text.id)
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


def _triggers(text: Agreement, today: date, language: str) -> dict[str, Any]:
    """Each subject that is not simply open today, and why."""
    said = TriggerWords(text, language)
    standing = triggers.todays(text, today)
    return {
        "title": text.id,
        "version": text.version,
        "at": standing.at,
        "zone": str(text.zone(office().party)),
        "subjects": [_subject(day, said) for day in standing.value.states if day.state not in OPEN or day.reasons],
    }


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
