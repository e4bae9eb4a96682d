"""What the trust commands print and write, and the codes they exit with."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from fastchannel.certificates.keys import kid_of
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.files import decode_trust_list
from fastchannel.cli.main import build
from tests.certificates.issuing import AT
from tests.certificates.trust.authority import authority, signer
from tests.certificates.trust.test_reading import b64, certificate

ISSUED = AT.isoformat()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build(), ["trust", *map(str, arguments)], standalone_mode=False)


@cache  # a certificate made anew has another signature, and so another identifier
def one_pem(number: int) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{b64(certificate(number=number))}\n-----END CERTIFICATE-----\n"


def pem(*numbers: int) -> str:
    return "".join(one_pem(number) for number in numbers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "two.pem").write_text(pem(1, 2))
    (tmp_path / "others.pem").write_text(pem(2, 3))
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "pin.pem").write_bytes(public)
    other = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    (tmp_path / "other.pem").write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return tmp_path


def imported(folder: Path, source: str, out: str, *more: object) -> Path:
    result = run("import", folder / source, "--party", "KR", "--issued", ISSUED, "--out", folder / out, *more)
    assert result.return_value == 0, result.exception
    return folder / out


def accept(folder: Path, signed: Path, *more: object, pin: str = "pin.pem") -> Result:
    return run(
        "accept", signed, "--party", "KR", "--pin", folder / pin, "--at", ISSUED, "--out", folder / "held.json", *more
    )  # fmt: skip


def test_entries_in_are_keys_and_repeated_and_rejected(folder: Path) -> None:
    wrong = {"certificates": [{"kid": "AA", "rawData": b64(certificate())}]}
    (folder / "wrong.json").write_text(json.dumps(wrong))
    files = [folder / name for name in ("two.pem", "others.pem", "wrong.json")]
    result = run("import", *files, "--party", "KR", "--out", folder / "out.json", "--json")
    assert result.return_value == 1
    found = json.loads(result.stdout)
    assert {name: found[name] for name in ("entries", "keys", "repeated", "rejected")} == {
        "entries": 5, "keys": 3, "repeated": 1, "rejected": 1,
    }  # fmt: skip
    assert "kid" in found["rejections"][str(folder / "wrong.json")][0]["reason"]
    assert len(decode_trust_list((folder / "out.json").read_bytes()).keys) == 3


def test_rejected_entries_are_each_on_a_line_of_stderr(folder: Path) -> None:
    (folder / "mixed.pem").write_text(pem(1) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    result = run("import", folder / "mixed.pem", "--party", "KR", "--out", folder / "out.json")
    assert result.return_value == 1
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["certificate 2"]


def test_nothing_is_written_where_no_entry_gave_a_key(folder: Path) -> None:
    (folder / "none.json").write_text('{"certificates": [{}]}')
    assert run("import", folder / "none.json", "--party", "KR", "--out", folder / "out.json").exception is not None
    assert not (folder / "out.json").exists()


def test_a_list_shows_every_key_and_until_when_it_may_be_used(folder: Path) -> None:
    path = imported(folder, "two.pem", "kr.json", "--max-age", 48)
    found = json.loads(run("list", path, "--json").stdout)
    assert len(found["keys"]) == 2
    assert found["good_until"] == (AT + timedelta(hours=48)).isoformat()
    page = run("list", path, "--language", "en").stdout
    assert all(key.kid.hex() in page for key in decode_trust_list(path.read_bytes()).keys)


def test_lists_that_differ_exit_with_1_and_show_whose_each_key_is(folder: Path) -> None:
    ours, theirs = imported(folder, "two.pem", "ours.json"), imported(folder, "others.pem", "theirs.json")
    result = run("diff", ours, theirs)
    assert result.return_value == 1
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [["<", "AT"], [">", "AT"]]
    assert (run("diff", ours, ours).return_value, run("diff", ours, ours).stdout) == (0, "")


def test_what_one_party_signs_the_other_accepts_and_verifiers_read(folder: Path) -> None:
    signed = imported(folder, "two.pem", "kr.cose", "--sign", folder / "key.pem")
    plain = imported(folder, "two.pem", "kr.json")
    assert accept(folder, signed).exception is None
    assert decode_trust_list((folder / "held.json").read_bytes()) == decode_trust_list(plain.read_bytes())


def test_a_signed_list_has_the_same_bytes_each_time(folder: Path) -> None:
    first, second = (imported(folder, "two.pem", name, "--sign", folder / "key.pem") for name in ("1.cose", "2.cose"))
    assert first.read_bytes() == second.read_bytes()


def test_a_list_that_is_not_accepted_leaves_the_held_one_as_it_is(folder: Path) -> None:
    key = ("--sign", folder / "key.pem")
    newer = imported(folder, "two.pem", "5.cose", "--version", 5, *key)
    assert accept(folder, newer).exception is None
    held = (folder / "held.json").read_bytes()
    older = imported(folder, "others.pem", "4.cose", "--version", 4, *key)
    same = imported(folder, "others.pem", "5b.cose", "--version", 5, *key)
    late = ("--at", (AT + timedelta(days=9)).isoformat())
    newest = imported(folder, "others.pem", "6.cose", "--version", 6, *key)
    refused = [
        accept(folder, older),
        accept(folder, same),
        accept(folder, newest, pin="other.pem"),
        accept(folder, newest, *late),
        accept(folder, newest, "--domain", "test"),
        accept(folder, newest, "--party", "CN"),
        accept(folder, imported(folder, "two.pem", "plain.json", "--version", 7)),
    ]
    assert all(isinstance(one.exception, CertificateError) for one in refused), [one.exception for one in refused]
    assert (folder / "held.json").read_bytes() == held
    assert accept(folder, newer).exception is None
    assert accept(folder, newest).exception is None


def test_a_signed_list_is_not_shown_as_if_it_had_been_checked(folder: Path) -> None:
    signed = imported(folder, "two.pem", "kr.cose", "--sign", folder / "key.pem")
    assert "trust accept" in str(run("list", signed).exception)


@pytest.mark.parametrize("command", [("list",), ("diff", "absent.json")])
def test_a_file_that_is_not_there_says_so(command: tuple[str, ...]) -> None:
    assert "cannot be read" in str(run(*command, "absent.json").exception)


def _pem(*certificates: bytes) -> str:
    return "".join(f"-----BEGIN CERTIFICATE-----\n{b64(one)}\n-----END CERTIFICATE-----\n" for one in certificates)


def test_authorities_are_counted_listed_and_compared_apart_from_signers(folder: Path) -> None:
    csca = authority()
    (folder / "seals.pem").write_text(_pem(csca.der, csca.der, signer(csca)))
    result = run("import", folder / "seals.pem", "--party", "KR", "--out", folder / "out.json", "--issued", ISSUED, "--json")
    assert result.return_value == 0
    found = json.loads(result.stdout)
    assert {name: found[name] for name in ("entries", "keys", "authorities", "repeated", "rejected")} == {
        "entries": 3, "keys": 1, "authorities": 1, "repeated": 1, "rejected": 0,
    }  # fmt: skip
    assert "certificates of signers" in run("list", folder / "out.json").stdout
    bare = imported(folder, "two.pem", "bare.json")
    assert f"> UT {kid_of(csca.der).hex()} CA" in run("diff", bare, folder / "out.json").stdout.splitlines()


def test_with_an_authority_given_only_its_signers_are_taken(folder: Path) -> None:
    csca = authority()
    (folder / "ca.pem").write_text(_pem(csca.der))
    (folder / "mixed.pem").write_text(_pem(signer(csca)) + pem(1))
    result = run("import", folder / "mixed.pem", "--ca", folder / "ca.pem", "--party", "KR", "--out", folder / "out.json")
    assert result.return_value == 1
    assert len(decode_trust_list((folder / "out.json").read_bytes()).keys) == 1
    assert "found none of the authorities given" in result.stderr
    wrong = run("import", folder / "mixed.pem", "--ca", folder / "two.pem", "--party", "KR", "--out", folder / "no.json")
    assert "expected their certificates in PEM" in str(wrong.exception)
    assert not (folder / "no.json").exists()
