"""Revoked certificates are always found, others hardly ever, and a list that is too old says that it cannot tell."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.revocation import (
    EXACT,
    FILTER_BITS,
    CertificateName,
    HeldRevocations,
    RevocationList,
    list_revocations,
    open_revocations,
    seal_revocations,
)
from fastchannel.certificates.trust.signing import Pinned, SigningKey, seal_trust_list, signing_key
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import verify
from tests.certificates.issuing import AT, KID, assayed, claims, text, trusted
from tests.certificates.trust.test_signing import ED25519, pem

SALT = bytes(range(16))
KEY: SigningKey = signing_key(pem(ED25519))
PINNED = Pinned(party="KR", spki=KEY.spki)
NAMES = [CertificateName(country="AT", kid=KID, identifier=f"URN:UVCI:01:AT:{number}") for number in range(300)]
KINDS = pytest.mark.parametrize("bits", [EXACT, 8, 16, FILTER_BITS])


def listed(names: list[CertificateName] = NAMES, **changes: Any) -> RevocationList:
    fields: dict[str, Any] = {"party": "KR", "version": 5, "issued": AT, "salt": SALT}
    return list_revocations(names, **(fields | changes))


def refuses(list_: RevocationList, name: CertificateName, **changes: Any) -> Refusal | None:
    asked: dict[str, Any] = {"country": name.country, "kid": name.kid, "identifier": name.identifier, "at": AT}
    return HeldRevocations(list_).refuses(**(asked | changes))


_names = st.builds(
    CertificateName,
    country=st.sampled_from(["AT", "CN", ""]),
    kid=st.binary(max_size=8),
    identifier=st.text(min_size=1, max_size=20),
)


@given(st.lists(_names, max_size=40), st.sampled_from([EXACT, 8, 16, 32]), st.binary(min_size=16, max_size=20))
def test_no_revoked_certificate_is_ever_missed(names: list[CertificateName], bits: int, salt: bytes) -> None:
    made = listed(names, bits=bits, salt=salt)
    held = HeldRevocations(open_revocations(seal_revocations(made, KEY), PINNED))
    assert all(held.holds(name) for name in names)
    assert held.listed == made


@pytest.mark.parametrize(("bits", "sample"), [(8, 40_000), (16, 400_000)])
def test_the_filters_false_hits_are_within_its_stated_rate(bits: int, sample: int) -> None:
    held = HeldRevocations(listed(bits=bits))
    others = (CertificateName(country="AT", kid=KID, identifier=f"other {number}") for number in range(sample))
    hits = sum(held.holds(name) for name in others)
    expected = sample * held.listed.false_positive_rate
    assert 0 < hits < expected + 4 * expected**0.5


def test_the_filter_takes_34_bits_an_entry() -> None:
    made = listed(bits=FILTER_BITS)
    assert 8 * (len(made.hashes) + len(made.upper)) == 34 * len(NAMES)
    assert made.false_positive_rate < 1e-9


@KINDS
def test_country_key_and_identifier_each_count(bits: int) -> None:
    made = listed(NAMES[:1], bits=bits)
    name = NAMES[0]
    assert refuses(made, name) is not None
    for other in (replace(name, country="DE"), replace(name, kid=b"other"), replace(name, identifier="URN:UVCI:01:AT:0#")):
        assert refuses(made, other) is None


@KINDS
def test_a_refusal_says_whether_a_list_or_a_filter_says_so(bits: int) -> None:
    found = refuses(listed(bits=bits), NAMES[7])
    assert found is not None
    assert (found.code, found.detail, found.expected) == (Code.REVOKED, "filter" if bits else "list", "KR")


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (timedelta(hours=24), None),
        (timedelta(hours=24, seconds=1), Code.REVOCATION_STALE),
        (-timedelta(minutes=5), None),
        (-timedelta(minutes=5, seconds=1), Code.REVOCATION_STALE),
    ],
)
def test_past_its_age_a_list_cannot_tell_and_says_so(after: timedelta, code: Code | None) -> None:
    found = refuses(listed(), replace(NAMES[0], identifier="of nobody"), at=AT + after)
    assert (found and found.code) == code


def test_a_list_speaks_for_its_own_issuers_alone() -> None:
    made = listed(countries=("AT",))
    late = AT + timedelta(days=9)
    assert refuses(made, replace(NAMES[0], country="DE"), at=late) is None
    stale = refuses(made, NAMES[0], at=late)
    assert stale is not None
    assert stale.unanswered
    with pytest.raises(CertificateError, match="found DE"):
        listed([replace(NAMES[0], country="DE")], countries=("AT",))


def test_two_lists_of_the_same_certificates_share_no_hash() -> None:
    first, second = listed(), listed(salt=bytes(16))
    hashes = [{one.hashes[at : at + 16] for at in range(0, len(one.hashes), 16)} for one in (first, second)]
    assert len(hashes[0]) == len(NAMES)
    assert not hashes[0] & hashes[1]


def test_the_same_revocations_have_the_same_bytes_in_any_order() -> None:
    for bits in (EXACT, FILTER_BITS):
        assert seal_revocations(listed(bits=bits), KEY) == seal_revocations(listed([*NAMES[::-1], NAMES[3]], bits=bits), KEY)


def test_a_certificate_without_an_identifier_can_be_neither_listed_nor_found() -> None:
    with pytest.raises(CertificateError, match="revoke its key"):
        listed([replace(NAMES[0], identifier="")])
    assert refuses(listed(bits=8), replace(NAMES[0], identifier="")) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": b"short"},
        {"version": 0},
        {"max_age_hours": 0},
        {"max_age_hours": 10**12},
        {"entries": 299},
        {"entries": 301},
        {"entries": -1},
        {"entries": 10**15},
        {"bits": 7},
        {"hashes": b""},
        {"upper": b""},
        {"upper": bytes(75)},
        {"upper": b"\xff" * 75},
        {"hashes": listed(bits=8).hashes[::-1]},
        {"issued": AT.replace(tzinfo=None)},
    ],
)
def test_a_list_that_is_not_what_it_says_is_refused(changes: dict[str, Any]) -> None:
    wrong = replace(listed(bits=8), **changes)
    with pytest.raises(CertificateError):
        open_revocations(seal_revocations(wrong, KEY), PINNED)


@given(st.binary(max_size=8), st.binary(max_size=4), st.integers(-1, 9), st.sampled_from([0, 8, 16, 32, 5]))
def test_no_filter_raises_anything_but_our_own_error(hashes: bytes, upper: bytes, entries: int, bits: int) -> None:
    with suppress(CertificateError):
        made = replace(listed([]), hashes=hashes, upper=upper, entries=entries, bits=bits)
        HeldRevocations(made).holds(NAMES[0])


def test_revocations_do_not_go_back_and_belong_to_party_and_domain() -> None:
    held = listed()
    assert open_revocations(seal_revocations(listed(version=6), KEY), PINNED, held=held).version == 6
    assert open_revocations(seal_revocations(held, KEY), PINNED, held=held) == held
    for wrong in (listed(version=4), listed(NAMES[1:]), listed(party="CN", version=6), listed(domain=Domain.TEST, version=6)):
        with pytest.raises(CertificateError):
            open_revocations(seal_revocations(wrong, KEY), PINNED, held=held)


def test_a_signed_trust_list_is_no_list_of_revocations() -> None:
    raw = seal_trust_list(TrustList(party="KR", version=1, issued=AT, keys=()), KEY)
    with pytest.raises(CertificateError, match="not that of the key"):
        open_revocations(raw, PINNED)


@KINDS
def test_verification_refuses_what_is_listed_and_nothing_else(bits: int) -> None:
    body = assayed()
    name = CertificateName(country="AT", kid=KID, identifier=body["t"][0]["ci"])
    lists = [TrustList(party="CN", version=1, issued=AT, keys=(trusted(),))]
    for names, code in (([name], Code.REVOKED), (NAMES[:5], None)):
        store = TrustStore(lists, revocations=[HeldRevocations(listed(names, bits=bits))])
        found = verify(text(claims(body)), store, AT)
        assert (found.code if isinstance(found, Refusal) else None) == code
