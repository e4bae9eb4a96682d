"""Practice: what comes with the package, what of it is unknown, and what is refused."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fastchannel.agreement.wording import StayPlace
from fastchannel.forecast.infection.draws import sample
from fastchannel.forecast.practice import PLACES, Practice, default_practice, load_practice
from fastchannel.forecast.reading.texts import TextError

WRITTEN = default_practice().written


def changed(old: str, new: str) -> str:
    assert WRITTEN.count(old) == 1, f"{WRITTEN.count(old)} times: {old}"
    return WRITTEN.replace(old, new)


def test_every_kind_of_place_of_the_agreement_language_has_its_practice_and_so_has_the_flight() -> None:
    assert set(default_practice().at().places) == {"flight", *(place.value for place in StayPlace)} == set(PLACES)


def test_the_practice_without_a_draw_is_the_figures_own_values() -> None:
    practice = default_practice().at()
    assert (practice.flight_days, practice.sampled_at, practice.compliance, practice.party_size) == (0.15, 0.5, 0.99, 1.5)
    assert practice.places["closed loop"].contact == 0.3


def test_every_unknown_has_one_name_and_a_draw_changes_it_and_nothing_else() -> None:
    text = default_practice()
    assert len(set(text.unknowns)) == len(text.unknowns) > 20
    (draw,) = sample(text.unknowns, 1, 5)
    central, drawn = text.at(), text.at(draw)
    assert drawn != central
    one = text.unknowns[0]
    moved = text.at({one: draw[one]})
    changed_fields = [f.name for f in fields(Practice) if getattr(moved, f.name) != getattr(central, f.name)]
    assert changed_fields == ["flight_days"]


def test_draws_stay_within_what_each_figure_may_be() -> None:
    text = default_practice()
    for draw in sample(text.unknowns, 50, 3):
        practice = text.at(draw)
        assert 0.0 <= practice.compliance <= 1.0
        assert practice.party_size >= 1.0
        assert all(0.0 <= place.adherence <= 1.0 and place.contact >= 0.0 for place in practice.places.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("flight_days      = { value = 0.15", "flight_days      = { value = -0.15", "flight_days"),
        ("compliance       = { value = 0.99", "compliance       = { value = 1.99", "compliance"),
        ("party_size       = { value = 1.5", "party_size       = { value = 0.5", "party_size"),
        ("[stay.home]", "[stay.hotel]", "hotel"),
        ("[community]", "[comunity]", "comunity"),
    ],
)
def test_a_practice_that_cannot_be_is_refused_where_it_stands(old: str, new: str, said: str) -> None:
    with pytest.raises(TextError, match=said):
        load_practice(changed(old, new), name="own.toml")


def test_a_practice_of_ones_own_replaces_a_figure() -> None:
    own = load_practice(changed("sampled_at       = { value = 0.5, low = 0.0, high = 1.0", "sampled_at       = { value = 0.25"))
    assert own.at().sampled_at == 0.25
