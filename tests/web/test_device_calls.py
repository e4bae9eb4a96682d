"""What a checkpoint's device calls: enrolment by a code, signed requests, the bundle, and what it did without a link."""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import applications, gate_entries, review, travel
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.gate_bundle import decode_bundle, document_key, milliseconds
from fastchannel.casework.permissions import Denial
from fastchannel.node import devices, gate_sync
from fastchannel.node.devices import Code
from fastchannel.node.gate import Post, bundle_of
from fastchannel.node.models import (
    AccessLog,
    Account,
    Device,
    DeviceRequest,
    EnrolmentCode,
    Event,
    GateDouble,
    GateEntry,
    Journey,
)
from fastchannel.terms.events import Arrived, Boarded, Outcome, Role, decode, kind_of
from tests.web import scene as stage
from tests.web.device import FakeDevice, coded, jwk

ARRIVED = datetime(2020, 5, 22, 3, 0, tzinfo=UTC)  # two and a half hours after the planned departure


@pytest.fixture
def node(settings: Any, tmp_path: Path) -> Path:
    settings.NODE_DIRECTORY = tmp_path
    return tmp_path


@pytest.fixture
def officer(desk: Any) -> Account:
    return account(Role.CHECKPOINT, ["CN-SH"])


def account(role: Role, jurisdiction: list[str] | None = None) -> Account:
    """Without a password, which takes long to hash: nobody signs in here."""
    organisation = stage.ORGANISATIONS.get(role, "")
    return Account.objects.create(
        username=role.value, role=role.value, party="CN", organisation=organisation, jurisdiction=jurisdiction or []
    )


@pytest.fixture
def enrolled(officer: Account, hand_clock: Any) -> Callable[..., FakeDevice]:
    def enrol(name: str = "Lane 3", gates: tuple[str, ...] = ("entry",)) -> FakeDevice:
        code = devices.new_code(officer, "CN-SH", gates)
        assert isinstance(code, Code)
        device = FakeDevice(hand_clock)
        assert device.enrol(code.text, name).status_code == 201
        return device

    return enrol


@pytest.fixture
def coming(desk: Any, hand_clock: Any) -> str:
    """A traveller who lands in Shanghai at half past two in UTC; it is three o'clock."""
    hand_clock.instant = stage.APPLIED
    journey = stage.apply(desk)
    hand_clock.instant = datetime(2020, 5, 6, 2, 0, tzinfo=UTC)
    stage.approve(desk, journey)
    hand_clock.instant = ARRIVED
    return journey


def arrivals(journey: str) -> list[Arrived]:
    found = [decode(bytes(one.body)) for one in Event.objects.filter(journey=journey).order_by("seq")]
    return [one for one in found if isinstance(one, Arrived)]


# ---- enrolment ----


def test_a_code_enrols_one_device_within_a_quarter_of_an_hour(officer: Account, hand_clock: Any) -> None:
    code = devices.new_code(officer, "CN-SH", ("entry", "boarding"))
    assert isinstance(code, Code)
    hand_clock.forward(minutes=15, seconds=-1)
    device = FakeDevice(hand_clock)
    answer = device.enrol(f" {code.text.lower()} ")
    said = {"party": "CN", "place": "CN-SH", "gates": ["boarding", "entry"], "server_time": device.now()}
    assert (answer.status_code, answer.json()) == (201, said | {"device": device.id})
    assert not EnrolmentCode.objects.filter(digest__contains=code.text).exists()
    again = FakeDevice(hand_clock).enrol(code.text)
    assert (again.status_code, again.json()) == (403, {"code": "enrolment"})
    assert Device.objects.count() == 1


def test_a_code_that_is_over_enrols_nobody(officer: Account, hand_clock: Any) -> None:
    code = devices.new_code(officer, "CN-SH", ("entry",))
    assert isinstance(code, Code)
    hand_clock.forward(minutes=15)
    assert FakeDevice(hand_clock).enrol(code.text).status_code == 403
    assert not Device.objects.exists()


def test_guessing_ends_after_ten_wrong_codes_within_the_hour(officer: Account, hand_clock: Any) -> None:
    code = devices.new_code(officer, "CN-SH", ("entry",))
    assert isinstance(code, Code)
    device = FakeDevice(hand_clock)
    assert [device.enrol(f"0000-0000-00{n:02}").status_code for n in range(10)] == [403] * 10
    assert device.enrol(code.text).json() == {"code": "too-many"}
    hand_clock.forward(hours=1)
    code = devices.new_code(officer, "CN-SH", ("entry",))
    assert isinstance(code, Code)
    assert device.enrol(code.text).status_code == 201


@pytest.mark.parametrize(
    "change",
    [{"crv": "P-384"}, {"kty": "RSA"}, {"x": "AAAA"}, {"x": "A" * 43, "y": "A" * 43}, {"y": 5}],
    ids=["curve", "kind", "short", "no point", "no text"],
)
def test_a_key_that_is_none_enrols_nobody_and_leaves_the_code_good(
    officer: Account, hand_clock: Any, change: dict[str, Any]
) -> None:
    code = devices.new_code(officer, "CN-SH", ("entry",))
    assert isinstance(code, Code)
    device = FakeDevice(hand_clock)
    body = {"code": code.text, "name": "Lane", "public_key": jwk(device.key) | change}
    answer = device.client.post("/gate/enrol/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert device.enrol(code.text).status_code == 201


def test_only_a_checkpoints_officer_makes_codes_and_only_for_a_place_of_its_own(officer: Account) -> None:
    for role in (Role.SECRETARIAT, Role.REVIEWER, Role.CARRIER):
        assert isinstance(devices.new_code(account(role), "CN-SH", ("entry",)), Denial)
    for place in ("CN-BJ", "KR-11", "CN"):
        with pytest.raises(InvalidEntryError):
            devices.new_code(officer, place, ("entry",))
    with pytest.raises(InvalidEntryError):
        devices.new_code(officer, "CN-SH", ("release",))


# ---- signed requests ----


def test_a_request_is_taken_once_within_five_minutes_of_our_time(enrolled: Any, node: Path, hand_clock: Any) -> None:
    device = enrolled()
    limit, body = 300_000, json.dumps({"entries": [], "clock": 0}).encode()
    assert device.send(body, ms=device.now() - limit).status_code == 200
    for ms in (device.now() - limit, device.now() - limit - 1, device.now() + limit + 1, device.now() + 3 * 86_400_000, 0):
        answer = device.send(body, ms=ms)
        assert (answer.status_code, answer.json()) == (401, {"code": "clock", "server_time": device.now()})
    hand_clock.forward(minutes=20)
    assert device.send(body).status_code == 200
    assert DeviceRequest.objects.count() == 1  # what could not come again is forgotten


def test_a_forged_signature_says_nothing_of_the_device(enrolled: Any, officer: Account) -> None:
    device = enrolled()
    ms, body = device.now(), json.dumps({"entries": [], "clock": 0}).encode()
    good = device.authorization("POST", "/gate/sync/", body, ms)
    other = FakeDevice(device.clock, id=device.id).authorization("POST", "/gate/sync/", body, ms)
    elsewhere = device.authorization("GET", "/gate/bundle/", b"", ms)
    unknown = good.replace(device.id, "0" * 26)
    bad = [other, elsewhere, unknown, good[:-2], good.replace(str(ms), str(ms + 1)), "", "Device", "Bearer x", "Device x.1.y"]
    for said in bad:
        answer = device.client.post("/gate/sync/", body, content_type="application/json", headers={"authorization": said})
        assert (answer.status_code, answer.json()) == (401, {"code": "signature"}), said
    assert device.send(body + b" ", ms=ms, said=good).json() == {"code": "signature"}
    devices.revoke(officer.actor, device.id, "lost")
    assert device.client.post(
        "/gate/sync/", body, content_type="application/json", headers={"authorization": other}
    ).json() == {"code": "signature"}
    assert device.send(body, ms=ms, said=good).json() == {"code": "revoked"}


def test_the_second_form_of_a_signature_is_no_second_request(enrolled: Any) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    device = enrolled()
    body, ms = json.dumps({"entries": [], "clock": 0}).encode(), device.now()
    said = device.authorization("POST", "/gate/sync/", body, ms)
    head, _, signature = said.rpartition(".")
    raw = urlsafe_b64decode(signature + "==")
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert device.send(body, said=said).status_code == 200
    assert device.send(body, said=f"{head}.{coded(twin)}").json()["code"] == "clock"


def test_a_revoked_device_and_one_whose_officer_has_left_must_wipe(enrolled: Any, node: Path, officer: Account) -> None:
    first, second = enrolled(), enrolled("Lane 4")
    devices.revoke(officer.actor, first.id, "lost at the airport")
    assert (first.bundle().status_code, first.bundle().json()) == (403, {"code": "revoked"})
    assert second.bundle().status_code == 200
    for change in ({"jurisdiction": ["CN-BJ"]}, {"role": "monitor"}, {"is_active": False}):
        Account.objects.update(jurisdiction=["CN-SH"], role="checkpoint")
        assert second.bundle().status_code == 200
        Account.objects.update(**change)
        assert second.bundle().json() == {"code": "revoked"}
    assert second.sync([second.entry("seen")]).json() == {"code": "revoked"}
    assert not GateEntry.objects.exists()


# ---- the bundle ----


def test_the_bundle_holds_who_is_expected_here_and_nobodys_data(
    enrolled: Any, node: Path, scene: stage.Scene, hand_clock: Any
) -> None:
    hand_clock.instant = datetime(2020, 5, 21, 4, 7, tzinfo=UTC)
    raw = enrolled().bundle()
    bundle = decode_bundle(raw.content)
    assert (bundle.place, bundle.gates, bundle.made_at) == ("CN-SH", ("entry",), milliseconds(hand_clock.now()) - 420_000)
    assert bundle.valid_until - bundle.made_at == 72 * 3_600_000
    named = {one.ref: one for one in bundle.expected}
    assert set(named) == {
        scene.applied, scene.sponsored, scene.approved, scene.ready, scene.positive, scene.isolated, scene.refused
    }  # fmt: skip
    ready = named[scene.ready]
    assert (ready.name, ready.doc) == ("CHOI D.", document_key(bundle.key, "M12345673", "1985-03-02"))
    assert [one.issuer for one in bundle.revoked] == []
    assert [one.party for one in bundle.trust] == ["CN"]
    text = raw.content.decode()
    for secret in ("CHOI DOYUN", "M12345673", "1985-03-02", "850302", "detected", "symptoms", "Hanbit", "test."):
        assert secret not in text, secret
    assert (named[scene.positive].spans[0].colour, named[scene.positive].spans[0].reason) == ("red", "ask-officer")
    assert (named[scene.refused].spans[0].colour, named[scene.refused].spans[0].reason) == ("red", "closed")
    assert (named[scene.isolated].spans[0].colour, named[scene.isolated].spans[0].reason) == ("amber", "already-admitted")
    for one in bundle.expected:
        assert one.spans[0].start == bundle.made_at
        assert one.spans[-1].end == bundle.valid_until
        assert all(first.end == then.start for first, then in pairwise(one.spans))
        assert all((first.colour, first.reason) != (then.colour, then.reason) for first, then in pairwise(one.spans))


def test_who_went_to_a_device_stands_in_the_access_log_once_a_day(
    enrolled: Any, node: Path, coming: str, hand_clock: Any
) -> None:
    device = enrolled()
    for hours in (0, 0, 1, 23, 1):
        hand_clock.forward(hours=hours)
        device.bundle()
    rows = AccessLog.objects.filter(why=f"gate bundle {device.id}").order_by("seq")
    assert [(one.purpose, one.journeys, one.actor) for one in rows] == [("export", [coming], Account.objects.get().id)] * 2


def test_every_span_says_what_decide_says_at_each_of_its_instants(
    enrolled: Any, node: Path, scene: stage.Scene, desk: Any, hand_clock: Any
) -> None:
    device = enrolled()
    bundle = decode_bundle(device.bundle().content)
    looked = 0
    for one in bundle.expected:
        events = desk.journal.events(one.ref)
        boards = any(event.at <= hand_clock.now() and kind_of(event) in ("boarded", "arrived") for event in events)
        if (
            not boards and one.ref != scene.refused
        ):  # at the gate of entry whoever is not recorded as boarded is taken to have left as planned
            events = (*events, Boarded(id="x", journey=one.ref, at=stage.DEPARTURE, recorded=hand_clock.now()))
        for hours in range(0, 72, 5):
            at = hand_clock.now() + timedelta(hours=hours, minutes=1)
            span = next(span for span in one.spans if span.start <= milliseconds(at) < span.end)
            standing = desk.decide(events, at)
            if one.ref != scene.isolated:
                severity = {"proceed": "green", "released": "green", "wait": "amber", "hold": "amber", "refuse": "red"}
                assert span.colour == severity[standing.verdict], (one.ref, at)
                looked += 1
    assert looked == 6 * 15


def test_a_bundle_is_sent_again_only_where_something_is_new(
    enrolled: Any, node: Path, coming: str, desk: Any, hand_clock: Any
) -> None:
    device = enrolled()
    first = device.bundle()
    tag = first.headers["ETag"]
    assert first.json()["server_time"] == device.now()
    assert first.json()["words"]["clear"]["en"] == "Expected here, and everything that is asked for is done."
    assert first.json()["colours"]["green"]["en"] == "May pass"
    hand_clock.forward(minutes=9)
    same = device.bundle(**{"if-none-match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert same.headers["X-Server-Time"] == str(device.now())
    small = device.bundle(**{"accept-encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert decode_bundle(gzip.decompress(small.content)) == decode_bundle(first.content)
    stage.done(travel.board(desk, stage.actor(Role.CARRIER), coming, flight="CK101", key="b", at=stage.DEPARTURE))
    device.sync([device.entry(journey=coming)])
    assert device.bundle(**{"if-none-match": tag}).status_code == 200  # the traveller was let in
    later = device.bundle().headers["ETag"]
    hand_clock.forward(minutes=1)
    assert device.bundle(**{"if-none-match": later}).status_code == 200  # the next ten minutes


def test_who_was_looked_at_is_looked_at_again_only_when_something_was_recorded(
    node: Path, coming: str, desk: Any, hand_clock: Any, django_assert_max_num_queries: Any
) -> None:
    post = Post(place="CN-SH", gates=("entry",))
    hand_clock.instant = datetime(2020, 5, 21, 4, 3, tzinfo=UTC)
    with django_assert_max_num_queries(13) as asked:
        first = bundle_of(post, hand_clock.now())
    whole = len(asked)
    for hours, fewer in ((0, 1), (5, 1), (-5, 1), (7, 0)):  # without the events; what was looked at reaches six hours further
        hand_clock.forward(hours=hours)
        with django_assert_max_num_queries(13) as asked:
            again = bundle_of(post, hand_clock.now())
        assert len(asked) == whole - fewer, hours
        assert again.expected[0].spans[0].start == again.made_at
        assert again.expected[0].spans[-1].end == again.valid_until
        assert again.made_at > first.made_at or again == first
    stage.done(review.review(desk, stage.actor(Role.REVIEWER), coming, outcome=Outcome.REFUSED, reason="late", key="r"))
    after = bundle_of(post, hand_clock.now()).expected[0]
    assert (after.ref, [(one.colour, one.reason) for one in after.spans]) == (coming, [("red", "closed")])


def test_a_case_that_cannot_be_decided_is_for_an_officer_and_holds_up_no_other(
    node: Path, coming: str, hand_clock: Any
) -> None:
    row = Journey.objects.get(id=coming)
    row.pk = "no-events"
    row.save(force_insert=True)
    found = {one.ref: one for one in bundle_of(Post(place="CN-SH", gates=("entry",)), hand_clock.now()).expected}
    assert found["no-events"].spans == ()
    assert len(found[coming].spans) > 0


def test_a_bundle_takes_no_more_queries_for_more_travellers(
    enrolled: Any, node: Path, desk: Any, hand_clock: Any, django_assert_max_num_queries: Any
) -> None:
    enrolled()
    numbers = []
    for number in range(3):
        hand_clock.instant = stage.APPLIED
        stage.apply(desk, number)
        with django_assert_max_num_queries(13) as asked:
            found = bundle_of(Post(place="CN-SH", gates=("entry",)), datetime(2020, 5, 21, 4, tzinfo=UTC))
        numbers.append((len(found.expected), len(asked)))
    assert [travellers for travellers, _ in numbers] == [1, 2, 3]
    assert len({queries for _, queries in numbers}) == 1


# ---- telling what was done ----


def test_what_a_device_admitted_is_the_journeys_arrival_once(enrolled: Any, coming: str, hand_clock: Any) -> None:
    device = enrolled()
    entry = device.entry(journey=coming, at=hand_clock.now() - timedelta(minutes=0))
    hand_clock.forward(hours=30)
    first = device.sync([entry], clock=device.now()).json()
    assert (first["accepted"], first["known"], first["rejected"], first["raised"]) == ([entry["nonce"]], [], [], [])
    again = device.sync([entry | {"at": 5, "kind": "refused", "note": "no"}, entry]).json()
    assert (again["accepted"], again["known"]) == ([], [entry["nonce"]] * 2)
    arrived = arrivals(coming)
    assert [(one.at, one.place, one.role, one.party) for one in arrived] == [(ARRIVED, "CN-SH", Role.CHECKPOINT, "CN")]
    assert arrived[0].by == Account.objects.get().id
    kept = GateEntry.objects.get()
    assert (kept.outcome, kept.at, kept.received) == ("recorded", ARRIVED, hand_clock.now())


def test_a_clock_three_days_off_is_set_right_and_nothing_lies_outside_the_devices_life(
    enrolled: Any, coming: str, hand_clock: Any
) -> None:
    for days in (-3, 3):
        device = enrolled(f"Lane {days}")
        born = hand_clock.now()
        hand_clock.forward(hours=2)
        off = days * 86_400_000
        seen = [
            device.entry("seen", journey=coming) | {"at": device.now() + off - ago}
            for ago in (3_600_000, 10 * 3_600_000, -60_000, -(2**40))
        ]
        assert len(device.sync(seen, clock=device.now() + off).json()["accepted"]) == 4
        kept = list(GateEntry.objects.filter(device=device.id).order_by("seq").values_list("at", flat=True))
        now = hand_clock.now()
        assert kept == [now - timedelta(hours=1), born, now, now]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"journey": ""}, "nobody"),
        ({"journey": "no-such-journey"}, "unknown-journey"),
        ({"journey": "", "pass": {"issuer": "KR", "id": "0" * 32}}, "unknown-journey"),
        ({"kind": "override", "note": " "}, "note"),
        ({"kind": "refused"}, "note"),
    ],
)
def test_what_changes_no_journey_is_kept_with_the_reason(enrolled: Any, coming: str, change: dict[str, Any], code: str) -> None:
    device = enrolled()
    entry = device.entry(journey=coming) | change
    assert device.sync([entry]).json()["rejected"] == [{"nonce": entry["nonce"], "code": code}]
    assert GateEntry.objects.get().outcome == code
    assert arrivals(coming) == []
    assert device.sync([entry]).json()["known"] == [entry["nonce"]]


def test_the_permission_table_holds_for_devices_too(enrolled: Any, coming: str, desk: Any, hand_clock: Any) -> None:
    device = enrolled()
    elsewhere = stage.apply(desk, 1, arrival_place="CN-TJ", destination="CN-TJ")
    entries = [device.entry(journey=elsewhere), device.entry("refused", journey=coming, note="The photograph is another's.")]
    answer = device.sync(entries).json()
    assert answer["rejected"] == [{"nonce": entries[0]["nonce"], "code": "denied-arrival"}]
    assert answer["accepted"] == [entries[1]["nonce"]]
    denied = json.loads(bytes(Event.objects.get(kind="denied").body))
    assert (denied["gate"], denied["reason"]) == ("entry", "The photograph is another's.")


def test_where_both_gates_are_kept_each_traveller_passes_the_own(enrolled: Any, desk: Any, hand_clock: Any) -> None:
    device = enrolled(gates=("boarding", "entry"))
    leaving = stage.done(
        applications.apply(
            desk, stage.actor(Role.SPONSOR), agreement=stage.AGREEMENT, route="cn-kr", purpose="technical-service",
            itinerary=stage.itinerary(origin="CN-SH", destination="KR-11", arrival_place="KR-11", city=None),
            person=stage.person(), duties=None, key="leaving",
        )
    ).journey  # fmt: skip
    coming = stage.apply(desk, 1)
    answer = device.sync([device.entry(journey=leaving), device.entry("override", journey=coming, note="Told by telephone.")])
    assert len(answer.json()["accepted"]) == 2
    kinds = dict(Event.objects.filter(kind__in=["boarded", "arrived"]).values_list("journey_id", "kind"))
    assert kinds == {leaving: "boarded", coming: "arrived"}


def test_a_malformed_entry_holds_up_no_other(enrolled: Any, coming: str) -> None:
    device = enrolled()
    good = device.entry("seen", journey=coming)
    bad: list[Any] = [
        good | {"nonce": "short"}, good | {"nonce": "x" * 65}, good | {"kind": "waved"}, good | {"verdict": "blue"},
        good | {"reason": "because"}, good | {"note": "x" * 501}, good | {"journey": "a b"}, good | {"at": -1},
        good | {"at": 2**60}, good | {"document": "x"}, good | {"pass": {"issuer": "KR", "id": "A" * 32}}, "text", None, [],
        good | {"nonce": "\u0000" * 20},
    ]  # fmt: skip
    answer = device.sync([*bad, good]).json()
    assert answer["accepted"] == [good["nonce"]]
    assert [one["code"] for one in answer["rejected"]] == ["malformed"] * len(bad)
    assert GateEntry.objects.count() == 1


def test_a_message_is_bounded_and_says_how_to_go_on(enrolled: Any, coming: str) -> None:
    device = enrolled()
    many = [device.entry("seen", journey=coming) for _ in range(10_000)]
    answer = device.sync(many)
    assert (answer.status_code, answer.json()) == (413, {"code": "too-large", "most": 200})
    answer = device.sync(many[:201])
    assert (answer.status_code, answer.json()) == (413, {"code": "too-many", "most": 200})
    assert not GateEntry.objects.exists()
    assert len(device.sync(many[:200]).json()["accepted"]) == 200
    for body in (b"", b"[]", b"{}", b'{"entries": 5, "clock": 1}', b'{"entries": [], "clock": "x"}', b"\xff", b"[" * 5_000):
        assert device.send(body).json() == {"code": "malformed"}


def test_entries_are_taken_in_the_devices_order(enrolled: Any, coming: str, hand_clock: Any) -> None:
    device = enrolled()
    first, second = device.entry("refused", journey=coming, note="No visa."), device.entry(journey=coming)
    assert device.sync([second, first]).json()["accepted"] == [first["nonce"], second["nonce"]]
    kinds = list(Event.objects.filter(kind__in=["denied", "arrived"]).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["denied", "arrived"]


def test_what_was_cut_off_between_entry_and_journey_is_neither_lost_nor_doubled(
    enrolled: Any, coming: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrolled()
    entries = [device.entry("seen", journey=coming), device.entry(journey=coming)]
    whole = gate_entries.record

    def cut(*args: Any) -> str:
        whole(*args)
        if args[1].kind == "admitted":
            raise KeyboardInterrupt
        return "kept"

    monkeypatch.setattr(gate_sync, "record", cut)
    with pytest.raises(KeyboardInterrupt):
        device.sync(entries)
    assert arrivals(coming) == []  # what was begun is undone with its entry
    monkeypatch.undo()
    answer = device.sync(entries, clock=device.now()).json()
    assert (answer["known"], answer["accepted"]) == ([entries[0]["nonce"]], [entries[1]["nonce"]])
    assert len(arrivals(coming)) == 1


# ---- let through twice ----


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first first", "second first"])
def test_two_devices_that_let_one_traveller_in_both_hear_of_it(
    enrolled: Any, coming: str, hand_clock: Any, order: tuple[int, int]
) -> None:
    lanes = [enrolled("Lane 1"), enrolled("Lane 2")]
    entries = [lane.entry(journey=coming, at=hand_clock.now() + timedelta(minutes=n)) for n, lane in enumerate(lanes)]
    hand_clock.forward(hours=1)
    one, other = order
    assert lanes[one].sync([entries[one]]).json()["raised"] == []
    hand_clock.forward(days=2)
    heard = lanes[other].sync([entries[other]], clock=milliseconds(hand_clock.now())).json()
    told = {
        "nonce": entries[other]["nonce"],
        "kind": "double",
        "other": {"device": f"Lane {one + 1}", "at": entries[one]["at"]},
    }
    assert (heard["accepted"], heard["raised"]) == ([entries[other]["nonce"]], [told])
    assert lanes[other].sync([entries[other]]).json()["raised"] == [told]  # the answer may have been lost
    back = lanes[one].sync([]).json()["raised"]
    assert back == [
        {"nonce": entries[one]["nonce"], "kind": "double", "other": {"device": f"Lane {other + 1}", "at": entries[other]["at"]}}
    ]
    assert GateDouble.objects.count() == 1
    hand_clock.forward(days=7)
    assert lanes[one].sync([]).json()["raised"] == []


def test_one_device_that_let_a_traveller_in_twice_is_found_out(enrolled: Any, coming: str) -> None:
    device = enrolled()
    twice = [device.entry(journey=coming), device.entry("override", journey=coming, note="again")]
    assert [one["nonce"] for one in device.sync(twice).json()["raised"]] == [one["nonce"] for one in twice]
    assert GateDouble.objects.count() == 1
    third = device.entry(journey=coming)
    device.sync([third, *twice])
    assert list(GateDouble.objects.order_by("id").values_list("first__nonce", "second__nonce")) == [
        (twice[0]["nonce"], twice[1]["nonce"]),
        (twice[0]["nonce"], third["nonce"]),
    ]


def test_a_pass_or_passport_of_nobody_known_is_found_out_too(enrolled: Any, coming: str, hand_clock: Any) -> None:
    first, second = enrolled("Lane 1"), enrolled("Lane 2")
    of_a_pass, of_a_document = {"pass": {"issuer": "KR", "id": "a" * 32}}, {"document": "d" * 22}
    first.sync([first.entry(**of_a_pass), first.entry(**of_a_document)])
    assert not GateDouble.objects.exists()
    heard = second.sync([second.entry("seen", **of_a_pass), second.entry(**of_a_pass)]).json()["raised"]
    assert len(heard) == 1
    hand_clock.forward(days=6)
    assert len(second.sync([second.entry(document="d" * 22, journey=coming)]).json()["raised"]) == 2
    hand_clock.forward(days=8)
    second.sync([second.entry(**of_a_document)])  # another crossing
    assert GateDouble.objects.count() == 2


def test_boarding_and_entry_of_one_traveller_are_two_gates(enrolled: Any, desk: Any) -> None:
    home, away = enrolled("Out", gates=("boarding",)), enrolled("In", gates=("entry",))
    journey = stage.apply(desk, 0, origin="CN-SH")
    home.sync([home.entry(journey=journey)])
    away.sync([away.entry(journey=journey)])
    assert not GateDouble.objects.exists()


def test_devices_key_of_passports_changes_when_one_is_revoked(enrolled: Any, node: Path, officer: Account) -> None:
    first, second = enrolled("Lane 1"), enrolled("Lane 2")
    keys = {decode_bundle(one.bundle().content).key for one in (first, second)}
    assert len(keys) == 1
    devices.revoke(officer.actor, first.id, "lost")
    assert decode_bundle(second.bundle().content).key not in keys


def test_strangers_and_sessions_get_nothing(enrolled: Any) -> None:
    enrolled()
    browser = Client()
    browser.force_login(Account.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/gate/bundle/").status_code == 401
    assert browser.post("/gate/sync/", b"{}", content_type="application/json").status_code == 401
    assert browser.get("/gate/sync/").status_code == 405
    assert browser.get("/gate/enrol/").status_code == 405
