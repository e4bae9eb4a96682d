"""Passes on a node's pages: issued, renewed, revoked by an officer or by the record, verified with what the node publishes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.writing import write_mrz
from fastchannel.certificates.passes.checking import check
from fastchannel.certificates.passes.claims import Pass
from fastchannel.certificates.passes.holder import Holder
from fastchannel.certificates.passes.revoking import decode_revoked
from fastchannel.certificates.refusal import Code, Refusal
from fastchannel.certificates.trust.files import decode_trust_list
from fastchannel.certificates.trust.store import TrustStore
from fastchannel.terms.events import Role
from tests.web import scene as stage
from tests.web.scene import Scene, said

NOW = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)
TEXT = re.compile(r'<p class="mono breakable">(FC1:[^<]+)</p>')
PASSPORT = Mrz(
    format="TD3", kind="P", state="KOR", family="CHOI", given="DOYUN", number="M12345673", nationality="KOR",
    birth="1985-03-02", sex="F", expires=date(2029, 1, 1),
)  # fmt: skip


@pytest.fixture
def node(settings: Any, tmp_path: Path) -> Path:
    """A node's directory, with no key yet."""
    settings.NODE_DIRECTORY = tmp_path
    return tmp_path


def shown(client: Client, address: str) -> str:
    """The text of the pass that the page shows; empty where it shows none."""
    found = TEXT.search(said(client.get(address)))
    return found[1] if found else ""


def issue(client: Client, address: str, **fields: str) -> str:
    client.post(address, {"do": "issue", **fields})
    return shown(client, address)


def verified(text: str, at: datetime = NOW, **asked: Any) -> Any:
    """As a checkpoint with no account verifies it, by the two lists that the node publishes."""
    anybody = Client()
    trust = decode_trust_list(anybody.get("/passes/trust.json").content, "trust.json")
    revoked = decode_revoked(anybody.get("/passes/revoked.json").content)
    return check(text, TrustStore([trust], revocations=[revoked]), at, **asked)


def test_an_officer_issues_a_pass_that_anybody_can_verify_without_the_node(officer: Client, node: Path, scene: Scene) -> None:
    address = f"/journeys/{scene.ready}/pass/"
    assert address in said(officer.get(f"/journeys/{scene.ready}/"))
    assert shown(officer, address) == ""
    text = issue(officer, address)
    holder = Holder(document="M12345673", state="KOR", birth="1985-03-02")
    found = verified(text, holder=holder, gate="boarding")
    assert isinstance(found, Pass), found
    assert (found.journey, found.issuer, found.verdict) == (scene.ready, "CN", "proceed")
    page = said(officer.get(address))
    assert "Valid until" in page
    assert page.count("<img") == 1
    assert "data-print" in page


def test_the_key_is_the_nodes_alone_and_stays_the_same(officer: Client, node: Path, scene: Scene) -> None:
    from fastchannel.node import passes

    issue(officer, f"/journeys/{scene.ready}/pass/")
    key = node / "secrets" / "pass_key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["pass_key.pem"]
    before = passes.own_key()
    for cached in (passes._private, passes._signing, passes._trusted):
        cached.cache_clear()
    assert passes.own_key() == before


def test_a_renewed_pass_revokes_the_one_before_it(officer: Client, node: Path, scene: Scene) -> None:
    address = f"/journeys/{scene.ready}/pass/"
    first = issue(officer, address)
    second = issue(officer, address)
    assert first != second
    assert isinstance(verified(second), Pass)
    answer = verified(first)
    assert isinstance(answer, Refusal)
    assert answer.code is Code.REVOKED


def test_an_officer_revokes_it_and_the_page_offers_another(officer: Client, node: Path, scene: Scene) -> None:
    address = f"/journeys/{scene.ready}/pass/"
    text = issue(officer, address)
    answer = officer.post(address, {"do": "revoke"}, follow=True)
    assert "The pass is revoked." in said(answer)
    assert "Issue a pass" in said(answer)
    assert verified(text).code is Code.REVOKED


def test_a_confirmed_case_revokes_the_pass_in_the_same_write(
    officer: Client, node: Path, scene: Scene, desk: Any, hand_clock: Any
) -> None:
    from fastchannel.node.models import Pass as Row

    text = issue(officer, f"/journeys/{scene.ready}/pass/")
    hand_clock.instant = NOW + timedelta(hours=1)
    monitor = Actor(id="m", role=Role.MONITOR, party="CN")
    stage.done(health.confirm(desk, monitor, scene.ready, key="confirm"))
    row = Row.objects.get()
    assert (row.withdrawn, row.revoked) == ("verdict", hand_clock.instant)
    assert verified(text, hand_clock.instant).code is Code.REVOKED


def test_what_changes_nothing_at_the_gate_leaves_the_pass_alone(
    officer: Client, node: Path, scene: Scene, desk: Any, hand_clock: Any
) -> None:
    text = issue(officer, f"/journeys/{scene.ready}/pass/")
    hand_clock.instant = NOW + timedelta(minutes=10)
    desk.tick(scene.ready)
    assert isinstance(verified(text, hand_clock.instant), Pass)


def test_travellers_have_their_own_pass_by_their_link(scene: Scene, node: Path) -> None:
    from fastchannel.node import links

    token = links.issue(stage.actor(Role.REVIEWER), scene.ready)
    client = Client()
    address = f"/t/{token}/pass/"
    assert address in said(client.get(f"/t/{token}/"))
    text = issue(client, address)
    assert isinstance(verified(text), Pass)
    other = links.issue(stage.actor(Role.REVIEWER), scene.positive)
    client.cookies["django_language"] = "en"
    assert "There is no pass now: the next gate is not open." in said(client.get(f"/t/{other}/pass/"))
    assert client.post(f"/t/{other}/pass/", {"do": "issue"}).status_code == 302
    assert shown(client, f"/t/{other}/pass/") == ""
    assert client.get("/t/nonsense/pass/").status_code == 404


def test_a_traveller_cannot_revoke(scene: Scene, node: Path) -> None:
    from fastchannel.node import links
    from fastchannel.node.models import Pass as Row

    token = links.issue(stage.actor(Role.REVIEWER), scene.ready)
    client = Client()
    issue(client, f"/t/{token}/pass/")
    client.post(f"/t/{token}/pass/", {"do": "revoke"})
    assert set(Row.objects.values_list("withdrawn", flat=True)) <= {"", "renewed"}


def test_another_passports_zone_is_told_and_nothing_is_issued(officer: Client, node: Path, scene: Scene) -> None:
    address = f"/journeys/{scene.ready}/pass/"
    zone = write_mrz(Mrz(**{field: getattr(PASSPORT, field) for field in PASSPORT.__struct_fields__} | {"number": "X7654321"}))
    answer = officer.post(address, {"do": "issue", "zone": zone})
    assert (answer.status_code, "X7654321" in said(answer)) == (422, True)
    assert shown(officer, address) == ""


def test_only_officers_who_may_are_offered_it(scene: Scene, signed_in: Any, node: Path) -> None:
    address = f"/journeys/{scene.ready}/pass/"
    for role, status in ((Role.MISSION, 200), (Role.SITE, 200), (Role.SECRETARIAT, 403), (Role.SPONSOR, 403)):
        client = signed_in(role)
        assert client.get(address).status_code == status
        assert (address in said(client.get(f"/journeys/{scene.ready}/"))) is (status == 200)


def test_the_page_of_certificates_knows_passes_and_whose_they_are(officer: Client, node: Path, scene: Scene) -> None:
    text = issue(officer, f"/journeys/{scene.ready}/pass/")
    page = said(officer.post("/certificates/", {"text": text}))
    assert "Add the passport's zone" in page
    page = said(officer.post("/certificates/", {"text": text, "zone": write_mrz(PASSPORT)}))
    assert re.search(r'class="badge good">.*?Verified', page)
    other = Mrz(**{field: getattr(PASSPORT, field) for field in PASSPORT.__struct_fields__} | {"birth": "1985-03-03"})
    page = said(officer.post("/certificates/", {"text": text, "zone": write_mrz(other)}))
    assert "The pass was not issued for this passport." in page
    assert re.search(r'class="badge stop">.*?Refused', page)


def test_the_lists_say_nothing_about_anybody(officer: Client, node: Path, scene: Scene) -> None:
    issue(officer, f"/journeys/{scene.ready}/pass/")
    officer.post(f"/journeys/{scene.ready}/pass/", {"do": "revoke"})
    published = Client().get("/passes/revoked.json").content.decode()
    assert scene.ready not in published
    assert decode_revoked(published.encode()).revision == 1


def test_the_list_drops_passes_that_expired_long_ago_and_still_counts_them(
    officer: Client, node: Path, scene: Scene, hand_clock: Any
) -> None:
    issue(officer, f"/journeys/{scene.ready}/pass/")
    officer.post(f"/journeys/{scene.ready}/pass/", {"do": "revoke"})
    hand_clock.instant = NOW + timedelta(days=3)
    found = decode_revoked(Client().get("/passes/revoked.json").content)
    assert (found.revision, found.passes) == (1, ())


def test_erasing_the_person_leaves_no_hash_of_the_passport(
    officer: Client, node: Path, scene: Scene, desk: Any, hand_clock: Any
) -> None:
    from fastchannel.casework import applications
    from fastchannel.node import sweep
    from fastchannel.node.models import Pass as Row

    issue(officer, f"/journeys/{scene.ready}/pass/")
    sponsor = Actor(id="s", role=Role.SPONSOR, party="CN", organisation=stage.ORGANISATIONS[Role.SPONSOR])
    stage.done(applications.withdraw(desk, sponsor, scene.ready, reason="ill", key="w"))
    hand_clock.instant = NOW + timedelta(days=400)
    while sweep.erase_due() == sweep.AT_ONCE:
        pass
    assert list(Row.objects.values_list("text", flat=True)) == [""]


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_the_page_speaks_every_language(language: str, officer: Client, node: Path, scene: Scene) -> None:
    officer.cookies["django_language"] = language
    address = f"/journeys/{scene.ready}/pass/"
    assert issue(officer, address)
    assert f'<html lang="{language}">' in said(officer.get(address))
