"""The test data of those who defined the certificates (`make conformance MODELS=certificates` prints the table)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.refusal import Code, Refusal
from fastchannel.certificates.trust.store import TrustStore
from fastchannel.certificates.verify import verify
from tools import conformance_dcc, conformance_formats, conformance_signatures

AT_LEAST = {
    "picturedecode": 370, "unprefix": 415, "b45decode": 408, "compression": 393, "decode": 411, "validjson": 406,
    "expirationcheck": 377, "verify": 413, "keyusage": 336,
}  # fmt: skip


@pytest.fixture
def certificates(shared: Path) -> Path:
    path = shared / "data" / "cert"
    if not path.is_dir():
        pytest.skip("needs ../shared/data/cert beside the repository: it holds the published test data")
    return path


@pytest.mark.slow
def test_every_label_of_the_eu_test_data_holds_but_those_it_calls_wrong_itself(certificates: Path) -> None:
    found = conformance_dcc.testdata(certificates / "dcc" / "dgc-testdata")
    assert {one.name: one.failed for one in found if one.failed} == {}
    assert {one.name: one.passed for one in found} == AT_LEAST
    assert {name for one in found for name in one.known} == {"FR/test_pcr_ok"}


def test_every_quality_assurance_code_verifies_whose_key_is_listed_and_no_flipped_bit_does(certificates: Path) -> None:
    signatures, flips, outcomes = conformance_dcc.quality(certificates / "dcc" / "qa")
    assert signatures.failed == []
    assert signatures.passed == 194
    assert flips.failed == []
    assert flips.passed == 6 * 194
    assert outcomes == {"evidence": 119, "expired": 75, "key-unknown": 11, "unsupported": 1}


def test_one_issuers_weak_keys_are_refused_by_our_own_policy(certificates: Path) -> None:
    trust = conformance_dcc.quality_trust(certificates / "dcc" / "qa")
    strict = TrustStore(trust.lists)
    written = (certificates / "dcc" / "qa" / "qa.jsonl").read_text(encoding="utf-8").splitlines()
    found = [verify(text, strict, conformance_dcc.QA_AT) for text in conformance_dcc.texts_of_rows(written)]
    weak = [one for one in found if isinstance(one, Refusal) and one.detail == "weak-key"]
    assert [one.code for one in weak] == [Code.KEY_USE] * 3


def test_a_fault_put_in_on_purpose_is_found(certificates: Path) -> None:
    """The comparison can fail: with every key replaced by another, no signature holds."""
    trust = conformance_dcc.quality_trust(certificates / "dcc" / "qa")
    (listed,) = trust.lists
    other = listed.keys[0].spki
    wrong = TrustStore([replace(listed, keys=tuple(replace(key, spki=other) for key in listed.keys[1:]))])
    written = (certificates / "dcc" / "qa" / "qa.jsonl").read_text(encoding="utf-8").splitlines()
    found = [verify(text, wrong, conformance_dcc.QA_AT) for text in conformance_dcc.texts_of_rows(written)]
    assert not any(isinstance(one, Evidence) for one in found)


def test_every_seal_of_a_specimen_verifies_and_no_changed_one(certificates: Path) -> None:
    found = conformance_formats.seals(certificates / "multi-gdhcn")
    assert (found.failed, found.passed) == ([], 4)


def test_the_specimen_of_divoc_verifies_with_its_issuers_key_and_not_once_it_is_changed(certificates: Path) -> None:
    found = conformance_formats.divoc(certificates / "multi-gdhcn")
    assert (found.failed, found.passed) == ([], 3)


def test_the_reference_validators_negatives_are_refused_with_the_code_they_name(certificates: Path) -> None:
    found = conformance_formats.cards(certificates / "shc")
    assert found.failed == []
    assert (found.passed, len(found.known)) == (20, 6)


def test_no_signature_of_wycheproof_is_judged_otherwise(certificates: Path) -> None:
    found = conformance_signatures.wycheproof(certificates / "wycheproof")
    assert [(one.passed, one.failed) for one in found] == [(262, []), (280, []), (151, []), (108, []), (484, [])]


def test_every_example_of_the_cose_working_group_is_judged_as_it_says(certificates: Path) -> None:
    found = conformance_signatures.cose(certificates / "cose")
    assert (found.failed, found.known) == ([], [])
    assert found.passed == found.total == 44


def test_no_example_of_a_signature_holds_once_it_says_the_opposite(certificates: Path, tmp_path: Path) -> None:
    """The comparison can fail: with every example's ``fail`` turned round, only what has no signature is judged as before."""
    for path in sorted((certificates / "cose").glob("*/*.json")):
        case = json.loads(path.read_bytes())
        case["fail"] = not case.get("fail", False)
        (tmp_path / path.parent.name).mkdir(exist_ok=True)
        (tmp_path / path.parent.name / path.name).write_text(json.dumps(case), encoding="utf-8")
    found = conformance_signatures.cose(tmp_path)
    assert (found.passed, len(found.failed)) == (4, 40)
