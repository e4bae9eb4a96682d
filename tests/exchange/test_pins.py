"""Certificates of the line are self-signed, may sign no others, and count for the party with which they stand in the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from fastchannel.exchange.errors import ExchangeError
from fastchannel.exchange.pins import MOST_PINS, Pin, PinError, certificate_of, pem, pin_of
from fastchannel.exchange.roster import Roster, RosterError, first_roster, follow, sign_roster
from tests.exchange.parties import roster, signing

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CN, KR = (certificate_of(code, signing(code, "tls"), number, NOW, 730) for number, code in enumerate(("CN", "KR"), 1))
ROOTS = [signing(code, "root") for code in ("CN", "KR")]


def shown(by_party: dict[str, tuple[bytes, ...]], version: int = 1) -> Roster:
    held = roster(version=version)
    return replace(held, parties=tuple(replace(one, certificates=by_party.get(one.code, ())) for one in held.parties))


def authority(*, ca: bool = True, signed_by: Ed25519PrivateKey | None = None) -> bytes:
    """A certificate that may sign others, or is signed by another key than its own."""
    name, key = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")]), signing("CN", "tls")
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9))
    made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return made.sign(signed_by or key, None).public_bytes(Encoding.DER)


def test_a_pin_says_whose_it_is_and_how_long_it_counts() -> None:
    pin = pin_of("CN", CN)
    assert (pin.party, pin.fingerprint) == ("CN", sha256(CN).hexdigest())
    assert (pin.since, pin.until) == (NOW - timedelta(days=30), NOW + timedelta(days=730))
    assert x509.load_pem_x509_certificates(pem([CN, KR]))[1].public_bytes(Encoding.DER) == KR


@pytest.mark.parametrize(("days", "soon", "ended"), [(31, False, False), (30, True, False), (1, True, False), (0, True, True)])
def test_people_are_told_thirty_days_before_the_end(days: int, soon: bool, ended: bool) -> None:
    pin = Pin(party="CN", fingerprint="", since=NOW, until=NOW + timedelta(days=days))
    assert (pin.ends_soon(NOW), pin.ended(NOW)) == (soon, ended)


@pytest.mark.parametrize(
    "raw",
    [b"", b"x" * 5_000, CN[:-1], CN + b"\0", authority(), authority(ca=False, signed_by=signing("KR", "tls"))],
    ids=["nothing", "large", "cut", "longer", "authority", "another's signature"],
)
def test_what_is_none_or_may_vouch_for_others_is_no_pin(raw: bytes) -> None:
    with pytest.raises(PinError, match="certificate of CN"):
        pin_of("CN", raw)


def test_the_list_holds_the_certificates_and_the_offline_keys_vouch_for_them() -> None:
    first = first_roster(sign_roster(shown({"CN": (CN,), "KR": (KR,)}), ROOTS))
    assert (first.certificates("CN"), first.certificates("KR"), first.certificates("SG")) == ((CN,), (KR,), ())
    assert [pin.party for pin in first.pins()] == ["CN", "KR"]
    wrongs: list[dict[str, tuple[bytes, ...]]] = [
        {"CN": (CN,), "KR": (CN,)},
        {"CN": (authority(),)},
        {"CN": (CN,) * (MOST_PINS + 1)},
    ]
    for wrong in wrongs:
        with pytest.raises(ExchangeError):
            first_roster(sign_roster(shown(wrong), ROOTS))


def test_a_certificate_may_be_followed_by_another_and_leave() -> None:
    first = shown({"CN": (CN,), "KR": (KR,)})
    fresh = certificate_of("CN", signing("CN", "tls 2"), 3, NOW, 730)
    second = follow(first, sign_roster(shown({"CN": (CN, fresh), "KR": (KR,)}, version=2), ROOTS))
    third = follow(second, sign_roster(shown({"CN": (fresh,), "KR": (KR,)}, version=3), ROOTS))
    assert third.certificates("CN") == (fresh,)
    with pytest.raises(RosterError, match="expected 2 parties"):
        follow(first, sign_roster(shown({"CN": (CN, fresh)}, version=2), ROOTS[:1]))
