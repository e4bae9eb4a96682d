"""The demonstration's drill at one node: laid down in the past, played on through the use cases, and resumed."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.urls import reverse

from fastchannel.cli.demo import BEGINS
from fastchannel.cli.demo_card import Card
from fastchannel.cli.demo_play import AGREEMENT, CHECKED_IN, REVIEWED, TESTED, Play, Progress, known_journeys, write_card
from fastchannel.cli.demo_players import Players
from fastchannel.node.models import Event, IdempotencyKey, Journey
from tests.engine import HandClock

PER_WEEK = 2


def play_of(desk: Any, path: Path, progress: Progress) -> Play:
    texts = desk.texts.versions(AGREEMENT)
    made = Play(office=desk, players=Players.of(texts, desk.party), texts=texts, party=desk.party, progress=progress, path=path)
    made.take_hands()
    return made


@pytest.fixture
def play(desk: Any, hand_clock: HandClock, tmp_path: Path) -> Play:
    hand_clock.instant = BEGINS
    begun = Progress(laid_at=BEGINS, played_until=BEGINS, per_week=PER_WEEK, seed=3)
    made = play_of(desk, tmp_path / "drill.json", begun)
    made.lay_down()
    made.journeys = known_journeys()
    return made


def test_the_past_is_laid_down_with_what_happened_until_then_only(play: Play) -> None:
    assert Journey.objects.count() == len(play.journeys) > PER_WEEK
    assert not Event.objects.filter(at__gt=BEGINS).exists()
    assert not Event.objects.filter(recorded__gt=BEGINS).exists()
    assert {"kr-cn", "cn-kr"} == set(Journey.objects.values_list("route", flat=True))


def test_travellers_move_on_and_nobody_of_the_drill_is_denied(
    play: Play, hand_clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fastchannel.cli.demo_play")
    before = Counter(Journey.objects.values_list("stage", flat=True))
    for _ in range(6):
        hand_clock.forward(days=1)
        play.act_once()
    assert Counter(Journey.objects.values_list("stage", flat=True)) != before
    assert [record.getMessage() for record in caplog.records] == []


def test_a_second_start_writes_nothing_twice(play: Play, desk: Any, hand_clock: HandClock) -> None:
    hand_clock.forward(days=2)
    play.act_once()
    events, keys = Event.objects.count(), IdempotencyKey.objects.count()
    saved = msgspec.json.decode(play.path.read_bytes(), type=Progress)
    again = play_of(desk, play.path, saved)
    again.journeys = known_journeys()
    again.act_once()
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == (events, keys)


def test_one_step_is_left_to_the_reader(play: Play, hand_clock: HandClock) -> None:
    hand_clock.forward(days=3)
    play.act_once()
    stages = {number: Journey.objects.get(id=play.journeys[number]).stage for number in (REVIEWED, CHECKED_IN, TESTED)}
    assert stages == {REVIEWED: "sponsored", CHECKED_IN: "approved", TESTED: "isolated"}
    kinds = Counter(Event.objects.filter(journey=play.journeys[TESTED], kind="resulted").values_list("kind", flat=True))
    assert kinds["resulted"] == 2  # before departure, and the antibody test; the nucleic acid test on arrival is the reader's


def test_the_card_leads_to_pages_that_there_are(play: Play, tmp_path: Path, client: Any) -> None:
    write_card(play, tmp_path / "card.json")
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
    assert answer.json()["journey"] == play.journeys[TESTED]
    assert card.to_review == reverse("web:review", args=[play.journeys[REVIEWED]])
