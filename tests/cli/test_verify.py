"""What ``fastchannel verify`` prints, and the code that it exits with."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from PIL import Image

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.mrz.digits import check_digit
from fastchannel.certificates.trust.files import encode_trust_list
from fastchannel.certificates.trust.store import TrustList
from fastchannel.cli.main import build
from fastchannel.cli.verify import CANNOT_TELL, REFUSED, VALID, worst
from fastchannel.terms.errors import FastChannelError
from tests.certificates.issuing import AT, KID, assayed, claims, private_key, text, trusted, vaccinated

GOOD = text(claims(assayed()))
FORGED = text(claims(assayed()), number=9)
DEVIATES = text(claims(vaccinated(dn=2.0)))


def run(*arguments: object, at: str = AT.isoformat(), **options: Any) -> Result:
    command = ["verify", "--language", "en", "--at", at, *map(str, arguments)]
    return CliRunner().invoke(build(), command, standalone_mode=False, **options)


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_bytes(encode_trust_list(TrustList(party="CN", version=1, issued=AT, keys=(trusted(),))))
    return path


def file(folder: Path, name: str, raw: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return path


def code_of(written: str, kind: str) -> bytes:
    drawn, raw = io.BytesIO(), io.BytesIO()
    segno.make(written, error="m").save(drawn, kind="png", scale=4)
    Image.open(drawn).convert("L").save(raw, kind)
    return raw.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_a_picture_or_pdf_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path, trust: Path, kind: str) -> None:
    result = run("--trust", trust, file(tmp_path, "certificate.txt", code_of(GOOD, kind)))
    assert result.return_value == VALID, result.output
    assert "certificate.txt: valid" in result.stdout
    assert "Person: Musterfrau-Gößinger, Gabriele" in result.stdout
    assert "nucleic acid test, not detected" in result.stdout
    assert "Issuer: AT · Ministry of Health" in result.stdout


def test_standard_input_is_read(trust: Path) -> None:
    assert run("--trust", trust, "-", input=GOOD).return_value == VALID


def test_a_refusal_says_what_to_do_and_its_code(tmp_path: Path, trust: Path) -> None:
    result = run("--trust", trust, file(tmp_path, "a", FORGED))
    assert result.return_value == REFUSED
    assert "suspected forgery" in result.stdout
    assert "Code: signature-wrong" in result.stdout
    assert "Gabriele" not in result.stdout


def test_without_a_trust_list_it_cannot_tell_and_marks_every_claim_unverified(tmp_path: Path) -> None:
    result = run(file(tmp_path, "a", GOOD))
    assert result.return_value == CANNOT_TELL
    assert "Code: trust-list-missing" in result.stdout
    claimed = result.stdout.split("Unverified.")[1].splitlines()[1:]
    assert "Gabriele" in claimed[0]
    assert all(line.endswith("[unverified]") for line in claimed)


def test_a_deviation_is_named_and_refused_in_strict_mode(tmp_path: Path, trust: Path) -> None:
    path = file(tmp_path, "a", DEVIATES)
    assert "Tolerated: doses are written as broken numbers" in run("--trust", trust, path).stdout
    strict = run("--trust", trust, "--strict", path)
    assert strict.return_value == REFUSED
    assert "malformed (float-doses)" in strict.stdout


def test_of_several_each_has_a_line_and_the_worst_decides(tmp_path: Path, trust: Path) -> None:
    names = [file(tmp_path, "a", GOOD), file(tmp_path, "b", b"\xff\xfe\x01"), file(tmp_path, "c", FORGED), tmp_path / "none"]
    result = run("--trust", trust, *names)
    assert [line.split(": ")[1] for line in result.stdout.splitlines()] == ["valid", "cannot tell", "refused", "cannot tell"]
    assert result.return_value == REFUSED
    assert run("--trust", trust, names[0], names[1]).return_value == CANNOT_TELL


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0], 0), ([0, 2], 2), ([2, 1], 1), ([1, 2, 0], 1), ([], 2)],
)
def test_refused_is_worse_than_cannot_tell_and_that_than_valid(codes: list[int], expected: int) -> None:
    assert worst(codes) == expected


def test_an_expired_certificate_is_judged_at_the_instant_that_is_asked(tmp_path: Path, trust: Path) -> None:
    path = file(tmp_path, "a", text(claims(assayed(), _4=int(AT.timestamp()) + 60)))
    assert run("--trust", trust, path).return_value == VALID
    late = run("--trust", trust, path, at="2021-07-01T12:02:00+00:00")
    assert late.return_value == REFUSED
    assert "Code: expired" in late.stdout


def test_json_has_evidence_or_refusal_and_never_both(tmp_path: Path, trust: Path) -> None:
    result = run("--trust", trust, "--json", file(tmp_path, "a", GOOD), file(tmp_path, "b", FORGED))
    good, bad = json.loads(result.stdout)
    assert (good["outcome"], good["evidence"]["events"][0]["finding"]) == ("valid", "not detected")
    assert "payload" not in good["evidence"]
    assert (bad["outcome"], bad["refusal"]["code"]) == ("refused", "signature-wrong")
    assert "evidence" not in bad


def test_a_list_for_tests_is_no_list_for_travellers(tmp_path: Path) -> None:
    keys = (trusted(domain=Domain.TEST),)
    raw = encode_trust_list(TrustList(party="CN", version=1, issued=AT, keys=keys, domain=Domain.TEST))
    lists = file(tmp_path, "test.json", raw)
    assert run("--trust", lists, "--domain", "test", file(tmp_path, "a", GOOD)).return_value == VALID
    refused = run("--trust", lists, file(tmp_path, "a", GOOD))
    assert "domain" in str(refused.exception)


def test_a_trust_list_that_is_none_is_named(tmp_path: Path) -> None:
    wrong = file(tmp_path, "list.json", "{}")
    result = run("--trust", wrong, file(tmp_path, "a", GOOD))
    assert str(wrong) in str(result.exception)
    assert "fastchannel trust import" in str(result.exception)


@pytest.mark.parametrize("form", [(), ("--compact",)])
def test_a_certificate_that_its_issuer_took_back_is_refused_and_others_are_not(
    tmp_path: Path, trust: Path, form: tuple[str, ...]
) -> None:
    key = private_key(77)
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "pin.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "revoked.csv").write_text(f"AT,{KID.hex()},URN:UVCI:01:AT:X\n")
    source, key_file, out = (str(tmp_path / name) for name in ("revoked.csv", "key.pem", "revoked.cbor"))
    options = ["--party", "CN", "--sign", key_file, "--version", "1", "--issued", AT.isoformat(), "--out", out]
    made = CliRunner().invoke(build(), ["trust", "revoke", source, *options, *form], standalone_mode=False)
    assert made.stdout == "1 entries\n"
    revoked = ("--revoked", "CN", tmp_path / "revoked.cbor", tmp_path / "pin.pem")
    taken_back = file(tmp_path, "back.txt", text(claims(assayed(ci="URN:UVCI:01:AT:X"))))
    good = file(tmp_path, "good.txt", GOOD)
    refused = run("--trust", trust, *revoked, "--json", taken_back)
    assert (refused.return_value, json.loads(refused.stdout)[0]["refusal"]["code"]) == (REFUSED, "revoked")
    assert run("--trust", trust, *revoked, good).return_value == VALID
    stale = run("--trust", trust, *revoked, "--json", good, at=(AT + timedelta(hours=25)).isoformat())
    assert (stale.return_value, json.loads(stale.stdout)[0]["refusal"]["code"]) == (CANNOT_TELL, "revocation-stale")


def test_a_revocation_list_under_another_key_than_the_pinned_one_is_not_read(tmp_path: Path, trust: Path) -> None:
    (tmp_path / "revoked.cbor").write_bytes(b"no list")
    pin = private_key(78).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    result = run(
        "--trust",
        trust,
        "--revoked",
        "CN",
        tmp_path / "revoked.cbor",
        file(tmp_path, "pin.pem", pin),
        file(tmp_path, "c", GOOD),
    )
    assert isinstance(result.exception, FastChannelError)


@pytest.mark.parametrize("workers", [1, 2])
def test_many_certificates_a_line_each_have_a_line_of_json_each_in_order(tmp_path: Path, trust: Path, workers: int) -> None:
    path = file(tmp_path, "many.txt", f"{GOOD}\n{FORGED}\nno certificate\n{GOOD}\n")
    result = run("--trust", trust, "--lines", "--workers", workers, path)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("code", "valid") for one in answers] == ["valid", "signature-wrong", "unsupported", "valid"]
    assert result.stderr.strip() == "2 evidence, 1 signature-wrong, 1 unsupported"
    assert result.return_value == REFUSED


def test_a_file_without_a_line_cannot_be_told(tmp_path: Path, trust: Path) -> None:
    assert run("--trust", trust, "--lines", "--workers", 1, file(tmp_path, "none.txt", "")).return_value == CANNOT_TELL


def zone(family: str, given: str, birth: str) -> str:
    """A passport's zone for that holder."""
    names = f"P<AUT{family}<<{given}".ljust(44, "<")
    number, until, personal = "P12345678", "300101", "<" * 14
    line = f"{number}{check_digit(number)}AUT{birth}{check_digit(birth)}F{until}{check_digit(until)}{personal}0"
    return f"{names}\n{line}{check_digit(line[0:10] + line[13:20] + line[21:43])}"


@pytest.mark.parametrize(
    ("passport", "code", "verdict"),
    [
        (zone("MUSTERFRAU<GOESSINGER", "GABRIELE", "980226"), VALID, "match"),
        (zone("MUSTERFRAU<GOSSINGER", "GABRIELE", "980226"), VALID, "match"),
        (zone("MUSTERFRAU<GOESSINGER", "GABRIELE", "980227"), CANNOT_TELL, "doubt"),
        (zone("KIM", "MINSU", "850302"), CANNOT_TELL, "mismatch"),
    ],
)
def test_a_valid_certificate_is_held_where_it_may_not_be_the_passport_holders(
    tmp_path: Path, trust: Path, passport: str, code: int, verdict: str
) -> None:
    good = file(tmp_path, "good.txt", GOOD)
    result = run("--trust", trust, "--mrz", passport, "--json", good)
    assert result.return_value == code
    assert json.loads(result.stdout)[0]["binding"]["verdict"] == verdict
    page = run("--trust", trust, "--mrz", passport, good)
    assert "passport holder" in page.stdout or "another person" in page.stdout


def test_a_certificate_that_is_refused_stays_refused_whoever_shows_it(tmp_path: Path, trust: Path) -> None:
    passport = zone("MUSTERFRAU<GOESSINGER", "GABRIELE", "980226")
    assert run("--trust", trust, "--mrz", passport, file(tmp_path, "forged.txt", FORGED)).return_value == REFUSED


def test_a_zone_that_cannot_be_read_is_said_and_nothing_is_answered(tmp_path: Path, trust: Path) -> None:
    result = run("--trust", trust, "--mrz", "P<AUT", file(tmp_path, "good.txt", GOOD))
    assert isinstance(result.exception, FastChannelError)
    assert result.stdout == ""
