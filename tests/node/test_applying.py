"""What another party's node told becomes part of the record here: once, in any order of lanes; or is held and answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.exchange import bodies, plain
from fastchannel.exchange import messages as m
from fastchannel.exchange.bodies import Step, body_of
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.proofs import check_proof
from fastchannel.exchange.sealing import Draft, Entry, Sealed, reader_id, seal, unseal
from fastchannel.node import applying, joint, receipts, sweep
from fastchannel.node.errors import NodeError
from fastchannel.node.link import Link
from fastchannel.node.models import (
    Deadline,
    Event,
    Journey,
    Lane,
    LaneAlarm,
    LaneEntry,
    LaneHeld,
    NoticeStep,
    PeerPasses,
    PeerText,
)
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Finding, Role
from tests.casework.test_peers import application, made
from tests.exchange.parties import CORRIDOR, reading, signing, stream
from tests.exchange.simulation import frontier
from tests.node.test_lanes import READERS, Pair, db_node, pair, rows
from tests.node.test_link import at_home
from tests.web import scene

__all__ = ["at_home", "db_node", "pair"]
pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = shipped()["china-korea"]
TEXT = TEXTS.newest
URGENT, BULK, COMMON = (f"{CORRIDOR}/KR/{end}" for end in ("CN/urgent", "CN/bulk", "common"))
OURS = f"{CORRIDOR}/CN/KR/bulk"


class Told:
    """KR's node says something; CN's takes it in."""

    def __init__(self, pair: Pair, clock: Any) -> None:
        self.pair, self.clock = pair, clock
        self.link = Link(lanes=pair.node, signing=signing("CN"), reading={reader_id(READERS["CN"]): reading("CN")}, peers={})

    def say(self, lane: str, *drafts: Draft) -> None:
        held = self.pair.peer.disk.ours[lane]
        for one in drafts:
            held.append(seal(one, lane, len(held), READERS, stream(f"{lane} {len(held)}")))
        self.pair.peer.tell(m.Appended(lane, frontier(held)))
        self.pair.carry([])

    def events(self, lane: str, *events: ev.Event) -> None:
        self.say(lane, *(self.draft(event) for event in events))

    def draft(self, event: ev.Event, **changes: Any) -> Draft:
        body = body_of(TEXT, event, "CN")
        return Draft(**{"id": event.id, "at": event.recorded, "agreement": TEXT.digest, "body": body, **changes})

    def apply(self) -> int:
        return applying.apply_arrived(self.link, self.clock.instant)

    def answers(self) -> list[tuple[str, Any]]:
        """What our bulk lane to KR says, opened with KR's key."""
        found = []
        for row in rows(OURS):
            entry = Entry(bytes(row.leaf), msgspec.msgpack.decode(bytes(row.sealed), type=Sealed))
            header = read_header(entry.leaf, lane=OURS, seq=row.seq)
            raw = unseal(entry, header, {reader_id(READERS["KR"]): reading("KR")})
            found.append((header.type, plain.decode(raw, "body")))
        return found


@pytest.fixture
def told(pair: Pair, hand_clock: Any) -> Told:
    hand_clock.instant = application().at
    return Told(pair, hand_clock)


def test_a_journey_that_the_other_party_opened_is_here_with_its_deadlines_and_no_person(told: Told, desk: Any) -> None:
    told.events(BULK, application(), made(ev.Called, "c", day=application().at.date(), reached=True))
    assert told.apply() == 2
    row = Journey.objects.get()
    assert (row.id, row.stage, row.sponsor, row.revision) == ("j-1", "applied", "kr-company", 2)
    assert not hasattr(row, "person")
    assert Deadline.objects.filter(journey="j-1").exists()
    assert list(Event.objects.values_list("learned", flat=True)) == [told.clock.instant] * 2
    assert LaneHeld.objects.count() == 0
    assert told.answers() == []


def test_what_was_applied_is_not_applied_again(told: Told) -> None:
    told.events(BULK, application())
    assert (told.apply(), told.apply()) == (1, 0)
    told.events(BULK, made(ev.Confirmed, "x"))
    assert (told.apply(), told.apply()) == (1, 0)
    assert Event.objects.count() == 2


def test_a_crash_before_the_commit_applies_nothing_and_the_next_turn_everything(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.events(BULK, application(), made(ev.Confirmed, "x"))
    with monkeypatch.context() as broken:
        broken.setattr(applying, "_reject", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            told.apply()
    assert (Event.objects.count(), Journey.objects.count()) == (0, 0)
    assert told.apply() == 2
    assert Event.objects.count() == 2


def test_a_positive_that_overtook_its_application_waits_for_it(told: Told) -> None:
    told.events(URGENT, made(ev.Confirmed, "x"))
    assert told.apply() == 1
    held = LaneHeld.objects.get()
    assert (held.fault, held.needs, held.settled) == ("waits", "j-1", None)
    assert told.answers() == []  # it is nobody's fault
    told.events(BULK, application())
    assert told.apply() == 2
    assert sorted(Event.objects.values_list("id", flat=True)) == ["a", "x"]
    held.refresh_from_db()
    assert held.settled == told.clock.instant
    assert Journey.objects.get().verdict == "refuse"


def test_what_is_not_theirs_to_say_is_held_and_they_are_told_why(told: Told) -> None:
    told.events(BULK, application(), made(ev.Confirmed, "x", party="CN"), made(ev.Confirmed, "y", role=Role.SPONSOR))
    assert told.apply() == 3
    assert sorted(LaneHeld.objects.values_list("entry", "fault")) == [("x", "foreign"), ("y", "forbidden")]
    assert list(Event.objects.values_list("id", flat=True)) == ["a"]
    answers = told.answers()
    assert [(kind, body["entry"]) for kind, body in answers] == [("reject", "x"), ("reject", "y")]
    assert "expected KR" in answers[0][1]["reason"]
    assert told.apply() == 0
    assert len(told.answers()) == 2


def test_two_journeys_never_share_an_event(told: Told) -> None:
    told.events(BULK, application(), application(id="b", journey="j-2"))
    told.apply()
    told.events(URGENT, made(ev.Confirmed, "b"))  # an identifier of the other journey's
    told.apply()
    assert list(LaneHeld.objects.values_list("entry", "fault")) == [("b", "taken")]
    assert Event.objects.count() == 2


def test_a_body_that_cannot_be_understood_is_kept_and_answered(told: Told) -> None:
    strange = bodies.kept_body("teleported", 1, b'{"id":"t"}', frozenset({"CN"}))
    later = bodies.kept_body("applied", 9, b"{}", frozenset({"CN"}))
    beyond = bodies.kept_body("confirmed", 1, b'{"passport":"M1"}', frozenset({"CN"}))
    for name, body in (("t", strange), ("l", later), ("p", beyond)):
        told.say(BULK, Draft(id=name, at=told.clock.instant, agreement=TEXT.digest, body=body))
    told.events(BULK, application())
    assert told.apply() == 4
    assert sorted(LaneHeld.objects.values_list("entry", "fault")) == [(name, "unclear") for name in ("l", "p", "t")]
    assert {body["entry"] for kind, body in told.answers() if kind == "reject"} == {"t", "l", "p"}
    assert Journey.objects.count() == 1
    assert LaneEntry.objects.filter(lane=BULK).count() == 4
    assert applying.look_again(told.link, told.clock.instant) == 0
    assert len(told.answers()) == 3


def test_an_event_under_a_text_that_is_not_here_waits_for_it(told: Told) -> None:
    told.say(BULK, told.draft(application(), agreement="sha256:" + "0" * 64))
    told.events(BULK, application(id="c", journey="j-9", digest="sha256:" + "1" * 64))
    told.apply()
    held = LaneHeld.objects.order_by("seq").values_list("fault", "needs")
    assert list(held) == [("waits", "sha256:" + "0" * 64), ("waits", "sha256:" + "1" * 64)]
    assert told.answers() == []


def test_an_identifier_in_the_header_is_the_events_own(told: Told) -> None:
    told.say(BULK, told.draft(application(), id="another"))
    told.apply()
    assert LaneHeld.objects.get().fault == "unclear"


def test_an_application_from_a_clock_that_is_ahead_is_looked_at_when_our_time_is_there(told: Told) -> None:
    told.events(BULK, application(at=told.clock.instant + timedelta(days=7)))
    told.apply()
    assert LaneHeld.objects.get().fault == "ahead"
    assert told.answers() == []
    told.clock.instant += timedelta(days=7)
    assert told.apply() == 1
    assert Journey.objects.count() == 1


def test_both_parties_write_on_one_journey(told: Told, desk: Any) -> None:
    told.events(BULK, application())
    told.apply()
    laboratory = Actor(id="l", role=Role.LABORATORY, party="CN", organisation="cn-lab")
    health.result(
        desk, laboratory, "j-1", sample="S-1", assay=Assay.NAAT, finding=Finding.NOT_DETECTED, laboratory="cn-lab", key="r"
    )
    told.events(URGENT, made(ev.Confirmed, "x"))
    told.apply()
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["applied", "confirmed", "resulted"]
    assert Journey.objects.get().revision == 3


def test_a_reject_of_theirs_is_an_alarm_here(told: Told) -> None:
    body = bodies.reject_body("cn-1", "foreign: party", "CN")
    told.say(BULK, Draft(id="k", at=told.clock.instant, agreement="", body=body))
    told.apply()
    alarm = LaneAlarm.objects.get()
    assert (alarm.kind, alarm.peer, alarm.said) == ("rejected", "KR", "cn-1: foreign: party")


def test_each_party_knows_which_texts_the_other_holds(told: Told, desk: Any) -> None:
    parties = frozenset({"CN"})
    digests = [
        text.digest for versions in desk.texts.all().values() for text in versions if {"CN", "KR"} <= text.parties.keys()
    ]
    assert joint.announce(told.link, told.clock.instant) == len(digests) + 1
    assert joint.announce(told.link, told.clock.instant) == 0
    assert joint.holders(TEXT) == {"CN"}
    told.say(COMMON, Draft(id="t", at=told.clock.instant, agreement=TEXT.digest, body=bodies.agreement_body(TEXT, parties)))
    told.apply()
    assert joint.holders(TEXT) == {"CN", "KR"}
    assert LaneAlarm.objects.count() == 0
    forged = bodies.kept_body("agreement", 1, plain.encode({"digest": "sha256:00", "text": TEXT.written}), parties)
    told.say(COMMON, Draft(id="f", at=told.clock.instant, agreement="", body=forged))
    told.apply()
    assert (PeerText.objects.count(), LaneHeld.objects.get().fault) == (1, "unclear")


def test_a_text_that_only_they_hold_is_an_alarm(told: Told) -> None:
    from fastchannel.agreement.load import load

    other = load(TEXT.written.replace("Five positives on one flight", "Five positives on a flight"), name="theirs")
    body = bodies.agreement_body(other, frozenset({"CN"}))
    told.say(COMMON, Draft(id="o", at=told.clock.instant, agreement=other.digest, body=body))
    told.apply()
    assert LaneAlarm.objects.get().kind == "text"
    assert joint.holders(other) == {"KR"}


def test_their_passes_are_verified_here_and_what_they_revoke_is_theirs_alone(told: Told, settings: Any, tmp_path: Any) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    from fastchannel.certificates.evidence import Use
    from fastchannel.certificates.keys import TrustedKey, kid_of, spki_of
    from fastchannel.certificates.passes.revoking import Revoked, RevokedPasses, encode_revoked
    from fastchannel.certificates.trust.files import encode_trust_list
    from fastchannel.certificates.trust.store import TrustList

    def passes(revision: int, uses: frozenset[Use] = frozenset({Use.CROSSING}), party: str = "KR") -> Any:
        spki = spki_of(key.public_key())
        trusted = TrustedKey(kid=kid_of(spki), spki=spki, country="KR", uses=uses)
        listed = TrustList(party=party, version=1, issued=told.clock.instant, keys=(trusted,))
        revoked = RevokedPasses(
            revision=revision, passes=tuple(Revoked(id=f"{n:032x}", at=listed.issued) for n in range(revision))
        )
        return bodies.passes_body(encode_trust_list(listed), encode_revoked(revoked), frozenset({"CN"}))

    key = ec.generate_private_key(ec.SECP256R1())
    for number, body in enumerate([passes(2), passes(1)]):  # the second is an older one
        told.say(COMMON, Draft(id=f"p{number}", at=told.clock.instant, agreement="", body=body))
    told.apply()
    assert PeerPasses.objects.get().revision == 2
    [(trusted, revoked)] = joint.peers_passes()
    kid = trusted.keys[0].kid
    asked = {"country": "KR", "identifier": f"{1:032x}", "at": told.clock.instant}
    assert revoked.refuses(kid=kid, **asked) is not None
    assert revoked.refuses(kid=b"ours", **asked) is None
    for number, wrong in enumerate([passes(3, uses=frozenset()), passes(3, party="CN")]):
        told.say(COMMON, Draft(id=f"w{number}", at=told.clock.instant, agreement="", body=wrong))
    told.apply()
    assert list(LaneHeld.objects.values_list("fault", flat=True)) == ["unclear", "unclear"]
    assert PeerPasses.objects.get().revision == 2


def test_a_notice_is_sent_delivered_read_and_answered(told: Told) -> None:
    officer = Actor(id="o", role=Role.MONITOR, party="CN")
    told.events(BULK, application())
    told.events(URGENT, made(ev.Confirmed, "x"))
    told.apply()
    [notice] = receipts.notices()
    assert (notice.ours, notice.kind, notice.journey, notice.sent) == (False, "confirmed", "j-1", told.clock.instant)
    assert notice.delivered is not None
    assert (notice.read, notice.answered) == (None, None)
    for step, words in ((Step.READ, ""), (Step.READ, "again"), (Step.ANSWERED, "Two contacts are in quarantine.")):
        receipts.say(told.link, officer, "x", step, words, told.clock.instant)
    [notice] = receipts.notices()
    assert (notice.read, notice.answered, notice.answer) == (
        told.clock.instant, told.clock.instant, "Two contacts are in quarantine.",
    )  # fmt: skip
    assert [body["step"] for kind, body in told.answers() if kind == "receipt"] == ["read", "answered"]
    with pytest.raises(NodeError, match="found none"):
        receipts.say(told.link, officer, "nothing", Step.READ, "", told.clock.instant)


def test_a_receipt_is_believed_for_a_notice_that_was_sent_to_them_only(told: Told) -> None:
    ours = f"{CORRIDOR}/CN/KR/urgent"
    event = made(ev.Confirmed, "n", party="CN")
    told.pair.node.append(ours, [Draft(id="n", at=event.recorded, agreement=TEXT.digest, body=body_of(TEXT, event, "KR"))])
    for name, entry in (("r1", "n"), ("r2", "elsewhere")):
        body = bodies.receipt_body(entry, Step.READ, "", "CN")
        told.say(BULK, Draft(id=name, at=told.clock.instant, agreement="", body=body))
    told.apply()
    assert list(NoticeStep.objects.values_list("entry", "step", "party")) == [("n", "read", "KR")]
    assert LaneHeld.objects.get().entry == "r2"


def test_bodies_are_destroyed_when_the_journey_is_erased_and_the_lane_still_verifies(told: Told, desk: Any) -> None:
    told.events(BULK, application(), made(ev.Withdrawn, "w", role=Role.SPONSOR))
    told.apply()
    told.events(BULK, application(id="b", journey="j-2"))  # one that goes on
    told.apply()
    ended = Journey.objects.get(id="j-1").ended
    assert ended is not None
    told.clock.instant = ended + timedelta(days=29)
    assert sweep.erase_bodies() == 0
    assert sweep.erase_due() == 1
    assert sweep.erase_bodies() == 2
    assert sweep.erase_bodies() == 0
    assert list(LaneEntry.objects.filter(lane=BULK).order_by("seq").values_list("sealed", flat=True))[:2] == [None, None]
    assert LaneEntry.objects.filter(lane=BULK, sealed=None).count() == 2
    proof = told.link.prove(BULK, 0, shown=False)
    assert check_proof(proof, told.pair.wire.roster).header.seq == 0
    Lane.objects.filter(origin=BULK).update(applied=0)
    assert told.apply() == 3  # what was erased is passed over
    assert Event.objects.count() == 3


def test_a_body_that_is_not_read_here_yet_is_kept(told: Told, desk: Any) -> None:
    told.events(BULK, application(), made(ev.Withdrawn, "w", role=Role.SPONSOR))
    told.apply()
    Lane.objects.filter(origin=BULK).update(applied=1)
    told.clock.instant += timedelta(days=60)
    assert sweep.erase_due() == 1
    assert sweep.erase_bodies() == 1
    assert LaneEntry.objects.get(lane=BULK, seq=1).sealed is not None


def test_nobody_applies_under_a_text_that_the_other_party_does_not_hold(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = scene.APPLIED
    scene.apply(desk, 1)
    PeerText.objects.all().delete()
    with pytest.raises(InvalidEntryError, match="the node of KR has not told"):
        scene.apply(desk, 2)


def test_an_amendment_takes_effect_when_both_have_told_it(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = scene.APPLIED
    texts = list(TEXTS)
    PeerText.objects.filter(version__gte=texts[-2].version).delete()
    assert desk.texts.all()[TEXT.id].newest.version == texts[-3].version
    assert desk.texts.lacking(texts[-1]) == {"KR"}
    for text in texts[-2:]:
        told = bodies.AgreementTold(digest=text.digest, text=text.written)
        joint.take_agreement("KR", told, hand_clock.instant)
    assert desk.texts.all()[TEXT.id].newest.version == texts[-1].version
    assert desk.texts.lacking(texts[-1]) == frozenset()
