"""What can be checked: the joint ledger, the texts in force, who read a record, what is erased when, and that counts balance.

Wrong notices are taken back here, many at once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.recalls import Notified, Outcome, Wrong
from fastchannel.node import erasure, joint, ledger, queries, recalls
from fastchannel.node.desk import office
from fastchannel.node.link import link
from fastchannel.terms.language import pick
from fastchannel.web import times
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.held import home_zone
from fastchannel.web.held import today as in_force
from fastchannel.web.lists import shown
from fastchannel.web.words import Badge

KINDS = {
    Notified.RESULTED: pgettext_lazy("recall", "Results of a laboratory"),
    Notified.SUSPENDED: pgettext_lazy("recall", "Suspensions by a rule"),
    Notified.DENIED: pgettext_lazy("recall", "Travellers sent back at a gate"),
    Notified.BREACHED: pgettext_lazy("recall", "Rules of a stay said to be broken"),
}
OUTCOMES = {
    "": Badge(text=pgettext_lazy("recall", "Waits"), mark="clock", tone="wait"),
    Outcome.RECALLED: Badge(text=pgettext_lazy("recall", "Taken back"), mark="check", tone="good"),
    Outcome.ALREADY: Badge(text=pgettext_lazy("recall", "Was corrected before"), mark="check", tone="accent"),
    Outcome.REFUSED: Badge(text=pgettext_lazy("recall", "Not taken back"), mark="cross", tone="stop"),
}
BALANCED = Badge(text=pgettext_lazy("counts", "Balanced"), mark="check", tone="good")
UNBALANCED = Badge(text=pgettext_lazy("counts", "Does not balance"), mark="cross", tone="stop")
WAITS = Badge(text=pgettext_lazy("counts", "Under way"), mark="clock", tone="wait")
SHOWN = 100


class RecallForm(forms.Form):
    """Which entries are wrong; days are those of the node's own party, both included."""

    kind = forms.ChoiceField(label=gettext_lazy("What was wrong"), choices=[(kind.value, text) for kind, text in KINDS.items()])
    said_by = forms.CharField(label=gettext_lazy("Laboratory, rule, or who recorded it"), max_length=128, required=False)
    since = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


@page("trust")
@require_GET
def trust(request: HttpRequest) -> HttpResponse:
    """Each promise with what it rests on."""
    actor, language = actor_of(request), core_language(language_of(request))
    linked = link()
    joint_texts = {(one.agreement, one.version): one for one in joint.texts_of_all(linked)} if linked is not None else {}
    plans = erasure.planned()
    held = queries.imports_of_all(actor, after=request.GET.get("after", ""))
    cases = ledger.summary()
    unbalanced = sum(not _balances(one) for one in held.items)
    context = {
        "answer": _answer(cases, unbalanced, sum(plan.due for plan in plans.value)),
        "ledger": cases,
        "texts": [_text(versions, joint_texts, language) for versions in office().texts.all().values()],
        "plans": plans.value,
        "plans_at": plans.at,
        "imports": [{"job": one, "badge": _balance(one), "waits": one.total - one.done} for one in held.items],
        "imports_next": held.after,
        "recalls": [{"recall": one, "title": KINDS[Notified(one.kind)]} for one in recalls.latest()],
        "may_recall": actor.role in recalls.MAY,
        "node_zone": home_zone(actor.party),
    }
    return render(request, "web/trust.html", context)


@page("trust")
@require_GET
def readers(request: HttpRequest) -> HttpResponse:
    """To the record whose readers somebody wants to know: they stand on its page."""
    found = request.GET.get("journey", "").strip()[:64]
    if not found:
        return redirect("web:trust")
    return redirect(f"{reverse('web:journey', args=[found])}#access")


@page("trust")
@require_http_methods(["GET", "POST"])
def recall(request: HttpRequest) -> HttpResponse:
    """Choose what was wrong, look at whom it concerns, and take it back."""
    actor = actor_of(request)
    if actor.role not in recalls.MAY:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    form = RecallForm(given if "kind" in given else None, initial=_lately(actor))
    context: dict[str, Any] = {"form": form, "sayers": {kind.value: recalls.sayers(kind) for kind in Notified}}
    if form.is_bound and form.is_valid():
        try:
            wrong = _wrong(form, actor)
            if request.method == "POST":
                begun = recalls.begin(actor, wrong, request.POST.get("reason", ""), key=request.POST.get("key", "")[:26])
                return redirect("web:recall-job", begun.id)
            entries = recalls.found(actor, wrong)
        except InvalidEntryError as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, error.text(core_language(language_of(request))))
        else:
            context |= {
                "found": len(entries),
                "journeys": len({journey for journey, _event in entries}),
                "rows": [shown(row) for row in recalls.concerned(actor, entries).items],
                "key": office().identifiers.new(),
            }
    return render(request, "web/recall.html", context, status=422 if form.errors else 200)


@page("trust")
@require_GET
def recall_job(request: HttpRequest, identifier: str) -> HttpResponse:
    """How far a recall is, and what became of each entry."""
    found = recalls.of(identifier)
    if found is None:
        raise Http404
    context = {
        "recall": found,
        "title": KINDS[Notified(found.kind)],
        "running": found.finished is None,
        "waits": found.total - found.done,
        "rows": [{"row": row, "badge": OUTCOMES[row.outcome]} for row in recalls.rows(found, limit=SHOWN)],
        "node_zone": home_zone(actor_of(request).party),
    }
    return render(request, "web/recall_job.html", context)


def _answer(held: ledger.Summary, unbalanced: int, overdue: int) -> str:
    said = [
        ngettext("%(n)d case of the joint ledger is not settled.", "%(n)d cases of the joint ledger are not settled.", n)
        % {"n": n}
        if (n := held.awaits + held.disputed)
        else _("Every case of the joint ledger is settled."),
        ngettext("%(n)d import does not balance.", "%(n)d imports do not balance.", unbalanced) % {"n": unbalanced}
        if unbalanced
        else _("Every import balances."),
    ]
    if overdue:
        said.append(ngettext("%(n)d erasure is due.", "%(n)d erasures are due.", overdue) % {"n": overdue})
    return " ".join(str(one) for one in said)


def _text(versions: Any, held: dict[tuple[str, int], joint.JointText], language: str) -> dict[str, Any]:
    text = in_force(versions)
    both = held.get((text.id, text.version))
    return {
        "title": pick(text.title, language),
        "text": text,
        "joint": both.joint if both is not None else None,
        "url": reverse("web:agreement-version", args=[text.id, text.version]),
    }


def _balances(one: Any) -> bool:
    counted: int = one.accepted + one.rejected + one.duplicate
    return (
        counted == one.done and one.done <= one.total and (one.finished is None or one.failure != "" or one.done == one.total)
    )


def _balance(one: Any) -> Badge:
    if not _balances(one):
        return UNBALANCED
    return BALANCED if one.finished is not None else WAITS


def _wrong(form: RecallForm, actor: Actor) -> Wrong:
    zone = times.zone_of(home_zone(actor.party))
    chosen = form.cleaned_data

    def start(day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), zone)

    return Wrong(
        kind=Notified(chosen["kind"]),
        since=start(chosen["since"]),
        until=start(chosen["until"] + timedelta(days=1)),
        said_by=chosen["said_by"].strip(),
    )


def _lately(actor: Actor) -> dict[str, date]:
    today = office().clock.now().astimezone(times.zone_of(home_zone(actor.party))).date()
    return {"since": today - timedelta(days=1), "until": today}
