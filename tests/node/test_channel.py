"""What a node shows on its line, and whom it believes: files that fit each other and the list of keys, or why not."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from fastchannel.cli.doctor import line
from fastchannel.exchange.roster import Roster, sign_roster
from fastchannel.node.channel import Channel, channel, make_certificate
from fastchannel.node.config import Config, ExchangeConfig, load
from fastchannel.node.errors import ConfigError, NodeError
from fastchannel.node.places import Places
from tests.exchange.parties import roster

KR_DAYS, CN_DAYS = 730, 20


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "CN" / "secrets").mkdir(parents=True)
    (tmp_path / "CN" / "secrets" / "secret_key").write_text("for tests only")
    (tmp_path / "CN" / "node.toml").write_text('party = "CN"\n[exchange]\nlisten = "127.0.0.1:8843"\n')
    return Places(tmp_path / "CN")


@pytest.fixture
def listed(places: Places) -> Roster:
    """CN's list, in which CN and KR stand with a certificate each."""
    own = make_certificate("CN", places.exchange_certificate, places.exchange_tls_key, CN_DAYS)
    theirs = make_certificate("KR", places.directory / "kr.pem", places.directory / "kr-key.pem", KR_DAYS)
    shown = {"CN": (own,), "KR": (theirs,)}
    held = roster()
    made = msgspec.structs.replace(
        held, parties=tuple(msgspec.structs.replace(one, certificates=shown[one.code]) for one in held.parties)
    )
    places.roster.write_bytes(msgspec.json.encode(sign_roster(made, [])))
    return made


def opened(places: Places, listed: Roster, **named: str) -> Channel:
    return channel(Config(party="CN", exchange=ExchangeConfig(**named)), places, listed)


def test_the_channel_believes_the_peers_certificates_and_not_its_own(places: Places, listed: Roster) -> None:
    found = opened(places, listed)
    assert found.peers == {"KR": listed.certificates("KR")}
    assert found.trusted() == (places.directory / "kr.pem").read_bytes()
    context = found.context("KR")
    assert (context.verify_mode, context.minimum_version) == (ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_3)
    assert context.cert_store_stats() == {"x509": 1, "crl": 0, "x509_ca": 0}  # KR's alone: none of the machine's authorities
    with pytest.raises(NodeError, match="SG: the list of keys has no certificate"):
        found.context("SG")


def test_the_key_is_its_owners_alone_and_nothing_is_written_over(places: Places, listed: Roster) -> None:
    assert places.exchange_tls_key.stat().st_mode & 0o777 == 0o600
    for certificate, key in ((places.exchange_certificate, "new"), ("new", places.exchange_tls_key)):
        with pytest.raises(NodeError, match="not written over"):
            make_certificate("CN", places.directory / certificate, places.directory / key, 30)
    assert not (places.directory / "new").exists()


def test_files_that_are_missing_or_do_not_fit_are_named(places: Places, listed: Roster) -> None:
    (places.directory / "text.pem").write_text("no certificate")
    for named, said in (
        ({"certificate": "none.pem"}, r"none\.pem: cannot be read: No such file"),
        ({"key": "none.pem"}, r"none\.pem: cannot be read: No such file"),
        ({"certificate": "text.pem"}, r"text\.pem: found no certificate in PEM"),
        ({"key": "text.pem"}, r"text\.pem: found no private key in PEM"),
        ({"key": "kr-key.pem"}, "do not belong together"),
        ({"certificate": "kr.pem", "key": "kr-key.pem"}, "does not stand with CN in the list of keys, version 1"),
    ):
        with pytest.raises(NodeError, match=said):
            opened(places, listed, **named)


def test_a_listener_that_nobody_could_come_in_by_is_told(places: Places, listed: Roster) -> None:
    own = {"CN": listed.certificates("CN"), "KR": ()}
    alone = msgspec.structs.replace(
        listed, parties=tuple(msgspec.structs.replace(one, certificates=own[one.code]) for one in listed.parties)
    )
    with pytest.raises(NodeError, match="nobody could come in"):
        opened(places, alone).trusted()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[exchange]\nlisten = "8843"', "listen"),
        ('[exchange]\nlisten = "127.0.0.1:0"', "found port 0"),
        ('[exchange]\nlisten = "127.0.0.1:99999"', "found port 99999"),
        ('[exchange]\nlisten = "127.0.0.1:8800"', "another than the pages' 8800"),
        ('[exchange]\nlisten = ":8843"', "listen"),
        ('[exchange]\nport = 8843', "port"),
        ('[exchange]\nlisten = "[::1]:8843"\n[peers]\nKR = "http://kr.example/exchange/"', "peers.KR"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(places: Places, text: str, names: str) -> None:
    places.config.write_text(f'party = "CN"\n{text}\n')
    with pytest.raises(ConfigError, match=names):
        load(places.directory, {})


def test_the_listener_has_a_host_and_a_port() -> None:
    assert ExchangeConfig(listen="exchange.example.kr:8843").address == ("exchange.example.kr", 8843)
    assert ExchangeConfig(listen="[::1]:8843").address == ("::1", 8843)


def test_doctor_tells_of_a_certificate_thirty_days_before_its_end(places: Places, listed: Roster) -> None:
    now = datetime.now(UTC)
    own, cn, kr = line(places.directory, now)
    assert (own.well, own.found) == (True, str(places.exchange_certificate))
    assert (cn.well, cn.needed, kr.well) == (False, False, True)  # CN's has twenty days left
    _, cn, _ = line(places.directory, now + timedelta(days=CN_DAYS))
    assert (cn.well, cn.needed) == (False, True)
    places.exchange_tls_key.unlink()
    own = next(line(places.directory, now))
    assert (own.well, own.needed) == (False, True)
    places.roster.unlink()
    assert list(line(places.directory, now)) == []
