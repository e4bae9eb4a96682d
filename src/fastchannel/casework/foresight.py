"""What certificates would meet of a journey's agreement, before they are recorded: the compiled measures, judged with reasons.

`decide` alone gives the verdict, once they are recorded. This says the same of the evidence by itself (held by
``test_foresight.py``): it knows no waivers, and takes for granted that the certificates name this traveller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from msgspec.structs import replace as changed

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.provisions import LaboratoryTest, Paper
from fastchannel.casework.certificates import Presented, Unused, unused, would_record
from fastchannel.certificates.rules.judge import Judged, Outcome, judge
from fastchannel.certificates.rules.measures import (
    CompiledRule,
    NotCompilable,
    PaperEvidence,
    SampleEvidence,
    compile_measure,
    evidence_data,
)
from fastchannel.certificates.rules.tracing import COUNTED, Step
from fastchannel.certificates.rules.words import reasons
from fastchannel.decide.decide import provided_for
from fastchannel.decide.journey import Journey, fold
from fastchannel.terms.events import Event
from fastchannel.terms.language import N_
from fastchannel.terms.moments import Anchor

NOT_SAYABLE = N_("This measure cannot be looked at beforehand ({found}); it is decided when the certificates are recorded.")
Evidenced = LaboratoryTest | Paper  # the measures that evidence meets


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One measure of the agreement, and what the compiled rule says of some certificates. ``why`` is why it cannot tell."""

    measure: str
    kind: str  # "test" or "document"
    clause: str
    outcome: Outcome
    judged: Judged | None = None
    why: tuple[Unused, ...] = ()

    def reasons(self, language: str = "en", zone: tzinfo = UTC) -> list[str]:
        """What decided, a line each. A measure that is met needs none."""
        if self.why:
            return [one.text(language) for one in self.why]
        if self.judged is None or self.outcome is Outcome.MET:
            return []
        return reasons(changed(self.judged, trace=_telling(self.judged.trace)), language, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """Of each certificate the measures that ask for what it certifies, and of all with what is recorded every measure."""

    each: tuple[tuple[Foreseen, ...], ...] = ()
    together: tuple[Foreseen, ...] = ()


def foresee(
    versions: Versions, events: Sequence[Event], certificates: Sequence[Presented], pathogen: str, at: datetime
) -> Foresight:
    """What these verified certificates would meet at ``at``, beside ``events``; empty where there is no application."""
    found = provided_for(versions, events, at)
    if found is None:
        return Foresight()
    provisions, anchors = found
    known = {anchor: instant for anchor, (instant, _zone) in anchors.items()}
    measures = [measure for measure in provisions.measures if isinstance(measure, LaboratoryTest | Paper)]
    rules = {measure.id: compile_measure(measure) for measure in measures}
    named = [replace(one, compared=True) for one in certificates]

    def read(presented: Sequence[Presented], recorded: Sequence[Event]) -> tuple[Foreseen, ...]:
        new = would_record(_journey(events), presented, pathogen, at)
        journey = fold([*recorded, *new], at, at)
        left = tuple(reason for one in presented for reason in unused(one, pathogen))
        return tuple(
            _foreseen(measure, rules[measure.id], data_of(measure, journey, known, at), left)
            for measure in measures
            if recorded or asks_for(measure, journey, left=bool(left))
        )

    return Foresight(each=tuple(read([one], ()) for one in named), together=read(named, events) if named else ())


def data_of(measure: Evidenced, journey: Journey, anchors: Mapping[Anchor, datetime], at: datetime) -> dict[str, object]:
    """A journey's evidence of the kind that a measure asks for, as its compiled rule is evaluated on it."""
    samples = [
        SampleEvidence(assay=one.assay, sampled=one.taken, laboratory=one.laboratory, finding=one.finding)
        for one in journey.samples.values()
        if one.taken is not None and isinstance(measure, LaboratoryTest) and one.assay is measure.assay
    ]
    papers = [
        PaperEvidence(**{name: getattr(one, name) for name in PaperEvidence.__struct_fields__})
        for one in journey.documents
        if isinstance(measure, Paper) and one.document == measure.document
    ]
    return evidence_data(at, anchors, samples, papers)


def asks_for(measure: Evidenced, journey: Journey, *, left: bool) -> bool:
    """Whether a measure asks for what is there: a test of that kind, or one that could not be read, or such a document."""
    if isinstance(measure, LaboratoryTest):
        return left or any(sample.assay is measure.assay for sample in journey.samples.values())
    return any(one.document == measure.document for one in journey.documents)


def _foreseen(
    measure: Evidenced, rule: CompiledRule | NotCompilable, data: dict[str, object], left: tuple[Unused, ...]
) -> Foreseen:
    """What the rule says; a test that is not met beside one that could not be read cannot be told."""
    kind = "test" if isinstance(measure, LaboratoryTest) else "document"
    if isinstance(rule, NotCompilable):
        why = (Unused(NOT_SAYABLE, rule.found),)
        return Foreseen(measure=measure.id, kind=kind, clause=measure.clause, outcome=Outcome.CANNOT_TELL, why=why)
    judged = judge(rule.expression, data)
    blocked = left if kind == "test" and judged.outcome is Outcome.NOT_MET else ()
    outcome = Outcome.CANNOT_TELL if blocked else judged.outcome
    return Foreseen(measure=measure.id, kind=kind, clause=measure.clause, outcome=outcome, judged=judged, why=blocked)


def _telling(trace: tuple[Step, ...]) -> tuple[Step, ...]:
    """What an officer reads: counts only where there is nothing to count."""
    return tuple(step for step in trace if not step.fields[0].startswith(COUNTED)) or trace


def _journey(events: Sequence[Event]) -> str:
    return events[0].journey if events else ""
