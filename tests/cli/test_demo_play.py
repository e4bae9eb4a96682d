"""The demonstration's drill: laid down in the past, played on through the use cases, and resumed.

Both parties' drills play over one record here, as two nodes do whose link takes no time.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.urls import reverse

from fastchannel.cli.demo import BEGINS
from fastchannel.cli.demo_card import Card
from fastchannel.cli.demo_play import AGREEMENT, CHECKED_IN, REVIEWED, TESTED, Play, Progress, write_card
from fastchannel.cli.demo_players import Players
from fastchannel.node.models import Event, IdempotencyKey, Journey
from tests.engine import HandClock

PER_WEEK = 2


@dataclass
class Both:
    """China's drill and Korea's."""

    cn: Play
    kr: Play

    def act_once(self) -> None:
        self.cn.act_once()
        self.kr.act_once()


def play_of(desk: Any, party: str, path: Path, progress: Progress | None = None) -> Play:
    kept = path / f"drill-{party}.json"
    begun = progress or Progress(begins=BEGINS, laid_at=BEGINS, played_until=BEGINS, per_week=PER_WEEK, seed=3)
    made = Play(
        office=replace(desk, party=party), players=Players.of(party), texts=desk.texts.versions(AGREEMENT), party=party,
        progress=begun, path=kept,
    )  # fmt: skip
    made.take_hands()
    return made


@pytest.fixture
def play(desk: Any, hand_clock: HandClock, tmp_path: Path) -> Both:
    hand_clock.instant = BEGINS
    made = Both(play_of(desk, "CN", tmp_path), play_of(desk, "KR", tmp_path))
    for one in (made.cn, made.kr):
        one.lay_down()
    for one in (made.cn, made.kr):
        one.lay_down_beside()
    return made


def test_the_past_is_laid_down_with_what_happened_until_then_only(play: Both) -> None:
    assert Journey.objects.count() > 3 * PER_WEEK
    assert play.cn.behind == play.kr.behind == set()
    assert not Event.objects.filter(at__gt=BEGINS).exists()
    assert not Event.objects.filter(recorded__gt=BEGINS).exists()
    assert {"kr-cn", "cn-kr"} == set(Journey.objects.values_list("route", flat=True))


def test_travellers_move_on_and_nobody_of_the_drill_is_denied(
    play: Both, hand_clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fastchannel.cli.demo_play")
    before = Counter(Journey.objects.values_list("stage", flat=True))
    for _ in range(6):
        hand_clock.forward(days=1)
        play.act_once()
    assert Counter(Journey.objects.values_list("stage", flat=True)) != before
    assert [record.getMessage() for record in caplog.records] == []


def test_a_second_start_writes_nothing_twice(play: Both, desk: Any, hand_clock: HandClock, tmp_path: Path) -> None:
    hand_clock.forward(days=2)
    play.act_once()
    events, keys = Event.objects.count(), IdempotencyKey.objects.count()
    for party in ("CN", "KR"):
        saved = msgspec.json.decode((tmp_path / f"drill-{party}.json").read_bytes(), type=Progress)
        play_of(desk, party, tmp_path, saved).act_once()
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == (events, keys)


def test_one_step_is_left_to_the_reader(play: Both, hand_clock: HandClock) -> None:
    hand_clock.forward(days=3)
    play.act_once()
    hands = {hand: play.cn.journey(play.cn.hand(hand)) for hand in (REVIEWED, CHECKED_IN, TESTED)}
    stages = {hand: Journey.objects.get(id=journey).stage for hand, journey in hands.items()}
    assert stages == {REVIEWED: "sponsored", CHECKED_IN: "approved", TESTED: "isolated"}
    kinds = Counter(Event.objects.filter(journey=hands[TESTED], kind="resulted").values_list("kind", flat=True))
    assert kinds["resulted"] == 2  # before departure, and the antibody test; the nucleic acid test on arrival is the reader's


def test_the_card_leads_to_pages_that_there_are(play: Both, tmp_path: Path, client: Any) -> None:
    write_card(play.cn, tmp_path / "card.json")
    card = msgspec.json.decode((tmp_path / "card.json").read_bytes(), type=Card)
    assert (tmp_path / "card.json").stat().st_mode & 0o077 == 0
    assert client.get(card.traveller_link).status_code == 200
    answer = client.post(
        card.result,
        {"sample": card.sample, "assay": "naat", "finding": "not detected", "laboratory": card.laboratory},
        content_type="application/json",
        headers={"Authorization": f"Bearer {card.key}", "Idempotency-Key": card.sample},
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["journey"] == play.cn.journey(play.cn.hand(TESTED))
    assert card.to_review == reverse("web:review", args=[play.cn.journey(play.cn.hand(REVIEWED))])
