"""Every case in tests/spec gets the answer that it states, and every case and story is written rightly."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastchannel.agreement.provisions import Case as Facts
from fastchannel.decide.decide import JointStanding, decide, decide_under
from fastchannel.decide.standing import Obligation, Standing
from fastchannel.terms.events import Applied, Replanned
from tests.decide.clauses import clauses_of
from tests.spec import reader
from tests.spec.reader import Answer, Case, SpecError
from tools import reference_cases

CASES = [case for path in reader.case_files() for case in reader.cases(path)]
LEAST_CASES = 70


def _decided(case: Case) -> Standing | JointStanding:
    if len(case.texts) > 1:
        return decide_under(case.texts, case.events, case.at, known=case.known)
    return decide(case.texts[0], case.events, case.at, known=case.known)


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=case.question)] if case.question else []


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file}: {case.name}", marks=_marks(case)) for case in CASES])
def test_case_gets_the_answer_it_states(case: Case) -> None:
    found = _decided(case)
    expected = case.expected
    standings = found.standings if isinstance(found, JointStanding) else (found,)
    reasons = sorted((reason.code, reason.clause) for standing in standings for reason in standing.reasons)
    assert (found.verdict.value, reasons) == (expected.verdict, list(expected.reasons))
    if isinstance(found, JointStanding):
        assert found.decisive == expected.decisive
        return
    assert found.stage == expected.stage
    assert expected.gate in (None, found.gate)
    assert expected.version in (None, found.version)
    assert expected.changes in (None, found.changes)
    for name, answer in expected.obligations.items():
        obligation = _obligation(found, name)
        if answer is None:
            assert obligation is None, f"{name} is asked: {obligation}"
        else:
            assert obligation is not None, f"{name} is not asked"
            assert _shown(obligation, answer) == answer, name


def _obligation(standing: Standing, name: str) -> Obligation | None:
    """The obligation of a measure, or the one of that kind about it: "call of self-monitoring"."""
    kind, of, measure = name.partition(" of ")
    rung = ""
    if of:
        measure, _, rung = measure.partition(" at ")
    fitting = [
        item
        for item in standing.obligations
        if (not of and item.measure == name and item.kind not in ("call", "remind"))
        or (of and (item.kind, item.measure) == (kind, measure) and (not rung or f"remind {rung}" in item.evidence))
    ]
    assert len(fitting) < 2, f"{name} is asked twice: {fitting}"
    return fitting[0] if fitting else None


def _shown(obligation: Obligation, answer: Answer) -> Answer:
    """What the case speaks of."""
    return Answer(
        status=obligation.status.value,
        done=obligation.done if answer.done is not None else None,
        needed=obligation.needed if answer.needed is not None else None,
        who=obligation.who if answer.who is not None else None,
        due=obligation.due if answer.due is not None else None,
    )


def _clauses(case: Case) -> set[str]:
    """Every clause that the case's texts have for its application and for its itineraries."""
    applied = next(event for event in case.events if isinstance(event, Applied))
    clauses: set[str] = set()
    for plan in (event.itinerary for event in case.events if isinstance(event, Applied | Replanned)):
        for text in (text for versions in case.texts for text in versions):
            clauses.add(getattr(text.text.agreement.under_way, "clause", ""))
            for route in text.routes:
                facts = Facts(
                    route=route,
                    purpose=applied.purpose,
                    companion=applied.companion,
                    origin=plan.origin,
                    destination=plan.destination,
                    arrival_place=plan.arrival_place or plan.destination,
                    city=plan.city,
                )
                clauses |= clauses_of(text.provisions(facts, plan.departure.date()))
    return clauses


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file}: {case.name}") for case in CASES])
def test_case_rests_on_a_clause_of_the_text(case: Case) -> None:
    assert case.clause in _clauses(case)


def test_there_are_cases_enough_and_no_two_have_one_name() -> None:
    assert len(CASES) >= LEAST_CASES
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_page_of_cases_is_what_the_cases_say() -> None:
    found = reference_cases.PAGE.read_text(encoding="utf-8")
    assert found == reference_cases.page(), "run: python -m tools.reference_cases"


STORY = """
story  = "A technician from Seoul to Shanghai"
clause = "1"
at     = "departure"
expect = { verdict = "wait", reasons = [] }
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('without = ["swob"]', "unknown: swob; known: acceptance, application"),
        ('also = ["departure - 1 h: sneezed"]', 'no form of sentence fits "sneezed"'),
        ('also = ["departure - 1 x: withdrawn"]', '"departure - 1 x" is no time'),
        ('also = ["[boarding] departure: boarded"]', 'two sentences are called "boarding"'),
        ('also = ["departure boarded"]', "is no sentence"),
        ('also = ["departure: result of nothing: detected"]', 'no sentence takes the sample "nothing"'),
        ('also = ["departure: sample a for astrology at b"]', "Invalid enum value 'astrology'"),
        ('moved = { swab = "swab + 1 h" }', 'the time of "swab" depends on itself'),
        ('moved = { swab = "lunch + 1 h" }', 'nothing in the story is called "lunch"'),
        ('moved = { swab = "2020-05-18 12:00" }', "needs the name of a zone"),
        ('silent = ["yesterday"]', '"yesterday" is no date'),
        ('color = "red"', "unknown: color; known: agreement"),
        ("destination = 7", "Expected `str`"),
    ],
)
def test_a_mistake_in_a_case_names_the_file_the_line_and_the_mistake(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(f'title = "t"\nabout = "a"\n\n[[case]]\nname = "the wrong one"\n{line}\n{STORY}', encoding="utf-8")
    with pytest.raises(SpecError) as error:
        reader.cases(path)
    assert str(error.value).startswith('wrong.toml, line 5, "the wrong one": ')
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ('{ verdict = "wait", reasons = ["test.missing"] }', '"test.missing" is no reason'),
        ('{ verdict = "wait", reasons = [], obligations = { visa = "done!" } }', '"done!" is no answer'),
        ('{ verdict = "wait", reasons = [], mood = "good" }', "unknown: mood"),
        ('{ verdict = "wait" }', "the key 'reasons' is missing"),
    ],
)
def test_a_mistake_in_what_is_expected_is_found(tmp_path: Path, expect: str, message: str) -> None:
    path = tmp_path / "wrong.toml"
    case = STORY.replace('{ verdict = "wait", reasons = [] }', expect)
    path.write_text(f'[[case]]\nname = "the wrong one"\n{case}', encoding="utf-8")
    with pytest.raises(SpecError) as error:
        reader.cases(path)
    assert message in str(error.value)


def test_a_story_that_nobody_wrote_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[[case]]\nname = "x"\nstory = "A whale"\n', encoding="utf-8")
    with pytest.raises(SpecError, match=r'no story is called "A whale"; there are: A technician'):
        reader.cases(path)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[[case]\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"broken\.toml: "):
        reader.cases(path)
