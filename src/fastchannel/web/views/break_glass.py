"""Emergency access: a record beyond one's reach, opened with a reason for a limited time, and looked at afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.casework import break_glass
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, UnknownJourneyError
from fastchannel.casework.permissions import TABLE, Action, Denial, check
from fastchannel.node import queries
from fastchannel.node.desk import office
from fastchannel.node.openings import DatabaseOpenings, listed, waiting
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.fields import TextField
from fastchannel.web.held import home_zone
from fastchannel.web.lists import page_of


class ReasonForm(forms.Form):
    """Why a record must be opened."""

    reason = TextField(
        label=gettext_lazy("Why you must see this record"),
        help_text=gettext_lazy("The traveller and whoever reviews it will read it. No health details here."),
        max_length=break_glass.LONGEST_REASON,
    )


class ReviewForm(forms.Form):
    """What somebody found about an opening."""

    note = TextField(label=gettext_lazy("What you found"), max_length=break_glass.LONGEST_NOTE)


@page("break-glass")
@require_GET
def openings(request: HttpRequest) -> HttpResponse:
    """For the secretariat every opening, those to be reviewed first; for an officer their own, and a way to another."""
    actor = actor_of(request)
    reviews = actor.role in TABLE[Action.REVIEW_GLASS]
    reference = request.GET.get("reference", "").strip()
    if reference and not reviews:
        return redirect("web:break-glass-open", reference[:64])
    everything = not reviews or request.GET.get("show") == "all"
    rows, after = listed(waiting=not everything, by="" if reviews else actor.id, after=request.GET.get("after", ""))
    names = queries.callers({row.actor for row in rows} | {row.review.reviewer for row in rows if _reviewed(row)})
    count = waiting() if reviews else 0
    context = {
        "reviews": reviews,
        "everything": everything,
        "answer": _answer(reviews, count),
        "page": page_of(request, (_shown(row, names, actor, reviews) for row in rows), after),
        "zone": home_zone(actor.party),
        "now": office().clock.now(),
    }
    return render(request, "web/break_glass.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest, journey: str) -> HttpResponse:
    """The reason, then the record."""
    actor, desk = actor_of(request), office()
    try:
        subject = desk.journal.subject(journey)
    except UnknownJourneyError as error:
        raise Http404 from error
    if check(actor, Action.BREAK_GLASS, subject):
        raise PermissionDenied
    shut = check(actor, Action.SEE_STATUS, subject)
    if shut is None:
        return redirect("web:journey", journey)
    minutes = settings.CONFIG.accounts.break_glass_minutes
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            break_glass.open_record(
                desk, DatabaseOpenings(), actor, journey, reason=form.cleaned_data["reason"], minutes=minutes
            )
        except InvalidEntryError as error:
            form.add_error("reason", error.text(core_language(language_of(request))))
        else:
            said = ngettext("Open to be read for %(n)d minute.", "Open to be read for %(n)d minutes.", minutes) % {"n": minutes}
            messages.warning(request, said, extra_tags="wait")
            return redirect("web:journey", journey)
    context = {"form": form, "journey": journey, "minutes": minutes, "shut": shut.text(core_language(language_of(request)))}
    return render(request, "web/break_glass_open.html", context, status=422 if form.is_bound else 200)


@page("break-glass")
@require_POST
def review(request: HttpRequest, identifier: str) -> HttpResponse:
    """Justified or not, and why."""
    said = request.POST.get("justified")
    if said not in {"yes", "no"}:
        raise Http404
    try:
        answer = break_glass.review(
            office(),
            DatabaseOpenings(),
            actor_of(request),
            identifier,
            justified=said == "yes",
            note=request.POST.get("note", ""),
        )
    except InvalidEntryError as error:
        messages.error(request, error.text(core_language(language_of(request))), extra_tags="stop")
        return redirect("web:break-glass")
    if answer is None:
        raise Http404
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(language_of(request))), extra_tags="stop")
    else:
        messages.success(request, _("Your review is recorded."), extra_tags="good")
    return redirect("web:break-glass")


def _answer(reviews: bool, count: int) -> str:
    if not reviews:
        return str(_("Records beyond your jurisdiction that you opened in an emergency."))
    if not count:
        return str(_("No emergency opening waits for a review."))
    return ngettext(
        "%(n)d emergency opening waits for a review.", "%(n)d emergency openings wait for a review.", count
    ) % {"n": count}  # fmt: skip


def _reviewed(row: Any) -> bool:
    return hasattr(row, "review")


def _shown(row: Any, names: dict[str, str], actor: Actor, reviews: bool) -> dict[str, Any]:
    found = row.review if _reviewed(row) else None
    return {
        "row": row,
        "who": names.get(row.actor, row.actor),
        "review": found,
        "reviewer": names.get(found.reviewer, found.reviewer) if found else "",
        "form": ReviewForm(auto_id=f"{row.id}-%s") if reviews and found is None and row.actor != actor.id else None,
    }
