"""Reading over the API: a standing, a timeline, the queue."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Path, Query, Router

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Denial
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Verdict
from fastchannel.node import queries
from fastchannel.node.desk import office
from fastchannel.web.api import schemas
from fastchannel.web.api.problems import denied
from fastchannel.web.record import Record, open_record

router = Router(tags=["read"])
ERRORS = frozenset({401, 403, 404, 422})
Answer = HttpResponse | dict[str, Any]


def _open(request: HttpRequest, journey: str, why: str) -> Record | Denial:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return open_record(office(), actor, journey, why=why, language=get_language() or "en")


@router.get(
    "/journeys/{journey}/standing", response={200: schemas.StandingOut, ERRORS: schemas.ProblemOut}, operation_id="standing"
)
def standing(request: HttpRequest, journey: Path[schemas.Identifier]) -> Any:
    """Where a journey stands, what is due, and why."""
    record = _open(request, journey, "api standing")
    if isinstance(record, Denial):
        return denied(record)
    held = record.standing
    return {
        "journey": held.journey,
        "agreement": held.agreement,
        "version": held.version,
        "digest": held.digest,
        "route": held.route,
        "at": held.at,
        "stage": held.stage,
        "verdict": held.verdict.value,
        "gate": held.gate,
        "changes": held.changes,
        "reasons": [
            {
                "code": reason.code,
                "clause": reason.clause,
                "effect": reason.effect.value,
                "measure": reason.measure,
                "text": record.reader.reason(reason).text,
                "required": reason.required,
                "found": reason.found,
                "evidence": list(reason.evidence),
            }
            for reason in held.reasons
        ],
        "obligations": [
            {name: getattr(item, name) for name in schemas.ObligationOut.model_fields} for item in record.obligations
        ],
    }


@router.get(
    "/journeys/{journey}/timeline", response={200: schemas.TimelineOut, ERRORS: schemas.ProblemOut}, operation_id="timeline"
)
def timeline(request: HttpRequest, journey: Path[schemas.Identifier]) -> Any:
    """What happened, in order; what was corrected is there too, marked."""
    record = _open(request, journey, "api timeline")
    if isinstance(record, Denial):
        return denied(record)
    recorded = {event.id: event.recorded for event in record.events}
    return {
        "journey": journey,
        "events": [
            {
                "id": line.id,
                "kind": line.kind,
                "at": line.at,
                "recorded": recorded[line.id],
                "role": line.role,
                "party": line.party,
                "title": line.title,
                "details": line.details,
                "zone": line.zone,
                "corrected": line.struck,
            }
            for line in record.event_lines
        ],
    }


@router.get("/queue", response={200: schemas.QueueOut, frozenset({401, 422}): schemas.ProblemOut}, operation_id="queue")
def queue(
    request: HttpRequest,
    stage: Annotated[Stage | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    flight: Annotated[str, Query(max_length=32, pattern=schemas.NO_CONTROL)] = "",
    text: Annotated[str, Query(max_length=100, pattern=schemas.NO_CONTROL)] = "",
    after: Annotated[str, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Journeys that the caller may see, the nearest departure first."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    found = queries.queue(
        actor,
        stages=(stage.value,) if stage else (),
        verdicts=(verdict.value,) if verdict else (),
        flight=flight,
        text=text,
        after=after,
        limit=limit,
    )
    names = schemas.ListedOut.model_fields
    return {"items": [{name: getattr(item, name) for name in names} for item in found.items], "after": found.after}
