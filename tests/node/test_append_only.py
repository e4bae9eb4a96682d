"""The record can be added to and never changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from fastchannel.casework import applications
from fastchannel.node.models import AccessLog, BreakGlass, BreakGlassReview, Event
from fastchannel.terms.events import decode, encode
from tests.casework import cases


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["node_event", "node_accesslog"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET role = 'x'", "DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET role = 'x' WHERE false"]
)
def test_no_statement_changes_or_removes_what_was_recorded(desk: Any, table: str, statement: str) -> None:
    applications.apply(desk, cases.SPONSOR, **cases.application())
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE would fail for another reason
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute(statement.format(table))
    assert Event.objects.count() == 1
    assert AccessLog.objects.count() == 1


def test_not_even_a_replication_role_may(desk: Any) -> None:
    applications.apply(desk, cases.SPONSOR, **cases.application())
    execute("SET LOCAL session_replication_role = replica")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute("DELETE FROM node_event")


def test_an_event_is_stored_byte_for_byte(desk: Any) -> None:
    applications.apply(desk, cases.SPONSOR, **cases.application())
    body = bytes(Event.objects.get().body)
    assert encode(decode(body)) == body


@pytest.mark.parametrize("table", ["node_breakglass", "node_breakglassreview"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET role = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_statement_changes_or_removes_an_emergency_opening_or_its_review(desk: Any, table: str, statement: str) -> None:
    now = desk.clock.now()
    opening = BreakGlass.objects.create(
        journey="j", actor="a", role="monitor", party="CN", reason="r", opened=now, until=now + timedelta(hours=1)
    )
    BreakGlassReview.objects.create(opening=opening, reviewer="b", role="secretariat", justified=True, note="n", at=now)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        execute(statement.format(table))
    assert (BreakGlass.objects.count(), BreakGlassReview.objects.count()) == (1, 1)
