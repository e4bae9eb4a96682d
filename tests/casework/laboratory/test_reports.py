"""Messages of laboratories: what each format says of a sample, what is not understood, and what is no message at all."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.casework.laboratory import fhir, hl7v2
from fastchannel.casework.laboratory.match import Taken, match
from fastchannel.casework.laboratory.reports import Report, ReportError, Status
from fastchannel.casework.ports import Person
from fastchannel.terms.events import Assay, Finding, Role, Sampled

SHANGHAI = ZoneInfo("Asia/Shanghai")


def hl7_message(**changes: Any) -> bytes:
    """One result of one sample."""
    said = {
        "charset": "UNICODE UTF-8", "kind": "ORU^R01^ORU_R01", "control": "MSG-1", "test": "94500-6^SARS-CoV-2 RNA^LN",
        "value": "260415000^Not detected^SCT", "flag": "N", "status": "F", "sample": "S-1", "specimen": "", "order": "^P-1",
    }  # fmt: skip
    said |= changes
    lines = [
        f"MSH|^~\\&|LIS|CN-LAB|FC|CN|20200521093000+0800||{said['kind']}|{said['control']}|P|2.5.1||||||{said['charset']}",
        "PID|1||H77^^^CN^MR~m1234 5671^^^KOR^PPN||KIM^MINJI||19850302|F",
        f"OBR|1|{said['order']}|{said['sample']}|94500-6^x^LN|||20200521080000|||||||||||||||20200521093000+0900",
        f"OBX|1|CWE|{said['test']}||{said['value']}|||{said['flag']}|||{said['status']}|||20200521080000",
    ]
    if said["specimen"]:
        lines.append(f"SPM|1|{said['specimen']}||258500001^NP swab^SCT|||||||||||||20200521075500+0800")
    return "\r".join([*lines, ""]).encode("gb18030" if "GB" in said["charset"] else "utf-8")


def test_a_result_with_all_that_it_says() -> None:
    control, [one] = hl7v2.read(hl7_message(), SHANGHAI)
    assert control == "MSG-1"
    assert (one.sample, one.assay, one.finding, one.status) == ("S-1", Assay.NAAT, Finding.NOT_DETECTED, Status.FINAL)
    assert one.sampled == datetime(2020, 5, 21, 0, 0, tzinfo=UTC)  # no offset: of the laboratory's place
    assert one.reported == datetime(2020, 5, 21, 0, 30, tzinfo=UTC)  # its own offset
    assert (one.passport, one.name, one.birth_date) == ("M12345671", "KIM MINJI", date(1985, 3, 2))
    assert one.fault == ""


@pytest.mark.parametrize(
    ("changes", "sample"),
    [
        ({"specimen": "PL-9^SP-9"}, "SP-9"),
        ({"specimen": "PL-9"}, "PL-9"),
        ({"sample": ""}, ""),
        ({"sample": "", "order": "P-1"}, "P-1"),
    ],
)
def test_the_sample_s_number_is_the_specimen_s_then_the_order_s(changes: dict[str, str], sample: str) -> None:
    [one] = hl7v2.read(hl7_message(**changes), SHANGHAI)[1]
    assert one.sample == sample
    assert one.fault == ("" if sample else "no-sample")


@pytest.mark.parametrize(
    ("changes", "finding", "fault"),
    [
        ({"value": "260373001^Detected^SCT"}, Finding.DETECTED, ""),
        ({"value": "^POSITIVE"}, Finding.DETECTED, ""),
        ({"value": "阳性"}, Finding.DETECTED, ""),
        ({"value": "阴性", "charset": "GB 18030-2000"}, Finding.NOT_DETECTED, ""),
        ({"value": "x", "flag": "POS"}, Finding.DETECTED, ""),
        ({"value": "419984006"}, Finding.INDETERMINATE, ""),
        ({"value": "Ct 31.2"}, None, "unknown-finding"),
        ({"status": "P"}, Finding.NOT_DETECTED, "preliminary"),
        ({"status": "?"}, Finding.NOT_DETECTED, "preliminary"),
        ({"status": "W"}, Finding.NOT_DETECTED, "withdrawn"),
        ({"status": "C"}, Finding.NOT_DETECTED, ""),
        ({"status": "X", "value": ""}, Finding.INVALID, ""),
        ({"test": "718-7^Hemoglobin^LN"}, Finding.NOT_DETECTED, "unknown-test"),
        ({"test": "COV^Covid^L^94558-4^Ag^LN"}, Finding.NOT_DETECTED, ""),
    ],
)
def test_what_is_understood_and_what_is_not(changes: dict[str, str], finding: Finding | None, fault: str) -> None:
    [one] = hl7v2.read(hl7_message(**changes), SHANGHAI)[1]
    assert (one.finding, one.fault) == (finding, fault)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no message"),
        (b"MSH|", "no message|MSH-9"),
        (hl7_message(kind="ADT^A01"), "expected ORU"),
        (hl7_message(control=""), "MSH-10"),
        (hl7_message(charset="KLINGON"), "MSH-18"),
        (hl7_message(charset="ASCII", value="阳性"), "not in ascii"),
        (hl7_message().split(b"OBX")[0], "no OBX"),
        (b"MSH|^~\\&|" + b"x" * 1024 * 1024, "bytes"),
        (hl7_message() + b"OBX|2|CWE|94500-6||NEG||||||F\r" * 600, "at most 500"),
    ],
)
def test_what_is_no_message_is_told(data: bytes, said: str) -> None:
    with pytest.raises(ReportError, match=said):
        hl7v2.read(data, SHANGHAI)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(data: bytes) -> None:
    for reader in (hl7v2, fhir):
        for given_ in (data, b"MSH|^~\\&|" + data, b'{"resourceType":"Bundle",' + data):
            try:
                reader.read(given_, SHANGHAI)
            except ReportError:
                continue


@settings(deadline=None)
@given(st.text(max_size=80))
def test_an_acknowledgement_can_be_read_whatever_it_says(said: str) -> None:
    answer = hl7v2.acknowledge(hl7_message(), "AE", said, datetime(2020, 5, 21, tzinfo=UTC)).decode()
    lines = answer.split("\r")
    assert [line[:3] for line in lines] == ["MSH", "MSA", ""]
    assert lines[1].startswith("MSA|AE|MSG-1|")
    assert lines[1].count("|") == 3


def fhir_bundle(**changes: Any) -> bytes:
    """The same result as a Bundle."""
    said: dict[str, Any] = {
        "status": "final", "test": "94500-6", "value": {"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]},
        "observed": "final", "identifier": {"system": "urn:lab", "value": "B-1"}, "sample": "S-1",
    }  # fmt: skip
    said |= changes
    entries = [
        {
            "resourceType": "DiagnosticReport", "id": "r", "status": said["status"], "code": {"text": "SARS-CoV-2"},
            "subject": {"reference": "Patient/p"}, "issued": "2020-05-21T09:30:00+09:00",
            "specimen": [{"reference": "urn:uuid:s"}], "result": [{"reference": "Observation/o"}],
        },
        {
            "resourceType": "Observation", "id": "o", "status": said["observed"],
            "code": {"coding": [{"system": "http://loinc.org", "code": said["test"]}]}, "valueCodeableConcept": said["value"],
        },
        {
            "resourceType": "Specimen", "accessionIdentifier": {"value": said["sample"]},
            "collection": {"collectedDateTime": "2020-05-21T08:00:00+08:00"},
        },
        {
            "resourceType": "Patient", "id": "p", "birthDate": "1985-03-02", "name": [{"family": "KIM", "given": ["MINJI"]}],
            "identifier": [{"value": "1"}, {"type": {"coding": [{"code": "PPN"}]}, "value": "m12345671"}],
        },
    ]  # fmt: skip
    urls = {"Specimen": "urn:uuid:s"}
    bundle = {
        "resourceType": "Bundle", "type": "message", "identifier": said["identifier"],
        "entry": [
            {"fullUrl": urls.get(str(one["resourceType"]), f"urn:x:{index}"), "resource": one}
            for index, one in enumerate(entries)
        ],
    }  # fmt: skip
    return json.dumps({key: value for key, value in bundle.items() if value}).encode()


def test_both_formats_say_the_same_of_the_same_result() -> None:
    [ours] = fhir.read(fhir_bundle(), SHANGHAI)[1]
    [theirs] = hl7v2.read(hl7_message(), SHANGHAI)[1]
    for name in ("sample", "code", "assay", "finding", "status", "sampled", "reported", "passport", "name", "birth_date"):
        assert getattr(ours, name) == getattr(theirs, name), name


@pytest.mark.parametrize(
    ("changes", "status", "fault"),
    [
        ({"status": "corrected"}, Status.AMENDED, ""),
        ({"status": "preliminary"}, Status.PRELIMINARY, "preliminary"),
        ({"observed": "entered-in-error"}, Status.WITHDRAWN, "withdrawn"),
        ({"status": "entered-in-error", "observed": "final"}, Status.WITHDRAWN, "withdrawn"),
        ({"test": "1-8"}, Status.FINAL, "unknown-test"),
        ({"value": {"text": "perhaps"}}, Status.FINAL, "unknown-finding"),
    ],
)
def test_of_report_and_observation_the_more_doubtful_counts(changes: dict[str, Any], status: Status, fault: str) -> None:
    [one] = fhir.read(fhir_bundle(**changes), SHANGHAI)[1]
    assert (one.status, one.fault) == (status, fault)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "no JSON"),
        (b'{"resourceType": "Patient"}', "expected Bundle"),
        (b'{"resourceType": "Bundle", "type": "message"}', "no DiagnosticReport"),
        (
            b'{"resourceType": "Bundle", "type": "message", "entry": [{"resource": {"resourceType": "DiagnosticReport"}}]}',
            "FHIR",
        ),
        (fhir_bundle(identifier=None), "identifier"),
        (b"[1]", "resourceType"),
    ],
)
def test_what_is_no_fhir_is_told(data: bytes, said: str) -> None:
    with pytest.raises(ReportError, match=said):
        fhir.read(data, SHANGHAI)


def report(**changes: Any) -> Report:
    fields: dict[str, Any] = {
        "sample": "S-1", "code": "94500-6", "value": "NEG", "assay": Assay.NAAT, "finding": Finding.NOT_DETECTED,
        "status": Status.FINAL,
    }  # fmt: skip
    return Report(**(fields | changes))


def taken(journey: str = "j-1", **changes: Any) -> Taken:
    at = datetime(2020, 5, 20, tzinfo=UTC)
    fields: dict[str, Any] = {"sample": "S-1", "assay": Assay.NAAT, "laboratory": "cn-lab"}
    stamp: dict[str, Any] = {
        "id": "e",
        "journey": journey,
        "at": at,
        "recorded": at,
        "by": "o",
        "role": Role.LABORATORY,
        "party": "CN",
    }
    person = Person(name="KIM MINJI", passport="M1234-5671", birth_date=date(1985, 3, 2))
    return Taken(journey=journey, sampled=Sampled(**stamp, **(fields | changes)), person=person)


@pytest.mark.parametrize(
    ("changes", "samples", "fault"),
    [
        ({}, [taken()], ""),
        ({}, [], "unknown-sample"),
        ({}, [taken(), taken("j-2")], "two-samples"),
        ({}, [taken(laboratory="kr-lab")], "other-laboratory"),
        ({"assay": Assay.ANTIGEN}, [taken()], "other-test"),
        ({"passport": "M12345671"}, [taken()], ""),
        ({"passport": "M12345672"}, [taken()], "other-person"),
        ({"birth_date": date(1985, 2, 3)}, [taken()], "other-person"),
        ({"name": "MINJI, KIM"}, [taken()], ""),
        ({"status": Status.PRELIMINARY}, [taken()], "preliminary"),
        ({"sample": ""}, [taken()], "no-sample"),
    ],
)
def test_a_report_is_matched_by_its_sample_and_parted_by_number_and_birth(
    changes: dict[str, Any], samples: list[Taken], fault: str
) -> None:
    one, found = match(report(**changes), samples, "cn-lab")
    assert found == fault
    assert (one is None) == bool(fault)
