"""Where a node keeps what: the files in its directory, the database's socket."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from fastchannel.node.config import Config
from fastchannel.node.errors import ConfigError

DATABASE = "fastchannel"
USER = "postgres"
SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103  # the shortest sun_path among the systems we run on, less the terminating zero


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one node."""

    directory: Path

    @property
    def config(self) -> Path:
        """The node's settings."""
        return self.directory / "node.toml"

    @property
    def secrets(self) -> Path:
        """What nobody else may read."""
        return self.directory / "secrets"

    @property
    def pass_key(self) -> Path:
        """The private key that signs passes."""
        return self.secrets / "pass_key.pem"

    @property
    def trust(self) -> Path:
        """Trust lists, and the lists of what issuers took back."""
        return self.directory / "trust"

    @property
    def exchange_keys(self) -> Path:
        """The node's private keys for the exchange with the other parties."""
        return self.secrets / "exchange"

    @property
    def exchange_certificate(self) -> Path:
        """What this node's line shows, unless the settings name another file."""
        return self.directory / "exchange" / "certificate.pem"

    @property
    def exchange_tls_key(self) -> Path:
        """The private key of that certificate."""
        return self.exchange_keys / "tls.pem"

    @property
    def exchange_peers(self) -> Path:
        """The peers' certificates, written from the roster at each start: whom the exchange's listener lets in."""
        return self.directory / "exchange" / "peers.pem"

    @property
    def reports(self) -> Path:
        """Daily case reports, each file as it was published."""
        return self.directory / "reports"

    @property
    def roster(self) -> Path:
        """The list of the parties' keys, as it was accepted."""
        return self.directory / "exchange" / "roster.json"

    @property
    def data(self) -> Path:
        """The database's own files."""
        return self.directory / "database"

    @property
    def log(self) -> Path:
        """What the database server says."""
        return self.directory / "database.log"

    @property
    def lock(self) -> Path:
        """Held while the database is started or stopped."""
        return self.directory / "lock"

    @property
    def running(self) -> Path:
        """Held while the node runs."""
        return self.directory / "running"

    @property
    def sockets(self) -> Path:
        """The folder of the database's socket: in the node's directory, or in a short one where that path is too long."""
        inside = self.directory / "socket"
        if len(os.fsencode(inside / SOCKET)) <= _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"fastchannel-{digest}"


def database_parameters(config: Config, places: Places) -> dict[str, Any]:
    """Django's parameters for the node's database. Raises ConfigError where the URL is none."""
    if not config.database_url:
        return {"NAME": DATABASE, "USER": USER, "HOST": str(places.sockets), "PORT": "5432"}
    url = urlsplit(config.database_url)
    name = unquote(url.path.lstrip("/"))
    if url.scheme not in ("postgres", "postgresql") or not name:
        raise ConfigError("DATABASE_URL: expected postgresql://user:password@host:port/name")
    return {
        "NAME": name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": dict(parse_qsl(url.query)),
    }
