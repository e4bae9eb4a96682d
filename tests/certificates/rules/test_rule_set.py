"""The rules that apply are chosen by kind, time and version, and several certificates come to one decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.rules.applicable import Arrival, applicable, issuer_of
from fastchannel.certificates.rules.check import check_rules
from fastchannel.certificates.rules.judge import Outcome
from fastchannel.certificates.rules.rule import COMBINED, Rule, read_rules
from fastchannel.certificates.rules.rule_set import combine, decide_together

AT = datetime(2021, 7, 1, 12, tzinfo=UTC)
FULL = {"===": [{"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}]}
NEGATIVE = {"===": [{"var": "payload.t.0.tr"}, "260415000"]}
TWO_DOSES = {">=": [{"reduce": [{"var": "payload.v"}, {"+": [{"var": "accumulator"}, 1]}, 0]}, 2]}


def rule(identifier: str, logic: Any, **fields: Any) -> Rule:
    return Rule(identifier=identifier, logic=logic, **fields)


def dose(number: int, *, of: int = 2, country: str = "AT", date: str = "2021-05-01") -> dict[str, Any]:
    return {"v": [{"dn": number, "sd": of, "co": country, "dt": date, "ci": f"{country}{number}"}]}


def test_rules_of_another_kind_or_time_do_not_apply_and_the_newest_version_does() -> None:
    rules = [
        rule("A", FULL, certificate_type="Vaccination", version="1.2.0"),
        rule("A", FULL, certificate_type="Vaccination", version="1.10.0"),
        rule("B", NEGATIVE, certificate_type="Test"),
        rule("C", FULL, valid_from=AT + timedelta(seconds=1)),
        rule("D", FULL, valid_to=AT - timedelta(seconds=1)),
        rule("E", FULL, valid_from=AT, valid_to=AT),
    ]
    assert [(one.identifier, one.version) for one in applicable(rules, ["Vaccination"], AT)] == [
        ("A", "1.10.0"),
        ("E", "1.0.0"),
    ]


def test_one_certificate_that_meets_every_rule_suffices() -> None:
    rules = [rule("A", FULL, certificate_type="Vaccination")]
    found = decide_together(rules, [dose(1), dose(2)], AT)
    assert (found.outcome, found.accepted) == (Outcome.MET, 1)
    assert decide_together(rules, [dose(1)], AT).outcome is Outcome.NOT_MET


def test_two_doses_from_two_countries_meet_a_rule_on_both_together_and_neither_alone() -> None:
    rules = [rule("both", TWO_DOSES, engine=COMBINED)]
    certificates = [dose(1, country="CN"), dose(1, country="KR", date="2021-06-01")]
    assert decide_together(rules, certificates, AT).outcome is Outcome.MET
    assert decide_together(rules, certificates[:1], AT).outcome is Outcome.NOT_MET
    assert decide_together(rules, [certificates[0], certificates[0]], AT).outcome is Outcome.NOT_MET


def test_a_dose_and_a_test_come_to_one_decision() -> None:
    rules = [rule("dose and test", {"and": [FULL, NEGATIVE]}, engine=COMBINED)]
    test = {"t": [{"tr": "260415000", "ci": "T"}]}
    assert decide_together(rules, [dose(2), test], AT).outcome is Outcome.MET
    assert decide_together(rules, [dose(1), test], AT).outcome is Outcome.NOT_MET


NOT_BATCH = {"!": [{"===": [{"var": "payload.v.0.ma"}, "X"]}]}  # what an issuer withdraws


def withdrawing(country: str, **fields: Any) -> Rule:
    return rule(f"IR-{country}-0001", NOT_BATCH, type="Invalidation", country=country, **fields)


def withdrawn(number: int, **fields: Any) -> dict[str, Any]:
    found = dose(number, **fields)
    found["v"][0]["ma"] = "X"
    return found


def test_rules_of_acceptance_are_those_of_the_country_of_arrival_and_of_invalidation_those_of_the_issuer() -> None:
    rules = [rule(f"VR-{country}", FULL, country=country) for country in ("AT", "FR")]
    rules += [withdrawing(country) for country in ("AT", "FR", "DE")]
    found = applicable(rules, ["Vaccination"], AT, arrival=Arrival(country="FR"), issuer="DE")
    assert [one.identifier for one in found] == ["VR-FR", "IR-DE-0001"]


@pytest.mark.parametrize(("region", "chosen"), [("", ["all"]), ("AT-9", ["vienna"]), ("at-9", ["vienna"]), ("AT-1", [])])
def test_a_region_has_rules_of_its_own(region: str, chosen: list[str]) -> None:
    rules = [rule("all", FULL, country="AT"), rule("vienna", FULL, country="AT", region="AT-9")]
    found = applicable(rules, [], AT, arrival=Arrival(country="at", region=region))
    assert [one.identifier for one in found] == chosen


@pytest.mark.parametrize(
    ("schema", "version", "outcome"),
    [
        ("1.0.0", "1.3.0", Outcome.MET),
        ("1.3.0", "1.3.0", Outcome.MET),
        ("1.3.1", "1.3.0", Outcome.CANNOT_TELL),
        ("1.0.0", "2.0.0", Outcome.CANNOT_TELL),
        ("", "9.9.9", Outcome.MET),
    ],
)
def test_a_rule_for_another_version_of_certificates_cannot_tell(schema: str, version: str, outcome: Outcome) -> None:
    rules = [rule("A", FULL, schema_version=schema)]
    assert decide_together(rules, [dose(2) | {"ver": version}], AT).outcome is outcome


def test_an_invalidation_rule_that_is_false_withdraws_what_its_country_issued_wherever_it_is_shown() -> None:
    rules = [rule("VR", FULL, country="FR"), withdrawing("AT")]
    arrival = Arrival(country="FR")
    assert decide_together(rules, [dose(2)], AT, arrival=arrival).outcome is Outcome.MET
    assert decide_together(rules, [withdrawn(2)], AT, arrival=arrival).outcome is Outcome.NOT_MET
    assert decide_together(rules, [withdrawn(2, country="DE")], AT, arrival=arrival).outcome is Outcome.MET
    assert decide_together(rules, [withdrawn(2, country="DE") | {"iss": "AT"}], AT, arrival=arrival).outcome is Outcome.NOT_MET


def test_what_the_issuer_does_not_withdraw_is_not_thereby_accepted() -> None:
    found = decide_together([withdrawing("AT")], [dose(2)], AT)
    assert (found.outcome, found.accepted) == (Outcome.CANNOT_TELL, None)


def test_a_certificate_whose_issuer_is_not_known_cannot_be_told() -> None:
    nameless = {"v": [{"dn": 2, "sd": 2}]}
    assert issuer_of(nameless) == ""
    assert decide_together([rule("VR", FULL), withdrawing("AT")], [nameless], AT).outcome is Outcome.CANNOT_TELL
    assert decide_together([rule("VR", FULL)], [nameless], AT).outcome is Outcome.MET


def test_a_withdrawn_certificate_counts_for_nothing_among_several() -> None:
    rules = [rule("both", TWO_DOSES, engine=COMBINED), withdrawing("AT")]
    second = dose(2, country="KR", date="2021-06-01")
    assert decide_together(rules, [dose(1), second], AT).outcome is Outcome.MET
    assert decide_together(rules, [withdrawn(1), second], AT).outcome is Outcome.NOT_MET


@pytest.mark.parametrize(
    ("engine", "version", "outcome"),
    [
        ("CERTLOGIC", "0.7.5", Outcome.MET),
        ("CERTLOGIC", "1.3.3", Outcome.MET),
        ("CERTLOGIC", "1.3", Outcome.MET),
        ("CERTLOGIC", "1.10.0", Outcome.CANNOT_TELL),
        ("CERTLOGIC", "2.0.0", Outcome.CANNOT_TELL),
        ("OTHER", "1.0.0", Outcome.CANNOT_TELL),
    ],
)
def test_a_rule_for_an_engine_that_is_not_here_cannot_tell(engine: str, version: str, outcome: Outcome) -> None:
    rules = [rule("A", FULL, engine=engine, engine_version=version)]
    assert decide_together(rules, [dose(2)], AT).outcome is outcome
    assert [one.code for one in check_rules(rules)] == ([] if outcome is Outcome.MET else ["engine"])


def test_rules_see_where_the_traveller_arrives_and_who_issued() -> None:
    logic = {"and": [{"===": [{"var": f"external.{name}"}, place]} for name, place in PLACES.items()]}
    arrival = Arrival(country="FR", region="FR-IDF")
    assert decide_together([rule("A", logic)], [dose(2)], AT, arrival=arrival).outcome is Outcome.MET


PLACES = {"countryCode": "FR", "region": "FR-IDF", "issuerCountryCode": "AT"}


def test_where_no_rule_applies_nothing_is_accepted() -> None:
    assert decide_together([], [dose(2)], AT).outcome is Outcome.CANNOT_TELL
    assert decide_together([rule("B", NEGATIVE, certificate_type="Test")], [dose(2)], AT).outcome is Outcome.CANNOT_TELL


def test_what_cannot_be_told_is_neither_met_nor_refused() -> None:
    rules = [rule("A", {">": [{"var": "payload.v.0.dn"}, 1]})]
    assert decide_together(rules, [{"v": [{}]}], AT).outcome is Outcome.CANNOT_TELL
    assert decide_together([*rules, rule("B", NEGATIVE)], [{"v": [{}]}], AT).outcome is Outcome.NOT_MET


def test_the_order_of_certificates_does_not_matter() -> None:
    first, second = dose(1, date="2021-06-01"), dose(2, date="2021-05-01")
    assert combine([first, second])["v"] == combine([second, first])["v"]


def test_what_certificates_disagree_on_is_not_taken_from_either() -> None:
    adult = {"after": [{"plusTime": ["2004-01-01", 0, "day"]}, {"dccDateOfBirth": [{"var": "payload.dob"}]}]}
    rules = [rule("adult", adult, engine=COMBINED)]
    born = [{**dose(1), "dob": "1980-01-01"}, {**dose(2), "dob": "1980-01-01"}]
    assert decide_together(rules, born, AT).outcome is Outcome.MET
    assert decide_together(rules, [born[0], {**born[1], "dob": "2010-01-01"}], AT).outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize("events", [5, "x", {"dn": 1}, [5], None])
def test_events_that_are_none_count_for_nothing(events: object) -> None:
    found = decide_together([rule("both", TWO_DOSES, engine=COMBINED)], [{"v": events}], AT)
    assert found.outcome is Outcome.NOT_MET


@pytest.mark.parametrize("form", ["one", "list", "lines", "wrapped"])
def test_rules_are_read_in_every_form(form: str) -> None:
    one = {"Identifier": "A", "Logic": FULL, "ValidFrom": "2021-06-01T00:00:00Z", "AffectedFields": ["v.0"], "Unknown": 1}
    written = {
        "one": msgspec.json.encode(one),
        "list": msgspec.json.encode([one]),
        "lines": msgspec.json.encode(one) + b"\n\n" + msgspec.json.encode(one),
        "wrapped": msgspec.json.encode({"rule": one}),
    }[form]
    found = read_rules(written)
    assert found[0].identifier == "A"
    assert found[0].valid_from == datetime(2021, 6, 1, tzinfo=UTC)
    assert check_rules(found[:1]) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"Identifier": "A", "Logic": true, "ValidFrom": "2021-06-01T00:00:00"}',
        b"",
        b"[]",
        b"{",
        b"[1]",
        b'{"Identifier": 5}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_no_rule_set_is_refused_clearly(raw: bytes) -> None:
    with pytest.raises(CertificateError, match="rules"):
        read_rules(raw)


def test_every_mistake_of_a_set_is_listed_with_its_rule() -> None:
    found = check_rules([rule("A", {"===": [1]}), rule("B", {"foo": [1, 1.5]}), rule("C", FULL)])
    assert [one.rule for one in found] == ["A", "B"]
