"""WHO's certificates become the same evidence; what cannot be verified is recognised and never becomes any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.evidence import AssayResult, Evidence, Format, Vaccinated
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.certificates.verify import verify
from tests.certificates.issuing import AT, store, text

SNOMED = "http://snomed.info/sct"
CORE = {
    "name": "Eddie Murphy",
    "birthDate": "1986-09-19",
    "sex": {"code": "male"},
    "hcid": "US111222333444555666",
    "vaccine": {"code": "1119349007", "system": SNOMED},
    "disease": {"code": "840539006", "system": SNOMED},
    "date": "2021-05-08",
    "dose": 1,
    "total_doses": 2,
    "lot": "PT123F",
    "centre": "Vaccination Site",
}
RESULT = {
    "name": "TAN CHEN CHEN",
    "birthDate": "1990-01-15",
    "identifier": "ABC",
    "meta": {"passportNumber": "ES12345"},
    "test": {
        "type": {"code": "LP6464-4"},
        "result": {"code": "260415000"},
        "date": "2021-06-30T06:15:00Z",
        "centre": "Ministry of Health",
        "country": {"code": "SGP"},
        "pathogen": {"code": "XN109"},
    },
}
DVC = {
    "n": "Aulo Agerio",
    "dob": "1965-08-23",
    "s": "M",
    "ntl": "CL",
    "v": {"dn": "Primary", "dt": "2021-05-23", "ma": "HIPRA", "tg": "1D47", "bo": "123"},
}


def token(**health: Any) -> dict[Any, Any]:
    return {1: "XX", 6: int(AT.timestamp()) - 60, **health}


def found(claims: dict[Any, Any]) -> Evidence:
    answer = verify(text(claims), store(), AT)
    assert isinstance(answer, Evidence), answer
    return answer


@pytest.mark.parametrize("claims", [CORE, token() | {-260: {3: CORE}}])
def test_a_dose_of_the_core_data_set_becomes_evidence(claims: dict[Any, Any]) -> None:
    evidence = found(claims)
    (dose,) = evidence.events
    assert evidence.format is Format.WHO_DDCC
    assert isinstance(dose, Vaccinated)
    assert (evidence.person.full, evidence.identifier) == ("Eddie Murphy", "US111222333444555666")
    assert (dose.vaccine, dose.given, dose.dose, dose.doses, dose.batch) == ("1119349007", "2021-05-08", 1, 2, "PT123F")


@pytest.mark.parametrize("claims", [RESULT, token() | {-260: {4: RESULT}}])
def test_a_result_of_the_core_data_set_becomes_evidence(claims: dict[Any, Any]) -> None:
    evidence = found(claims)
    (result,) = evidence.events
    assert isinstance(result, AssayResult)
    assert (result.kind, result.finding, result.laboratory) == ("naat", "not detected", "Ministry of Health")
    assert result.sampled is not None
    assert evidence.person.document == "ES12345"


def test_a_digital_vaccination_certificate_becomes_evidence() -> None:
    evidence = found(token() | {-260: {-6: DVC}})
    (dose,) = evidence.events
    assert isinstance(dose, Vaccinated)
    assert (evidence.format, evidence.person.nationality, dose.given, dose.batch) == (Format.WHO_DVC, "CL", "2021-05-23", "123")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (token() | {-260: {5: []}}, Code.UNSUPPORTED),
        (token() | {-260: {3: {"name": "x"}}}, Code.MALFORMED),
        (token() | {-260: {3: CORE | RESULT}}, Code.MALFORMED),
        (token() | {-260: {-6: {}}}, Code.MALFORMED),
        (token(), Code.MALFORMED),
    ],
)
def test_what_is_none_of_these_is_refused(claims: dict[Any, Any], code: Code) -> None:
    answer = verify(text(claims), store(), AT)
    assert isinstance(answer, Refusal)
    assert answer.code is code


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "date", "x"]), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted({*CORE, *RESULT})), st.sampled_from(sorted(DVC)), _VALUES)
def test_whatever_an_issuer_signs_is_evidence_or_a_refusal(key: str, other: str, value: object) -> None:
    for claims in (CORE | {key: value}, RESULT | {key: value}, token() | {-260: {-6: DVC | {other: value}}}):
        assert isinstance(verify(text(claims), store(), AT), Evidence | Refusal)


# What is read of none of them, and why.
UNREAD = {
    "DIVOCJamaicaContents.txt": "json-ld-signature",  # the person's node is named "", and readers do not agree on what that is
    "EUUruguayContents.txt": "cwt",  # it expires at "not a number", which nobody can hold it to
}


def test_every_specimen_is_read_but_those_named_with_their_reason(shared: Path) -> None:
    folder = shared / "data" / "cert" / "multi-gdhcn"
    unread: dict[str, str] = {}
    read = 0
    for path in sorted([*folder.glob("*Contents.txt"), *folder.glob("DVC*QR.txt")]):
        try:
            sealed = open_text(path.read_text(encoding="utf-8").strip("\n"))
            contents = sealed.read(sealed.payload, sealed.noted)
        except RefusedError as error:
            unread[path.name] = error.refusal.detail
            continue
        read += 1
        assert contents.events, path.name
        assert contents.person.full or contents.person.family, path.name
    assert unread == UNREAD
    assert read >= 12
