"""Writing over the API: applications, documents, reviews, check-ins, samples, results, boardings, denials, arrivals."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Header, Path, Router

from fastchannel.casework import applications, health, review, travel
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import LONGEST_KEY, Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.casework.ports import Person
from fastchannel.node.desk import office
from fastchannel.terms.events import Itinerary
from fastchannel.terms.language import N_
from fastchannel.web.api import schemas
from fastchannel.web.api.problems import KEY_HEADER, denied
from fastchannel.web.details import core_language
from fastchannel.web.held import today

router = Router(tags=["write"])
ERRORS = frozenset({400, 401, 403, 404, 409, 413, 422})
RESPONSES: dict[Any, Any] = {200: schemas.ReceiptOut, ERRORS: schemas.ProblemOut}
Key = Annotated[str, Header(alias=KEY_HEADER, min_length=1, max_length=LONGEST_KEY, pattern=r"^[\x21-\x7e]+$")]
Journey = Path[schemas.Identifier]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def _answer(answer: Receipt | Denial) -> Any:
    return denied(answer) if isinstance(answer, Denial) else _receipt(answer)


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {name: getattr(receipt, name) for name in receipt.__struct_fields__}


def _fields(body: schemas.Strict) -> dict[str, Any]:
    """The body's fields as a use case takes them; a place that is not given is empty there."""
    fields = {name: getattr(body, name) for name in type(body).model_fields}
    if "place" in fields:
        fields["place"] = fields["place"] or ""
    return fields


def _apply(request: HttpRequest, body: schemas.ApplicationIn, key: str) -> Receipt | Denial:
    desk = office()
    text = today(desk.texts.versions(body.agreement))
    if body.route not in text.routes:
        raise InvalidEntryError(
            "route", N_("Found no such route: {found}. Expected {expected}."), found=body.route, expected=", ".join(text.routes)
        )
    return applications.apply(
        desk,
        _actor(request),
        agreement=body.agreement,
        route=body.route,
        purpose=body.purpose,
        companion=body.companion,
        itinerary=Itinerary(**_fields(body.itinerary)),
        person=Person(**_fields(body.person)),
        duties=body.duties,
        sponsor=body.sponsor,
        key=key,
    )


@router.post("/applications", response=RESPONSES, operation_id="apply")
def apply(request: HttpRequest, body: schemas.ApplicationIn, key: Key) -> Any:
    """File an application."""
    return _answer(_apply(request, body, key))


@router.post(
    "/applications/batch",
    response={200: schemas.BatchOut, frozenset({400, 401, 409, 413, 422}): schemas.ProblemOut},
    operation_id="apply_batch",
)
def apply_batch(request: HttpRequest, body: schemas.BatchIn, key: Key) -> Any:
    """File many applications. Each is accepted or rejected by itself; the answer counts them and says which and why."""
    results = [_line(request, index, item, f"{key[:190]}#{index}") for index, item in enumerate(body.applications)]
    accepted = sum(line["accepted"] for line in results)
    return {"rows": len(results), "accepted": accepted, "rejected": len(results) - accepted, "results": results}


def _line(request: HttpRequest, index: int, body: schemas.ApplicationIn, key: str) -> dict[str, Any]:
    language = core_language(get_language())
    try:
        answer = _apply(request, body, key)
    except InvalidEntryError as error:
        return {
            "index": index,
            "accepted": False,
            "code": "invalid-entry",
            "message": error.text(language),
            "field": error.field,
        }
    if isinstance(answer, Denial):
        return {"index": index, "accepted": False, "code": f"denied.{answer.code}", "message": answer.text(language)}
    return {"index": index, "accepted": True, "receipt": _receipt(answer)}


@router.post("/journeys/{journey}/documents", response=RESPONSES, operation_id="document")
def document(request: HttpRequest, journey: Journey, body: schemas.DocumentIn, key: Key) -> Any:
    """Somebody looked at a document; ``accepted`` says whether it is genuine and right."""
    return _answer(applications.document(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/reviews", response=RESPONSES, operation_id="review")
def decide(request: HttpRequest, journey: Journey, body: schemas.ReviewIn, key: Key) -> Any:
    """Approve, return or refuse an application; the latter two want a reason."""
    return _answer(review.review(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/check-ins", response=RESPONSES, operation_id="check_in")
def check_in(request: HttpRequest, journey: Journey, body: schemas.CheckInIn, key: Key) -> Any:
    """A health check-in for one local date."""
    return _answer(health.check_in(office(), _actor(request), journey, key=key, channel="api", **_fields(body)))


@router.post("/journeys/{journey}/samples", response=RESPONSES, operation_id="sample")
def sample(request: HttpRequest, journey: Journey, body: schemas.SampleIn, key: Key) -> Any:
    """A sample was taken at ``at``."""
    return _answer(health.sample(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/results", response=RESPONSES, operation_id="result")
def result(request: HttpRequest, journey: Journey, body: schemas.ResultIn, key: Key) -> Any:
    """A laboratory reports on a sample."""
    return _answer(health.result(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/boardings", response=RESPONSES, operation_id="board")
def board(request: HttpRequest, journey: Journey, body: schemas.BoardingIn, key: Key) -> Any:
    """The traveller boarded."""
    return _answer(travel.board(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/denials", response=RESPONSES, operation_id="deny")
def deny(request: HttpRequest, journey: Journey, body: schemas.DenialIn, key: Key) -> Any:
    """A gate sent the traveller back, with a reason that the traveller reads."""
    return _answer(travel.deny(office(), _actor(request), journey, key=key, **_fields(body)))


@router.post("/journeys/{journey}/arrivals", response=RESPONSES, operation_id="arrive")
def arrive(request: HttpRequest, journey: Journey, body: schemas.ArrivalIn, key: Key) -> Any:
    """The traveller arrived in a region."""
    return _answer(travel.arrive(office(), _actor(request), journey, key=key, **_fields(body)))
