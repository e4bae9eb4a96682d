"""Errors of the API: always application/problem+json with a stable code, the field, what was expected and what was found."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.office import LONGEST_KEY
from fastchannel.casework.permissions import Denial
from fastchannel.web.details import core_language

KEY_HEADER = "Idempotency-Key"
PROBLEM = "application/problem+json"
MOST_FOUND = 100  # characters of a wrong value that an answer repeats


class TellingAPI(NinjaAPI):
    """An API whose validation errors repeat what was found: Ninja's own leave it out."""

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> ValidationError:
        """Every error of every part of the request, with its place and what was found there."""
        errors: list[dict[str, Any]] = []
        for context in error_contexts:
            source, places = context.model.__ninja_param_source__, context.model.__ninja_flatten_map_reverse__
            for item in context.pydantic_validation_error.errors(include_url=False):
                errors.append({**item, "loc": (source, *places.get(item["loc"], item["loc"]))})  # noqa: PERF401
        return ValidationError(errors)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The description, with every error under the type that it is sent as."""
        described = super().get_openapi_schema(**kwargs)
        for methods in described["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {PROBLEM: answer["content"]["application/json"]}
        return described


def problem(
    status: int,
    code: str,
    message: str,
    *,
    field: str = "",
    expected: str = "",
    found: str = "",
    errors: list[dict[str, str]] | None = None,
) -> HttpResponse:
    """One answer that says what is wrong."""
    body: dict[str, Any] = {
        "status": status,
        "code": code,
        "message": message,
        "field": field,
        "expected": expected,
        "found": found[:MOST_FOUND],
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=f"{PROBLEM}; charset=utf-8")


def denied(denial: Denial) -> HttpResponse:
    """403 with the permission table's reason."""
    return problem(403, f"denied.{denial.code}", denial.text(core_language(get_language())))


def register(api: NinjaAPI) -> None:
    """Answer every error in the one form."""

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        listed = [_one(item) for item in error.errors]
        if any(item["field"].lower() == KEY_HEADER.lower() for item in listed):
            return problem(
                400,
                "idempotency-key",
                _("Every write needs the header %(header)s, so that repeating it records nothing twice.")
                % {"header": KEY_HEADER},
                field=KEY_HEADER,
                expected=_("1 to %(most)d visible ASCII characters, new for each write") % {"most": LONGEST_KEY},
            )
        first = listed[0]
        return problem(
            422, "invalid", first["message"], field=first["field"], expected=first["expected"], found=first["found"],
            errors=listed,
        )  # fmt: skip

    @api.exception_handler(InvalidEntryError)
    def _entry(request: HttpRequest, error: InvalidEntryError) -> HttpResponse:
        values = {name: str(value) for name, value in error.values.items()}
        return problem(
            422,
            "invalid-entry",
            error.text(core_language(get_language())),
            field=error.field,
            expected=values.get("expected", ""),
            found=values.get("found", ""),
        )

    @api.exception_handler(UnknownJourneyError)
    def _unknown(request: HttpRequest, error: UnknownJourneyError) -> HttpResponse:
        return problem(404, "unknown-journey", _("No journey has this identifier at this node."), field="journey")

    @api.exception_handler(KeyConflictError)
    def _conflict(request: HttpRequest, error: KeyConflictError) -> HttpResponse:
        return problem(
            409,
            "idempotency-key-reused",
            _("This key was used before for other content. Take a new key for a new write."),
            field=KEY_HEADER,
        )

    @api.exception_handler(AuthenticationError)
    def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        answer = problem(
            401, "unauthenticated", _("Expected a valid key: Authorization: Bearer …, or a session that is signed in.")
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, "not-found", _("Nothing is here."))

    @api.exception_handler(RequestDataTooBig)
    def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem(413, "too-large", _("The body is too large."))

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        known = {
            400: ("unreadable", _("The body cannot be read as JSON.")),
            403: ("forbidden", _("A session's write needs the page's token: load the page again, or use a key.")),
        }
        code, message = known.get(error.status_code, ("refused", str(error)))
        return problem(error.status_code, code, message)


def _one(item: dict[str, Any]) -> dict[str, str]:
    place = [str(part) for part in item.get("loc", ())]
    found = item.get("input")
    return {
        "field": ".".join(place[2:] if place[:1] == ["body"] and len(place) > 2 else place[1:] or place),
        "message": str(item.get("msg", "")),
        "expected": ", ".join(f"{key}: {value}" for key, value in (item.get("ctx") or {}).items() if key != "error"),
        "found": "" if found is None or isinstance(found, dict | list) else str(found)[:MOST_FOUND],
    }
