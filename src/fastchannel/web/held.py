"""The agreements of this node as they are today, and what they call their measures."""

from __future__ import annotations

from dataclasses import dataclass

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.measure_words import measure_title
from fastchannel.agreement.vocabulary import Words
from fastchannel.casework.applications import current
from fastchannel.decide.words import OBLIGATIONS
from fastchannel.node.desk import office
from fastchannel.terms.language import translate
from fastchannel.web import times


def today(versions: Versions) -> Agreement:
    """The version in force today, by the node's own clock."""
    desk = office()
    return current(desk, versions.id, desk.clock.now())


def home_zone(party: str) -> str:
    """The name of the zone in which a party's own officers read times."""
    held = next(iter(office().texts.all().values()), None)
    return held.newest.zone(party).key if held else times.NO_ZONE


@dataclass(frozen=True, slots=True)
class MeasureTitles:
    """What measures are called, for lists whose rows come from several agreements."""

    language: str
    titles: dict[str, str]

    @classmethod
    def of_this_node(cls, language: str) -> MeasureTitles:
        """The measures of every agreement that this node holds, in one of the core's languages."""
        titles = {
            measure.id: measure_title(measure, Words(text.text, language))
            for text in (today(versions) for versions in office().texts.all().values())
            for route in text.text.route.values()
            for measure in route.measure
        }
        return cls(language, titles)

    def title(self, measure: str, kind: str) -> str:
        """A measure's title; a call or a reminder is called by its kind, as is what no agreement names."""
        if kind not in {"call", "remind"} and measure in self.titles:
            return self.titles[measure]
        return translate(OBLIGATIONS[kind], self.language) if kind in OBLIGATIONS else measure
