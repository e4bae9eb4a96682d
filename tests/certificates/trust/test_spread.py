"""Revocations as a device carries them say what the list itself says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.certificates.refusal import Code
from fastchannel.certificates.trust.revocation import EXACT, CertificateName, HeldRevocations, list_revocations
from fastchannel.certificates.trust.spread import SpreadRevocations, spread_of

NOW = datetime(2021, 7, 1, 12, tzinfo=UTC)
KID = b"\x01" * 8


def held(names: list[str], bits: int) -> HeldRevocations:
    return HeldRevocations(
        list_revocations(
            [CertificateName(country="AT", kid=KID, identifier=name) for name in names],
            party="CN", version=1, issued=NOW, salt=b"s" * 16, bits=bits, countries=("AT",), max_age_hours=24,
        )
    )  # fmt: skip


def refusal(carried: SpreadRevocations | HeldRevocations, name: str, *, country: str = "AT", at: datetime = NOW) -> Code | None:
    found = carried.refuses(country=country, kid=KID, identifier=name, at=at)
    return found.code if found is not None else None


@pytest.mark.parametrize("bits", [EXACT, 8, 16, 32])
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), max_size=40), st.lists(st.text(max_size=12), max_size=20))
def test_it_says_what_the_list_says(bits: int, listed: list[str], others: list[str]) -> None:
    whole = held(listed, bits)
    carried = SpreadRevocations(spread_of(whole, most=1_000))
    assert {refusal(carried, name) for name in listed} <= {Code.REVOKED}
    assert [refusal(carried, name) for name in others] == [refusal(whole, name) for name in others]


def test_eight_bytes_an_entry_in_order() -> None:
    carried = spread_of(held([f"n{n}" for n in range(1_000)], EXACT), most=1_000)
    assert carried.numbers is not None
    numbers = [int.from_bytes(carried.numbers[at : at + 8], "big") for at in range(0, len(carried.numbers), 8)]
    assert (len(numbers), carried.bits, carried.entries) == (1_000, 32, 1_000)
    assert numbers == sorted(numbers)
    assert numbers[-1] < 1_000 << 32


def test_one_that_was_not_carried_or_is_old_cannot_be_told() -> None:
    whole = held(["a", "b"], EXACT)
    left_out = SpreadRevocations(spread_of(whole, most=1))
    assert left_out.listed.numbers is None
    assert (refusal(left_out, "a"), refusal(left_out, "z")) == (Code.REVOCATION_STALE, Code.REVOCATION_STALE)
    assert refusal(left_out, "a", country="DE") is None
    carried, day = SpreadRevocations(spread_of(whole, most=2)), timedelta(hours=24)
    assert refusal(carried, "a", at=NOW + day) is Code.REVOKED
    assert refusal(carried, "a", at=NOW + day + timedelta(seconds=1)) is Code.REVOCATION_STALE
    assert refusal(carried, "", at=NOW) is None
    assert refusal(SpreadRevocations(spread_of(held([], EXACT), most=5)), "a") is None
