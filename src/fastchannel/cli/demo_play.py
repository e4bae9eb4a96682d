"""Plays the drill at one node: lays travellers down in the simulated past, then lets them move on as time passes.

Both nodes know the same scripts, and each plays what its own party's people do; the rest its node is told by the other. It acts
for the drill's travellers alone, through the same use cases and permissions as people do. Runs as a process of its own:
``python -m fastchannel.cli.demo_play DIRECTORY``.
"""

from __future__ import annotations

import argparse
import heapq
import logging
import random
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from fastchannel.agreement.agreement import Versions
from fastchannel.casework.errors import CaseworkError, UnknownJourneyError
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import ACTION_OF, Denial
from fastchannel.casework.ports import Entry, Person, Stamp
from fastchannel.cli.demo_card import CARD, Card, secret_file
from fastchannel.cli.drill import Fate, Profile, Script, script_of, scripts
from fastchannel.terms.events import (
    Applied,
    Arrived,
    Assay,
    Boarded,
    CheckedIn,
    Entered,
    Event,
    Left,
    Moved,
    Resulted,
    Reviewed,
    Role,
    Sampled,
    kind_of,
)

if TYPE_CHECKING:
    from fastchannel.cli.demo_players import Players

AGREEMENT = "china-korea"
WEEK = timedelta(days=7)
FIRST_WEEK = date(2020, 5, 4)  # of departures; those who leave in it have been released when the demonstration begins
LEAD = timedelta(days=26)  # nobody applies earlier than this before departure
PATIENCE = timedelta(days=5)  # so long a step waits for its journey to arrive from the other node
PAUSE_SECONDS = 1.0
BATCH = 50  # journeys laid down in one transaction
_log = logging.getLogger(__name__)
_COMMON = frozenset({"id", "journey", "at", "recorded", "by", "role", "party", "evidence"})

# For the reader's hands, by route: the scripts' numbers, and how long after the start the travellers depart.
REVIEWED, CHECKED_IN, TESTED = 1, 2, 3
FIRST_HAND = {"kr-cn": 90_000, "cn-kr": 90_010}
HANDS = {
    "kr-cn": {REVIEWED: timedelta(days=16), CHECKED_IN: timedelta(days=13), TESTED: timedelta(hours=-6)},
    "cn-kr": {REVIEWED: timedelta(days=16), CHECKED_IN: timedelta(days=-1), TESTED: timedelta(hours=-6)},
}


class Progress(msgspec.Struct, kw_only=True):
    """What the drill remembers between runs, beside the node's own record."""

    begins: datetime  # the time at which both nodes began
    laid_at: datetime  # what happened up to then was laid down; what is later is played
    played_until: datetime
    per_week: int
    seed: int


@dataclass(slots=True, kw_only=True)
class Play:
    """The drill at one node."""

    office: Office
    players: Players
    texts: Versions
    party: str
    progress: Progress
    path: Path  # where the progress is kept
    ahead: list[tuple[datetime, int, int]] = field(default_factory=list)  # a heap: when, script, event
    scripts: dict[int, Script] = field(default_factory=dict)
    behind: set[int] = field(default_factory=set)  # scripts of which the past is not laid down yet
    _week: int = 0

    def lay_down(self) -> None:
        """Write what our people did up to now on journeys that are opened here, many in one transaction, as an import does."""
        now = self.progress.laid_at
        self._cast_weeks(now)
        begun = [number for number, one in self.scripts.items() if one.events[0].at <= now]
        ours = [number for number in begun if self._keeps(number)]
        for start in range(0, len(ours), BATCH):
            entries = []
            for number in ours[start : start + BATCH]:
                events = self._past(number, now)
                entries.append(self.office.entry(events, _person(self.scripts[number].profile), now)[0])
            with self.office.journal.transaction():
                self.office.journal.append(entries)
        self._save(now)

    def lay_down_beside(self) -> None:
        """Write what our people did until then on journeys that the other party opened, of those that have arrived here."""
        for number in sorted(self.behind):
            journey = self.journey(number)
            with self.office.journal.transaction():
                held = self.office.journal.hold([journey])
                if journey not in held:
                    continue
                known = held[journey][1]
                there = {event.at for event in known if event.party == self.party}
                now = self.office.now_for(known)
                fresh = tuple(one for one in self._past(number, self.progress.laid_at) if one.at not in there)
                if fresh:
                    whole = (*known, *fresh)
                    row, deadlines = self.office.project(self.office.decide(whole, now), whole)
                    self.office.journal.append([Entry(events=fresh, row=row, deadlines=deadlines)])
            self.behind.discard(number)

    def journey(self, number: int) -> str:
        """The identifier of a script's journey: the same at both nodes."""
        applied = self.scripts[number].events[0]
        return f"drill-{applied.party.lower()}-{number:05}"

    def _keeps(self, number: int) -> bool:
        return self.scripts[number].events[0].party == self.party

    def _past(self, number: int, now: datetime) -> tuple[Event, ...]:
        """What our people did of a script by then."""
        journey = self.journey(number)
        happened = [event for event in self.scripts[number].events if event.at <= now and event.party == self.party]
        return tuple(self._as_ours(event, journey, now) for event in happened)

    def take_hands(self) -> None:
        """Bring in the travellers of whom one step is left to the reader of the tutorial, at the node of their destination."""
        for route, hands in HANDS.items():
            for hand, departure in hands.items():
                number = FIRST_HAND[route] + hand
                script = script_of(
                    self.texts,
                    random.Random(90_000 + hand),  # noqa: S311 — a drill must be repeatable
                    departure=self.progress.begins + departure,
                    route=route,
                    number=number,
                    fate=Fate.RELEASED,
                )
                events = tuple(
                    left for event in script.events if (left := _left_to_us(hand, event, script.departure)) is not None
                )
                self._take(number, replace(script, events=tuple(sorted(events, key=attrgetter("at")))))

    def hand(self, hand: int) -> int:
        """The number of the script whose step is left to this node's reader."""
        route = next(way.id for way in self.texts.newest.routes.values() if way.destination_party == self.party)
        return FIRST_HAND[route] + hand

    def _take(self, number: int, script: Script) -> None:
        self.scripts[number] = script
        if not self._keeps(number) and script.events[0].at <= self.progress.laid_at:
            self.behind.add(number)
        for index, event in enumerate(script.events):
            if event.at > self.progress.laid_at and event.at > self.progress.played_until - timedelta(days=1):
                heapq.heappush(self.ahead, (event.at, number, index))

    def act(self, stop: threading.Event) -> None:
        """Play what falls due until told to stop."""
        while not stop.is_set():
            self.act_once(stop)
            stop.wait(PAUSE_SECONDS)

    def act_once(self, stop: threading.Event | None = None) -> None:
        """Play what is due now."""
        now = self.office.clock.now()
        self._cast_weeks(now)
        self.lay_down_beside()
        waiting = []
        while self.ahead and self.ahead[0][0] <= now and not (stop and stop.is_set()):
            due = heapq.heappop(self.ahead)
            if not self._play(due[1], due[2]) and due[0] > now - PATIENCE:
                waiting.append(due)
        for due in waiting:
            heapq.heappush(self.ahead, due)
        self._save(self.ahead[0][0] if self.ahead and self.ahead[0][0] <= now else now)

    def _cast_weeks(self, now: datetime) -> None:
        """Bring in the travellers of every week of departures for which somebody may have applied by now."""
        while datetime.combine(FIRST_WEEK + self._week * WEEK, datetime.min.time(), UTC) - LEAD <= now:
            first, start = FIRST_WEEK + self._week * WEEK, self._week * self.progress.per_week + 1
            seed = self.progress.seed + 1_000 * self._week
            week = islice(scripts(self.texts, seed=seed, first=first, days=7, start=start), self.progress.per_week)
            for number, script in enumerate(week, start):
                self._take(number, script)
            self._week += 1

    def _play(self, number: int, index: int) -> bool:
        """Let the right actor do what the script says; False where the journey has not arrived here yet.

        Where a person has acted otherwise, a denial is the right answer.
        """
        event, journey = self.scripts[number].events[index], self.journey(number)
        if event.party != self.party:
            return True
        key = f"drill:{self.party}:{number}:{index}"
        try:
            actor = self.players.actor(event, journey)
            if isinstance(event, Applied):
                person = _person(self.scripts[number].profile)
                answer = self.office.open(
                    actor, _build(event), person=person, key=key, at=event.at, why="drill", journey=journey
                )
            else:
                action = ACTION_OF[kind_of(event)]
                answer = self.office.record(actor, action, journey, _build(event), key=key, at=event.at, why="drill")
            if isinstance(answer, Denial):
                _log.info("traveller %s: %s: %s", number, kind_of(event), answer.text())
        except UnknownJourneyError:
            return False
        except CaseworkError as error:
            _log.warning("traveller %s: %s: %s", number, kind_of(event), error)
        return True

    def _as_ours(self, event: Event, journey: str, now: datetime) -> Event:
        actor = self.players.actor(event, journey)
        return msgspec.structs.replace(
            event, id=self.office.identifiers.new(), journey=journey, by=actor.id, recorded=min(event.recorded, now)
        )

    def _save(self, now: datetime) -> None:
        self.progress.played_until = now
        part = self.path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(self.progress))
        part.replace(self.path)


def _left_to_us(hand: int, event: Event, departure: datetime) -> Event | None:
    """What the drill does for a traveller in the reader's hands; None is what the reader is to do, and what follows from it."""
    if hand == CHECKED_IN and isinstance(event, CheckedIn):
        # Late in the evening, so that the day's check-in stays open for the reader and no day is missed without one.
        late = event.at.replace(hour=23, minute=45)
        return msgspec.structs.replace(event, at=late, recorded=late)
    if hand == REVIEWED and isinstance(event, Reviewed | Boarded | Arrived | Entered | Left | Moved):
        return None
    if hand == TESTED and isinstance(event, Left | Moved):
        return None
    if hand == TESTED and isinstance(event, Resulted) and event.assay is Assay.NAAT and event.at > departure:
        return None
    return event


def _build(event: Event) -> Callable[[Stamp], list[Event]]:
    """The event as the use case writes it: with its own stamp and the script's content."""
    kind: type[Any] = type(event)
    fields = {name: getattr(event, name) for name in event.__struct_fields__ if name not in _COMMON}
    return lambda stamp: [kind(**stamp, **fields)]


def _person(who: Profile) -> Person:
    return Person(**asdict(who))


def write_card(play: Play, path: Path) -> None:
    """What the reader of the tutorial needs, for the process that prints it. Links and passwords cannot be read back."""
    if path.exists():
        return
    from django.urls import reverse

    from fastchannel.node import keys, links

    to_review, to_check_in, to_test = (play.journey(play.hand(one)) for one in (REVIEWED, CHECKED_IN, TESTED))
    script = play.scripts[play.hand(TESTED)]
    sample = next(event for event in reversed(script.events) if isinstance(event, Sampled) and event.assay is Assay.NAAT)
    officer = next(
        actor for (role, party), actor in play.players.officers.items() if (role, party) == (Role.MONITOR, play.party)
    )
    token = links.issue(officer, to_check_in)
    card = Card(
        passwords=play.players.made,
        traveller_link=reverse("web:traveller", args=[str(token)]),
        to_review=reverse("web:review", args=[to_review]),
        to_check_in=reverse("web:journey", args=[to_check_in]),
        to_test=reverse("web:journey", args=[to_test]),
        result=reverse("api:result", kwargs={"journey": to_test}),
        sample=sample.sample,
        laboratory=sample.laboratory,
        key=keys.issue(name="tutorial", role=Role.LABORATORY, party=play.party, organisation=sample.laboratory)[1],
    )
    secret_file(path, msgspec.json.encode(card))


def main() -> None:
    """Lay the drill down where this node has none yet, then play until SIGTERM."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("directory", type=Path)
    options.add_argument("--per-week", type=int, default=30)
    options.add_argument("--seed", type=int, default=20200501)
    chosen = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    stop = threading.Event()
    for order in (signal.SIGTERM, signal.SIGINT):
        signal.signal(order, lambda _number, _frame: stop.set())

    from fastchannel.node.shell import use

    use(chosen.directory)
    from django.conf import settings

    from fastchannel.cli.demo_players import Players
    from fastchannel.node.desk import office

    desk = office()
    path = chosen.directory / "drill.json"
    fresh = not path.exists()
    now = desk.clock.now()
    begins = settings.CONFIG.clock.start or now
    progress = (
        Progress(begins=begins, laid_at=now, played_until=now, per_week=chosen.per_week, seed=chosen.seed)
        if fresh
        else msgspec.json.decode(path.read_bytes(), type=Progress)
    )
    texts = desk.texts.versions(AGREEMENT)
    players = Players.of(desk.party)
    play = Play(office=desk, players=players, texts=texts, party=desk.party, progress=progress, path=path)
    play.take_hands()
    if fresh:
        play.lay_down()
    write_card(play, chosen.directory / CARD)
    play.act(stop)


if __name__ == "__main__":
    main()
