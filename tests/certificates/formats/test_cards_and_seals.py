"""SMART Health Cards and visible digital seals become the same evidence, and are refused with the code for what is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import jwt
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.envelopes import strict_json
from fastchannel.certificates.evidence import AssayResult, Evidence, Format, Vaccinated
from fastchannel.certificates.formats import vds_nc
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.formats.shc import cards_of
from fastchannel.certificates.keys import kid_of
from fastchannel.certificates.pictures import texts_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.certificates.tolerances import STRICTLY
from fastchannel.certificates.verify import verify
from tests.certificates.issuing import AT, private_key, signer, store, trusted

ISSUER = "https://health.example/cards"
THUMBPRINT = hashlib.sha256(b"a key").digest()
CERTIFICATE = b"the signer's certificate"


def url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def resource(kind: str, **fields: Any) -> dict[str, Any]:
    return {"fullUrl": "resource:0", "resource": {"resourceType": kind, **fields}}


PATIENT = resource("Patient", name=[{"family": "Anyperson", "given": ["John", "B."]}], birthDate="1951-01-20")
DOSE = resource(
    "Immunization",
    status="completed",
    vaccineCode={"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "207"}]},
    occurrenceDateTime="2021-01-29",
    performer=[{"actor": {"display": "A hospital"}}],
)
RESULT = resource(
    "Observation",
    status="final",
    code={"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
    valueCodeableConcept={"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]},
    effectiveDateTime="2021-06-30T09:30:00+02:00",
)


def payload(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": list(entries or (PATIENT, DOSE))}
    credential = {
        "type": [f"https://smarthealth.cards#{kind}" for kind in ("health-card", "immunization", "laboratory", "covid19")],
        "credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": bundle},
    }
    return {"iss": ISSUER, "nbf": AT.timestamp() - 3600, "vc": credential, **changes}


def jws(body: object, *, number: int = 4_711, packed: bytes | None = None, **header: Any) -> str:
    head = url(json.dumps({"alg": "ES256", "zip": "DEF", "kid": url(THUMBPRINT), **header}).encode())
    packer = zlib.compressobj(wbits=-15)
    minified = json.dumps(body, separators=(",", ":")).encode()  # as the specification wants it
    raw = packer.compress(minified) + packer.flush() if packed is None else packed
    message = f"{head}.{url(raw)}"
    return f"{message}.{url(signer(private_key(number))(message.encode()))}"


def numeric(text: str) -> str:
    return "".join(f"{ord(one) - 45:02}" for one in text)


KEY = trusted(kid=THUMBPRINT, issuer=ISSUER, country="US")


def test_a_card_becomes_evidence_from_its_code_its_text_and_its_file() -> None:
    card = jws(payload(PATIENT, DOSE, RESULT))
    for text in (card, "shc:/" + numeric(card), json.dumps({"verifiableCredential": [card]})):
        found = verify(text, store(KEY), AT)
        assert isinstance(found, Evidence), found
        assert found.format is Format.SMART_HEALTH_CARD
        assert (found.person.family, found.person.given, found.person.birth) == ("Anyperson", "John B.", "1951-01-20")
        dose, result = found.events
        assert isinstance(dose, Vaccinated)
        assert (dose.product, dose.given, dose.centre) == ("207", "2021-01-29", "A hospital")
        assert isinstance(result, AssayResult)
        assert (result.kind, result.finding, result.sampled) == (
            "naat",
            "not detected",
            datetime(2021, 6, 30, 7, 30, tzinfo=UTC),
        )
        assert found.deviations == ()


@pytest.mark.parametrize("number", [4_711, 9])
def test_another_library_finds_the_same_of_a_signature(number: int) -> None:
    card = jws(payload(), number=number)
    try:
        jwt.PyJWS().decode(card, private_key().public_key(), algorithms=["ES256"])
        expected = True
    except jwt.InvalidSignatureError:
        expected = False
    assert isinstance(verify(card, store(KEY), AT), Evidence) == expected == (number == 4_711)


def test_a_card_in_several_codes_is_joined_whatever_their_order() -> None:
    card = jws(payload())
    parts = [card[:300], card[300:500], card[500:]]
    chunks = [f"shc:/{number}/3/{numeric(part)}" for number, part in enumerate(parts, 1)]
    assert isinstance(verify("\n".join(reversed(chunks)), store(KEY), AT), Evidence)
    for wrong in (chunks[:2], [chunks[0], chunks[0], chunks[1]], [*chunks, chunks[0]]):
        found = verify("\n".join(wrong), store(KEY), AT)
        assert isinstance(found, Refusal)
        assert found.detail == "invalid-numeric-qr-header"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_file_of_several_cards_is_several_texts_whoever_wrote_it(count: int) -> None:
    cards = tuple(jws(payload(nbf=AT.timestamp() - 60 - number)) for number in range(count))
    parts = [{"name": "verifiableCredential", "valueString": one} for one in cards]
    link = {"name": "resourceLink", "part": [{"name": "vcIndex", "valueInteger": 0}]}
    for file in ({"verifiableCredential": cards}, {"resourceType": "Parameters", "parameter": [*parts, link]}):
        text = json.dumps(file)
        assert cards_of(text) == (cards if count > 1 else (text,))
        assert texts_of(text.encode()) == cards_of(text)
        assert all(isinstance(verify(one, store(KEY), AT), Evidence) for one in cards_of(text))


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"verifiableCredential":[1,2]}', '{"verifiableCredential":"a"}', '{"resourceType":"Parameters"}', "shc:/5"],
)
def test_what_is_no_file_of_cards_is_left_as_it_is(text: str) -> None:
    assert cards_of(text) == (text,)


def test_types_and_labels_that_say_too_little_or_too_much_are_noted_and_refused_in_strict_mode() -> None:
    wordy = resource("Immunization", **DOSE["resource"], meta={"security": [], "lastUpdated": "2021"})
    bare = payload()
    bare["vc"]["type"] = ["https://smarthealth.cards#health-card"]
    for body, code in ((payload(PATIENT, wordy), "fhir-meta"), (bare, "vc-types")):
        found = verify(jws(body), store(KEY), AT)
        assert isinstance(found, Evidence)
        assert [one.code for one in found.deviations] == [code]
        refused = verify(jws(body), store(KEY), AT, tolerances=STRICTLY)
        assert isinstance(refused, Refusal)
        assert refused.detail == code


def test_a_key_of_another_issuer_does_not_vouch_for_a_card() -> None:
    found = verify(jws(payload()), store(trusted(kid=THUMBPRINT, issuer="https://other.example")), AT)
    assert isinstance(found, Refusal)
    assert (found.code, found.detail) == (Code.KEY_UNKNOWN, "issuer")
    assert (found.found, found.expected) == (ISSUER, "https://other.example")


@pytest.mark.parametrize(
    ("card", "code", "detail"),
    [
        (jws(payload(), number=9), Code.SIGNATURE_WRONG, ""),
        (jws(payload(), alg="none"), Code.UNSUPPORTED, "jws-header-error"),
        (jws(payload(), alg=5), Code.MALFORMED, "jws-header-error"),
        (jws(payload(), kid=None), Code.MALFORMED, "jws-header-error"),
        (jws(payload(), zip="GZ"), Code.MALFORMED, "jws-header-error"),
        (jws(payload(), crit=["x"]), Code.UNSUPPORTED, "jws-header-error"),
        (jws(payload(), packed=b"\xff\xff"), Code.MALFORMED, "inflation-error"),
        (jws(payload(nbf=AT.timestamp() * 1000)), Code.NOT_YET_VALID, "milliseconds"),
        (jws(payload(nbf=AT.timestamp() + 3600)), Code.NOT_YET_VALID, ""),
        (jws(payload(exp=AT.timestamp() - 1)), Code.EXPIRED, ""),
        (jws(payload(exp=AT.timestamp() - 3600)), Code.MALFORMED, "expiration-error"),
        (jws(json.dumps(payload())), Code.MALFORMED, "json-parse-error"),
        (jws(payload(iss=ISSUER + "/")), Code.MALFORMED, "invalid-issuer-url"),
        (jws(payload(iss="http://health.example")), Code.MALFORMED, "invalid-issuer-url"),
        (jws(payload(vc={"type": []})), Code.MALFORMED, "schema-error"),
        (jws(payload(PATIENT)), Code.MALFORMED, "fhir-schema-error"),
        (jws(payload(PATIENT, PATIENT, DOSE)), Code.MALFORMED, "fhir-schema-error"),
        (jws([1]), Code.MALFORMED, "schema-error"),
        (jws(payload()) + "AA", Code.MALFORMED, "signature-format-error"),
        ("eyJ.eyJ", Code.MALFORMED, "jws-header-error"),
        ("shc:/123", Code.MALFORMED, "invalid-numeric-qr"),
        ("shc:/1299", Code.MALFORMED, "invalid-numeric-qr"),
        ("shc:/", Code.MALFORMED, "invalid-numeric-qr"),
        ("shc:/1/1/" + numeric(jws(payload())), Code.MALFORMED, "invalid-numeric-qr-header"),
    ],
)
def test_what_is_wrong_with_a_card_has_its_code(card: str, code: Code, detail: str) -> None:
    found = verify(card, store(KEY), AT)
    assert isinstance(found, Refusal)
    assert (found.code, found.detail) == (code, detail)


DOSES = {
    "uvci": "U32870",
    "pid": {"n": "SMITH  BILL", "dob": "1990-01-02", "sex": "M", "i": "A1234567Z"},
    "ve": [
        {
            "des": "XM68M6",
            "nam": "Comirnaty",
            "dis": "RA01.0",
            "vd": [{"dvc": "2021-03-03", "seq": 1, "ctr": "UTO", "adm": "RIVM"}],
        }
    ],
}
TEST = {
    "utci": "U32871",
    "pid": {"n": "SMITH  BILL", "dob": "1990-01-02", "i": "A1234567Z"},
    "sp": {"spn": "General Hospital", "ctr": "UTO"},
    "dat": {"sc": "2021-06-30T09:30:00+02:00", "ri": "2021-06-30T15:00:00+02:00"},
    "tr": {"tc": "molecular(PCR)", "r": "Not Detected"},
}


def seal(message: object, kind: str = "icao.vacc", *, number: int = 4_711, **changes: Any) -> str:
    data: Any = {"hdr": {"t": kind, "v": 1, "is": "UTO"}, "msg": message}
    signed = signer(private_key(number))(rfc8785.dumps(data))
    whole = {"data": data, "sig": {"alg": "ES256", "cer": url(CERTIFICATE), "sigvl": url(signed), **changes}}
    return json.dumps(whole, separators=(",", ":"))  # as issuers write it


SEAL_KEY = trusted(kid=kid_of(CERTIFICATE), country="")


def test_a_seal_becomes_evidence_that_names_the_passport() -> None:
    found = verify(seal(DOSES), store(SEAL_KEY), AT)
    assert isinstance(found, Evidence), found
    assert (found.person.family, found.person.given, found.person.document) == ("SMITH", "BILL", "A1234567Z")
    (dose,) = found.events
    assert isinstance(dose, Vaccinated)
    assert (dose.given, dose.dose, dose.centre) == ("2021-03-03", 1, "RIVM")
    found = verify(seal(TEST, "icao.test"), store(SEAL_KEY), AT)
    assert isinstance(found, Evidence)
    (result,) = found.events
    assert isinstance(result, AssayResult)
    assert (result.kind, result.finding, result.laboratory) == ("naat", "not detected", "General Hospital")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (seal(DOSES, number=9), Code.SIGNATURE_WRONG),
        (seal(DOSES).replace("1990", "1991"), Code.SIGNATURE_WRONG),
        (seal(DOSES, cer=url(b"another")), Code.MALFORMED),
        (seal(DOSES, alg="ES512"), Code.UNSUPPORTED),
        (seal(DOSES, "icao.visa"), Code.UNSUPPORTED),
        (seal({**DOSES, "ve": []}), Code.MALFORMED),
        (seal(5), Code.MALFORMED),
        ('{"data": 5}', Code.MALFORMED),
    ],
)
def test_what_is_wrong_with_a_seal_has_its_code(text: str, code: Code) -> None:
    found = verify(text, store(SEAL_KEY), AT)
    assert isinstance(found, Refusal)
    assert found.code is code


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), _JSON))
def test_the_canonical_form_is_that_of_the_rfc(data: dict[str, Any]) -> None:
    try:
        expected = rfc8785.dumps(data)
    except rfc8785.CanonicalizationError:
        return
    assert vds_nc.canonical(data) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        "[NaN]",
        "[1e999]",
        "[" * 5_000,
        "[" * 50 + "]" * 50,
        "9" * 30,
        '["\\ud800"]',
        "",
        "[1] 2",
        "{'a':1}",
        "\ufeff1",
    ],
)
def test_json_that_a_certificate_never_has_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        strict_json.decode(text)


_SCALARS = st.one_of(
    st.sampled_from(
        ["null", "true", "-0", "-0.0", "1e5", "1E400", "1.50", "NaN", "18446744073709551615", "1" * 25, '"\\ud800"']
    ),
    st.integers().map(str),
    st.floats().map(json.dumps),
    st.text(max_size=5).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.text(max_size=3).map(json.dumps),
)
_KEYS = st.sampled_from(['"a"', '"b"', '"\\u0061"', '"é"'])
_WRITTEN = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(st.tuples(_KEYS, inner), max_size=3).map(lambda pairs: "{" + ",".join(map(":".join, pairs)) + "}"),
    ),
    max_leaves=8,
)


@given(_WRITTEN)
def test_the_fast_reader_takes_and_refuses_what_the_slow_one_does_and_finds_the_same(text: str) -> None:
    def read() -> str:
        try:
            return repr(strict_json.decode(text))
        except RefusedError as error:
            return error.refusal.detail

    found = read()
    with patch.object(strict_json, "_plain", return_value=strict_json._OTHERWISE):
        assert found == read()


def test_bytes_that_are_no_unicode_are_refused() -> None:
    with pytest.raises(RefusedError):
        strict_json.decode(b'["\xff"]')


@given(_JSON)
def test_whatever_an_issuer_signs_in_a_card_is_evidence_or_a_refusal(value: object) -> None:
    for body in (value, payload(vc=value), payload(PATIENT, resource("Immunization", status="completed", vaccineCode=value))):
        assert isinstance(verify(jws(body), store(KEY), AT), Evidence | Refusal)


@given(_JSON)
def test_whatever_an_issuer_signs_in_a_seal_is_evidence_or_a_refusal(value: object) -> None:
    with suppress(rfc8785.CanonicalizationError):
        for text in (seal(value), seal({**DOSES, "pid": value}), seal({**TEST, "tr": value}, "icao.test")):
            assert isinstance(verify(text, store(SEAL_KEY), AT), Evidence | Refusal)


@given(st.sampled_from(["shc:/", "eyJ", '{"data":', '{"verifiableCredential":', "shc:/1/2/"]), st.text(max_size=80))
def test_no_text_raises_anything_but_a_refusal(prefix: str, rest: str) -> None:
    with suppress(RefusedError):
        open_text(prefix + rest)


@pytest.mark.parametrize(
    "text", ['{"data":{"hdr":{"t":"icao.vacc","v":1,"is":"\ud800"},"msg":{}},"sig":{}}', '{"data":{"\ud800":1}}']
)
def test_half_of_a_surrogate_pair_in_a_text_is_malformed_and_raises_nothing(text: str) -> None:
    found = verify(text, store(SEAL_KEY), AT)
    assert isinstance(found, Refusal)
    assert found.code is Code.MALFORMED


@pytest.mark.parametrize("status", [["final"], {"a": 1}, None, 5])
def test_a_status_that_is_no_text_is_no_event_and_raises_nothing(status: object) -> None:
    for one in (DOSE, RESULT):
        entry = {**one, "resource": {**one["resource"], "status": status}}
        found = verify(jws(payload(PATIENT, entry)), store(KEY), AT)
        assert isinstance(found, Refusal)
        assert found.detail == "fhir-schema-error"


@given(st.sampled_from(["resourceType", "status", "code", "valueCodeableConcept", "effectiveDateTime", "performer"]), _JSON)
def test_whatever_stands_in_a_signed_result_is_evidence_or_a_refusal(key: str, value: object) -> None:
    entry = {**RESULT, "resource": {**RESULT["resource"], key: value}}
    assert isinstance(verify(jws(payload(PATIENT, entry)), store(KEY), AT), Evidence | Refusal)


def test_a_dose_without_its_date_is_no_evidence() -> None:
    entry = resource("Immunization", status="completed", vaccineCode=DOSE["resource"]["vaccineCode"])
    found = verify(jws(payload(PATIENT, entry)), store(KEY), AT)
    assert isinstance(found, Refusal)
    assert found.detail == "fhir-schema-error"


def test_a_signature_has_one_spelling() -> None:
    """Unused bits at the end of base64url are zero, so that no changed character is accepted."""
    card = jws(payload())
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    taken = [one for one in letters if isinstance(verify(card[:-1] + one, store(KEY), AT), Evidence)]
    assert taken == [card[-1]]


@pytest.mark.parametrize("version", [True, 1.0, "1", 2])
def test_a_version_of_a_seal_is_the_number_1(version: object) -> None:
    text = json.dumps({"data": {"hdr": {"t": "icao.vacc", "v": version, "is": "UTO"}, "msg": DOSES}, "sig": {"alg": "ES256"}})
    found = verify(text, store(SEAL_KEY), AT)
    assert isinstance(found, Refusal)
    assert found.code is Code.UNSUPPORTED


@pytest.mark.parametrize(
    ("entry", "other"),
    [(DOSE, "occurrenceString"), (RESULT, "effectiveInstant"), (RESULT, "effectivePeriod"), (RESULT, "effectiveTiming")],
)
def test_an_event_that_is_dated_twice_is_malformed(entry: dict[str, Any], other: str) -> None:
    found = verify(jws(payload(PATIENT, {**entry, "resource": {**entry["resource"], other: "2021-01-01"}})), store(KEY), AT)
    assert isinstance(found, Refusal)
    assert (found.code, found.detail) == (Code.MALFORMED, "fhir-schema-error")


def dose_of(system: str, code: str) -> dict[str, Any]:
    return {**DOSE, "resource": {**DOSE["resource"], "vaccineCode": {"coding": [{"system": system, "code": code}]}}}


def result_of(code: str) -> dict[str, Any]:
    return {**RESULT, "resource": {**RESULT["resource"], "code": {"coding": [{"system": "http://loinc.org", "code": code}]}}}


CVX, SNOMED = "http://hl7.org/fhir/sid/cvx", "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("entry", "named", "agent"),
    [
        (dose_of(CVX, "207"), False, "840539006"),
        (dose_of(CVX, "207"), True, "840539006"),
        (dose_of(CVX, "141"), True, ""),  # against influenza, whatever the card is about
        (dose_of(SNOMED, "1119349007"), False, ""),
        (dose_of(SNOMED, "1119349007"), True, "840539006"),
        (dose_of(SNOMED, "207"), False, ""),  # the same digits in another system
        (result_of("94500-6"), False, "840539006"),
        (result_of("12345-6"), False, ""),
        (result_of("12345-6"), True, "840539006"),
    ],
)
def test_the_disease_is_the_codes_own_or_else_the_cards(entry: dict[str, Any], named: bool, agent: str) -> None:
    body = payload(PATIENT, entry)
    body["vc"]["type"] = body["vc"]["type"][:3]
    if named:
        body["vc"]["type"].append("https://smarthealth.cards#covid19")
    found = verify(jws(body), store(KEY), AT)
    assert isinstance(found, Evidence)
    assert [event.agent for event in found.events] == [agent]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("94845-5", "naat"), ("96119-3", "antigen"), ("94660-8", "94660-8"), ("94563-4", "94563-4")],  # saliva, nose; blood
)
def test_a_tests_kind_is_known_by_its_code_where_the_sample_is_of_the_airways(code: str, kind: str) -> None:
    found = verify(jws(payload(PATIENT, result_of(code))), store(KEY), AT)
    assert isinstance(found, Evidence)
    (result,) = found.events
    assert isinstance(result, AssayResult)
    assert result.kind == kind
