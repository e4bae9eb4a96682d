"""Each thing that can be wrong with a certificate has its own code, and whatever else is wrong it is never evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.evidence import AssayResult, Evidence, Format, Recovered, Use, Vaccinated
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.keys import Algorithm, Domain, Verifier, spki_of
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.tolerances import LENIENT, STRICTLY, Tolerances
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import judge, verify
from tests.certificates import issuing
from tests.certificates.issuing import AT, assayed, body, claims, store, text, trusted, vaccinated

HOUR = timedelta(hours=1)
GOOD = text(claims(assayed()))


def refused(found: Evidence | Refusal) -> Refusal:
    assert isinstance(found, Refusal), found
    return found


def evidence(found: Evidence | Refusal) -> Evidence:
    assert isinstance(found, Evidence), found
    return found


def test_a_test_certificate_becomes_evidence() -> None:
    found = evidence(verify(GOOD, store(), AT))
    assert found.format is Format.EU_DCC
    assert (found.person.family, found.person.given, found.person.birth) == ("Musterfrau-Gößinger", "Gabriele", "1998-02-26")
    (event,) = found.events
    assert isinstance(event, AssayResult)
    assert (event.kind, event.finding, event.laboratory) == ("naat", "not detected", "Labor Wien")
    assert event.sampled == datetime(2021, 6, 30, 7, 30, tzinfo=UTC)
    assert (found.issuer.country, found.issuer.key) == ("AT", issuing.KID.hex())
    assert found.identifier.startswith("URN:UVCI:01:AT:")
    assert found.deviations == ()


def test_a_dose_and_a_recovery_become_evidence() -> None:
    (dose,) = evidence(verify(text(claims(vaccinated())), store(), AT)).events
    assert isinstance(dose, Vaccinated)
    assert (dose.dose, dose.doses, dose.given, dose.product) == (2, 2, "2021-05-18", "EU/1/20/1528")
    entry = {"tg": "840539006", "fr": "2021-02-01", "df": "2021-02-12", "du": "2021-07-31", "co": "AT", "is": "", "ci": "x"}
    (recovery,) = evidence(verify(text(claims(body(r=[entry]))), store(), AT)).events
    assert isinstance(recovery, Recovered)
    assert (recovery.first_positive, recovery.valid_until) == ("2021-02-01", "2021-07-31")


@pytest.mark.parametrize(
    ("code", "token", "keys"),
    [
        (Code.EXPIRED, {"_4": int((AT - HOUR).timestamp())}, {}),
        (Code.NOT_YET_VALID, {"_6": int((AT + HOUR).timestamp())}, {}),
        (Code.NOT_YET_VALID, {"_5": int((AT + HOUR).timestamp())}, {}),
        (Code.SIGNATURE_WRONG, {}, {"number": 9}),
        (Code.KEY_UNKNOWN, {}, {"kid": b"another"}),
        (Code.KEY_NOT_VALID, {}, {"not_after": AT - timedelta(days=2)}),
        (Code.KEY_NOT_VALID, {}, {"not_before": AT}),
        (Code.KEY_USE, {}, {"uses": frozenset({Use.VACCINATION})}),
    ],
)
def test_what_is_wrong_has_its_own_code(code: Code, token: dict[str, Any], keys: dict[str, Any]) -> None:
    found = refused(verify(text(claims(assayed(), **token)), store(trusted(**keys)), AT))
    assert found.code is code
    assert found.format == Format.EU_DCC


def test_a_certificate_is_good_to_the_second_it_names() -> None:
    good = text(claims(assayed(), _4=int(AT.timestamp())))
    assert evidence(verify(good, store(), AT)).expires == AT
    assert refused(verify(good, store(), AT + timedelta(seconds=1))).code is Code.EXPIRED


def test_without_a_trust_list_nothing_is_evidence() -> None:
    found = refused(verify(GOOD, TrustStore([]), AT))
    assert found.code is Code.TRUST_LIST_MISSING
    assert found.unanswered


@pytest.mark.parametrize(("age", "stale"), [(0, False), (72, False), (73, True), (-1, True)])
def test_a_list_is_used_up_to_its_greatest_age_and_not_from_the_future(age: int, stale: bool) -> None:
    found = verify(GOOD, store(issued=AT - age * HOUR), AT)
    assert (isinstance(found, Refusal) and found.code is Code.TRUST_LIST_STALE) == stale


def test_a_key_of_a_stale_list_beside_a_fresh_one_is_stale_and_not_unknown() -> None:
    lists = [
        TrustList(party="CN", version=1, issued=AT, keys=()),
        TrustList(party="KR", version=1, issued=AT - 100 * HOUR, keys=(trusted(),)),
    ]
    assert refused(verify(GOOD, TrustStore(lists), AT)).code is Code.TRUST_LIST_STALE


def test_lists_of_test_and_production_do_not_mix() -> None:
    with pytest.raises(CertificateError, match="domain"):
        TrustStore([TrustList(party="CN", version=1, issued=AT, keys=(), domain=Domain.TEST)])


def test_a_certificate_that_says_it_is_a_test_is_refused_in_production_alone() -> None:
    sealed = replace(open_text(GOOD), test=True)
    assert refused(judge(sealed, store(), AT)).code is Code.TEST_DOMAIN
    lists = [TrustList(party="CN", version=1, issued=AT, keys=(trusted(),), domain=Domain.TEST)]
    assert isinstance(judge(sealed, TrustStore(lists, domain=Domain.TEST), AT), Evidence)


def test_of_two_keys_under_one_identifier_the_right_one_is_found() -> None:
    assert isinstance(verify(GOOD, store(trusted(9), trusted()), AT), Evidence)


def test_an_algorithm_that_the_envelope_claims_never_chooses_the_key() -> None:
    sealed = replace(open_text(GOOD), algorithm=Algorithm.EDDSA)
    assert refused(judge(sealed, store(), AT)).code is Code.SIGNATURE_WRONG


def test_a_weak_key_vouches_for_nothing() -> None:
    weak = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
    spki = spki_of(weak.public_key())
    found = refused(verify(GOOD, store(trusted(spki=spki)), AT))
    assert (found.code, found.detail) == (Code.KEY_USE, "weak-key")
    assert Verifier(spki, least_rsa_bits=1024).algorithm is Algorithm.PS256


@pytest.mark.parametrize(
    ("certificate", "deviation"),
    [
        (vaccinated(dn=2.0), "float-doses"),
        (vaccinated(mp=" EU/1/20/1528 "), "spaces"),
        (vaccinated(dn=0), "dose-numbers"),
        (vaccinated(dt="2021-05-18T10:00:00Z"), "date-pattern"),
        (assayed(nm=None), "nulls"),
        (body(t=None, v=vaccinated()["v"]), "nulls"),
        (assayed(sc=datetime(2021, 6, 30, 7, 30, tzinfo=UTC)), "tagged-date"),
        (assayed() | {"dob": "26.02.1998"}, "date-pattern"),
    ],
)
def test_a_known_deviation_is_tolerated_and_logged_and_strictly_refused(certificate: dict[str, Any], deviation: str) -> None:
    written = text(claims(certificate))
    assert [one.code for one in evidence(verify(written, store(), AT)).deviations] == [deviation]
    found = refused(verify(written, store(), AT, tolerances=STRICTLY))
    assert (found.code, found.detail) == (Code.MALFORMED, deviation)


def test_tolerances_are_granted_to_one_issuer_and_not_to_another() -> None:
    written = text(claims(vaccinated(dn=2.0)))
    only_irish = Tolerances(default=frozenset(), by_issuer={"IE": LENIENT.default})
    assert refused(verify(written, store(), AT, tolerances=only_irish)).detail == "float-doses"
    assert isinstance(verify(written, store(trusted(country="IE")), AT, tolerances=only_irish), Evidence)


@pytest.mark.parametrize(
    "certificate",
    [
        body(),
        body(v=vaccinated()["v"], t=assayed()["t"]),
        body(v=vaccinated()["v"] * 2),
        body(t="text"),
        assayed(sc=5),
        vaccinated(dn="two"),
        vaccinated(dn=1.5),
        assayed() | {"nam": None},
    ],
)
def test_a_certificate_that_is_not_as_its_schema_asks_is_malformed(certificate: dict[str, Any]) -> None:
    assert refused(verify(text(claims(certificate)), store(), AT)).code is Code.MALFORMED


@pytest.mark.parametrize("moment", [float("nan"), -1, 10**30, "soon", [1]])
def test_a_time_that_is_none_is_malformed(moment: object) -> None:
    assert refused(verify(text(claims(assayed(), _4=moment)), store(), AT)).code is Code.MALFORMED


def test_nothing_unsigned_is_read() -> None:
    """A wrong signature is reported as such even where the contents would be refused too."""
    assert refused(verify(text(claims(body()), number=9), store(), AT)).code is Code.SIGNATURE_WRONG


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_of_what_is_signed_is_accepted(position: int, change: int) -> None:
    raw = bytearray(issuing.sealed(claims(assayed())))
    raw[position % len(raw)] ^= change
    assert isinstance(verify(issuing.written(bytes(raw)), store(), AT), Refusal)


@given(st.text(max_size=60) | st.builds("HC1:{}".format, st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=60)))
def test_no_text_raises_anything(written: str) -> None:
    assert isinstance(verify(written, store(), AT), Refusal)


_SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8) | st.binary(max_size=8)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(-9, 9), inner, max_size=3),
)


@given(st.sampled_from(["ver", "nam", "dob", "t", "v", "r"]), _VALUES)
def test_whatever_an_issuer_signs_is_evidence_or_a_refusal(key: str, value: object) -> None:
    assert isinstance(verify(text(claims(assayed() | {key: value})), store(), AT), Evidence | Refusal)


@given(st.sampled_from(["tg", "tt", "sc", "tr", "tc", "co", "ci", "dr"]), _VALUES)
def test_whatever_stands_in_an_entry_is_evidence_or_a_refusal(key: str, value: object) -> None:
    assert isinstance(verify(text(claims(assayed(**{key: value}))), store(), AT), Evidence | Refusal)
