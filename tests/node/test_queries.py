"""Lists: only what the actor may see, a page at a time, in few queries, by index."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import TABLE, Action, can
from fastchannel.node import counting, imports, queries
from fastchannel.node.models import AccessLog, Import, Journey
from fastchannel.node.reach import visible
from fastchannel.terms.events import Role
from tests.casework import cases
from tests.casework.cases import AGREEMENT, MONITOR, SPONSOR, roster_csv


@pytest.fixture
def roster(desk: Any) -> str:
    """25 travellers: 12 to Shanghai of one sponsor, 10 to Tianjin of another, 3 that cannot be read."""
    other = Actor(id="b", role=Role.SPONSOR, party="CN", organisation="sponsor-2")
    last = ""
    for actor, data in (
        (SPONSOR, roster_csv(12)),
        (other, roster_csv(10, destination="CN-TJ", departure="2020-05-23 09:30")),
        (SPONSOR, roster_csv(3, name="")),
    ):
        stored = imports.receive(actor, data, filename="r", agreement=AGREEMENT, duties=[], key=str(len(data)))
        assert isinstance(stored, Import)
        imports.process(stored.id)
        last = stored.id
    return last


def test_pages_by_key_show_each_journey_once(roster: str) -> None:
    for ask in (queries.queue, queries.roster):
        seen: list[str] = []
        after = ""
        while True:
            page = ask(MONITOR, after=after, limit=7)
            seen += [item.journey for item in page.items]
            after = page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 22


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("jurisdiction", [frozenset(), frozenset({"CN-SH"}), frozenset({"KR"})])
def test_a_list_shows_exactly_what_the_permission_table_allows(
    roster: str, role: Role, jurisdiction: frozenset[str], desk: Any
) -> None:
    some = Journey.objects.values_list("id", flat=True)[0]
    actor = Actor(id="x", role=role, party="CN", jurisdiction=jurisdiction, organisation="sponsor-2", journey=some)
    for action in (Action.SEE_STATUS, Action.REVIEW, Action.ARRIVE, Action.BOARD):
        allowed = {
            journey
            for journey in Journey.objects.values_list("id", flat=True)
            if can(actor, action, desk.journal.subject(journey))
        }
        rule = TABLE[action].get(role)
        stages = [stage.value for stage in rule.stages] if rule else []
        listed = Journey.objects.filter(visible(actor, action), stage__in=stages)
        assert set(listed.values_list("id", flat=True)) == allowed


def test_a_list_with_names_is_two_queries_and_one_line_in_the_access_log(roster: str) -> None:
    AccessLog.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as held:
        page = queries.queue(MONITOR, limit=20)
    assert len(held) == 2
    assert page.items[0].name == "LEE"
    note = AccessLog.objects.latest("seq")
    assert (note.purpose, note.why, len(note.journeys)) == ("list", "queue", 20)


def test_filters_narrow(roster: str) -> None:
    assert len(queries.queue(MONITOR, text="M00000003").items) == 2
    assert len(queries.queue(SPONSOR, text="m0000 0003").items) == 1
    assert len(queries.queue(MONITOR, stages=["approved"]).items) == 0
    assert len(queries.queue(MONITOR, verdicts=["wait", "hold", "refuse"]).items) == 22


def test_counts_add_up_and_are_three_queries(roster: str) -> None:
    with CaptureQueriesContext(connection) as held:
        found = counting.counts(MONITOR)
    assert len(held) == 3
    assert found.total == sum(found.destinations.values()) == 22
    assert found.destinations == {"CN-SH": 12, "CN-TJ": 10}
    assert counting.counts(SPONSOR).total == 12


def test_what_a_role_has_to_do_is_listed_soonest_first(roster: str) -> None:
    items = queries.due(MONITOR, role="reviewer").items + queries.due(MONITOR, role="sponsor").items
    assert all(item.who in ("reviewer", "sponsor") for item in items)
    assert [item.due for item in queries.due(MONITOR, role="traveller").items] == sorted(
        item.due for item in queries.due(MONITOR, role="traveller").items
    )


def test_a_forged_place_in_a_list_is_a_clear_error(roster: str) -> None:
    for after in ("x", "!!!", "W10", "bnVsbA"):
        with pytest.raises(InvalidEntryError):
            queries.queue(MONITOR, after=after)


def test_an_import_is_its_own_sponsors_only(roster: str) -> None:
    assert queries.import_of(SPONSOR, roster) is not None
    assert queries.import_of(cases.OTHER_SPONSOR, roster) is None
    assert [row.problems[0]["column"] for row in queries.import_rows(roster, outcome="rejected").items] == ["name"] * 3


@pytest.mark.parametrize(
    "ask",
    [
        lambda: queries.queue(MONITOR, stages=["sponsored"], limit=20),
        lambda: queries.queue(MONITOR, verdicts=["hold"], limit=20),
        lambda: queries.roster(SPONSOR, limit=20),
        lambda: queries.accesses("x"),
    ],
)
def test_a_list_can_be_answered_by_index(roster: str, ask: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = on")
    with CaptureQueriesContext(connection) as held:
        ask()
    select = next(query["sql"] for query in held if query["sql"].startswith("SELECT"))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {select}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
