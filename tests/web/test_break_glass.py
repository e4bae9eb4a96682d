"""Emergency access on the pages: from the refusal to the record, to the list, to the review, to what the traveller reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.node import queries
from fastchannel.node.models import BreakGlass
from fastchannel.terms.events import Role
from fastchannel.web import words
from tests.web.scene import Scene, said

REASON = "Found unconscious at Shenyang station"


@pytest.fixture
def elsewhere(scene: Scene, signed_in: Callable[..., Client]) -> Client:
    """A health monitor of a province that no traveller of the scene touches."""
    return signed_in(Role.MONITOR, jurisdiction=["CN-LN"])


@pytest.fixture
def secretariat(scene: Scene, signed_in: Callable[..., Client]) -> Client:
    """Who reviews."""
    return signed_in(Role.SECRETARIAT)


def test_from_the_refusal_to_the_record_and_shut_again_after_the_hour(scene: Scene, elsewhere: Client, hand_clock: Any) -> None:
    page = f"/journeys/{scene.positive}/"
    refused = elsewhere.get(page)
    assert (refused.status_code, f"/break-glass/{scene.positive}/" in said(refused)) == (403, True)
    asked = said(elsewhere.get(f"/break-glass/{scene.positive}/"))
    assert "60 minutes" in asked
    assert "outside your jurisdiction" in asked or "does not touch your jurisdiction" in asked
    opened = elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": REASON})
    assert opened["Location"] == page
    record = said(elsewhere.get(page))
    assert "Detected (positive)" in record
    assert elsewhere.get(f"/journeys/{scene.isolated}/").status_code == 403
    hand_clock.forward(minutes=60)
    assert elsewhere.get(page).status_code == 403


def test_nothing_can_be_written_through_it(scene: Scene, elsewhere: Client, desk: Any) -> None:
    elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": REASON})
    held = desk.journal.events(scene.positive)
    elsewhere.post(f"/journeys/{scene.positive}/steps/recover/", {"note": "x"})
    assert desk.journal.events(scene.positive) == held


def test_a_reason_is_needed_and_says_so_in_the_form(scene: Scene, elsewhere: Client) -> None:
    answer = elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": "urgent"})
    assert (answer.status_code, "10 to 180 characters" in said(answer)) == (422, True)
    assert not BreakGlass.objects.exists()


def test_the_secretariat_sees_it_at_once_and_reviews_it_once(scene: Scene, elsewhere: Client, secretariat: Client) -> None:
    assert "No emergency opening waits" in said(secretariat.get("/break-glass/"))
    elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": REASON})
    page = said(secretariat.get("/break-glass/"))
    assert ("1 emergency opening waits for a review." in page, REASON in page, "open now" in page) == (True, True, True)
    opening = BreakGlass.objects.get()
    assert secretariat.post(f"/break-glass/{opening.id}/review/", {"justified": "perhaps", "note": "x"}).status_code == 404
    secretariat.post(f"/break-glass/{opening.id}/review/", {"justified": "no", "note": "Nobody was at the station"})
    again = secretariat.post(f"/break-glass/{opening.id}/review/", {"justified": "yes", "note": "Somebody was"}, follow=True)
    assert "Somebody has reviewed this opening already." in said(again)
    assert (opening.review.justified, opening.review.note) == (False, "Nobody was at the station")
    assert REASON not in said(secretariat.get("/break-glass/"))
    assert "not justified" in said(secretariat.get("/break-glass/?show=all"))
    assert "Nobody was at the station" in said(elsewhere.get("/break-glass/"))


def test_an_officer_sees_their_own_openings_only(scene: Scene, elsewhere: Client, signed_in: Callable[..., Client]) -> None:
    elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": REASON})
    other = signed_in(Role.CHECKPOINT, jurisdiction=["CN-LN"])
    assert REASON not in said(other.get("/break-glass/"))
    other.post(f"/break-glass/{BreakGlass.objects.get().id}/review/", {"justified": "yes", "note": "x"})
    assert not hasattr(BreakGlass.objects.get(), "review")


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.LABORATORY, Role.CARRIER, Role.MISSION])
def test_other_roles_have_no_such_page(scene: Scene, signed_in: Callable[..., Client], role: Role) -> None:
    client = signed_in(role)
    assert client.get("/break-glass/").status_code == 403
    assert client.post(f"/break-glass/{scene.positive}/", {"reason": REASON}).status_code == 403


def test_who_may_read_it_anyway_is_sent_to_it_and_an_unknown_one_is_404(scene: Scene, signed_in: Callable[..., Client]) -> None:
    near = signed_in(Role.MONITOR)
    assert near.get(f"/break-glass/{scene.positive}/")["Location"] == f"/journeys/{scene.positive}/"
    assert near.get("/break-glass/nothing/").status_code == 404
    assert near.get(f"/break-glass/?reference={scene.ready}")["Location"] == f"/break-glass/{scene.ready}/"


def test_who_read_the_record_shows_the_reason(scene: Scene, elsewhere: Client, secretariat: Client) -> None:
    elsewhere.post(f"/break-glass/{scene.positive}/", {"reason": REASON})
    elsewhere.get(f"/journeys/{scene.positive}/")
    first, second = queries.accesses(scene.positive)[:2]
    assert (second.purpose, first.purpose, first.why, second.why) == (
        "break-glass", "read", f"break-glass: {REASON}", f"break-glass: {REASON}",
    )  # fmt: skip
    assert words.touch(first.why, "en") == f"Emergency access: {REASON}"
    assert f"Emergency access: {REASON}" in said(secretariat.get(f"/journeys/{scene.positive}/"))


def test_the_list_is_paged_by_key_and_asks_no_more_for_more_rows(
    scene: Scene, secretariat: Client, django_assert_max_num_queries: Any, desk: Any
) -> None:
    now = desk.clock.now()
    made = [
        BreakGlass.objects.create(
            journey=scene.positive, actor=f"a-{number}", role="monitor", party="CN", reason=f"reason {number}", opened=now,
            until=now + timedelta(hours=1),
        )
        for number in range(31)
    ]  # fmt: skip
    with django_assert_max_num_queries(8):
        page = said(secretariat.get("/break-glass/"))
    assert page.count("<blockquote>") == 30
    assert f"after={made[1].id}" in page
    assert said(secretariat.get(f"/break-glass/?after={made[1].id}")).count("<blockquote>") == 1
