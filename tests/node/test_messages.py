"""Reminders that leave the node: once for each rung of a day, in the traveller's language, and never about health."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from fastchannel.casework import applications, health, review
from fastchannel.casework import messages as words
from fastchannel.casework.actor import Actor
from fastchannel.casework.ports import Channel, Person, Template
from fastchannel.node import links, sweep
from fastchannel.node.carriers import MessageError, NodeMessenger
from fastchannel.node.config import MessagesConfig
from fastchannel.node.messages import TRIES, deliver
from fastchannel.node.models import Message, Notice
from fastchannel.terms.events import Itinerary, Role
from tests.web import scene as stage

pytestmark = pytest.mark.django_db
SEOUL_TEN = datetime(2020, 5, 12, 1, 0, tzinfo=UTC)  # 10:00 in Seoul, where the traveller is before departure
DAY = date(2020, 5, 12)


class Kept:
    """A messenger that keeps what it is given, or fails."""

    def __init__(self, *, fails: tuple[Channel, ...] = ()) -> None:
        self.sent: list[dict[str, Any]] = []
        self.fails = fails
        self.tried = 0

    def send(self, kind: Channel, to: str, language: str, template: Template, **more: Any) -> None:
        self.tried += 1
        if kind in self.fails:
            raise MessageError("no way")
        self.sent.append({"kind": kind, "to": to, "language": language, "template": template, **more})


def traveller(desk: Any, clock: Any, *, telephone: str = "+82 10 1234 5678", email: str = "", number: int = 0) -> str:
    """One who is monitored in Seoul since 8 May, checked in until the 11th."""
    clock.instant = stage.APPLIED
    journey = stage.apply(desk, number)
    who = Person(name="KIM MINJI", passport="M1", language="ko", telephone=telephone, email=email)
    desk.people.replace(journey, who)
    clock.instant = datetime(2020, 5, 11, 4, 0, tzinfo=UTC)
    stage.check_in(desk, journey, date(2020, 5, 8), date(2020, 5, 11))
    return journey


def sweep_at(clock: Any, moment: datetime) -> None:
    clock.instant = moment
    sweep.wake_due()


def again() -> None:
    """Two minutes of the host's later."""
    Message.objects.filter(begun__isnull=False).update(begun=datetime.now(UTC) - timedelta(hours=1))


def test_a_silent_traveller_is_reminded_at_ten_and_at_two_once_each(desk: Any, hand_clock: Any) -> None:
    journey = traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN - timedelta(minutes=1))
    assert deliver(kept) == 0
    for _ in range(3):
        sweep_at(hand_clock, SEOUL_TEN)
        deliver(kept)
    assert [(one["template"], one["kind"], one["to"], one["language"], one["day"]) for one in kept.sent] == [
        (Template.REMIND, Channel.SMS, "+82 10 1234 5678", "ko", DAY)
    ]
    for _ in range(2):
        sweep_at(hand_clock, SEOUL_TEN + timedelta(hours=4))
        deliver(kept)
    assert [one["template"] for one in kept.sent] == [Template.REMIND, Template.REMIND_AGAIN]
    assert len({one["key"] for one in kept.sent}) == 2
    assert set(Message.objects.values_list("journey", "state")) == {(journey, "sent")}
    assert Notice.objects.filter(kind="reminder", sent__isnull=False).count() == 2


def test_a_write_that_gets_ahead_of_the_sweep_keeps_no_reminder_back(desk: Any, hand_clock: Any) -> None:
    """The journey's row is written anew just after ten, by a call about another day, before the node has looked."""
    journey = traveller(desk, hand_clock)
    kept = Kept()
    hand_clock.instant = SEOUL_TEN + timedelta(seconds=3)
    officer = stage.actor(Role.MONITOR)
    stage.done(health.call(desk, officer, journey, day=DAY - timedelta(days=1), reached=True, key="c"))
    sweep.wake_due()
    assert sweep.wake_due() == 0
    deliver(kept)
    assert [one["day"] for one in kept.sent] == [DAY]


def test_the_link_of_a_message_opens_the_travellers_own_page_for_three_days(desk: Any, hand_clock: Any) -> None:
    journey = traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN)
    deliver(kept)
    token = kept.sent[0]["link"].rstrip("/").rpartition("/")[2]
    assert kept.sent[0]["link"].endswith(reverse("web:traveller", args=[token]))
    opened = links.open_link(token)
    assert opened is not None
    assert opened.journey == journey
    assert Client().get(reverse("web:traveller", args=[token])).status_code == 200
    hand_clock.forward(days=3)
    assert links.open_link(token) is None


def test_who_has_checked_in_meanwhile_hears_nothing(desk: Any, hand_clock: Any) -> None:
    journey = traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN)
    stage.check_in(desk, journey, DAY, DAY)
    deliver(kept)
    assert kept.sent == []
    assert list(Message.objects.values_list("state", "why")) == [("needless", "answered")]


def test_a_call_that_reached_nobody_does_not_quieten_the_reminder(desk: Any, hand_clock: Any) -> None:
    journey = traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN)
    stage.done(health.call(desk, stage.actor(Role.MONITOR), journey, day=DAY, reached=False, key="c"))
    deliver(kept)
    assert len(kept.sent) == 1


def test_after_a_stop_of_the_node_only_the_last_rung_goes_out_and_nothing_of_yesterday(desk: Any, hand_clock: Any) -> None:
    traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN + timedelta(hours=6))
    sweep_at(hand_clock, SEOUL_TEN + timedelta(hours=6, minutes=1))
    deliver(kept)
    assert [one["template"] for one in kept.sent] == [Template.REMIND]
    assert sorted(Message.objects.values_list("state", "why")) == [("needless", "overtaken"), ("sent", "")]
    sweep_at(hand_clock, SEOUL_TEN + timedelta(days=1))
    hand_clock.instant = SEOUL_TEN + timedelta(days=1, hours=14)  # midnight in Seoul
    deliver(kept)
    assert len(kept.sent) == 1
    assert "late" in set(Message.objects.values_list("why", flat=True))


def test_the_hour_is_that_of_the_place_where_the_traveller_is(desk: Any, hand_clock: Any) -> None:
    """A traveller who now departs from Shanghai is reminded when it is ten there, once for the day."""
    journey = traveller(desk, hand_clock)
    kept = Kept()
    plan = Itinerary(departure=stage.DEPARTURE, origin="CN-SH", destination="KR-11", flight="CK101")
    stage.done(applications.replan(desk, stage.actor(Role.SPONSOR), journey, itinerary=plan, key="other way"))
    for hours in (0, 1, 1):
        sweep_at(hand_clock, SEOUL_TEN + timedelta(hours=hours))
        deliver(kept)
    assert [one["day"] for one in kept.sent] == [DAY]
    assert Message.objects.get().made == SEOUL_TEN + timedelta(hours=1)


def test_a_clock_that_is_set_back_sends_nothing_twice(desk: Any, hand_clock: Any) -> None:
    traveller(desk, hand_clock)
    kept = Kept()
    sweep_at(hand_clock, SEOUL_TEN)
    deliver(kept)
    for back in (timedelta(hours=2), timedelta(days=1)):
        sweep_at(hand_clock, SEOUL_TEN - back)
        deliver(kept)
        sweep_at(hand_clock, SEOUL_TEN)
        deliver(kept)
    assert len(kept.sent) == 1


def test_a_worker_that_is_killed_while_it_sends_leaves_one_message_under_one_key(desk: Any, hand_clock: Any) -> None:
    traveller(desk, hand_clock)

    class Killed(Kept):
        def send(self, *args: Any, **more: Any) -> None:
            super().send(*args, **more)
            raise KeyboardInterrupt

    killed, kept = Killed(), Kept()
    sweep_at(hand_clock, SEOUL_TEN)
    with pytest.raises(KeyboardInterrupt):
        deliver(killed)
    assert Message.objects.get().state == "sending"
    assert deliver(kept) == 0  # it may still be under way
    again()
    deliver(kept)
    deliver(kept)
    assert [one["key"] for one in kept.sent] == [killed.sent[0]["key"]]
    assert Message.objects.get().state == "sent"


def test_mail_is_tried_where_sms_fails_and_a_failure_is_told(desk: Any, hand_clock: Any) -> None:
    traveller(desk, hand_clock, email="kim@example.org")
    kept = Kept(fails=(Channel.SMS,))
    sweep_at(hand_clock, SEOUL_TEN)
    for _ in range(TRIES + 2):
        deliver(kept)
        again()
    assert [(one["kind"], one["to"]) for one in kept.sent] == [(Channel.MAIL, "kim@example.org")]
    assert kept.tried == TRIES + 1
    other = traveller(desk, hand_clock, number=1)
    sweep_at(hand_clock, SEOUL_TEN)
    for _ in range(TRIES + 2):
        deliver(kept)
        again()
    failed = Message.objects.get(journey=other)
    assert (failed.state, failed.why, failed.tries) == ("failed", "no way", TRIES)


def test_without_an_address_it_fails_at_once_and_says_so(desk: Any, hand_clock: Any) -> None:
    traveller(desk, hand_clock, telephone="")
    sweep_at(hand_clock, SEOUL_TEN)
    deliver(Kept())
    assert list(Message.objects.values_list("state", "why")) == [("failed", "no address")]


POISON = "POISON-7"
HEALTH = ("symptom", "fever", "positive", "case", "contact", "test", "症状", "发热", "阳性", "증상", "발열", "양성")


def test_nothing_of_the_record_gets_into_any_message(desk: Any, hand_clock: Any, tmp_path: Path, settings: Any) -> None:
    """Every field that an officer fills is poisoned; what leaves the node by both ways is searched for it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    by_file = NodeMessenger(config=MessagesConfig(), folder=tmp_path)
    texts: list[str] = []
    for number, language in enumerate(("en", "zh-Hans", "ko")):
        journey = traveller(desk, hand_clock, number=number)
        monitor = stage.actor(Role.MONITOR)
        stage.done(health.name_contact(desk, monitor, journey, case=POISON, key=f"n{number}"))
        stage.done(
            review.override(desk, monitor, journey, measure="self-monitoring", reason=POISON, waive=False, key=f"o{number}")
        )
        for email in ("", "kim@example.org"):
            who = Person(name=POISON, passport=POISON, language=language, telephone="" if email else "+82 1", email=email)
            desk.people.replace(journey, who)
            sweep_at(hand_clock, SEOUL_TEN + timedelta(hours=4 if email else 0))
            deliver(by_file)
    files = list((tmp_path / "sms").iterdir())
    texts = [json.loads(file.read_text())["text"] for file in files]
    texts += [f"{one.subject} {one.body}" for one in mail.outbox]
    assert len(texts) == 6
    texts += [words.rendered(one, language, day=DAY, link="").body for one in Template for language in ("en", "zh-Hans", "ko")]
    for text in texts:
        assert POISON not in text
        assert not [word for word in HEALTH if word in text.lower()], text
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_every_language_has_its_own_words() -> None:
    for template in Template:
        assert len({words.rendered(template, language, day=DAY, link="L").body for language in ("en", "zh-Hans", "ko")}) == 3


def test_a_file_is_the_same_file_when_it_is_sent_again(tmp_path: Path) -> None:
    by_file = NodeMessenger(config=MessagesConfig(), folder=tmp_path)
    for link in ("one", "two"):
        by_file.send(Channel.SMS, "+82 1", "en", Template.REMIND, day=DAY, link=link, key="k")
    [file] = (tmp_path / "sms").iterdir()
    assert file.name == "k.json"
    assert json.loads(file.read_text())["text"].endswith("two")


def test_a_gateway_gets_the_key_and_what_it_does_not_take_is_an_error_without_the_number() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(202 if len(asked) == 1 else 503)

    config = MessagesConfig(sms="http", sms_url="https://sms.example/send")
    gateway = NodeMessenger(config=config, folder=Path(), token="t", transport=httpx.MockTransport(answer))
    sent: dict[str, Any] = {"day": DAY, "link": "L", "key": "k-1"}
    gateway.send(Channel.SMS, "+82 10", "en", Template.REMIND, **sent)
    assert json.loads(asked[0].content)["to"] == "+82 10"
    assert asked[0].headers["Idempotency-Key"] == "k-1"
    assert asked[0].headers["Authorization"] == "Bearer t"
    with pytest.raises(MessageError, match="503") as error:
        gateway.send(Channel.SMS, "+82 10", "en", Template.REMIND, **sent)
    assert "+82" not in str(error.value)


def test_a_journey_of_which_another_node_told_is_reminded_by_that_node(desk: Any, hand_clock: Any) -> None:
    from fastchannel.node.models import Journey

    journey = traveller(desk, hand_clock)
    Journey.objects.filter(id=journey).update(told=True)
    sweep_at(hand_clock, SEOUL_TEN)
    assert Message.objects.count() == 0
    assert Actor(id="x", role=Role.MONITOR, party="KR").covers("KR-11")
