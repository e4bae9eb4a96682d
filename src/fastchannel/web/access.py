"""Who asks: the account's actor, in which language, and the pages that its role may open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import get_language

from fastchannel.casework import break_glass
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import UnknownJourneyError
from fastchannel.casework.permissions import Action, Denial, can
from fastchannel.node.desk import office
from fastchannel.node.openings import DatabaseOpenings
from fastchannel.web.details import core_language
from fastchannel.web.navigation import may_open
from fastchannel.web.record import Record, open_record

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor of the account that is signed in."""
    account: Any = request.user
    actor: Actor = account.actor
    return actor


def language_of(request: HttpRequest) -> str:
    """The language that this request is answered in, as Django names it."""
    return getattr(request, "LANGUAGE_CODE", None) or get_language() or "en"


def page(name: str) -> Callable[[View[P]], View[P]]:
    """A view that only the roles see whose day has the page of that name."""

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may_open(actor_of(request), name):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return decorate


class DeniedError(PermissionDenied):
    """Casework said no; the page says why in the reader's language. ``journey`` is set where break-glass would open it."""

    journey: str = ""


def record_or_refusal(request: HttpRequest, journey: str, *, why: str, **kwargs: Any) -> Record:
    """Open a journey's record for the account that asks. Raises Http404 and DeniedError."""
    try:
        found = open_record(office(), actor_of(request), journey, why=why, language=language_of(request), **kwargs)
    except UnknownJourneyError as error:
        raise Http404 from error
    if isinstance(found, Denial):
        return _by_break_glass(request, journey, found, **kwargs)
    return found


def _by_break_glass(request: HttpRequest, journey: str, denial: Denial, **kwargs: Any) -> Record:
    """The record where the account has broken the glass before it, and that still lasts. Raises DeniedError."""
    desk, actor, language = office(), actor_of(request), language_of(request)
    held = break_glass.widened(DatabaseOpenings(), actor, journey, desk.clock.now())
    if held is not None:
        wider, opening = held
        found = open_record(desk, wider, journey, why=break_glass.why(opening), language=language, **kwargs)
        if not isinstance(found, Denial):
            return found
    error = DeniedError(denial.text(core_language(language)))
    if can(actor, Action.BREAK_GLASS, desk.journal.subject(journey)):
        error.journey = journey
    raise error
