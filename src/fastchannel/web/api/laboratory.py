"""Where laboratories' systems send results: HL7 version 2 or FHIR, answered in the same format."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import KeyConflictError
from fastchannel.casework.laboratory import fhir, hl7v2
from fastchannel.casework.laboratory.reports import ReportError
from fastchannel.casework.permissions import Denial
from fastchannel.node.desk import office
from fastchannel.node.labreports import Answer, receive
from fastchannel.web.api import schemas
from fastchannel.web.api.problems import denied, problem
from fastchannel.web.details import core_language

router = Router(tags=["laboratory"])
HL7 = "x-application/hl7-v2+er7; charset=utf-8"
FHIR = "application/fhir+json; charset=utf-8"


@router.post(
    "/laboratory/messages",
    response={200: None, frozenset({400, 401, 403, 409, 413, 422}): schemas.ProblemOut},
    operation_id="laboratory_message",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "x-application/hl7-v2+er7": {"schema": {"type": "string", "description": "One ORU^R01"}},
                "application/fhir+json": {"schema": {"type": "object", "description": "A Bundle or DiagnosticReport (R4)"}},
            },
        }
    },
)
def message(request: HttpRequest) -> Any:
    """Results of samples. Needs no Idempotency-Key: a message that comes again under its own identifier records nothing.

    AA, or an OperationOutcome of severity information, says that every result was recorded; AE, or a warning, names those that
    wait for somebody; AR, or 422, says that the message could not be read and nothing of it was kept.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined]
    data, language = request.body, core_language(get_language())
    spoken = hl7v2.looks_like(data)
    try:
        answer = receive(actor, data, language=language)
    except ReportError as error:
        if spoken:
            return HttpResponse(hl7v2.acknowledge(data, "AR", str(error), office().clock.now()), status=422, content_type=HL7)
        return problem(422, "unreadable", str(error))
    except KeyConflictError as error:
        if spoken:
            return HttpResponse(hl7v2.acknowledge(data, "AR", str(error), office().clock.now()), status=409, content_type=HL7)
        return problem(409, "identifier-reused", str(error))
    if isinstance(answer, Denial):
        return denied(answer)
    return _acknowledged(data, answer) if spoken else _outcome(answer)


def _acknowledged(data: bytes, answer: Answer) -> HttpResponse:
    code = "AE" if answer.message.unmatched else "AA"
    said = f"{_counts(answer)} {' '.join(answer.said)}"
    return HttpResponse(hl7v2.acknowledge(data, code, said, office().clock.now()), content_type=HL7)


def _outcome(answer: Answer) -> HttpResponse:
    severity = "warning" if answer.message.unmatched else "information"
    return HttpResponse(fhir.outcome(severity, [_counts(answer), *answer.said]), content_type=FHIR)


def _counts(answer: Answer) -> str:
    one = answer.message
    again = " (came before)" if answer.again else ""
    return f"{one.total} = {one.recorded} recorded + {one.unmatched} waiting + {one.aside} set aside{again}."
