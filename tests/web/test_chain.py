"""The chain map: what a table says of an industry, in a drawing and in a table beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fastchannel.supply.chain.links import largest, output_per_day, purchases_of, replacements, sales_of, strongest
from fastchannel.supply.chain.table import Industry
from fastchannel.terms.events import Role
from fastchannel.web.navigation import PAGES
from tests.supply.chain.small_tables import FLOWS, three
from tests.web import batch as played
from tests.web.scene import said


def test_the_strongest_links_are_the_largest_sales_between_others() -> None:
    found = strongest(three(), [0, 1, 2], 2)
    assert [(one.seller, one.buyer, one.amount) for one in found] == [(1, 2, 150.0), (0, 1, 45.0)]
    assert found[0].share == pytest.approx(150 / 600)
    assert [(one.buyer, one.amount) for one in sales_of(three(), 0, 5)] == [(1, 45.0), (2, 30.0)]
    assert [one.seller for one in purchases_of(three(), 2, 1)] == [1]
    assert largest(three(), 1, [0]) == [0, 2]
    assert output_per_day(three(), 2) == pytest.approx(600 / 365)


def test_who_makes_the_same_goes_by_what_it_sells_to_the_same_buyers() -> None:
    two = three(
        industries=(Industry(region="R", sector="A"), Industry(region="S", sector="A"), Industry(region="R", sector="C"))
    )
    [other] = replacements(two, 0)
    assert other.place == 1
    assert other.share == pytest.approx(FLOWS[1].sum() / (FLOWS[0].sum() + FLOWS[1].sum()))
    assert replacements(three(), 0) == []


@pytest.fixture
def client(desk: Any, signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.SECRETARIAT)


def test_without_a_table_the_page_says_how_to_load_one(client: Client) -> None:
    assert "fastchannel supply load" in said(client.get("/chain/"))


def test_an_industry_is_chosen_and_told_with_its_sites(client: Client, django_assert_max_num_queries: Any) -> None:
    played.load_table()
    with django_assert_max_num_queries(6):
        page = client.get("/chain/?industry=R.B")
    text = said(page)
    assert page.context["code"] == "R.B"
    assert "R · Ships" in text
    assert text.count("<circle") == 3
    assert "stands still" not in text
    assert "welder 3" in text
    site = page.context["sites"][0]
    worth = page.context["held"].chain.marginals["R.B"].worth
    assert float(site.cost) == pytest.approx(0.25 * 300 / 365 * 1.0 * worth, rel=0.05)  # all posts filled: it runs whole
    assert "very critical" in text
    assert client.get("/chain/?industry=nonsense").status_code == 200


def test_who_may_see_it(desk: Any, signed_in: Callable[..., Client]) -> None:
    found = {role for role in PAGES if signed_in(role).get("/chain/").status_code == 200}
    assert found == {Role.SECRETARIAT, Role.MISSION}


def test_places_are_valued_by_the_table_once_it_is_loaded(desk: Any, hand_clock: Any) -> None:
    from fastchannel.node import allocations
    from fastchannel.node.models import Batch

    played.load_table()
    scene = played.play(desk, hand_clock, solve=False)
    played.state_again(scene.needs[1], site="yard", industry="R.B", team={"welder": 2, "rigger": 1})
    by_id = {one.wish.id: one for one in allocations.asked_of(Batch.objects.get()).valued}
    assert by_id[scene.needs[0]].worth is None  # it names no industry
    worth = by_id[scene.needs[1]].worth
    assert worth is not None
    assert worth.share_per_day == pytest.approx(0.25 * 300 / 365)
