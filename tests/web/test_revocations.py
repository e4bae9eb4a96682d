"""What an issuer took back is refused on the node's pages, and a list that cannot be read sets nobody free."""

from __future__ import annotations

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.test import Client

from fastchannel.certificates.trust.revocation import CertificateName, list_revocations, seal_revocations
from fastchannel.certificates.trust.signing import signing_key
from tests.certificates.issuing import KID
from tests.web.test_certificates import GOOD, NOW, listed

KEY = Ed25519PrivateKey.generate()
NAME = CertificateName(country="AT", kid=KID, identifier="URN:UVCI:01:AT:71EE2559DE38C6BF7304FB65A1A451EC#3")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """The node's folder of revocation lists, beside a trust list that vouches for the certificates."""
    settings.NODE_DIRECTORY = tmp_path
    found = tmp_path / "trust" / "revoked"
    found.mkdir(parents=True)
    (found.parent / "cn.json").write_bytes(listed())
    return found


def put(folder: Path, *names: CertificateName, issued: Any = NOW, key: Ed25519PrivateKey = KEY) -> None:
    made = list_revocations(names, party="CN", version=1, issued=issued, countries=("AT",), salt=b"0" * 16)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "CN.cbor").write_bytes(seal_revocations(made, signing_key(pem)))
    (folder / "CN.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def checked(client: Client) -> str:
    return html.unescape(client.post("/certificates/", {"text": GOOD}).content.decode())


def test_a_revoked_certificate_is_refused_as_soon_as_the_list_is_there(officer: Client, folder: Path) -> None:
    assert "Verified" in checked(officer)
    put(folder, NAME)
    assert "revoked (list)" in checked(officer)
    put(folder)
    assert "Verified" in checked(officer)


def test_a_stale_list_cannot_tell(officer: Client, folder: Path) -> None:
    put(folder, issued=NOW - timedelta(days=2))
    assert "revocation-stale" in checked(officer)


@pytest.mark.parametrize("fault", ["damaged", "no key", "another key"])
def test_a_list_that_cannot_be_read_or_that_nobody_known_signed_cannot_tell(fault: str, officer: Client, folder: Path) -> None:
    put(folder, NAME, key=Ed25519PrivateKey.generate() if fault == "another key" else KEY)
    if fault == "damaged":
        (folder / "CN.cbor").write_bytes((folder / "CN.cbor").read_bytes()[:-1])
    if fault == "no key":
        (folder / "CN.pem").unlink()
    page = checked(officer)
    assert "revocation-stale (unreadable)" in page
    assert "CN.cbor" in page
    assert "Cannot tell" in page


def test_the_page_lists_what_is_held(officer: Client, folder: Path) -> None:
    put(folder, NAME)
    page = html.unescape(officer.get("/certificates/").content.decode())
    assert "Revoked certificates, list of CN, version 1, entries: 1" in page
    (folder / "CN.cbor").write_bytes(b"")
    page = html.unescape(officer.get("/certificates/").content.decode())
    assert "The list of revoked certificates CN.cbor cannot be read" in page
