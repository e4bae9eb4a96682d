"""Certificates as people bring them: a text, or a picture or PDF with one or more codes on it, as texts to be verified.

Every fault here says that we cannot tell, never that the certificate is bad: a blurred photograph proves nothing.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterable
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from fastchannel.certificates.formats.shc import cards_of
from fastchannel.certificates.refusal import Code, Refusal, RefusedError

MOST_BYTES = 16 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a telephone's largest photographs; above, a picture is a bomb
MOST_PAGES = 10
MOST_CODES = 40
_SCANNED_PIXELS = 16_000_000  # larger pictures are halved until they fit: a code is legible long before
_PAGE_DOTS_PER_INCH = 300
_PAGE_PIXELS = 3_600  # of a page's longer side
_POINTS_PER_INCH = 72
_PICTURES = ("PNG", "JPEG", "WEBP", "GIF")
_PDF_STARTS_WITHIN = 1024  # readers accept a header that stands a little later
_CHUNK = re.compile(r"shc:/[0-9]{1,2}/[0-9]{1,2}/")
_PDFIUM = threading.Lock()  # PDFium may be called by one thread at a time

Grey = NDArray[np.uint8]


def texts_of(raw: bytes) -> tuple[str, ...]:
    """The certificates' texts in a file: its own text, or each code on a picture (PNG, JPEG, WebP, GIF) or in a PDF.

    What it is is told by its first bytes. Raises RefusedError, whose refusal is always one that says "cannot tell". Memory is
    bounded for all of them, and time for all but PDFs: a stranger's PDF is read by `node.pictures`, in a process of its own.
    """
    if len(raw) > MOST_BYTES:
        raise _unreadable("file", f"{len(raw)} bytes", f"at most {MOST_BYTES} bytes", detail="too-large")
    if is_pdf(raw):
        return _codes(_pages(raw), "PDF")
    if _is_picture(raw):
        return _codes([_grey(raw)], "picture")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("file", raw[:4].hex(), "text, PNG, JPEG, WebP, GIF or PDF", detail="file-type") from None
    if not text.strip():
        raise _unreadable("file", "nothing", "a certificate's text", detail="empty")
    return cards_of(text)


def is_pdf(raw: bytes) -> bool:
    """Whether it begins as a PDF does."""
    return b"%PDF-" in raw[:_PDF_STARTS_WITHIN]


def _is_picture(raw: bytes) -> bool:
    return raw.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")) or (
        raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    )


def _grey(raw: bytes) -> Grey:
    """The picture's brightness. Decoders of pictures raise whatever they like; all of it means that it cannot be read."""
    try:
        with Image.open(io.BytesIO(raw), formats=_PICTURES) as image:
            _bounded(*image.size)
            if image.format == "JPEG":
                image.draft("L", (4_000, 4_000))  # decodes no more of a large photograph than is looked at
            return _flattened(image)
    except RefusedError:
        raise
    except Image.DecompressionBombError as error:
        raise _unreadable("picture", "too many pixels", f"at most {MOST_PIXELS} pixels", detail="too-large") from error
    except Exception as error:
        raise _unreadable("picture", "a damaged picture", detail="picture") from error


def _bounded(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _unreadable("picture", f"{width} x {height} pixels", f"at most {MOST_PIXELS} pixels", detail="too-large")


def _flattened(image: Image.Image) -> Grey:
    """Grey, on white where the picture is transparent, and no larger than is looked at."""
    shown: Image.Image = image
    if shown.mode.startswith(("I", "F")):
        deep = np.asarray(shown).astype(np.float64)  # 16 bits a pixel, which a conversion would clip
        most = max(float(deep.max(initial=0)), 1.0)
        shown = Image.fromarray((deep.clip(0) * (255 / most)).astype(np.uint8))
    elif shown.has_transparency_data:
        layered = shown.convert("RGBA")
        shown = Image.new("RGBA", layered.size, "white")
        shown.alpha_composite(layered)
    shown = shown.convert("L")
    while shown.width * shown.height > _SCANNED_PIXELS:
        shown = shown.reduce(2)
    return np.asarray(shown, dtype=np.uint8)


def _pages(raw: bytes) -> Iterable[Grey]:
    """The first pages, each at a bounded size."""
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(raw)
            try:
                return [_page(document[number]) for number in range(min(len(document), MOST_PAGES))]
            finally:
                document.close()
        except Exception as error:
            raise _unreadable("PDF", "a damaged or locked PDF", detail="pdf") from error


def _page(page: Any) -> Grey:
    width, height = page.get_size()
    scale = min(_PAGE_DOTS_PER_INCH / _POINTS_PER_INCH, _PAGE_PIXELS / max(width, height, 1))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()
        page.close()


def _codes(pictures: Iterable[Grey], where: str) -> tuple[str, ...]:
    """Every text once, in the order of appearance; the parts of one SMART Health Card together, a line each."""
    found: dict[str, None] = {}
    for picture in pictures:
        found.update(dict.fromkeys(_scanned(picture)))
    texts = list(found)[:MOST_CODES]
    if not texts:
        raise _unreadable(where, "no code", "a QR or Aztec code", detail="no-code")
    parts = sorted(text for text in texts if _CHUNK.match(text))
    whole = [text for text in texts if text not in parts]
    return (*whole, "\n".join(parts)) if parts else tuple(whole)


def _scanned(picture: Grey) -> list[str]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec])
    if min(picture.shape) == 0:
        return []
    codes = zxingcpp.read_barcodes(np.ascontiguousarray(picture), formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return [_text(code) for code in codes if code.valid]


def _text(code: zxingcpp.Barcode) -> str:
    """What a scanner reads: bytes that are no text become the characters of the same numbers."""
    if code.content_type == zxingcpp.ContentType.Binary or code.bytes.startswith(b"PK\x03\x04"):
        return bytes(code.bytes).decode("latin-1")
    return str(code.text)


def _unreadable(where: str, found: str, expected: str = "", *, detail: str) -> RefusedError:
    return RefusedError(Refusal(code=Code.UNSUPPORTED, where=where, found=found, expected=expected, detail=detail))
