"""Checkpoints are the forms of C2SP, verify with the key that made them, and in no other form."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.exchange.errors import ExchangeError, NoteError
from fastchannel.exchange.merkle import leaf_hash
from fastchannel.exchange.notes import COSIGNATURE, Checkpoint, Note, check, cosign, public_key, read, sign
from tests.exchange.parties import AT, BULK, URGENT, signing

POINT = Checkpoint(BULK, 7, leaf_hash(b"root"))
KEY, OTHER = signing("KR"), signing("CN")
NOTE = Note(POINT, (sign(POINT, "KR", KEY),))


def test_the_text_is_the_one_of_the_specification() -> None:
    origin, size, root, empty, line, end = NOTE.raw.decode().split("\n")
    assert (origin, size, base64.b64decode(root), empty, end) == ("china-korea/KR/CN/bulk", "7", POINT.root, "", "")
    assert line.startswith("— KR ")
    assert len(base64.b64decode(line.removeprefix("— KR "))) == 4 + 64


def test_a_published_example_of_a_key_identifier_and_signature_holds() -> None:
    """The example of Go's package note, on which the specification rests: name, key and signature are its own."""
    raw = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    name, text = (
        "PeterNeumann",
        ("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"),
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from fastchannel.exchange.notes import key_id

    signature = base64.b64decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
    assert raw[0] == 0x01
    assert key_id(name, 0x01, raw[1:]) == signature[:4] == bytes.fromhex("c74f20a3")
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], text.encode())


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read_and_verifies(size: int, root: bytes) -> None:
    point = Checkpoint(URGENT, size, root)
    note = Note(point, (sign(point, "KR", KEY), cosign(point, "CN", OTHER, AT)))
    found = read(note.raw)
    assert found == note
    assert check(found, public_key("KR", KEY)) is None
    assert check(found, public_key("CN", OTHER, kind=COSIGNATURE)) == AT


def test_another_key_another_name_and_another_use_did_not_sign() -> None:
    for wrong in (public_key("KR", OTHER), public_key("CN", KEY), public_key("KR", KEY, kind=COSIGNATURE)):
        with pytest.raises(NoteError):
            check(NOTE, wrong)


def test_a_cosignature_is_of_its_time_and_of_no_other() -> None:
    early = cosign(POINT, "CN", OTHER, AT)
    late = early.data[:7] + b"\xff" + early.data[8:]
    with pytest.raises(NoteError, match="wrong"):
        check(Note(POINT, (type(early)(early.name, early.key_id, late),)), public_key("CN", OTHER, kind=COSIGNATURE))
    with pytest.raises(NoteError, match="time"):
        check(
            Note(POINT, (cosign(POINT, "CN", OTHER, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1)),)),
            public_key("CN", OTHER, kind=COSIGNATURE),
        )


@given(st.data())
def test_no_byte_of_a_note_can_be_changed(data: st.DataObject) -> None:
    raw = bytearray(NOTE.raw)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NoteError):
        check(read(bytes(raw)), public_key("KR", KEY))


@given(st.binary(max_size=300))
def test_whatever_comes_raises_nothing_but_our_error(raw: bytes) -> None:
    for one in (raw, NOTE.raw + raw, NOTE.raw[: len(raw)], POINT.body + b"\n" + raw):
        try:
            read(one)
        except ExchangeError:
            continue


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n\n", POINT.body, NOTE.raw.replace(b"\n7\n", b"\n07\n"), NOTE.raw.replace(b"\n7\n", b"\n-7\n"),
        NOTE.raw.replace(b"\n7\n", b"\n9007199254740993\n"), NOTE.raw.replace(b"\n\n", b"\nextension\n\n"),
        NOTE.raw[:-1], NOTE.raw + b"\n", NOTE.raw.replace(b"bulk", b"bu lk"), NOTE.raw.replace("—".encode(), b"-"),
        NOTE.raw * 200,
    ],
)  # fmt: skip
def test_another_form_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        read(raw)


def test_a_key_signs_under_a_name_that_can_be_one() -> None:
    with pytest.raises(NoteError):
        public_key("K R", Ed25519PrivateKey.generate())


def test_of_one_key_the_newest_signature_stays() -> None:
    first, second = cosign(POINT, "CN", OTHER, AT), cosign(POINT, "CN", OTHER, AT + timedelta(hours=1))
    assert NOTE.with_signatures([first]).with_signatures([second]).signatures == (*NOTE.signatures, second)
