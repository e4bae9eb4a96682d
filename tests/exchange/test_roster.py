"""Whose keys count is changed by enough offline keys, old and new, and what was revoked stays so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from fastchannel.exchange.errors import NoteError
from fastchannel.exchange.merkle import leaf_hash
from fastchannel.exchange.notes import Checkpoint, Note, cosign, sign
from fastchannel.exchange.roster import Key, Party, Roster, RosterError, Use, first_roster, follow, sign_roster
from tests.exchange.parties import AT, BULK, URGENT, party, roster, signing

FIRST = roster()
ROOTS = [signing(code, "root") for code in ("CN", "KR")]
STRANGER = signing("SG", "root")


def note(size: int, by: str = "KR", lane: str = BULK) -> Note:
    point = Checkpoint(lane, size, leaf_hash(str(size).encode()))
    return Note(point, (sign(point, by, signing(by)), cosign(point, "CN", signing("CN", "cosign"), AT)))


def changed(code: str = "KR", **changes: Any) -> Roster:
    """Version 2, with the keys of a party replaced."""
    parties = tuple(replace(one, **changes) if one.code == code else one for one in FIRST.parties)
    return replace(FIRST, version=2, parties=parties)


def bounded(until: dict[str, int]) -> tuple[Key, ...]:
    return tuple(replace(key, until=until) if key.use is Use.SIGN else key for key in party("KR").keys)


def test_the_first_is_signed_by_every_party() -> None:
    assert first_roster(sign_roster(FIRST, ROOTS)) == FIRST
    for signers in ([], ROOTS[:1], [*ROOTS[:1], STRANGER]):
        with pytest.raises(RosterError, match="expected 2 parties"):
            first_roster(sign_roster(FIRST, signers))
    with pytest.raises(RosterError, match="version"):
        first_roster(sign_roster(replace(FIRST, version=2), ROOTS))


def test_a_change_of_one_byte_is_signed_by_nobody() -> None:
    signed = sign_roster(FIRST, ROOTS)
    with pytest.raises(RosterError):
        first_roster(replace(signed, roster=signed.roster.replace(b'"threshold":2', b'"threshold":1')))


def test_the_next_is_version_plus_one_signed_by_old_and_new() -> None:
    new_root = signing("KR", "root 2")
    second = changed(roots=(new_root.public_key().public_bytes_raw().hex(),))
    assert follow(FIRST, sign_roster(second, [*ROOTS, new_root])) == second
    for signers in (ROOTS, [ROOTS[0], new_root]):
        with pytest.raises(RosterError, match="expected 2 parties"):
            follow(FIRST, sign_roster(second, signers))
    for version in (1, 3):
        with pytest.raises(RosterError, match="expected 2 of"):
            follow(FIRST, sign_roster(replace(second, version=version), [*ROOTS, new_root]))
    with pytest.raises(RosterError, match="china-korea"):
        follow(FIRST, sign_roster(replace(second, corridor="other"), [*ROOTS, new_root]))


def test_a_stolen_key_counts_up_to_the_size_at_which_it_was_revoked() -> None:
    second = follow(FIRST, sign_roster(changed(keys=bounded({BULK: 10})), ROOTS))
    assert second.check_note(note(10), "KR", Use.SIGN).name == "KR"
    with pytest.raises(NoteError, match="counts at this size"):
        second.check_note(note(11), "KR", Use.SIGN)
    assert second.check_note(note(11, lane=URGENT), "KR", Use.SIGN).name == "KR"


def test_a_new_key_counts_from_its_size_on() -> None:
    fresh = signing("KR", "sign 2")
    keys = (*bounded({BULK: 10}), Key(use=Use.SIGN, raw=fresh.public_key().public_bytes_raw().hex(), since={BULK: 11}))
    second = follow(FIRST, sign_roster(changed(keys=keys), ROOTS))
    for size, good in ((10, False), (11, True)):
        point = Checkpoint(BULK, size, leaf_hash(b"x"))
        signed = Note(point, (sign(point, "KR", fresh),))
        if good:
            assert second.check_note(signed, "KR", Use.SIGN).name == "KR"
        else:
            with pytest.raises(NoteError):
                second.check_note(signed, "KR", Use.SIGN)


@pytest.mark.parametrize("until", [{}, {BULK: 11}])
def test_what_was_revoked_never_counts_again(until: dict[str, int]) -> None:
    second = follow(FIRST, sign_roster(changed(keys=bounded({BULK: 10})), ROOTS))
    third = replace(changed(keys=bounded(until)), version=3)
    with pytest.raises(RosterError, match="revoked"):
        follow(second, sign_roster(third, ROOTS))
    assert follow(second, sign_roster(replace(changed(keys=bounded({BULK: 4})), version=3), ROOTS)).version == 3


def test_no_key_leaves_the_list() -> None:
    with pytest.raises(RosterError, match="left the list"):
        follow(FIRST, sign_roster(changed(keys=party("KR").keys[1:]), ROOTS))


def test_a_third_party_joins_by_the_signatures_of_those_who_are_there_and_its_own() -> None:
    third = replace(roster("CN", "KR", "SG", version=2), threshold=3)
    assert follow(FIRST, sign_roster(third, [*ROOTS, STRANGER])) == third
    with pytest.raises(RosterError):
        follow(FIRST, sign_roster(third, ROOTS))


def test_each_use_has_its_own_keys() -> None:
    assert FIRST.check_note(note(1), "CN", Use.COSIGN).name == "CN"
    point = Checkpoint(BULK, 1, leaf_hash(b"x"))
    wrong = Note(point, (sign(point, "KR", signing("KR", "cosign")),))
    with pytest.raises(NoteError):
        FIRST.check_note(wrong, "KR", Use.SIGN)
    with pytest.raises(NoteError):
        FIRST.check_note(note(1, by="CN"), "KR", Use.SIGN)


@pytest.mark.parametrize(
    "parties", [(party("CN"),), (party("CN"), party("CN")), (party("CN"), Party(code="KR", roots=party("CN").roots, keys=()))]
)
def test_two_parties_at_least_each_with_keys_of_its_own(parties: tuple[Party, ...]) -> None:
    with pytest.raises(RosterError, match="found"):
        first_roster(sign_roster(replace(FIRST, parties=parties, threshold=1), ROOTS))
