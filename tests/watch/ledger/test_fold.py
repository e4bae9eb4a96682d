"""The ledger as known at an instant."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.watch.ledger.counting import tally
from fastchannel.watch.ledger.fold import Ledger, Line, State, fold_ledger
from fastchannel.watch.ledger.records import Entry, Record, RecordError, digest_of
from tests.watch.ledger.cases import CHANNEL, LOCAL, MAY, NO_CASE, OTHER, UNKNOWN, at, both, defined, entry, says

CASE = entry("a", 1)
REVISED = entry("a", 5, corrects=(digest_of(CASE),), reason="the genome is that of a local cluster")


def only(ledger: Ledger) -> Line:
    (line,) = ledger.lines
    return line


def imports(ledger: Ledger, **definition: str) -> tuple[list[str], list[str]]:
    found = tally(ledger, defined(**definition), MAY.since, MAY.until)
    return [one.case for one in found.imports], [one.case for one in found.possible]


def test_an_entry_stands_from_when_the_second_party_signs_the_same_classification() -> None:
    records: list[Record] = [CASE, says("CN", CASE, CHANNEL, 2), says("KR", CASE, CHANNEL, 3)]
    assert fold_ledger(records, at(0.9)).lines == ()
    assert only(fold_ledger(records, at(1))).state is State.AWAITS
    waiting = only(fold_ledger(records, at(2.9)))
    assert (waiting.state, waiting.heads[0].waits_for, waiting.first) == (State.AWAITS, ("KR",), None)
    stands = only(fold_ledger(records, at(3)))
    assert stands.state is State.STANDS
    assert stands.first is not None
    assert stands.first[1].since == at(3)


def test_a_disagreement_stays_visible_with_both_views() -> None:
    line = only(fold_ledger([CASE, says("CN", CASE, CHANNEL, 2), says("KR", CASE, LOCAL, 3)], at(9)))
    assert line.state is State.DISPUTED
    assert {party: view.classification for party, view in line.heads[0].views.items()} == {"CN": CHANNEL, "KR": LOCAL}


def test_the_same_kind_from_another_origin_is_a_disagreement() -> None:
    from_japan = type(CHANNEL)(kind=CHANNEL.kind, origin="JP")
    assert (
        only(fold_ledger([CASE, says("CN", CASE, CHANNEL, 2), says("KR", CASE, from_japan, 3)], at(9))).state is State.DISPUTED
    )


def test_a_party_that_is_not_concerned_is_heard_and_does_not_sign() -> None:
    line = only(fold_ledger([CASE, says("CN", CASE, LOCAL, 2), says("JP", CASE, LOCAL, 3)], at(9)))
    assert line.state is State.AWAITS
    assert [one.party for one in line.heads[0].statements] == ["CN", "JP"]
    assert set(line.heads[0].views) == {"CN"}


def test_what_both_signed_counts_until_both_have_signed_its_correction() -> None:
    records = [CASE, *both(CASE, CHANNEL, 2), REVISED, says("CN", REVISED, LOCAL, 6), says("KR", REVISED, LOCAL, 8)]
    before, between, after = (fold_ledger(records, at(day)) for day in (4, 7, 8))
    assert [only(ledger).state for ledger in (before, between, after)] == [State.STANDS, State.AWAITS, State.STANDS]
    assert [imports(ledger) for ledger in (before, between, after)] == [(["a"], []), (["a"], []), ([], [])]
    assert [version.entry for version in only(after).versions] == [CASE, REVISED]


def test_one_party_alone_cannot_take_back_its_signature() -> None:
    records = [CASE, *both(CASE, CHANNEL, 2), says("CN", CASE, LOCAL, 4), says("KR", CASE, LOCAL, 6)]
    disputed, settled = fold_ledger(records, at(5)), fold_ledger(records, at(6))
    assert (only(disputed).state, imports(disputed)) == (State.DISPUTED, (["a"], []))
    assert (only(settled).state, imports(settled)) == (State.STANDS, ([], []))
    assert imports(settled, published="first") == (["a"], [])


def test_a_correction_of_a_local_case_that_nobody_else_has_signed_makes_it_a_possible_import() -> None:
    records = [CASE, *both(CASE, LOCAL, 2), REVISED]
    assert imports(fold_ledger(records, at(9))) == ([], ["a"])
    assert imports(fold_ledger(records, at(9)), published="first") == ([], [])


def test_both_parties_records_of_one_case_are_a_dispute_until_one_entry_corrects_both() -> None:
    theirs = entry("a", 1, party="KR")
    joined = entry("a", 4, corrects=(digest_of(CASE), digest_of(theirs)), reason="one person")
    records = [CASE, theirs, *both(CASE, CHANNEL, 2), *both(theirs, CHANNEL, 2), joined]
    apart = only(fold_ledger(records, at(3)))
    assert (apart.state, len(apart.heads)) == (State.DISPUTED, 2)
    assert imports(fold_ledger(records, at(3))) == (["a"], [])  # one case, not two
    assert only(fold_ledger([*records, *both(joined, CHANNEL, 5)], at(5))).state is State.STANDS


def test_a_case_that_turns_out_to_be_another_is_counted_until_that_stands_and_stays_first_published() -> None:
    other = entry("b", 1)
    joined = entry("a", 4, corrects=(digest_of(CASE), digest_of(other)), reason="one person under two names")
    records = [CASE, other, *both(CASE, CHANNEL, 2), *both(other, CHANNEL, 2), joined, *both(joined, CHANNEL, 6)]
    assert imports(fold_ledger(records, at(5))) == (["a", "b"], [])
    after = fold_ledger(records, at(6))
    assert imports(after) == (["a"], [])
    moved = after.line("b")
    assert moved is not None
    assert (moved.state, moved.became) == (State.MOVED, ("a",))
    assert imports(after, published="first") == (["a", "b"], [])


def test_an_entry_that_held_two_people_is_split_into_two_lines() -> None:
    one, two = (entry(case, 4, corrects=(digest_of(CASE),), reason="two people") for case in ("a", "b"))
    records = [CASE, *both(CASE, CHANNEL, 2), one, two, *both(one, CHANNEL, 5)]
    assert imports(fold_ledger(records, at(6))) == (["a"], ["b"])
    assert imports(fold_ledger([*records, *both(two, OTHER, 7)], at(7))) == (["a", "b"], [])


def test_a_correction_cannot_do_without_a_party_of_what_it_corrects() -> None:
    without = entry("a", 4, parties=("CN", "JP"), corrects=(digest_of(CASE),), reason="by way of Japan")
    line = only(fold_ledger([CASE, *both(CASE, CHANNEL, 2), without, *both(without, LOCAL, 5)], at(9)))
    assert line.heads[0].waits_for == ("KR",)
    assert [one.entry for one in line.standing] == [CASE]


def test_a_correction_of_a_correction_that_nobody_signed_replaces_what_stood_before_both() -> None:
    last = entry("a", 7, corrects=(digest_of(REVISED),), reason="the same, with the date of the sample")
    ledger = fold_ledger([CASE, *both(CASE, CHANNEL, 2), REVISED, last, *both(last, LOCAL, 8)], at(9))
    assert (only(ledger).state, [one.entry for one in only(ledger).standing]) == (State.STANDS, [last])
    assert imports(ledger) == ([], [])


def test_the_first_agreement_is_the_earliest_whatever_its_version_was_called_since() -> None:
    theirs = entry("a", 1, party="KR")
    records = [CASE, theirs, *both(CASE, CHANNEL, 2), *both(theirs, LOCAL, 5), *both(CASE, LOCAL, 8)]
    assert imports(fold_ledger(records, at(9)), published="first") == (["a"], [])
    assert imports(fold_ledger(records, at(9))) == ([], [])


def test_what_is_named_and_was_not_sent_is_said() -> None:
    ledger = fold_ledger([REVISED, says("CN", entry("b", 2), LOCAL, 3)], at(9))
    assert ledger.missing == tuple(sorted((digest_of(CASE), digest_of(entry("b", 2)))))


def test_two_signatures_that_change_places_at_one_instant_make_nothing_stand() -> None:
    records: list[Record] = [
        CASE,
        says("CN", CASE, CHANNEL, 2),
        says("KR", CASE, LOCAL, 2),
        says("CN", CASE, LOCAL, 3),
        says("KR", CASE, CHANNEL, 3),
    ]
    line = only(fold_ledger(records, at(9)))
    assert (line.state, line.first) == (State.DISPUTED, None)


def test_a_chain_of_a_thousand_corrections_folds() -> None:
    chain = [CASE]
    for step in range(1_000):
        chain.append(entry("a", 2 + step / 1_000, corrects=(digest_of(chain[-1]),), reason=f"correction {step}"))
    line = only(fold_ledger([*chain, *both(chain[-1], LOCAL, 4)], at(9)))
    assert line.state is State.STANDS
    assert len(line.versions) == 1_001


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(RecordError, match="with its offset"):
        fold_ledger([], datetime(2020, 5, 4))  # noqa: DTZ001 — what is refused


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Some cases of two or three names, corrections of them by either party, and statements on any, at whatever times."""
    days = st.integers(1, 20)
    entries: list[Entry] = []
    for number in range(draw(st.integers(1, 5))):
        named = draw(st.lists(st.sampled_from(entries), max_size=2, unique=True)) if entries else []
        case = draw(st.sampled_from(["a", "b", "c"]))
        party = draw(st.sampled_from(["CN", "KR"]))
        corrects = tuple(digest_of(one) for one in named)
        entries.append(entry(case, draw(days), party=party, corrects=corrects, reason=f"{number}" if corrects else ""))
    classifications = st.sampled_from([CHANNEL, OTHER, LOCAL, UNKNOWN, NO_CASE])
    statement = st.builds(says, st.sampled_from(["CN", "KR", "JP"]), st.sampled_from(entries), classifications, days)
    return [*entries, *draw(st.lists(statement, max_size=14))]


@given(histories(), st.data())
def test_neither_order_nor_repetition_matters(records: list[Record], data: st.DataObject) -> None:
    again = data.draw(st.permutations(records + data.draw(st.lists(st.sampled_from(records), max_size=5))))
    assert fold_ledger(again, at(25)) == fold_ledger(records, at(25))


@given(histories(), st.integers(0, 22))
def test_as_known_then_is_as_it_was_folded_then(records: list[Record], day: int) -> None:
    """What is recorded afterwards changes no answer about then, and nothing that was said then is gone now."""
    until_then = [record for record in records if record.recorded <= at(day)]
    then, now = fold_ledger(records, at(day)), fold_ledger(records, at(25))
    assert then == fold_ledger(until_then, at(day))
    said_now = {one.digest: one for line in now.lines for one in line.versions}
    for line in then.lines:
        for version in line.versions:
            assert set(version.statements) <= set(said_now[version.digest].statements)
            assert said_now[version.digest].agreements[: len(version.agreements)] == version.agreements


@settings(max_examples=40)  # each of 23 ledgers
@given(histories())
def test_first_published_never_falls(records: list[Record]) -> None:
    firsts: set[str] = set()
    for day in range(23):
        ledger = fold_ledger(records, at(day))
        counted, _ = imports(ledger, published="first")
        assert firsts <= set(counted)
        firsts = set(counted)


@given(histories())
def test_a_line_stands_exactly_where_every_signer_of_its_one_head_says_the_same_last(records: list[Record]) -> None:
    """Against a plain reading of the rule, for the heads alone."""
    everything = [record for record in records if isinstance(record, Entry)]
    corrected = {digest for one in everything for digest in one.corrects}
    for line in fold_ledger(records, at(25)).lines:
        heads = [one for one in everything if one.case == line.case and digest_of(one) not in corrected]
        assert {head.entry for head in line.heads} == set(heads)
        if len(heads) != 1:
            assert line.state is not State.STANDS
            continue
        last = {
            party: max(
                (
                    (one.recorded, digest_of(one), one.classification)
                    for one in records
                    if not isinstance(one, Entry) and one.party == party and one.entry == digest_of(heads[0])
                ),
                key=lambda found: found[:2],
                default=(None, None, None),
            )[2]
            for party in ("CN", "KR")
        }
        agree = last["CN"] is not None and last["CN"] == last["KR"]
        strays = any(one.entry not in heads for one in line.standing)
        assert (line.state is State.STANDS) == (agree and not strays)
