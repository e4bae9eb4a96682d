"""The API: keys and sessions, idempotency, errors that say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from tests.web import scene as stage
from tests.web.scene import Scene

ERROR = "application/problem+json; charset=utf-8"


@pytest.fixture
def laboratory(desk: Any) -> Any:
    """Posts with the key of the laboratory that tests on arrival."""
    from fastchannel.node import keys

    _key, secret = keys.issue(name="lab", role=Role.LABORATORY, party="CN", organisation=stage.LABORATORY)

    def post(path: str, body: dict[str, Any], key: str | None = "k-1", **headers: str) -> Any:
        given = {"authorization": f"Bearer {secret}", **headers, **({"idempotency-key": key} if key else {})}
        return Client().post(f"/api/v1{path}", body, content_type="application/json", headers=given)

    return post


def result(scene: Scene, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A result of the sample taken on arrival."""
    body = {
        "sample": f"A-naat-{scene.isolated[-4:]}",
        "assay": "naat",
        "finding": "not detected",
        "laboratory": stage.LABORATORY,
        **changes,
    }
    return f"/journeys/{scene.isolated}/results", body


def test_a_laboratory_reports_a_result_and_the_same_key_with_the_same_body_gets_the_same_answer(
    scene: Scene, laboratory: Any
) -> None:
    first = laboratory(*result(scene))
    again = laboratory(*result(scene))
    assert first.status_code == again.status_code == 200
    assert first.json()["repeated"] is False
    assert again.json() == {**first.json(), "repeated": True}


def test_the_same_key_with_another_body_is_409(scene: Scene, laboratory: Any) -> None:
    assert laboratory(*result(scene)).status_code == 200
    answer = laboratory(*result(scene, finding="detected"))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
    assert answer["Content-Type"] == ERROR


@pytest.mark.parametrize("key", [None, "two words", "k" * 161])
def test_a_write_without_a_good_idempotency_key_is_400(scene: Scene, laboratory: Any, key: str | None) -> None:
    answer = laboratory(*result(scene), key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key")
    assert "Idempotency-Key" in answer.json()["message"]


def test_an_unknown_field_is_refused_by_name(scene: Scene, laboratory: Any) -> None:
    answer = laboratory(*result(scene, remark="all well"))
    assert (answer.status_code, answer.json()["field"], answer.json()["found"]) == (422, "remark", "all well")


def test_a_result_of_another_laboratory_is_refused_with_expected_and_found(scene: Scene, laboratory: Any) -> None:
    answer = laboratory(*result(scene, laboratory="other-lab"))
    body = answer.json()
    assert (answer.status_code, body["field"], body["found"], body["expected"]) == (
        422, "laboratory", "other-lab", stage.LABORATORY,
    )  # fmt: skip


def test_a_denial_names_the_permission_tables_reason(scene: Scene, laboratory: Any) -> None:
    answer = laboratory(f"/journeys/{scene.isolated}/arrivals", {"place": "CN-SH"})
    assert (answer.status_code, answer.json()["code"]) == (403, "denied.role")
    assert "laboratory" in answer.json()["message"]


def test_a_denial_reads_in_the_callers_language(scene: Scene, laboratory: Any) -> None:
    answer = laboratory(f"/journeys/{scene.isolated}/arrivals", {"place": "CN-SH"}, **{"accept-language": "ko"})
    assert answer["Content-Language"] == "ko"


def test_an_unknown_journey_is_404_and_no_key_is_401(scene: Scene, laboratory: Any) -> None:
    _path, body = result(scene)
    assert laboratory("/journeys/nobody/results", body).status_code == 404
    anonymous = Client().post("/api/v1/journeys/nobody/results", body, content_type="application/json")
    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, "Bearer")
    assert laboratory("/journeys/nobody/results", body, authorization="Bearer wrong").status_code == 401


def test_a_wrong_key_is_401_where_forgery_is_looked_for_too(scene: Scene) -> None:
    path, body = result(scene)
    for headers in ({"authorization": "Bearer wrong"}, {}):
        given = {"idempotency-key": "k-1", **headers}
        answer = Client(enforce_csrf_checks=True).post(f"/api/v1{path}", body, content_type="application/json", headers=given)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_batch_of_applications_balances(desk: Any, signed_in: Any) -> None:
    good = {
        "agreement": stage.AGREEMENT, "route": stage.ROUTE, "purpose": "business",
        "itinerary": {"departure": "2020-05-22T09:30:00+09:00", "origin": "KR-11", "destination": "CN-SH"},
        "person": {"name": "KIM MINJI", "passport": "M12345678"},
    }  # fmt: skip
    rows = [good, {**good, "route": "kr-jp"}, {**good, "person": {"name": "LEE JUNHO", "passport": "M12345679"}}]
    client = signed_in(Role.SPONSOR)
    headers = {"idempotency-key": "b-1"}
    answers = [
        client.post("/api/v1/applications/batch", {"applications": rows}, content_type="application/json", headers=headers)
        for _ in range(2)
    ]
    body = answers[0].json()
    assert (body["rows"], body["accepted"], body["rejected"]) == (3, 2, 1)
    assert body["results"][1]["field"] == "route"
    assert [line["receipt"]["journey"] for line in answers[1].json()["results"] if line["receipt"]] == [
        line["receipt"]["journey"] for line in body["results"] if line["receipt"]
    ]


def test_a_session_needs_the_csrf_token_to_write(desk: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.account(Role.SPONSOR), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/api/v1/applications", {}, content_type="application/json", headers={"idempotency-key": "k"})
    assert (answer.status_code, answer["Content-Type"]) == (403, ERROR)


def test_a_standing_gives_reasons_in_words_and_a_timeline_marks_corrections(scene: Scene, signed_in: Any) -> None:
    client = signed_in(Role.REVIEWER)
    standing = client.get(f"/api/v1/journeys/{scene.positive}/standing").json()
    assert standing["verdict"] == "refuse"
    assert standing["reasons"][0]["clause"]
    timeline = client.get(f"/api/v1/journeys/{scene.positive}/timeline").json()
    assert {event["kind"] for event in timeline["events"]} >= {"applied", "reviewed", "resulted"}


def test_the_queue_is_paged_to_its_end_without_losing_or_doubling(scene: Scene, signed_in: Any) -> None:
    client, seen, after = signed_in(Role.SECRETARIAT), [], ""
    for _ in range(10):
        page = client.get(f"/api/v1/queue?limit=3&after={after}").json()
        seen += [item["journey"] for item in page["items"]]
        after = page["after"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 7


def test_too_large_a_body_is_413(laboratory: Any) -> None:
    answer = laboratory("/journeys/x/results", {"sample": "x" * 3_000_000})
    assert (answer.status_code, answer["Content-Type"]) == (413, ERROR)
