"""Letters between a node and its peers: signed, answered in the reply, and never believed for the channel they came by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from django.test import Client

from fastchannel.exchange import courier, letters
from fastchannel.exchange import messages as m
from fastchannel.exchange.letters import LetterError
from fastchannel.exchange.machine import PATIENCE
from fastchannel.exchange.roster import Party, Roster, Use, sign_roster
from fastchannel.node.errors import NodeError
from fastchannel.node.exchange_files import make_keys, private_key
from fastchannel.node.link import Link, link
from fastchannel.node.models import AgreementText, PeerText
from fastchannel.node.places import Places
from tests.exchange.parties import AT, CORRIDOR, party, roster, signing
from tests.node.test_lanes import OURS, THEIRS, Pair, db_node, ours, pair, rows

__all__ = ["db_node", "pair"]
pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://kr.example/exchange/"


class Far:
    """KR's node behind an address: it reads letters and answers them."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.broken = pair, False
        self.letters = 0

    def post(self, address: str, raw: bytes) -> bytes:
        assert address == ADDRESS
        self.letters += 1
        if self.broken:
            raise httpx.ConnectError("no route to host")
        sender, messages = letters.read(raw, roster(), "KR")
        for one in messages:
            self.pair.peer.tell(m.Received(sender, one))
        answers, self.pair.wire.sent = self.pair.wire.sent, []
        return letters.write(CORRIDOR, "KR", "CN", answers, signing("KR"))


@pytest.fixture
def far(pair: Pair) -> Far:
    return Far(pair)


def linked(pair: Pair) -> Link:
    return Link(lanes=pair.node, signing=signing("CN"), reading={}, peers={"KR": ADDRESS})


def test_what_is_appended_arrives_with_the_next_exchange(pair: Pair, far: Far) -> None:
    pair.node.append(OURS, [ours(number) for number in range(3)])
    assert linked(pair).exchange(AT, far.post) == {}
    assert pair.theirs() == ["cn-0", "cn-1", "cn-2"]
    assert linked(pair).exchange(AT, far.post) == {}
    assert pair.theirs() == ["cn-0", "cn-1", "cn-2"]


def test_a_peer_that_is_away_for_days_gets_everything_when_it_is_back(pair: Pair, far: Far) -> None:
    far.broken = True
    for number in range(4):
        pair.node.append(OURS, [ours(number)])
        now = AT + number * PATIENCE  # until then an answer may still come
        assert linked(pair).exchange(now, far.post) == {"KR": "no route to host"}
    far.broken = False
    pair.wire.now = AT.replace(day=28)
    linked(pair).exchange(pair.wire.now, far.post)
    assert pair.theirs() == ["cn-0", "cn-1", "cn-2", "cn-3"]


def test_a_courier_does_what_a_line_does(pair: Pair, far: Far) -> None:
    """Nothing is sent over the line: files go to and fro until everything is acknowledged."""
    pair.node.append(OURS, [ours(number) for number in range(3)])
    here = linked(pair)
    going = b"".join(courier.write(here.export("KR", AT)))
    for _ in range(3):
        back = b"".join(courier.write([far.post(ADDRESS, one) for one in courier.read(going)]))
        count, answers = here.take(courier.read(back), AT)
        assert count == len(list(courier.read(back)))
        going = b"".join(courier.write(answers))
    assert pair.theirs() == ["cn-0", "cn-1", "cn-2"]
    assert list(courier.read(going)) == []
    for wrong in ("CN", "SG"):
        with pytest.raises(NodeError, match="no such party"):
            here.export(wrong, AT)


def test_a_letter_is_taken_and_answered(pair: Pair) -> None:
    pair.peer.disk.ours[THEIRS].clear()
    pair.write(0)
    raw = letters.write(CORRIDOR, "KR", "CN", [m.Ask(THEIRS.replace("KR/CN", "KR/CN"), b"n")], signing("KR"))
    sender, answers = letters.read(linked(pair).answer(raw, AT), roster(), "KR")
    assert sender == "CN"
    assert answers == (m.Head(THEIRS, b"", b"n"),)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x" * 100,
        letters.write(CORRIDOR, "KR", "CN", [], signing("CN")),
        letters.write(CORRIDOR, "KR", "CN", [], signing("KR", "cosign")),
        letters.write(CORRIDOR, "SG", "CN", [], signing("SG")),
        letters.write(CORRIDOR, "CN", "CN", [], signing("CN")),
        letters.write(CORRIDOR, "KR", "SG", [], signing("KR")),
        letters.write("other", "KR", "CN", [], signing("KR")),
        letters.write(CORRIDOR, "KR", "CN", [m.Ask("x", b"")] * 257, signing("KR")),
        letters.write(CORRIDOR, "KR", "CN", [m.Ask("x", b"")], signing("KR"))[:-1] + b"\0",
        b"0" * (letters.MOST_BYTES + 1),
    ],
)
def test_a_letter_that_is_not_signed_by_whom_it_names_is_not_read(raw: bytes) -> None:
    with pytest.raises(LetterError):
        letters.read(raw, roster(), "CN")


def test_a_key_that_was_bounded_signs_no_letters() -> None:
    raw = letters.write(CORRIDOR, "KR", "CN", [], signing("KR"))
    assert letters.read(raw, roster(), "CN") == ("KR", ())
    held = roster()
    bound = tuple(msgspec.structs.replace(one, until={OURS: 9}) if one.use is Use.SIGN else one for one in party("KR").keys)
    revoked = msgspec.structs.replace(held, parties=(party("CN"), msgspec.structs.replace(party("KR"), keys=bound)))
    with pytest.raises(LetterError, match="not signed"):
        letters.read(raw, revoked, "CN")


def test_letters_are_divided_where_there_is_much_to_say() -> None:
    found = letters.portions([m.Head("x", b"0" * 3_000_000)] * 3 + [m.Ask("x", b"")] * 300)
    assert [len(one) for one in found] == [1, 1, 256, 45]
    assert letters.portions([]) == []


@pytest.fixture
def at_home(settings: Any, tmp_path: Path, db_node: None) -> Roster:
    """The directory of CN's node, linked with KR."""
    settings.NODE_DIRECTORY = tmp_path
    places = Places(tmp_path)
    places.secrets.mkdir()
    own = make_keys(places)
    held = roster()
    made = msgspec.structs.replace(held, parties=(Party(code="CN", roots=party("CN").roots, keys=own), party("KR")))
    places.roster.parent.mkdir()
    places.roster.write_bytes(msgspec.json.encode(sign_roster(made, [])))
    for text in AgreementText.objects.all():  # KR told that it holds the same
        PeerText.objects.create(party="KR", agreement=text.agreement, version=text.version, digest=text.digest, text="", at=AT)
    return made


def test_the_door_takes_letters_and_nothing_else(at_home: Roster) -> None:
    client = Client(enforce_csrf_checks=True)
    raw = letters.write(CORRIDOR, "KR", "CN", [m.Ask(THEIRS, b"n")], signing("KR"))
    answer = client.post("/exchange/", raw, content_type="application/octet-stream")
    assert answer.status_code == 200
    assert letters.read(answer.content, at_home, "KR") == ("CN", (m.Head(THEIRS, b"", b"n"),))
    assert client.post("/exchange/", b"x", content_type="application/octet-stream").status_code == 400
    assert client.get("/exchange/").status_code == 405
    large = client.post("/exchange/", b"x", content_type="application/octet-stream", headers={"content-length": "99999999"})
    assert large.status_code == 413


def test_a_node_that_works_alone_has_no_door(settings: Any, tmp_path: Path, db_node: None) -> None:
    settings.NODE_DIRECTORY = tmp_path
    assert link() is None
    assert Client().post("/exchange/", b"x", content_type="application/octet-stream").status_code == 404


def test_keys_are_their_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    places = Places(tmp_path)
    made = make_keys(places)
    assert [one.use for one in made] == list(Use)
    for use in Use:
        assert (places.exchange_keys / f"{use}.pem").stat().st_mode & 0o777 == 0o600
        assert private_key(places, use).public_key().public_bytes_raw().hex() in {one.raw for one in made}
    with pytest.raises(NodeError, match="never written over"):
        make_keys(places)


def test_a_key_that_is_missing_or_of_another_kind_is_told(at_home: Roster, tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert link() is not None
    (places.exchange_keys / "sign.pem").write_bytes((places.exchange_keys / "read.pem").read_bytes())
    with pytest.raises(NodeError, match="another kind"):
        private_key(places, Use.SIGN)
    (places.exchange_keys / "sign.pem").unlink()
    with pytest.raises(NodeError, match="fastchannel exchange key"):
        private_key(places, Use.SIGN)


def test_rows_of_the_database_are_empty_before_anybody_spoke(at_home: Roster) -> None:
    found = link()
    assert found is not None
    assert rows(OURS) == []
    assert set(found.lanes.roster.roots()) == {"CN", "KR"}
