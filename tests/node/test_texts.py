"""The agreements that a node holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.casework import applications
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.node import sweep, texts
from fastchannel.node.errors import NodeError
from fastchannel.node.models import AgreementText, Journey
from tests.casework import cases


def test_a_node_holds_the_shipped_texts_that_name_its_party_and_reads_them_back_the_same(desk: Any) -> None:
    for identifier, versions in desk.texts.all().items():
        assert [text.digest for text in versions] == [text.digest for text in shipped()[identifier]]
    assert desk.texts.versions(cases.AGREEMENT).newest.digest == shipped()[cases.AGREEMENT].newest.digest
    assert texts.adopt_shipped("CN") == 0
    assert texts.adopt_shipped("XX") == 0
    with pytest.raises(NodeError, match="atlantis"):
        texts.adopt_shipped("CN", ["atlantis"])
    with pytest.raises(InvalidEntryError):
        desk.texts.versions("atlantis")


def test_a_text_in_force_is_never_replaced(desk: Any) -> None:
    held = AgreementText.objects.all()[0]
    with pytest.raises(NodeError, match="never replaced"):
        texts.adopt([(held.agreement, held.version, "sha256:other", held.text)])
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementText.objects.create(agreement=held.agreement, version=held.version, digest="sha256:other", text=held.text)


def test_a_shipped_text_that_changed_under_its_version_leaves_the_node_at_work(desk: Any) -> None:
    AgreementText.objects.filter(agreement=cases.AGREEMENT, version=1).update(digest="sha256:older")
    assert texts.adopt_shipped("CN") == 0


def test_an_amendment_makes_the_next_sweep_look_at_every_open_journey(desk: Any) -> None:
    receipt = applications.apply(desk, cases.SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    assert sweep.wake_due() == 0
    newest = AgreementText.objects.filter(agreement=cases.AGREEMENT).latest("version")
    texts.adopt([(cases.AGREEMENT, newest.version + 1, "sha256:next", newest.text)])
    assert Journey.objects.filter(wake__lte=desk.clock.now()).count() == 1


def test_the_next_amendment_is_taken_in_once_and_governs_new_applications(desk: Any) -> None:
    newest = desk.texts.versions(cases.AGREEMENT).newest
    number = newest.version + 1
    written = newest.written.replace(f"version        = {newest.version}", f"version        = {number}")
    amended = load(written.replace("in_force       = 2020-12-01", "in_force       = 2020-12-20"))
    assert (amended.version, texts.adopt_text("CN", amended), texts.adopt_text("CN", amended)) == (number, True, False)
    assert desk.texts.all()[cases.AGREEMENT].newest.digest == amended.digest


def test_a_text_that_skips_a_version_or_concerns_others_is_not_taken_in(desk: Any) -> None:
    newest = desk.texts.versions(cases.AGREEMENT).newest
    skipping = load(newest.written.replace(f"version        = {newest.version}", f"version        = {newest.version + 2}"))
    with pytest.raises(NodeError, match=f"expected {newest.version + 1}"):
        texts.adopt_text("CN", skipping)
    with pytest.raises(NodeError, match="this node is SG's"):
        texts.adopt_text("SG", newest)
