"""The steps that pages offer on a journey: which permission each asks, its form, and the use case that it runs.

One table serves every page, so that a step looks, is refused and is recorded alike wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fastchannel.casework import applications, health, review, travel
from fastchannel.casework.grounds import reason_of
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.node import monitoring
from fastchannel.terms.events import Assay, Finding, Outcome
from fastchannel.web.details import core_language
from fastchannel.web.forms import acts as forms
from fastchannel.web.record import Record

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Answer = Receipt | Denial
RECORDED = _("Recorded.")
Run = Callable[[Office, Record, Any, str], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A step: its permission, form and use case."""

    action: Action
    title: StrOrPromise
    button: StrOrPromise
    form: type[forms.ActForm]
    run: Run
    done: StrOrPromise = RECORDED
    tone: str = "main"
    notifies: bool = False  # what it records may be an urgent notice to the other parties: they are shown first


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A step as one page shows it: open with its form, or shut with the reason."""

    slug: str
    title: StrOrPromise
    button: StrOrPromise
    tone: str
    denial: str
    form: forms.ActForm | None
    url: str
    key: str
    opened: bool = False


def _review(outcome: Outcome) -> Run:
    def run(office: Office, record: Record, form: Any, key: str) -> Answer:
        data = form.cleaned_data
        reason = reason_of(data.get("grounds", ()), data.get("reason", ""))
        return review.review(
            office, record.actor, record.journey, outcome=outcome, reason=reason, key=key, seen=data.get("seen")
        )

    return run


def _sponsor(office: Office, record: Record, form: Any, key: str) -> Answer:
    return applications.sponsor(office, record.actor, record.journey, duties=form.cleaned_data["duties"], key=key)


def _document(office: Office, record: Record, form: Any, key: str) -> Answer:
    return applications.document(office, record.actor, record.journey, key=key, **form.cleaned_data)


def _replan(office: Office, record: Record, form: Any, key: str) -> Answer:
    return applications.replan(office, record.actor, record.journey, itinerary=form.itinerary(), key=key)


def _withdraw(office: Office, record: Record, form: Any, key: str) -> Answer:
    return applications.withdraw(office, record.actor, record.journey, reason=form.cleaned_data["reason"], key=key)


def _override(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return review.override(
        office,
        record.actor,
        record.journey,
        measure=data["measure"],
        reason=data["reason"],
        waive=data["waive"] == "yes",
        until=data["until"],
        key=key,
    )


def _appeal(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return review.appeal(office, record.actor, record.journey, against=data["against"], grounds=data["grounds"], key=key)


def _answer(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return review.answer(
        office,
        record.actor,
        record.journey,
        appeal=data["appeal"],
        upheld=data["upheld"] == "yes",
        reason=data["reason"],
        key=key,
    )


def _correct(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return review.correct(
        office,
        record.actor,
        record.journey,
        event=data["event"],
        reason=data["reason"],
        replacement=form.replacement(),
        key=key,
    )


def _check_in(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return health.check_in(
        office,
        record.actor,
        record.journey,
        day=date.fromisoformat(data["day"]),
        symptoms=data["symptoms"] == "yes",
        channel="officer",
        key=key,
    )


def _call(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return monitoring.call(
        record.actor,
        record.journey,
        day=date.fromisoformat(data["day"]),
        outcome={"no": "reached", "yes": "reached", "silent": "not reached"}.get(data["said"], data["said"]),
        symptoms=data["said"] == "yes",
        way=data["way"] or "call",
        language=data["language"],
        note=data["note"],
        next_step=data["next_step"],
        key=key,
    )


def _sample(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return health.sample(
        office,
        record.actor,
        record.journey,
        sample=data["sample"],
        assay=Assay(data["assay"]),
        laboratory=data["laboratory"],
        at=data["at"],
        key=key,
    )


def _result(office: Office, record: Record, form: Any, key: str) -> Answer:
    data = form.cleaned_data
    return health.result(
        office,
        record.actor,
        record.journey,
        sample=data["sample"],
        assay=Assay(data["assay"]),
        finding=Finding(data["finding"]),
        laboratory=data["laboratory"],
        sampled=data["sampled"],
        key=key,
    )


def _cleaned(use_case: Callable[..., Answer]) -> Run:
    """A use case whose arguments are the form's fields by the same names."""

    def run(office: Office, record: Record, form: Any, key: str) -> Answer:
        return use_case(office, record.actor, record.journey, key=key, **form.cleaned_data)

    return run


ACTS: dict[str, Act] = {
    "approve": Act(
        action=Action.REVIEW, title=_("Approve"), button=_("Approve the application"), form=forms.ApproveForm,
        run=_review(Outcome.APPROVED), done=_("Approved."),
    ),
    "return": Act(
        action=Action.REVIEW, title=_("Return to the sponsor"), button=_("Return it"), form=forms.ReturnForm,
        run=_review(Outcome.RETURNED), done=_("Returned to the sponsor."),
    ),
    "refuse": Act(
        action=Action.REVIEW, title=_("Refuse"), button=_("Refuse the application"), form=forms.RefuseForm,
        run=_review(Outcome.REFUSED), done=_("Refused. The traveller reads the reason and can appeal."), tone="stop",
    ),
    "sponsor": Act(
        action=Action.SPONSOR, title=_("Accept the sponsor's duties"), button=_("Accept"), form=forms.DutiesForm, run=_sponsor
    ),
    "document": Act(
        action=Action.DOCUMENT, title=_("Record a document"), button=_("Record"), form=forms.DocumentForm, run=_document
    ),
    "replan": Act(
        action=Action.REPLAN, title=_("Change the itinerary"), button=_("Change it"), form=forms.ReplanForm, run=_replan
    ),
    "withdraw": Act(
        action=Action.WITHDRAW, title=_("Withdraw the application"), button=_("Withdraw"), form=forms.WithdrawForm,
        run=_withdraw, done=_("Withdrawn."), tone="stop",
    ),
    "override": Act(
        action=Action.OVERRIDE, title=_("Decide otherwise than the rule"), button=_("Record the decision"),
        form=forms.OverrideForm, run=_override,
    ),
    "appeal": Act(
        action=Action.APPEAL, title=_("Appeal against a decision"), button=_("Send the appeal"), form=forms.AppealForm,
        run=_appeal, done=_("Your appeal is recorded. An officer will answer it with a reason."),
    ),
    "answer": Act(
        action=Action.ANSWER, title=_("Answer an appeal"), button=_("Answer"), form=forms.AnswerForm, run=_answer
    ),
    "correct": Act(
        action=Action.CORRECT, title=_("Correct an entry"), button=_("Correct it"), form=forms.CorrectForm, run=_correct,
        done=_("Corrected. The old entry stays visible, struck."),
    ),
    "check-in": Act(
        action=Action.CHECK_IN, title=_("Record a check-in"), button=_("Record"), form=forms.CheckInForm, run=_check_in
    ),
    "call": Act(action=Action.CALL, title=_("Record a call"), button=_("Record"), form=forms.CallForm, run=_call),
    "sample": Act(
        action=Action.SAMPLE, title=_("Record a sample"), button=_("Record"), form=forms.SampleForm, run=_sample
    ),
    "result": Act(
        action=Action.RESULT, title=_("Report a result"), button=_("Report"), form=forms.ResultForm, run=_result,
        notifies=True,
    ),
    "board": Act(
        action=Action.BOARD, title=_("Record boarding"), button=_("Boarded"), form=forms.BoardForm,
        run=_cleaned(travel.board),
    ),
    "deny": Act(
        action=Action.DENY, title=_("Deny passage"), button=_("Deny"), form=forms.DenyForm, run=_cleaned(travel.deny),
        tone="stop",
    ),
    "arrive": Act(
        action=Action.ARRIVE, title=_("Record arrival"), button=_("Arrived"), form=forms.ArriveForm,
        run=_cleaned(travel.arrive),
    ),
    "enter": Act(
        action=Action.ENTER, title=_("Entered a stay"), button=_("Record"), form=forms.EnterForm, run=_cleaned(travel.enter)
    ),
    "move": Act(
        action=Action.MOVE, title=_("Moved by arranged transport"), button=_("Record"), form=forms.MoveForm,
        run=_cleaned(travel.move),
    ),
    "leave": Act(
        action=Action.LEAVE, title=_("Let out of a stay"), button=_("Let out"), form=forms.StayForm,
        run=_cleaned(travel.leave),
    ),
    "breach": Act(
        action=Action.BREACH, title=_("Rule of a stay broken"), button=_("Record"), form=forms.BreachForm,
        run=_cleaned(travel.breach), tone="stop",
    ),
    "confirm": Act(
        action=Action.CONFIRM, title=_("Confirmed as a case"), button=_("Record"), form=forms.CaseForm,
        run=_cleaned(health.confirm), tone="stop", notifies=True,
    ),
    "recover": Act(
        action=Action.RECOVER, title=_("Case closed: recovered"), button=_("Record"), form=forms.CaseForm,
        run=_cleaned(health.recover),
    ),
    "contact": Act(
        action=Action.NAME_CONTACT, title=_("Named as a contact of a case"), button=_("Record"), form=forms.CaseForm,
        run=_cleaned(health.name_contact), notifies=True,
    ),
    "clear": Act(
        action=Action.CLEAR, title=_("Quarantine as a contact ended"), button=_("Record"), form=forms.CaseForm,
        run=_cleaned(health.clear),
    ),
}  # fmt: skip


def _denial(record: Record, slug: str) -> Denial | None:
    denial = check(record.actor, ACTS[slug].action, record.file.subject)
    if denial is None and slug == "approve":
        return review.same_eyes(record.actor, record.standing, record.events)
    return denial


def offer(
    record: Record, slug: str, *, page: str, bound: forms.ActForm | None = None, url: str = "", opened: bool = False
) -> Offer:
    """One step as a page shows it."""
    act = ACTS[slug]
    denial = _denial(record, slug)
    return Offer(
        slug=slug,
        title=act.title,
        button=act.button,
        tone=act.tone,
        denial=denial.text(core_language(record.language)) if denial else "",
        form=None if denial else bound or act.form(record, auto_id=f"{slug}-%s"),
        url=url or f"{reverse('web:act', args=[record.journey, slug])}?page={page}",
        key=uuid4().hex,
        opened=opened and not denial,
    )


def offers(
    record: Record,
    slugs: Iterable[str],
    *,
    page: str,
    bound: tuple[str, forms.ActForm] | None = None,
    shut: bool = True,
    open_first: bool = False,
) -> list[Offer]:
    """The steps of a page. Without ``shut``, those that are for another role are left out; ``open_first`` unfolds one."""
    shown: list[Offer] = []
    for slug in slugs:
        denial = _denial(record, slug)
        if denial and denial.code == "role" and not shut:
            continue
        if slug == "answer" and not forms.open_appeals(record):
            continue
        if slug == "sponsor" and not record.provisions.application.duties:
            continue
        opened = open_first and not bound and not denial and not any(item.opened for item in shown)
        mine = bound[1] if bound and bound[0] == slug else None
        shown.append(offer(record, slug, page=page, bound=mine, opened=opened))
    return shown
