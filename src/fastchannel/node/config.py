"""A node's settings: read once at the start from ``node.toml`` in its directory and from the environment.

A variable ``FASTCHANNEL_<KEY>`` overrides the key of that name, and ``FASTCHANNEL_<KEY>_FILE`` names a file that holds the
value. Unknown keys and variables are errors.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from fastchannel.node.errors import ConfigError

PREFIX = "FASTCHANNEL_"
DIRECTORY = "FASTCHANNEL_NODE"
FILE = "node.toml"
_TABLES = frozenset({"accounts", "clock", "contact", "exchange", "mail", "messages", "peers"})  # in the file alone
_LISTS = frozenset({"agreements", "hosts", "origins"})


class ClockConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The real time, or with ``start`` one that showed it when the host's was ``since``, ``speed`` times faster."""

    start: datetime | None = None
    since: datetime | None = None
    speed: Annotated[float, Meta(gt=0, le=100_000)] = 1.0


class ExchangeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line to the other parties' nodes. With ``listen`` letters come in there, by mutual TLS, and nowhere else."""

    listen: Annotated[str, Meta(pattern=r"^(|[A-Za-z0-9.-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5})$")] = ""
    certificate: str = ""  # what we show to peers; empty: exchange/certificate.pem in the node's directory
    key: str = ""  # its private key; empty: secrets/exchange/tls.pem

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of ``listen``."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class ContactConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom travellers in one party's territory call: the officer's telephone, when somebody answers, and in which languages."""

    phone: Annotated[str, Meta(pattern=r"^\+[0-9][0-9 ()-]{4,24}$")]  # with the country's code: travellers call from abroad
    name: Annotated[str, Meta(max_length=80)] = ""  # of the office, as it is to be read out
    hours: Annotated[str, Meta(pattern=r"^(|([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00))$")] = ""
    languages: tuple[Literal["en", "zh-Hans", "ko"], ...] = ()

    @property
    def dialled(self) -> str:
        """The number as a telephone dials it."""
        return "+" + "".join(sign for sign in self.phone if sign.isdigit())


class MessagesConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How short messages to travellers leave: into files of the node's directory, or by a gateway. Mail goes by ``mail``."""

    sms: Literal["file", "http"] = "file"
    sms_url: Annotated[str, Meta(pattern=r"^(|https://.+)$")] = ""  # takes {"id", "to", "text"} and knows an id again


class OidcConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ministry's own sign-in, by OpenID Connect. Its identities open only accounts that were bound to them."""

    title: str
    issuer: Annotated[str, Meta(pattern=r"^https://|^http://(localhost|127\.0\.0\.1)(:|/|$)")]
    client_id: str
    client_secret: str = ""
    client_secret_file: str = ""  # a path in the node's directory, or an absolute one

    def secret(self, directory: Path) -> str:
        """The client's secret. Raises ConfigError."""
        return self.client_secret or (_secret(directory / self.client_secret_file) if self.client_secret_file else "")


class AccountsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How staff sign in. ``optional`` is for drills: the page to sign in says so."""

    second_factor: Literal["required", "optional"] = "required"
    idle_hours: Annotated[float, Meta(gt=0, le=168)] = 8.0
    longest_hours: Annotated[float, Meta(gt=0, le=720)] = 24.0
    invitation_hours: Annotated[float, Meta(gt=0, le=720)] = 72.0
    four_eyes: bool = True  # whether a party's signature under a joint decision takes two people of it
    break_glass_minutes: Annotated[int, Meta(ge=5, le=1440)] = 60
    oidc: dict[Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")], OidcConfig] = {}


class MailConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How mail leaves. Without ``host`` it is written to files under ``mail/`` in the node's directory."""

    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 587
    user: str = ""
    password_file: str = ""  # a path in the node's directory, or an absolute one
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = "fast-channel@localhost"

    def password(self, directory: Path) -> str:
        """The password of ``user``. Raises ConfigError."""
        return _secret(directory / self.password_file) if self.password_file else ""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may differ between two nodes; what they must agree on is in the agreement."""

    party: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8800
    language: str = "en"
    agreements: tuple[str, ...] = ()  # identifiers of shipped agreements; empty means all that name the party
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")  # names that the web server answers to
    origins: tuple[str, ...] = ()  # https origins that forms may be sent from, behind a proxy
    https: bool = False  # whether a proxy in front speaks https
    address: Annotated[str, Meta(pattern=r"^(|https?://[^/]+)$")] = ""  # what travellers' links begin with
    clock: ClockConfig = ClockConfig()
    accounts: AccountsConfig = AccountsConfig()
    mail: MailConfig = MailConfig()
    sweep_seconds: Annotated[int, Meta(ge=1, le=60)] = 5
    retention_days: Annotated[int, Meta(ge=1)] = 180  # after a journey's end, where the agreement does not say
    web_workers: Annotated[int, Meta(ge=1, le=16)] = 2  # processes: one Python process uses one core
    web_threads: Annotated[int, Meta(ge=1, le=64)] = 8  # of each
    peers: dict[str, str] = {}  # the other parties' nodes: party → address of its exchange, https://…/exchange/
    exchange: ExchangeConfig = ExchangeConfig()
    contact: dict[Annotated[str, Meta(pattern=r"^[A-Z]{2}$")], ContactConfig] = {}  # whom travellers call, by party
    messages: MessagesConfig = MessagesConfig()
    sms_token: str = ""  # what the SMS gateway knows this node by
    database_url: str = ""  # empty means the embedded server
    secret_key: str = ""

    @property
    def public_address(self) -> str:
        """What travellers' links begin with: as set, else the first origin, else where the web server listens."""
        return self.address or next(iter(self.origins), "") or f"http://{self.host}:{self.port}"


def load(directory: Path, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of the node in ``directory``. Raises ConfigError."""
    path = directory / FILE
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: found no such file; expected a node's directory. Make one: fastchannel node init {directory}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    fields |= _overrides(os.environ if environment is None else environment)
    if not fields.get("secret_key"):
        fields["secret_key"] = _secret(directory / "secrets" / "secret_key")
    try:
        found = msgspec.convert(fields, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}. Known keys: {', '.join(Config.__struct_fields__)}") from error
    _check_line(path, found)
    if found.messages.sms == "http" and not found.messages.sms_url:
        raise ConfigError(f"{path}: messages.sms_url: found none, expected https://… where messages.sms is http")
    return found


def _check_line(path: Path, config: Config) -> None:
    """A node that demands TLS of others speaks it itself, at a door of its own."""
    if not config.exchange.listen:
        return
    _, port = config.exchange.address
    if not 1 <= port <= 65_535 or port == config.port:
        raise ConfigError(
            f"{path}: exchange.listen: found port {port}, expected 1 to 65535 and another than the pages' {config.port}"
        )
    for party, address in config.peers.items():
        if not address.startswith("https://"):
            raise ConfigError(f"{path}: peers.{party}: found {address}, expected https://… where exchange.listen is set")


def _overrides(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, given in environment.items():
        if name == "DATABASE_URL":
            found["database_url"] = given
            continue
        if name == "DATABASE_URL_FILE":
            found["database_url"] = _secret(Path(given))
            continue
        if not name.startswith(PREFIX) or name == DIRECTORY:
            continue
        key = name.removeprefix(PREFIX).lower()
        value = _secret(Path(given)) if key.endswith("_file") else given
        key = key.removesuffix("_file")
        if key not in Config.__struct_fields__ or key in _TABLES:
            raise ConfigError(
                f"environment variable {name}: no such setting; known: "
                + ", ".join(PREFIX + field.upper() for field in Config.__struct_fields__ if field not in _TABLES)
            )
        found[key] = [part.strip() for part in value.split(",") if part.strip()] if key in _LISTS else value
    return found


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{path}: cannot read this secret: {error.strerror}") from error


def directory(environment: Mapping[str, str] | None = None) -> Path:
    """The node's directory, as ``FASTCHANNEL_NODE`` names it. Raises ConfigError."""
    name = (os.environ if environment is None else environment).get(DIRECTORY)
    if not name:
        raise ConfigError(f"{DIRECTORY} is not set; expected the node's directory")
    return Path(name).resolve()
