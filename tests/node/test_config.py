"""Settings are read once, typed, and wrong ones fail loudly."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fastchannel.node.clock import AcceleratedClock, RealClock, clock
from fastchannel.node.config import ClockConfig, Config, load
from fastchannel.node.errors import ConfigError
from fastchannel.node.places import Places, database_parameters


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").write_text("s3cret\n")
    (tmp_path / "node.toml").write_text('party = "KR"\nport = 8802\n')
    return tmp_path


def test_a_node_needs_little(directory: Path) -> None:
    config = load(directory, {})
    assert (config.party, config.port, config.secret_key, config.clock.start) == ("KR", 8802, "s3cret", None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('party = "KR"\ncolour = "red"', "colour"),
        ('party = "KR"\n[clock]\nspede = 3.0', "spede"),
        ('party = "Korea"', "party"),
        ("port = 1", "party"),
        ('party = "KR"\nport = 0', "port"),
        ('party = "KR"\n[clock]\nspeed = 0', "speed"),
        ("party = ", "node.toml"),
        ('party = "KR"\n[contact.KR]\nphone = "02 1234 5678"', "phone"),
        ('party = "KR"\n[contact.KR]\nphone = "+82 2 1234 5678"\nhours = "8-22"', "hours"),
        ('party = "KR"\n[contact.KR]\nphone = "+82 2 1234 5678"\nlanguages = ["xx"]', "languages"),
        ('party = "KR"\n[contact.Korea]\nphone = "+82 2 1234 5678"', "contact"),
    ],
)
def test_a_wrong_setting_is_named(directory: Path, text: str, names: str) -> None:
    (directory / "node.toml").write_text(text)
    with pytest.raises(ConfigError, match=names):
        load(directory, {})


def test_travellers_call_a_number_for_each_party(directory: Path) -> None:
    text = 'party = "KR"\n[contact.KR]\nphone = "+82 (2) 1234-5678"\nhours = "08:00-24:00"\nlanguages = ["ko", "zh-Hans"]\n'
    (directory / "node.toml").write_text(text)
    contact = load(directory, {}).contact["KR"]
    assert (contact.dialled, contact.hours, contact.languages) == ("+82212345678", "08:00-24:00", ("ko", "zh-Hans"))


def test_variables_override_and_secrets_come_by_file(directory: Path, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("other\n")
    environment = {"FASTCHANNEL_PORT": "9000", "FASTCHANNEL_HOSTS": "a, b", "FASTCHANNEL_SECRET_KEY_FILE": str(secret)}
    config = load(directory, environment)
    assert (config.port, config.hosts, config.secret_key) == (9000, ("a", "b"), "other")


def test_an_unknown_variable_is_an_error(directory: Path) -> None:
    with pytest.raises(ConfigError, match="FASTCHANNEL_PROT"):
        load(directory, {"FASTCHANNEL_PROT": "1"})


def test_a_database_elsewhere_is_reached_by_its_url(directory: Path) -> None:
    config = load(directory, {"DATABASE_URL": "postgresql://me:p%40ss@db:5433/fc?sslmode=require"})
    assert database_parameters(config, Places(directory)) == {
        "NAME": "fc", "USER": "me", "PASSWORD": "p@ss", "HOST": "db", "PORT": "5433", "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip
    with pytest.raises(ConfigError):
        database_parameters(load(directory, {"DATABASE_URL": "mysql://x/y"}), Places(directory))


def test_a_socket_path_never_exceeds_what_the_system_allows(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    assert Places(tmp_path).sockets.is_relative_to(tmp_path) or len(str(tmp_path)) > 80
    assert len(str(Places(deep).sockets)) < 90
    assert Places(deep).sockets != Places(deep / "y").sockets


def test_an_accelerated_clock_is_the_same_in_every_process_and_turns_back(directory: Path) -> None:
    start = datetime(2020, 5, 1, tzinfo=UTC)
    config = ClockConfig(start=start, since=datetime.now(UTC) - timedelta(seconds=10), speed=3_600)
    first, second = clock(config), clock(config)
    assert isinstance(first, AcceleratedClock)
    assert abs(first.now() - second.now()) < timedelta(hours=1)
    assert first.now() - start >= timedelta(hours=10)
    assert first.real(start + timedelta(hours=1)) == config.since + timedelta(seconds=1)  # type: ignore[operator]
    assert isinstance(clock(ClockConfig()), RealClock)


def test_the_how_to_names_every_setting_and_no_other() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "run-a-node.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z_`, ]+) \|", page, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(Config.__struct_fields__)
