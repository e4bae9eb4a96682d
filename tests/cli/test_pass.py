"""A pass from its key to its revocation, by the commands."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.main import build
from fastchannel.terms.errors import FastChannelError

AT = "2020-05-04T09:00:00+09:00"
LATER = "2020-05-05T08:00:00+09:00"
HOLDER = ("--passport", "M12345678", "--state", "KOR", "--birth", "1985-03-02")


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(build(), ["pass", *map(str, arguments)], input=stdin, standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run("key", "--out", tmp_path / "key.pem", "--trust-out", tmp_path / "trust.json", "--at", AT)
    return tmp_path


@pytest.fixture
def issued(folder: Path) -> dict[str, str]:
    result = run(
        "issue", "--key", folder / "key.pem", "--journey", "KR-2020-000123", "--agreement", "china-korea@5", "--route", "kr-cn",
        *HOLDER, "--gate", "entry", "--valid-for", "24h", "--at", AT, "--out", folder / "pass.svg", "--json",
    )  # fmt: skip
    assert result.exception is None
    found: dict[str, str] = json.loads(result.stdout)
    return found


def verify(folder: Path, text: str, *more: object, at: str = LATER, stdin: str | None = None) -> tuple[int, dict[str, object]]:
    result = run("verify", text, "--trust", folder / "trust.json", "--at", at, "--json", *more, stdin=stdin)
    assert result.exception is None
    return result.return_value or 0, json.loads(result.stdout)


def test_a_pass_is_valid_for_its_person_gate_and_agreement(folder: Path, issued: dict[str, str]) -> None:
    code, said = verify(folder, issued["text"], *HOLDER, "--gate", "entry", "--agreement", "china-korea@5")
    assert (code, said["valid"], said["id"]) == (0, True, issued["id"])
    assert (folder / "pass.svg").read_text().startswith("<svg")
    assert int(issued["qr_version"]) <= 15


def test_it_is_read_from_a_file_and_from_stdin(folder: Path, issued: dict[str, str]) -> None:
    (folder / "pass.txt").write_text(issued["text"] + "\n")
    assert verify(folder, str(folder / "pass.txt"))[0] == 0
    assert verify(folder, "-", stdin=issued["text"])[0] == 0


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        (("--passport", "M12345679", "--state", "KOR", "--birth", "1985-03-02"), "person"),
        (("--gate", "boarding"), "gate"),
        (("--agreement", "china-korea@1"), "agreement"),
    ],
)
def test_a_pass_for_something_else_is_refused(
    folder: Path, issued: dict[str, str], asked: tuple[str, ...], detail: str
) -> None:
    code, said = verify(folder, issued["text"], *asked)
    assert (code, said["code"], said["detail"]) == (1, "not-for-this", detail)


def test_it_expires_and_a_stale_trust_list_cannot_tell(folder: Path, issued: dict[str, str]) -> None:
    assert verify(folder, issued["text"], at="2020-05-05T09:00:01+09:00")[1]["code"] == "expired"
    code, said = verify(folder, issued["text"], at="2020-05-08T09:00:00+09:00")
    assert (code, said["code"]) == (2, "trust-list-stale")


def test_a_revoked_pass_is_refused_and_revoking_again_changes_nothing(folder: Path, issued: dict[str, str]) -> None:
    listed = folder / "revoked.json"
    assert json.loads(run("revoke", issued["id"], "--list", listed, "--at", AT, "--json").stdout)["revision"] == 1
    before = listed.read_bytes()
    assert json.loads(run("revoke", issued["id"], "--list", listed, "--json").stdout)["added"] is False
    assert listed.read_bytes() == before
    code, said = verify(folder, issued["text"], "--revoked", listed)
    assert (code, said["code"]) == (1, "revoked")
    assert verify(folder, issued["text"])[0] == 0
    assert sorted(one.name for one in folder.iterdir()) == ["key.pem", "pass.svg", "revoked.json", "trust.json"]


def test_a_list_that_is_cut_off_is_no_answer(folder: Path, issued: dict[str, str]) -> None:
    (folder / "revoked.json").write_text('{"layout":1,"passes":[')
    result = run("verify", issued["text"], "--trust", folder / "trust.json", "--revoked", folder / "revoked.json")
    assert isinstance(result.exception, FastChannelError)


def test_the_private_key_is_its_owners_alone_and_never_written_over(folder: Path) -> None:
    key = folder / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert isinstance(run("key", "--out", key).exception, FastChannelError)
    assert key.read_bytes() == before
    assert "PRIVATE" not in (folder / "trust.json").read_text()


def test_a_passport_without_its_date_of_birth_is_wrong_usage(folder: Path, issued: dict[str, str]) -> None:
    result = run("verify", issued["text"], "--trust", folder / "trust.json", "--passport", "M12345678")
    assert result.exception is not None
    assert "go together" in str(result.exception)
