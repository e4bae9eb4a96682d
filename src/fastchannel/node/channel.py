"""The line to the other parties' nodes: mutual TLS, in which each believes the certificates in the list of keys and no others.

The host's own authorities and names of hosts say nothing here: a certificate counts for a party because the parties' offline
keys signed it in. Without ``https`` in a peer's address there is no TLS: for a test on one machine.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from fastchannel.exchange.pins import certificate_of, pem
from fastchannel.exchange.roster import Roster
from fastchannel.node.config import Config
from fastchannel.node.errors import NodeError
from fastchannel.node.init import secret
from fastchannel.node.places import Places

SECONDS = 20.0  # of silence
IDLE_SECONDS = 2.0  # until a connection that nothing is said on is closed: shorter than the pause between two exchanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What this node shows on the line, and by party whom it believes: certificates (DER) from the list of keys."""

    certificate: Path
    key: Path
    peers: Mapping[str, tuple[bytes, ...]]

    def context(self, peer: str) -> ssl.SSLContext:
        """For a connection to that peer's listener. Raises NodeError where the list has no certificate of it."""
        known = self.peers.get(peer, ())
        if not known:
            raise NodeError(f"{peer}: the list of keys has no certificate of its line: fastchannel exchange tls makes one")
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        made.check_hostname = False  # the certificate itself is known, whatever the host's name
        made.load_verify_locations(cadata=b"".join(known))
        made.load_cert_chain(self.certificate, self.key)
        return made

    def trusted(self) -> bytes:
        """The peers' certificates as text, for the listener. Raises NodeError where there are none."""
        known = [raw for one in self.peers.values() for raw in one]
        if not known:
            raise NodeError("exchange.listen: the list of keys has no certificate of a peer, so that nobody could come in")
        return pem(known)


def files_of(config: Config, places: Places) -> tuple[Path, Path]:
    """Where the node's certificate and its key are: as the settings say, else in its directory."""
    named = config.exchange
    certificate = places.directory / named.certificate if named.certificate else places.exchange_certificate
    return certificate, places.directory / named.key if named.key else places.exchange_tls_key


def channel(config: Config, places: Places, roster: Roster) -> Channel:
    """The node's channel. Raises NodeError where a file is missing, is of another kind, or does not fit the others."""
    certificate, key = files_of(config, places)
    shown, private = _certificate(certificate), _private(key)
    if shown.public_key() != private.public_key():
        raise NodeError(f"{certificate}, {key}: found a certificate and a key that do not belong together")
    if shown.public_bytes(Encoding.DER) not in roster.certificates(config.party):
        raise NodeError(
            f"{certificate}: found a certificate that does not stand with {config.party} in the list of keys, version "
            f"{roster.version}: peers would refuse it. Put it into the party's entry, and have the next list signed"
        )
    others = [one for one in roster.parties if one.code != config.party]
    return Channel(certificate=certificate, key=key, peers={one.code: one.certificates for one in others})


def make_certificate(party: str, certificate: Path, key: Path, days: int) -> bytes:
    """A new key, readable by its owner alone, with its certificate, which is returned (DER). Raises NodeError."""
    made = Ed25519PrivateKey.generate()
    raw = certificate_of(party, made, x509.random_serial_number(), datetime.now(UTC), days)
    for path in (certificate, key):
        if path.exists():
            raise NodeError(f"{path}: exists already, and is not written over: name other files")
    try:
        certificate.parent.mkdir(parents=True, exist_ok=True)
        key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret(key, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().rstrip("\n"))
        certificate.write_bytes(pem([raw]))
    except OSError as error:
        raise NodeError(f"{certificate}, {key}: cannot be written: {error.strerror or error}") from error
    return raw


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise NodeError(f"{path}: cannot be read: {error.strerror or error}. fastchannel exchange tls makes it") from error
    except ValueError as error:
        raise NodeError(f"{path}: found no certificate in PEM: fastchannel exchange tls makes one") from error


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise NodeError(f"{path}: cannot be read: {error.strerror or error}. fastchannel exchange tls makes it") from error
    except (ValueError, TypeError) as error:
        raise NodeError(f"{path}: found no private key in PEM without a password") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise NodeError(f"{path}: found another kind of key, expected Ed25519: fastchannel exchange tls makes one")
    return found


@dataclass(slots=True)
class Connections:
    """Open connections, one client for each address: a turn's letters go over one, and a new list of keys closes them."""

    held: dict[str, tuple[object, httpx.Client]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, address: str, state: object, context: Callable[[], ssl.SSLContext]) -> httpx.Client:
        """The client for that address, made anew where ``state`` is another than it was. Nothing of the environment counts."""
        with self.lock:
            known = self.held.get(address)
            if known is not None and known[0] == state:
                return known[1]
            limits = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=IDLE_SECONDS)
            made = httpx.Client(verify=context(), timeout=SECONDS, limits=limits, trust_env=False)
            self.held[address] = (state, made)
        if known is not None:
            known[1].close()
        return made
