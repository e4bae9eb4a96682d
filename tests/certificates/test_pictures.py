"""Pictures and PDFs give the texts of the codes on them; what cannot be read says so, and never that a certificate is bad."""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fastchannel.certificates.pictures import MOST_BYTES, MOST_PAGES, texts_of
from fastchannel.certificates.refusal import Refusal, RefusedError

TEXT = "HC1:" + "6BFOXN%TS3DH1QG9WA6H98" * 12


def picture(*texts: str, scale: int = 4) -> Image.Image:
    """The texts' codes beside each other."""
    codes = []
    for text in texts:
        raw = io.BytesIO()
        segno.make(text, error="m", micro=False).save(raw, kind="png", scale=scale, border=4)
        codes.append(Image.open(raw).convert("L"))
    sheet = Image.new("L", (sum(one.width for one in codes), max(one.height for one in codes)), 255)
    left = 0
    for one in codes:
        sheet.paste(one, (left, 0))
        left += one.width
    return sheet


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    raw = io.BytesIO()
    image.save(raw, kind, **options)
    return raw.getvalue()


def unreadable(raw: bytes) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        texts_of(raw)
    assert caught.value.refusal.unanswered
    return caught.value.refusal


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "PDF"])
def test_a_code_is_read_from_every_kind_of_file(kind: str) -> None:
    assert texts_of(saved(picture(TEXT), kind)) == (TEXT,)


def test_a_code_is_read_turned_inverted_and_on_a_transparent_or_deep_picture() -> None:
    sheet = picture(TEXT)
    assert texts_of(saved(sheet.rotate(90, expand=True), "PNG")) == (TEXT,)
    assert texts_of(saved(sheet.point(lambda value: 255 - value), "PNG")) == (TEXT,)
    clear = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=sheet.point(lambda value: 255 - value))
    assert texts_of(saved(clear, "PNG")) == (TEXT,)
    assert texts_of(saved(Image.fromarray(np.asarray(sheet).astype(np.uint16) * 257), "PNG")) == (TEXT,)


def test_a_large_photograph_is_read() -> None:
    large = Image.new("L", (6_000, 5_000), 255)
    large.paste(picture(TEXT, scale=16), (900, 700))
    assert texts_of(saved(large, "JPEG")) == texts_of(saved(large, "PNG")) == (TEXT,)


def test_every_code_is_read_once_and_the_parts_of_one_card_stand_together() -> None:
    other = "HC1:" + "NCFOXN%TS3DH" * 8
    assert set(texts_of(saved(picture(TEXT, other, TEXT), "PNG"))) == {TEXT, other}
    first, second = "shc:/1/2/567629595326546034602925", "shc:/2/2/407728643325520541"
    assert texts_of(saved(picture(second, first), "PNG")) == (f"{first}\n{second}",)
    alone = ("shc:/567629595326546034602925", "shc:/407728643325520541")
    assert set(texts_of(saved(picture(*alone), "PNG"))) == set(alone)


def test_the_codes_of_a_pdf_are_read_up_to_its_tenth_page() -> None:
    texts = [f"HC1:{number:04}" * 10 for number in range(MOST_PAGES + 2)]
    first, *rest = [picture(text) for text in texts]
    assert texts_of(saved(first, "PDF", save_all=True, append_images=rest)) == tuple(texts[:MOST_PAGES])


def test_a_text_is_itself_whatever_its_file_is_called() -> None:
    assert texts_of(TEXT.encode()) == (TEXT,)
    assert texts_of(b"\xef\xbb\xbf" + TEXT.encode() + b"\n") == (TEXT + "\n",)


@pytest.mark.parametrize(
    ("detail", "raw"),
    [
        ("empty", b""),
        ("empty", b" \r\n"),
        ("file-type", b"\xff\xfe\x00\x01"),
        ("too-large", b"A" * (MOST_BYTES + 1)),
        ("picture", b"\x89PNG\r\n\x1a\n"),
        ("picture", b"GIF89a"),
        ("pdf", b"%PDF-1.7\n"),
        ("no-code", saved(Image.new("L", (300, 300), 255), "PNG")),
        ("no-code", saved(Image.new("L", (1, 1), 255), "GIF")),
        ("too-large", saved(Image.new("1", (10_000, 5_001)), "PNG")),
    ],
)
def test_what_cannot_be_read_says_why(detail: str, raw: bytes) -> None:
    assert unreadable(raw).detail == detail


def test_a_picture_that_claims_more_pixels_than_anybody_has_is_refused_before_it_is_decoded() -> None:
    raw = bytearray(saved(Image.new("L", (8, 8)), "PNG"))
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    assert unreadable(bytes(raw)).detail == "too-large"


GOOD = [saved(picture("HC1:" + "A" * 40, scale=2), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "PDF")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GOOD), st.dictionaries(st.integers(0, 4_000), st.integers(0, 255), max_size=12), st.integers(8, 4_000))
def test_damaged_files_raise_nothing_but_our_own(raw: bytes, changes: dict[int, int], cut: int) -> None:
    damaged = bytearray(raw)
    for place, value in changes.items():
        damaged[place % len(damaged)] = value
    try:
        found: object = texts_of(bytes(damaged[:cut]))
    except RefusedError as error:
        found = error.refusal
    assert isinstance(found, tuple) or (isinstance(found, Refusal) and found.unanswered)


def test_every_real_picture_says_what_its_data_set_says(shared: Path) -> None:
    """The EU's quality-assurance pictures, read here and by the scanner that the set was made with."""
    folder = shared / "data" / "cert" / "dcc" / "qa"
    known = {json.loads(line)["prefix"] for line in (folder / "qa.jsonl").read_text().splitlines()}
    pictures = [path for path in (folder / "img").rglob("*") if path.suffix == ".png"]
    assert len(pictures) >= 20
    for path in pictures:
        (text,) = texts_of(path.read_bytes())
        assert text in known, path.name
