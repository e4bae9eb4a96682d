"""What a pass holds, what it does not, and what a checker makes of anything that looks like one."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import TrustedKey, kid_of, spki_of
from fastchannel.certificates.passes import claims
from fastchannel.certificates.passes.checking import Mismatch, check
from fastchannel.certificates.passes.claims import Fields, Pass
from fastchannel.certificates.passes.holder import Holder, canonical, holder_hash
from fastchannel.certificates.passes.issuing import PREFIX, issue, renew, signer, wrap
from fastchannel.certificates.passes.printing import svg, version_of, words
from fastchannel.certificates.passes.revoking import RevokedPasses, decode_revoked, encode_revoked, revoke
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.store import TrustList, TrustStore

AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
KEY = ec.derive_private_key(7, ec.SECP256R1())
SPKI = spki_of(KEY.public_key())
KID = kid_of(SPKI)
SIGN = signer(KEY, deterministic=True)
LISTED = TrustList(
    party="KR",
    version=1,
    issued=AT,
    keys=(TrustedKey(kid=KID, spki=SPKI, country="KR", uses=frozenset({Use.CROSSING})),),
    max_age_hours=24 * 30,
)
TRUST = TrustStore([LISTED])
SALT = bytes(range(16))
HOLDER = Holder(document="M12345678", state="KOR", birth="1985-03-02")
FIELDS = Fields(
    id=hashlib.sha256(b"id").digest()[:16],
    issuer="KR",
    agreement="china-korea",
    route="kr-cn",
    digest="sha256:" + hashlib.sha256(b"text").hexdigest(),
    journey="0190f6a2-7d1c-7a35-8b64-1f2e3d4c5b6a",
    gates=("boarding", "entry"),
    issued=AT,
    not_before=AT,
    expires=AT + timedelta(hours=24),
)


def made(fields: Fields = FIELDS) -> str:
    return issue(fields, HOLDER, key_id=KID, sign=SIGN, salt=SALT)


USUAL = made()
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)
GATES = st.lists(st.from_regex(r"[a-z][a-z-]{0,31}", fullmatch=True), min_size=1, max_size=4, unique=True)


@given(
    st.binary(min_size=16, max_size=16),
    NAMES,
    NAMES,
    NAMES,
    GATES,
    st.integers(1, 14 * 24),
    st.binary(min_size=16, max_size=16),
)
def test_what_is_issued_is_what_is_read(
    identifier: bytes, agreement: str, route: str, journey: str, gates: list[str], hours: int, salt: bytes
) -> None:
    fields = replace(
        FIELDS,
        id=identifier,
        agreement=agreement,
        route=route,
        journey=journey,
        gates=tuple(gates),
        expires=AT + timedelta(hours=hours),
    )
    text = issue(fields, HOLDER, key_id=KID, sign=SIGN, salt=salt)
    found = check(text, TRUST, AT, holder=HOLDER, gate=gates[0], digest=FIELDS.digest)
    assert isinstance(found, Pass)
    assert found.id == identifier.hex()
    names = ("issuer", "agreement", "route", "journey", "digest", "gates", "verdict", "issued", "not_before", "expires")
    assert [getattr(found, name) for name in names] == [getattr(fields, name) for name in names]


def test_any_byte_of_the_envelope_changed_is_refused() -> None:
    raw = base45.decode(USUAL.removeprefix(PREFIX))
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        assert isinstance(check(wrap(bytes(changed)), TRUST, AT), Refusal), place


@given(st.text() | st.binary().map(lambda raw: PREFIX + base45.encode(raw)) | st.binary().map(wrap))
def test_whatever_is_scanned_is_refused_and_raises_nothing(text: str) -> None:
    assert isinstance(check(text, TRUST, AT), Refusal)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from([1, 4, 5, 6, 7, claims.PASS]), ANY, st.integers(1, 10))
def test_signed_claims_of_any_kind_raise_nothing(claim: int, value: object, key: int) -> None:
    from fastchannel.certificates.envelopes.cose import seal_sign1
    from fastchannel.certificates.keys import Algorithm

    usual = cbor.decode(claims.encode(FIELDS, salt=SALT, holder=holder_hash(HOLDER, SALT)))
    for changed in (usual | {claim: value}, usual | {claims.PASS: usual[claims.PASS] | {key: value}}):
        text = wrap(seal_sign1(cbor.encode(changed), algorithm=Algorithm.ES256, kid=KID, sign=SIGN))
        assert isinstance(check(text, TRUST, AT), Refusal | Pass)


def test_a_pass_holds_these_claims_and_nothing_of_health_or_the_name() -> None:
    payload = claims.encode(FIELDS, salt=SALT, holder=holder_hash(HOLDER, SALT))
    found = cbor.decode(payload)
    assert set(found) == {1, 4, 5, 6, 7, claims.PASS}
    assert set(found[claims.PASS]) == set(range(1, 10))
    assert [found[claims.PASS][key] for key in (1, 2, 3, 5, 8, 9)] == [
        1, "china-korea", "kr-cn", FIELDS.journey, ["boarding", "entry"], "proceed",
    ]  # fmt: skip
    assert HOLDER.document.encode() not in payload


def test_a_realistic_pass_fits_version_15_at_level_m() -> None:
    longest = replace(FIELDS, agreement="china-korea", gates=("boarding", "entry", "release"), replaces=bytes(range(16)))
    random = hashlib.sha512(b"r").digest()
    text = issue(longest, HOLDER, key_id=KID, sign=SIGN, salt=random[:16])
    short = made(replace(FIELDS, journey="KR-2020-000123"))
    assert (version_of(short), version_of(USUAL), version_of(text)) == (12, 13, 13)  # the figures of docs/reference/pass.md
    assert svg(text).startswith("<svg")


@pytest.mark.parametrize(
    "other",
    [
        Holder(document="m 1234-5678<", state="kor", birth="850302"),
        Holder(document="M12345678", state="KOR", birth=" 1985-03-02 "),
    ],
)
def test_the_same_passport_has_the_same_hash_however_it_was_read(other: Holder) -> None:
    assert canonical(other) == canonical(HOLDER)
    assert isinstance(check(USUAL, TRUST, AT, holder=other), Pass)


def test_germanys_two_codes_are_one_and_a_partial_birth_date_has_fillers() -> None:
    assert canonical(Holder(document="C01X", state="DEU", birth="1964")) == canonical(
        Holder(document="C01X", state="D<<", birth="64<<<<")
    )


@pytest.mark.parametrize(
    "wrong",
    [Holder(document="", state="KOR", birth="850302"), Holder(document="M1", state="K1", birth="850302"),
     Holder(document="M1", state="KOR", birth="2. 3. 1985")],
)  # fmt: skip
def test_what_is_no_passport_is_no_answer(wrong: Holder) -> None:
    with pytest.raises(CertificateError):
        check(USUAL, TRUST, AT, holder=wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"id": b"short"}, {"digest": "sha256:0"}, {"gates": ()}, {"gates": ("entry", "entry")}, {"journey": "a b"},
     {"issuer": "Korea"},
     {"expires": AT}, {"expires": AT + timedelta(days=14, seconds=1)},
     {"verdict": "refuse"}, {"issued": AT.replace(tzinfo=None)}],
)  # fmt: skip
def test_what_a_checker_would_refuse_is_not_issued(wrong: dict[str, object]) -> None:
    with pytest.raises(CertificateError):
        made(replace(FIELDS, **wrong))


def test_a_renewed_pass_names_the_old_one_which_is_then_revoked() -> None:
    old = check(USUAL, TRUST, AT)
    assert isinstance(old, Pass)
    later = AT + timedelta(hours=20)
    text = renew(old, id=bytes(16), issued=later, expires=later + timedelta(hours=24), key_id=KID, sign=SIGN)
    revoked = revoke(RevokedPasses(), old.id, later)
    trust = TrustStore([LISTED], revocations=[decode_revoked(encode_revoked(revoked))])
    new = check(text, trust, later, holder=HOLDER)
    assert isinstance(new, Pass)
    assert (new.replaces, new.journey, new.gates) == (old.id, old.journey, old.gates)
    refused = check(USUAL, trust, later)
    assert isinstance(refused, Refusal)
    assert refused.code is Code.REVOKED
    assert revoke(revoked, old.id, later) is revoked


def test_a_mismatch_says_in_what() -> None:
    found = check(USUAL, TRUST, AT, gate="release", holder=HOLDER)
    assert isinstance(found, Mismatch)
    assert (found.detail, found.found, found.expected) == ("gate", "boarding, entry", "release")


def test_a_key_whose_list_says_nothing_of_uses_signs_no_passes() -> None:
    plain = replace(LISTED, keys=(replace(LISTED.keys[0], uses=frozenset()),))
    found = check(USUAL, TrustStore([plain]), AT)
    assert isinstance(found, Refusal)
    assert found.code is Code.KEY_USE


def test_the_sheet_says_what_the_pass_opens_and_until_when() -> None:
    found = check(USUAL, TRUST, AT)
    assert isinstance(found, Pass)
    said = dict(words(found, "en", UTC))
    assert said["Good for"] == "to board, to enter"
    assert said["Valid until"] == "2020-05-05 09:00 (UTC+00:00)"
