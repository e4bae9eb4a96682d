"""Many certificates at once are answered as each alone would be."""

from __future__ import annotations

from collections import Counter

import pytest

from fastchannel.certificates.keys import Domain
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.store import TrustList
from fastchannel.certificates.verify import verify
from fastchannel.cli.verify_batch import BLOCK, Asked, answer_json, verify_lines
from tests.certificates.issuing import AT, assayed, claims, store, text, trusted

LISTS = (TrustList(party="CN", version=1, issued=AT, keys=(trusted(),)),)
GOOD = text(claims(assayed()))


@pytest.mark.parametrize("workers", [1, 2])
def test_every_line_has_its_answer_in_order_whatever_the_number_of_processes(workers: int) -> None:
    lines = [f"{GOOD}\n", "HC1:\n", "\n", f"{GOOD}\r\n", "garbage"] * (BLOCK // 2)
    trust = store()
    expected = [answer_json(verify(one.rstrip("\r\n"), trust, AT)) for one in lines]
    answers = list(verify_lines(lines, Asked(lists=LISTS, at=AT), workers=workers))
    assert b"".join(one.raw for one in answers).splitlines() == expected
    counted = sum((one.counts for one in answers), Counter())
    assert counted == {"evidence": BLOCK // 2 * 2, "malformed": BLOCK // 2, "unsupported": BLOCK // 2 * 2}


@pytest.mark.parametrize("workers", [1, 2])
def test_lists_that_do_not_go_together_are_refused_at_once(workers: int) -> None:
    with pytest.raises(CertificateError, match="domain"):
        list(verify_lines([GOOD], Asked(lists=LISTS, at=AT, domain=Domain.TEST), workers=workers))
