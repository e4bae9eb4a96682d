"""A PDF is read in a process of its own, which ends whatever the PDF asks for."""

from __future__ import annotations

import pytest

from fastchannel.certificates.refusal import Refusal, RefusedError
from fastchannel.node import pictures
from fastchannel.node.pictures import texts_of_file
from tests.certificates.test_pictures import TEXT, picture, saved


def nested(depth: int, each: int = 10) -> bytes:
    """A PDF of forms within forms: ``each`` to the power of ``depth`` rectangles in some hundred bytes."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    ]
    for level in range(depth):
        last = level == depth - 1
        drawn = (b"0 0 9 9 re f " if last else b"/F Do ") * each
        inner = b"" if last else b"/Resources << /XObject << /F %d 0 R >> >> " % (level + 6)
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] %s/Length %d >>" % (inner, len(drawn))
        bodies.append(head + b"\nstream\n" + drawn + b"\nendstream")
    raw, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, len(raw))
    return raw + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + tail


def refused(raw: bytes) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        texts_of_file(raw)
    assert caught.value.refusal.unanswered
    return caught.value.refusal


def test_a_pdf_a_picture_and_a_text_give_what_they_hold() -> None:
    assert texts_of_file(saved(picture(TEXT), "PDF")) == (TEXT,)
    assert texts_of_file(saved(picture(TEXT), "PNG")) == (TEXT,)
    assert texts_of_file(TEXT.encode()) == (TEXT,)


def test_a_refusal_comes_back_from_the_other_process_as_it_is() -> None:
    assert refused(nested(2)).detail == "no-code"
    assert refused(b"%PDF-1.7\n").detail == "pdf"


def test_a_pdf_that_asks_for_hours_of_drawing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_PATIENCE_SECONDS", 2)
    assert refused(nested(12)).found.startswith("no end of drawing")
