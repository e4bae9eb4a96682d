"""The secretariat's batches: limits, the board, overrides with reasons, publication, audits; and nobody else may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client

from fastchannel.casework.allocation import Kind
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Denial
from fastchannel.node import allocations, jobs, needs
from fastchannel.node.models import Batch, ClaimAudit, Need, PlaceOverride
from fastchannel.terms.events import Role
from fastchannel.web.navigation import PAGES
from tests.casework.batches import ARRIVALS, PLAN, statement
from tests.web import batch as played
from tests.web.scene import said

NEW = "/places/new/?route=china-korea/kr-cn"


@pytest.fixture
def client(desk: Any, signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.SECRETARIAT)


@pytest.fixture
def scene(client: Client, desk: Any, hand_clock: Any) -> played.Played:
    return played.play(desk, hand_clock)


def placed(batch: str) -> set[str]:
    answer = allocations.answer_of(Batch.objects.get(id=batch))
    assert answer is not None
    return {line.need for line in answer.lines if line.given}


def move(client: Client, scene: played.Played, number: int, to: str, reason: str = "flood relief", **headers: Any) -> Any:
    sent = {"need": scene.needs[number], "to": to, "reason": reason}
    return client.post(f"/places/{scene.batch}/move/", sent, headers=headers)


def test_a_batch_is_entered_as_the_form_has_it(client: Client) -> None:
    answer = client.post(NEW, played.plan_form())
    assert answer.status_code == 302
    row = Batch.objects.get()
    plan = allocations.plan_of(row)
    assert [(one.id, one.seats) for one in plan.flights] == [("CK101", 4), ("CK103", 4)]
    assert (plan.houses[0].nights, plan.laboratories, plan.risk) == ({"2020-05-26": 5}, {"City laboratory": 6}, 0.001)
    assert (plan.reserves[0].of, plan.reserves[0].places, plan.per_day) == ("small-firm", 1, 2e-6)
    assert row.solving
    assert "The first answer is being worked out" in said(client.get(f"/places/{row.id}/"))
    page = client.get(f"/places/{row.id}/limits/")
    assert [form.initial.get("id") for form in page.context["form"].parts[0][3].forms][:3] == ["CK101", "CK103", None]


def test_more_rows_keep_what_was_entered_and_nothing_is_begun(client: Client) -> None:
    page = client.post(NEW, played.plan_form(more="flights"))
    assert page.status_code == 200
    flights = page.context["form"].parts[0][3]
    assert len(flights.forms) == 8
    assert 'value="CK103"' in said(page)
    assert not Batch.objects.exists()


def test_what_cannot_be_is_said_at_its_row(client: Client) -> None:
    for changes, words in (
        ({"flights-1-day": "2020-06-09"}, "Expected a day of the batch."),
        ({"houses-0-laboratory": "none"}, "Expected one of the laboratories below."),
        ({"houses-0-nights": "soon"}, "Expected dates with numbers"),
        ({"last_day": "2020-05-20"}, "Expected a day from the first on"),
        ({"flights-0-id": "", "flights-1-id": ""}, "This field is required."),
    ):
        answer = client.post(NEW, played.plan_form(**changes))
        assert answer.status_code == 422
        assert words in said(answer)
    assert not Batch.objects.exists()


def test_the_board_says_who_has_a_place_the_bound_and_how_good_the_plain_ranking_is(
    client: Client, scene: played.Played
) -> None:
    page = said(client.get(f"/places/{scene.batch}/"))
    assert "teams have a place" in page
    assert "no choice is worth more than" in page
    assert "solved exactly" in page
    assert "Ranking by direct output per room-night" in page
    assert "Value 120 − " in page
    assert "night of" in page or "North hotel" in page
    assert "import risk of week 1" in page
    assert "a traveller is an import with a chance of" in page


def test_an_override_needs_a_reason_is_kept_and_shown_with_who_and_when(client: Client, scene: played.Played) -> None:
    free = placed(scene.batch)
    left = next(need for need in scene.needs[:3] if need not in free)
    number = scene.needs.index(left)
    assert move(client, scene, number, "CK101|North hotel", reason=" ").status_code == 422
    assert not PlaceOverride.objects.exists()
    assert move(client, scene, number, "CK101|North hotel").status_code == 302
    assert left in placed(scene.batch)
    row = PlaceOverride.objects.get()
    assert (row.kind, row.flight, row.role, row.reason) == ("place", "CK101", "secretariat", "flood relief")
    page = said(client.get(f"/places/{scene.batch}/"))
    assert "flood relief" in page
    assert "decided by hand" in page
    assert row.by_name in page
    assert move(client, scene, number, "release", reason="a mistake").status_code == 302
    assert placed(scene.batch) == free
    assert PlaceOverride.objects.count() == 2
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE node_placeoverride SET reason = ''")


def test_a_place_that_cannot_be_is_refused_with_the_reason_and_the_entry_kept(client: Client, scene: played.Played) -> None:
    answer = move(client, scene, 0, "CK999|North hotel")
    assert answer.status_code == 422
    assert "This team cannot go there" in said(answer)
    assert "flood relief" in said(answer)


def test_decisions_that_cannot_all_be_kept_show_which_limits_and_what_is_enough(client: Client, scene: played.Played) -> None:
    move(client, scene, 0, "CK101|North hotel")
    answer = move(client, scene, 1, "CK101|North hotel", **{"HX-Request": "true"})
    assert answer.status_code == 200
    page = said(answer)
    assert "<html" not in page  # only the board
    assert "These cannot be kept together: places given by hand; seats of flight CK101" in page
    assert "enough if they give way by 2" in page
    with pytest.raises(InvalidEntryError, match="nothing to publish"):
        allocations.publish(played.secretariat(), scene.batch)


def test_only_a_fresh_answer_with_its_lottery_is_published(client: Client, scene: played.Played) -> None:
    Batch.objects.filter(id=scene.batch).update(revision=7)
    with pytest.raises(InvalidEntryError, match="Something has changed"):
        allocations.publish(played.secretariat(), scene.batch)
    assert "Publish the places" not in said(client.get(f"/places/{scene.batch}/"))
    Batch.objects.filter(id=scene.batch).update(revision=0)
    answer = allocations.answer_of(Batch.objects.get())
    assert answer is not None
    raw = msgspec.json.encode(msgspec.structs.replace(answer, drawn=False))
    Batch.objects.update(answer=raw, answered=0)
    with pytest.raises(InvalidEntryError, match="Solve it exactly first"):
        allocations.publish(played.secretariat(), scene.batch)


def test_publication_gives_every_team_its_outcome_and_shows_the_seed_that_was_bound_before(
    client: Client, scene: played.Played
) -> None:
    digest = allocations.seed_digest(Batch.objects.get())
    assert digest in said(client.get(f"/places/{scene.batch}/"))
    assert Batch.objects.get().seed not in said(client.get(f"/places/{scene.batch}/"))
    expected = placed(scene.batch)
    assert client.post(f"/places/{scene.batch}/publish/").status_code == 302
    assert set(Need.objects.filter(granted=True).values_list("id", flat=True)) == expected
    assert Need.objects.filter(granted=False).count() == 4 - len(expected)
    page = said(client.get(f"/places/{scene.batch}/"))
    assert Batch.objects.get().seed in page
    assert 'name="to"' not in page  # nothing is moved any more
    assert "published" in said(client.post(f"/places/{scene.batch}/publish/", follow=True))
    with pytest.raises(InvalidEntryError, match="published"):
        allocations.override(played.secretariat(), scene.batch, scene.needs[0], kind=Kind.NO_PLACE, reason="x")


def test_an_audit_discounts_the_next_claims_of_its_sponsor(client: Client, scene: played.Played) -> None:
    allocations.publish(played.secretariat(), scene.batch)
    mine = scene.needs[0]
    for realised in ("5", "0.4"):
        assert client.post(f"/places/{scene.batch}/audit/", {"need": mine, "realised": realised}).status_code == 302
    assert ClaimAudit.objects.count() == 2
    [last] = allocations.audits_of(["Hanbit Display (Suzhou)"])
    assert (last.claimed, last.realised) == (4.0, 0.4)
    again = played.needs_again(scene)
    assert again["Hanbit Display (Suzhou)"] < 1.0
    assert again[played.OTHER] == 1.0


def test_a_cancelled_flight_is_planned_anew(client: Client, scene: played.Played) -> None:
    sent = played.plan_form(**{"flights-1-id": "", "flights-1-day": "", "flights-1-seats": "", "reserves-0-of": ""})
    assert client.post(f"/places/{scene.batch}/limits/", sent).status_code == 302
    assert Batch.objects.get().arrivals == b""  # the forecast is asked anew: the days may be others
    Batch.objects.update(arrivals=msgspec.json.encode(ARRIVALS))
    allocations.solve(scene.batch)
    answer = allocations.answer_of(Batch.objects.get())
    assert answer is not None
    assert {line.given.flight for line in answer.lines if line.given} == {"CK101"}


def test_a_change_meanwhile_is_not_overwritten(scene: played.Played, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = allocations._decided

    def slow(row: Batch, **options: Any) -> Any:
        Batch.objects.filter(id=row.id).update(revision=row.revision + 1)
        return whole(row, **options)

    before = bytes(Batch.objects.get().answer)
    monkeypatch.setattr(allocations, "_decided", slow)
    assert not allocations.solve(scene.batch)
    assert bytes(Batch.objects.get().answer) == before


def test_a_batch_that_waits_is_taken_up_again_after_a_crash(scene: played.Played) -> None:
    Batch.objects.update(solving=True)
    assert allocations.unsolved() == [scene.batch]
    assert jobs.resume() == 1
    assert allocations.solve(scene.batch)
    assert allocations.unsolved() == []


def test_the_board_asks_the_same_of_the_database_whatever_its_length(
    client: Client, scene: played.Played, django_assert_max_num_queries: Any
) -> None:
    for number in range(70):
        needs.state(played.sponsor(f"firm {number}"), statement(site=f"line {number}"), key=f"many-{number}")
    allocations.solve(scene.batch, exact=False)
    with django_assert_max_num_queries(10):
        page = client.get(f"/places/{scene.batch}/")
    assert len(page.context["page"].rows) == 50
    assert page.context["answer"].method == "prices"
    assert "by prices, not solved exactly yet" in said(page)
    assert "solve exactly first" in said(page)
    assert len(client.get(f"/places/{scene.batch}/?after=50").context["page"].rows) == 24
    with django_assert_max_num_queries(8):
        client.get("/places/")


def test_only_the_secretariat_may(desk: Any, hand_clock: Any, signed_in: Callable[..., Client]) -> None:
    scene = played.play(desk, hand_clock)
    gets = ("/places/", NEW, f"/places/{scene.batch}/", f"/places/{scene.batch}/limits/")
    posts = ("move", "exact", "publish", "audit")
    for role in PAGES:
        if role is not Role.SECRETARIAT:
            other = signed_in(role)
            assert [other.get(address).status_code for address in gets] == [403] * len(gets), role
            assert [other.post(f"/places/{scene.batch}/{name}/").status_code for name in posts] == [403] * len(posts)
    actor = played.sponsor(played.OTHER)
    for found in (
        allocations.plan(actor, PLAN, key="k"),
        allocations.replan(actor, scene.batch, PLAN),
        allocations.override(actor, scene.batch, scene.needs[0], kind=Kind.NO_PLACE, reason="x"),
        allocations.ask_exact(actor, scene.batch),
        allocations.publish(actor, scene.batch),
        allocations.audit(actor, scene.needs[0], 1.0),
    ):
        assert isinstance(found, Denial)
