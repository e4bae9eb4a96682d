"""The sponsor's statements of need: a short form, errors per field, edits until places are published, its own outcome only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Denial
from fastchannel.node import allocations, needs
from fastchannel.node.models import Batch, Need
from fastchannel.terms.events import Role
from fastchannel.web.navigation import PAGES
from tests.casework.batches import statement
from tests.web import batch as played
from tests.web.scene import said

ROUTE = "/needs/new/?route=china-korea/kr-cn"


@pytest.fixture
def client(desk: Any, signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.SPONSOR)


def test_a_statement_is_filed_and_stands_in_the_list(client: Client) -> None:
    assert "route" in said(client.get("/needs/new/"))  # two routes: which one is asked first
    answer = client.post(ROUTE, played.form(), follow=True)
    assert answer.status_code == 200
    row = Need.objects.get()
    stated = needs.statement_of(row)
    assert (stated.site, stated.team, stated.route) == ("Suzhou line 9", {"welder": 2, "rigger": 1}, "kr-cn")
    assert (row.people, row.sponsor) == (3, "Hanbit Display (Suzhou)")
    page = said(client.get("/needs/"))
    assert "1 statement: 0 with a place, 0 without, 1 waiting." in page
    assert "waits for places" in page


def test_the_same_form_sent_twice_files_one_statement(client: Client) -> None:
    for _ in range(2):
        assert client.post(ROUTE, played.form()).status_code == 302
    assert Need.objects.count() == 1
    assert client.post(ROUTE, played.form(site="another")).status_code == 422


WRONG = (
    ("site", ""),
    ("region", "XX-1"),
    ("claimed_per_day", "0"),
    ("claimed_per_day", "much"),
    ("team", "two welders"),
    ("latest", "2020-05-24"),
    ("until", "2020-05-20"),
    ("earliest", ""),
    ("rooms", "9"),
)


def test_an_error_stands_at_its_field_and_nothing_is_filed(client: Client) -> None:
    for field, sent in WRONG:
        answer = client.post(ROUTE, played.form(**{field: sent}))
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Need.objects.exists()


def test_what_still_runs_needs_its_days_and_a_crew_its_months(client: Client) -> None:
    for cause, field in (("will_stop", "stock_days"), ("crew", "months_served")):
        answer = client.post(ROUTE, played.form(cause=cause))
        assert list(answer.context["form"].errors) == [field]
    assert client.post(ROUTE, played.form(cause="will_stop", stock_days="4")).status_code == 302


def test_beside_every_field_stands_who_reads_it(client: Client) -> None:
    page = said(client.get(ROUTE))
    assert page.count('class="read-by"') == page.count('class="beside"') == 14  # no industry without a table
    assert "Only the joint secretariat reads this." in page
    played.load_table()
    page = said(client.get(ROUTE))
    assert page.count('class="read-by"') == 15
    assert "R · Steel" in page
    assert "In M USD a day." in page


def test_a_statement_is_changed_until_its_places_are_published(client: Client, desk: Any, hand_clock: Any) -> None:
    scene = played.play(desk, hand_clock)
    mine = scene.needs[0]
    before = Batch.objects.get().revision
    answer = client.post(f"/needs/{mine}/change/", played.form(site="Suzhou evaporation line", claimed_per_day="5"))
    assert answer.status_code == 302
    assert Batch.objects.get().revision > before  # the batch is worked out anew
    allocations.solve(scene.batch)
    assert isinstance(allocations.publish(played.secretariat(), scene.batch), Batch)
    assert client.get(f"/needs/{mine}/change/").status_code == 302
    with pytest.raises(InvalidEntryError, match="published"):
        needs.state(
            played.sponsor("Hanbit Display (Suzhou)"), needs.statement_of(Need.objects.get(id=mine)), key="x", need=mine
        )


def test_after_publication_a_sponsor_reads_its_own_outcome_and_why(client: Client, desk: Any, hand_clock: Any) -> None:
    scene = played.play(desk, hand_clock)
    allocations.publish(played.secretariat(), scene.batch)
    page = said(client.get(f"/needs/{scene.needs[0]}/"))
    assert "The team has places: it arrives on" in page
    assert "Value 120 − " in page
    assert Batch.objects.get().seed in page
    for word in ("Daehan Marine", "Dalian"):
        assert word not in page  # nothing of others
    assert client.get(f"/needs/{scene.needs[1]}/").status_code == 404


def test_a_reason_of_the_secretariat_is_read_by_its_sponsor(client: Client, desk: Any, hand_clock: Any) -> None:
    scene = played.play(desk, hand_clock)
    from fastchannel.casework.allocation import Kind

    allocations.override(played.secretariat(), scene.batch, scene.needs[0], kind=Kind.NO_PLACE, reason="The site is closed.")
    allocations.publish(played.secretariat(), scene.batch)
    page = said(client.get(f"/needs/{scene.needs[0]}/"))
    assert "The site is closed." in page
    assert "The team has no place in these days." in page


def test_a_withdrawn_statement_is_no_longer_in_the_batch(client: Client, desk: Any, hand_clock: Any) -> None:
    scene = played.play(desk, hand_clock)
    assert client.post(f"/needs/{scene.needs[0]}/withdraw/").status_code == 302
    allocations.solve(scene.batch)
    found = allocations.answer_of(Batch.objects.get())
    assert found is not None
    assert found.of(scene.needs[0]) is None
    assert "State it again" in said(client.get(f"/needs/{scene.needs[0]}/"))
    assert 'value="Suzhou evaporation line"' in said(client.get(f"/needs/new/?like={scene.needs[0]}"))


def test_the_list_asks_the_same_of_the_database_whatever_its_length(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get("/needs/")
    for number in range(60):
        needs.state(played.sponsor("Hanbit Display (Suzhou)"), statement(site=f"line {number}"), key=f"many-{number}")
    with django_assert_max_num_queries(8):
        page = client.get("/needs/")
    assert len(page.context["page"].rows) == 50
    after = client.get(f"/needs/{page.context['page'].next_url}")
    assert len(after.context["page"].rows) == 10


def test_other_roles_are_refused(desk: Any, signed_in: Callable[..., Client]) -> None:
    for role in PAGES:
        if role is not Role.SPONSOR:
            other = signed_in(role)
            for address in ("/needs/", ROUTE, "/needs/x/", "/needs/x/change/"):
                assert other.get(address).status_code == 403, role
            assert other.post("/needs/x/withdraw/").status_code == 403
    actor = played.secretariat()
    assert isinstance(needs.state(actor, statement(), key="k"), Denial)
    assert isinstance(needs.withdraw(actor, "x"), Denial)
