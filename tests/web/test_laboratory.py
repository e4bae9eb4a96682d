"""The laboratory's desk: the tray, a sample by its barcode, and labels."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fastchannel.node import labreports
from fastchannel.terms.events import Role
from tests.node.test_labreports import LAB, message, sampled
from tests.node.test_lanes import db_node
from tests.node.test_watching import today
from tests.web.scene import said

__all__ = ["db_node", "sampled", "today"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_tray_page_settles(sampled: str, signed_in: Any) -> None:
    labreports.receive(LAB, message("A", "S-X"))
    labreports.receive(LAB, message("B", "S-Y", value="POS"))
    client: Client = signed_in(Role.LABORATORY, organisation="cn-lab")
    page = said(client.get("/laboratory/tray/"))
    assert "Results that wait for somebody: 2." in page
    [one, two] = labreports.tray(LAB)[0]
    assert "settled" not in said(client.post(f"/laboratory/tray/{one.id}/", {"what": "dismiss", "reason": "no"}, follow=True))
    sent = {"what": "attach", "journey": "nobody", "reason": "r"}
    assert "No sample for this test was taken on that journey" in said(
        client.post(f"/laboratory/tray/{two.id}/", sent, follow=True)
    )
    page = said(client.post(f"/laboratory/tray/{two.id}/", {**sent, "journey": sampled}, follow=True))
    assert "Recorded with the sample." in page
    assert "No result waits for anybody." in page
    assert signed_in(Role.SPONSOR).get("/laboratory/tray/").status_code == 403


def test_a_barcode_opens_the_sample_and_labels_are_new(sampled: str, signed_in: Any) -> None:
    client: Client = signed_in(Role.LABORATORY, organisation="cn-lab")
    assert client.get("/laboratory/sample/", {"sample": "S-77"}).headers["Location"].startswith(f"/work/{sampled}/")
    assert "No sample with the number S-0" in said(client.get("/laboratory/sample/", {"sample": "S-0"}, follow=True))
    first, second = (said(client.get("/laboratory/labels/?count=5")) for _ in range(2))
    assert first.count('alt=""') == 5
    assert first != second
