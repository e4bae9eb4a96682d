"""``fastchannel exchange``: from offline keys to a list that counts, and a proof that a third person checks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastchannel.exchange.pins import pin_of
from fastchannel.exchange.proofs import prove
from fastchannel.exchange.roster import Party, sign_roster
from tests.exchange.parties import roster, signing
from tests.exchange.test_proofs import BOTH, ENTRIES, shown

pytestmark = pytest.mark.xdist_group("exchange's commands")  # keys made once serve them all


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: a node's settings are one a process."""
    code = "import sys; from fastchannel.cli.main import main; sys.argv[0] = 'fastchannel'; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "exchange", *map(str, words)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nodes' directories with their settings and keys, no database; each party's entry, and the list that nobody signed."""
    made = tmp_path_factory.mktemp("nodes")
    for party in ("CN", "KR"):
        folder = made / party
        (folder / "secrets").mkdir(parents=True)
        (folder / "secrets" / "secret_key").write_text("for tests only")
        (folder / "node.toml").write_text(f'party = "{party}"\n')
        root = run("root", "--out", made / f"root-{party}.pem").stdout.strip()
        done = run("key", "--node", folder, "--root", root, "--out", made / f"{party}.json")
        assert done.returncode == 0, done.stderr
    entries = (made / "CN.json", made / "KR.json")
    done = run("roster", "make", *entries, "--corridor", "china-korea", "--out", made / "roster.json")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def nodes(first: Path, tmp_path: Path) -> Path:
    """The test's own copy of all that."""
    return Path(shutil.copytree(first, tmp_path / "nodes"))


def test_a_list_counts_once_every_party_signed_it(nodes: Path) -> None:
    out = nodes / "roster.json"
    refused = run("roster", "accept", out, "--node", nodes / "CN")
    assert (refused.returncode, "expected 2 parties" in refused.stderr) == (2, True)
    for party in ("CN", "KR"):
        assert run("roster", "sign", out, "--key", nodes / f"root-{party}.pem").returncode == 0
    for party in ("CN", "KR"):
        assert run("roster", "accept", out, "--node", nodes / party).returncode == 0
        assert (nodes / party / "exchange" / "roster.json").exists()
    again = run("roster", "accept", out, "--node", nodes / "CN")
    assert (again.returncode, "expected 2 of china-korea" in again.stderr) == (2, True)


def test_keys_are_never_written_over_and_readable_by_their_owner_alone(nodes: Path) -> None:
    again = run("key", "--node", nodes / "CN", "--root", "00" * 32, "--out", nodes / "x.json")
    assert (again.returncode, "never written over" in again.stderr) == (2, True)
    assert run("root", "--out", nodes / "root-CN.pem").returncode == 2
    for path in (nodes / "CN" / "secrets" / "exchange").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_next_certificate_is_added_to_the_entry_beside_the_present_one(nodes: Path) -> None:
    entry = nodes / "CN.json"
    words = ("tls", "--node", nodes / "CN", "--entry", entry, "--certificate", nodes / "2.pem", "--key", nodes / "2-key.pem")
    done = run(*words, "--days", 100, "--json")
    assert done.returncode == 0, done.stderr
    held = msgspec.json.decode(entry.read_bytes(), type=Party)
    first, second = (pin_of("CN", raw) for raw in held.certificates)
    assert json.loads(done.stdout)["fingerprint"] == second.fingerprint
    assert 0 <= 630 - (first.until - second.until) / timedelta(days=1) < 0.01  # 730 and 100 days, the second made later
    assert (nodes / "2-key.pem").stat().st_mode & 0o777 == 0o600
    again = run(*words)
    assert (again.returncode, "not written over" in again.stderr) == (2, True)
    other = run("tls", "--node", nodes / "KR", *words[3:5], "--certificate", nodes / "3.pem", "--key", nodes / "3-key.pem")
    assert (other.returncode, "expected that of KR" in other.stderr, (nodes / "3.pem").exists()) == (2, True, False)


def test_the_list_is_shown_with_who_signed_it(nodes: Path) -> None:
    out = nodes / "roster.json"
    run("roster", "sign", out, "--key", nodes / "root-CN.pem")
    found = json.loads(run("roster", "show", out, "--json").stdout)
    assert [one["code"] for one in found["parties"]] == ["CN", "KR"]
    assert found["signatures"] == found["parties"][0]["roots"]
    assert "signed this list" in run("roster", "show", out).stdout


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"roster":"e30=","signatures":{}}'])
def test_what_is_no_list_is_told(content: str, nodes: Path) -> None:
    path = nodes / "bad.json"
    path.write_text(content)
    for words in (("roster", "show", path), ("roster", "accept", path, "--node", nodes / "CN")):
        done = run(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    """The list of the parties that the proofs are of."""
    path = tmp_path / "trusted.json"
    path.write_bytes(msgspec.json.encode(sign_roster(roster(), [signing("CN", "root"), signing("KR", "root")])))
    return path


def test_a_proof_is_checked_with_two_files_and_no_node(trusted: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    proof.write_bytes(prove(ENTRIES, 4, BOTH, shown=shown(4)))
    done = run("verify-proof", proof, "--roster", trusted)
    assert done.returncode == 0, done.stderr
    assert "written and signed by KR" in done.stdout
    assert "held by CN at 2020-05-21T04:00:00+00:00" in done.stdout
    assert '"finding":"not detected"' in done.stdout
    found: Any = json.loads(run("verify-proof", proof, "--roster", trusted, "--json").stdout)
    assert (found["sender"], found["header"]["id"]) == ("KR", "kr-4")


def test_a_proof_that_was_changed_shows_nothing(trusted: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    proof.write_bytes(prove(ENTRIES, 4, BOTH).replace(b'"index": 4', b'"index": 5'))
    done = run("verify-proof", proof, "--roster", trusted)
    assert (done.returncode, done.stdout) == (1, "")
    assert "header" in done.stderr
