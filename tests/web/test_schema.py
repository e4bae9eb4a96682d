"""Whatever the API's description allows or forbids, the API answers as it describes, and never with an error of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fastchannel.terms.events import Role
from tests.web import scene as stage

CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance,
]  # fmt: skip
OPERATIONS = (
    "apply", "apply_batch", "document", "review", "check_in", "sample", "result", "board", "deny", "arrive", "standing",
    "timeline", "queue", "forecast",
)  # fmt: skip
MESSAGES = ("laboratory_message",)  # its bodies are of other formats: tests/node/test_labreports.py tries it


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request through WSGI would close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection", "forecasts_ready")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_answers_as_it_describes(operation: str, scene: stage.Scene, signed_in: Any) -> None:
    from fastchannel.node import keys
    from fastchannel.node.wsgi import application

    _key, secret = keys.issue(name="lab", role=Role.LABORATORY, party="CN", organisation=stage.LABORATORY)
    headers = {"Authorization": f"Bearer {secret}"}
    if operation == "forecast":  # an officer's, and officers have sessions
        name, cookie = next(iter(signed_in(Role.SECRETARIAT).cookies.items()))
        headers = {"Cookie": f"{name}={cookie.value}"}
    schema: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    found = next(item.ok() for item in schema.get_all_operations() if item.ok().definition.raw["operationId"] == operation)

    @settings(
        max_examples=15, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case: Any) -> None:
        if "journey" in case.path_parameters:
            case.path_parameters["journey"] = scene.isolated
        if operation == "forecast":
            case.path_parameters.update(agreement=stage.AGREEMENT, version=1, route=stage.ROUTE)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    given(case=found.as_strategy())(ask)()


def test_every_operation_of_the_description_is_tried() -> None:
    from fastchannel.web.api.api import api

    described: Any = api.get_openapi_schema()
    assert sorted(item["operationId"] for methods in described["paths"].values() for item in methods.values()) == sorted(
        (*OPERATIONS, *MESSAGES)
    )
