"""The page where an agreement is designed, and the same figures over the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework.permissions import TABLE, Action
from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from fastchannel.web.navigation import PAGES
from tests.web import scene as stage

PAGE = "/forecast/china-korea/5/kr-cn/"
API = "/api/v1/forecast/china-korea/5/kr-cn"


@pytest.fixture
def negotiator(desk: Any, forecasts_ready: None, signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.SECRETARIAT)


def tiles(body: str) -> list[str]:
    """The main figures, as they are read."""
    return [unescape(found) for found in re.findall(r'<li class="tile[^"]*"><span>[^<]*</span><b>([^<]*)</b>', body)]


def test_the_page_is_for_the_roles_that_the_permission_table_names() -> None:
    assert {role for role, pages in PAGES.items() if "forecasts" in pages} == set(TABLE[Action.FORECAST])


def test_every_agreement_that_ships_has_a_page_for_every_route(negotiator: Client) -> None:
    body = negotiator.get("/forecast/").content.decode()
    addresses = re.findall(r'href="(/forecast/[^"]+/)"', body)
    pages = [address for address in addresses if address.count("/") > 2]
    assert len(pages) == 4
    assert all(len(tiles(negotiator.get(address).content.decode())) == 4 for address in pages)


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_the_text_as_it_stands_is_the_first_proposal(language: str, negotiator: Client) -> None:
    negotiator.cookies["django_language"] = language
    answer = negotiator.get(PAGE)
    assert answer.status_code == 200
    assert answer.context["held"].proposed == answer.context["held"].text


def test_longer_isolation_changes_the_figures_and_htmx_gets_only_what_changes(negotiator: Client) -> None:
    first = negotiator.get(PAGE).content.decode()
    later = negotiator.get(f"{PAGE}?isolation_days=10", headers={"hx-request": "true"}).content.decode()
    assert "<html" in first
    assert "<html" not in later
    assert 'id="forecast"' in later
    assert '<svg class="trade-off"' in first
    assert '<svg class="trade-off"' not in later
    assert '<svg class="trade-off"' in negotiator.get(f"{PAGE}curves/?isolation_days=10").content.decode()
    assert tiles(first)[0] != tiles(later)[0]
    assert tiles(first)[2] != tiles(later)[2]


def test_what_the_page_says_is_what_the_api_gives(negotiator: Client) -> None:
    held = negotiator.get(f"{PAGE}?isolation_days=7&incidence=1&growth=5&immune=30").context["held"]
    query = "isolation_days=7&incidence_per_100_000=10&growth_per_day=0.048790164169432&immune=0.3"
    answer = negotiator.get(f"{API}?{query}").json()
    given = {(entry["name"], entry["of"]): entry["value"] for entry in answer["proposed"]["figures"]}
    assert given == pytest.approx({(name.value, of): value for (name, of), value in held.proposed.figures.items()})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("isolation_days", "nan"),
        ("isolation_days", "-1"),
        ("isolation_days", "9" * 400),
        ("incidence", "inf"),
        ("incidence", "1e308"),
        ("growth", "NaN"),
        ("immune", "101"),
        ("travellers", "-0.5"),
        ("travellers", "many"),
        ("days", "0"),
        ("days", "2.5"),
        ("pathogen", "plague"),
        ("first_test", "<script>"),
        ("arrival_tests", "naat+"),
        ("further_test", "\x00"),
        ("group", "7"),
    ],
)
def test_a_choice_that_cannot_be_is_told_at_its_field(name: str, value: str, negotiator: Client) -> None:
    answer = negotiator.get(PAGE, {name: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[name]
    assert list(answer.context["form"].errors) == [name]


def test_a_test_that_the_pathogens_profile_does_not_know_is_told_at_the_test(negotiator: Client) -> None:
    answer = negotiator.get(PAGE, {"pathogen": "influenza-pandemic"})
    assert answer.status_code == 422
    assert "arrival_tests" in answer.context["form"].errors


def test_before_the_engine_is_compiled_the_page_says_so_and_asks_again(
    negotiator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(engine()), "ready", False)
    monkeypatch.setattr(type(engine()), "start", lambda self: None)
    body = negotiator.get(PAGE).content.decode()
    assert 'hx-trigger="load' in body
    assert tiles(body) == []
    answer = negotiator.get(API)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "preparing", "5")


@pytest.mark.parametrize("address", ["/forecast/china-korea/99/kr-cn/", "/forecast/china-korea/5/xx/", "/forecast/x/1/y/"])
def test_what_does_not_exist_is_not_found(address: str, negotiator: Client) -> None:
    assert negotiator.get(address).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"isolation_days": "-1"}, "isolation_days"),
        ({"immune": "NaN"}, "immune"),
        ({"first_test": "sniffing dog"}, "first_test"),
        ({"pathogen": "plague"}, "pathogen"),
        ({"group": "9"}, "group"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_api_names_the_field_that_is_wrong(query: dict[str, str], field: str, negotiator: Client) -> None:
    answer = negotiator.get(API, query)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_laboratorys_key_is_denied(desk: Any) -> None:
    from fastchannel.node import keys

    _key, secret = keys.issue(name="lab", role=Role.LABORATORY, party="CN", organisation=stage.LABORATORY)
    answer = Client().get(API, headers={"authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "denied.role")


def test_a_proposal_is_written_into_the_text_as_its_next_version(negotiator: Client) -> None:
    from fastchannel.agreement.load import load
    from fastchannel.casework.forecasts import hold, people_of
    from fastchannel.casework.proposals import proposal_of

    query = "?isolation_days=7&further_test=naat&further_test_day=5&first_test_hours=48&arrival_tests=naat"
    answer = negotiator.get(PAGE + query)
    assert f"{PAGE}text/{query}" in unescape(answer.content.decode())
    text = load(negotiator.get(f"{PAGE}text/{query}").content.decode(), name="amended")
    assert text.version == 6
    people = people_of(text, "kr-cn")[0]
    again = hold(people, proposal_of(people.provisions), answer.context["form"].outlook).proposed
    held = answer.context["held"].proposed
    assert {key: value for key, value in again.figures.items() if not key[1]} == pytest.approx(
        {key: value for key, value in held.figures.items() if not key[1]}
    )
