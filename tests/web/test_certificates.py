"""The page of certificates keeps nothing, and a journey's certificates are recorded only when an officer says so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.writing import write_mrz
from fastchannel.certificates.trust.files import encode_trust_list
from fastchannel.certificates.trust.store import TrustList
from fastchannel.terms.events import Documented, Resulted, Role
from fastchannel.web.forms.certificate import MOST_BYTES
from tests.certificates.issuing import assayed, claims, text, trusted, vaccinated
from tests.cli.test_verify import code_of
from tests.web.scene import Scene, said

NOW = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)
HIDDEN = re.compile(r'<input type="hidden" name="(content|key)" value="([^"]*)">')


def issued(body: dict[str, Any], **changes: Any) -> str:
    times = {"_4": int((NOW + timedelta(days=30)).timestamp()), "_6": int((NOW - timedelta(days=1)).timestamp())}
    return text(claims(body, **(times | changes)))


GOOD = issued(assayed(sc="2020-05-20T14:00:00+09:00", tc="kr-designated-hospital", tr="260373001"))
DOSE = issued(vaccinated(dt="2020-04-18"))


@pytest.fixture
def trust(settings: Any, tmp_path: Path) -> Path:
    """The node's folder of trust lists, with one in it."""
    settings.NODE_DIRECTORY = tmp_path
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "cn.json").write_bytes(listed())
    return folder


def listed(**changes: Any) -> bytes:
    fields = {"party": "CN", "version": 4, "issued": NOW, "keys": (trusted(),)}
    return encode_trust_list(TrustList(**{**fields, **changes}))


def test_a_picture_is_verified_and_told_in_words(officer: Client, trust: Path) -> None:
    answer = officer.post("/certificates/", {"file": SimpleUploadedFile("scan.txt", code_of(GOOD, "PNG")), "text": ""})
    assert answer.status_code == 200
    page = said(answer)
    assert re.search(r'class="badge good">.*?Verified', page)
    assert "Musterfrau-Gößinger, Gabriele" in page
    assert "AT · Ministry of Health" in page
    assert "scan.txt" in page


def test_red_amber_and_green_are_told_apart_by_words_and_not_by_colour_alone(officer: Client, trust: Path) -> None:
    bad = issued(assayed(), _4=int(NOW.timestamp()) - 3600)
    page = said(officer.post("/certificates/", {"text": bad}))
    assert re.search(r'class="badge stop">.*?Refused', page)
    assert "expired" in page
    page = said(officer.post("/certificates/", {"text": "who knows"}))
    assert re.search(r'class="badge wait">.*?Cannot tell', page)
    assert "unsupported (format)" in page


def test_without_a_trust_list_the_page_says_what_to_do_and_marks_claims_unverified(officer: Client, trust: Path) -> None:
    (trust / "cn.json").unlink()
    page = said(officer.post("/certificates/", {"text": GOOD}))
    assert "trust-list-missing" in page
    assert "fastchannel trust import" in page
    assert "What it claims, unverified" in page


def test_a_new_list_counts_at_once_and_a_damaged_or_foreign_one_silences_no_other(officer: Client, trust: Path) -> None:
    (trust / "cn.json").write_bytes(listed(version=5, keys=()))
    assert "key-unknown" in said(officer.post("/certificates/", {"text": GOOD}))
    (trust / "kr.json").write_bytes(listed(party="KR", version=12))
    (trust / "broken.json").write_bytes(b"{")
    (trust / "tests.json").write_bytes(listed(domain="test"))
    assert "Verified" in said(officer.post("/certificates/", {"text": GOOD}))


def test_checking_writes_nothing_to_the_database(officer: Client, trust: Path) -> None:
    from fastchannel.node.models import AccessLog, Event

    before = (AccessLog.objects.count(), Event.objects.count())
    officer.post("/certificates/", {"text": GOOD})
    assert (AccessLog.objects.count(), Event.objects.count()) == before


def test_what_is_too_large_or_empty_is_refused_by_the_form(officer: Client, trust: Path) -> None:
    large = SimpleUploadedFile("large.pdf", b"%PDF-" + b"0" * MOST_BYTES)
    answer = officer.post("/certificates/", {"file": large})
    assert (answer.status_code, "at most 2 MB" in said(answer)) == (422, True)
    answer = officer.post("/certificates/", {"text": " "})
    assert (answer.status_code, "Choose a file or paste a text." in said(answer)) == (422, True)


def test_a_form_without_its_token_is_refused(scene: Scene, signed_in: Any, trust: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(Role.MISSION).cookies
    assert strict.post("/certificates/", {"text": GOOD}).status_code == 403


def present(client: Client, journey: str, *ticked: int, files: tuple[str, ...] = (GOOD, DOSE)) -> Any:
    """Check the certificates at a journey, then record them."""
    address = f"/journeys/{journey}/certificates/"
    uploads = [SimpleUploadedFile(f"{number}.txt", one.encode()) for number, one in enumerate(files)]
    checked = said(client.post(address, {"file": uploads, "text": ""}))
    fields = dict(HIDDEN.findall(checked))
    return client.post(address, fields | {f"bound-{number}": "on" for number in ticked}, follow=True)


def recorded(journey: str) -> list[Any]:
    from fastchannel.node.desk import office

    return [event for event in office().journal.events(journey) if isinstance(event, Documented | Resulted)]


def test_nothing_is_recorded_before_the_officer_says_so(officer: Client, trust: Path, scene: Scene) -> None:
    page = said(officer.post(f"/journeys/{scene.approved}/certificates/", {"text": GOOD}))
    assert "Compare with the passport" in page
    assert "LEE JUNHO" in page or "PARK SEOYEON" in page
    assert recorded(scene.approved) == []


def test_before_anything_is_recorded_the_page_says_which_measures_each_and_all_together_meet(
    officer: Client, trust: Path, scene: Scene
) -> None:
    good = issued(assayed(sc="2020-05-20T14:00:00+09:00", tc="kr-designated-hospital", tr="260415000"))
    early = issued(assayed(sc="2020-05-10T14:00:00+09:00", tc="kr-designated-hospital", tr="260415000"), _6=0)
    uploads = [SimpleUploadedFile(f"{number}.txt", one.encode()) for number, one in enumerate((good, early, DOSE))]
    page = said(officer.post(f"/journeys/{scene.approved}/certificates/", {"file": uploads, "text": ""}))
    part = page[page.index("What they would meet") :]
    first, second, third, together = re.split(r"<h3>", part.split("</section>")[0])[1:]
    assert "Meets it" in first
    assert "Does not meet it" in second
    assert "time of sampling (2020-05-10 14:00 +0900) is before departure less 72 hours" in second
    assert "No measure of the agreement asks for what it certifies." in third
    assert together.startswith("All together, with what is recorded")
    assert "Meets it" in together
    assert "documents that count (0) is less than 1" in together
    assert recorded(scene.approved) == []


def test_two_certificates_are_recorded_together_and_decide_once(officer: Client, trust: Path, scene: Scene) -> None:
    answer = present(officer, scene.approved, 0, 1)
    assert "Recorded." in said(answer)
    assert [type(event).__name__ for event in recorded(scene.approved)] == ["Documented", "Resulted", "Documented"]
    assert "Detected (positive)" in said(answer)


def test_a_test_that_nobody_compared_is_a_document_only_and_the_page_says_why(
    officer: Client, trust: Path, scene: Scene
) -> None:
    answer = present(officer, scene.approved)
    assert "nobody has confirmed" in said(answer)
    assert [(type(event).__name__, event.bound) for event in recorded(scene.approved)] == [("Documented", False)] * 2


def test_another_travellers_certificate_is_refused_in_words(officer: Client, trust: Path, scene: Scene) -> None:
    present(officer, scene.approved, 0, 1)
    answer = present(officer, scene.sponsored, 0, 1)
    assert answer.status_code == 422
    assert "another traveller" in said(answer)
    assert recorded(scene.sponsored) == []


def test_what_was_tampered_with_on_its_way_back_is_verified_again(officer: Client, trust: Path, scene: Scene) -> None:
    from fastchannel.web.forms.apply import pack

    forged = pack(msgspec.json.encode([text(claims(assayed()), number=9)]))
    address = f"/journeys/{scene.approved}/certificates/"
    assert officer.post(address, {"content": forged, "key": "k", "bound-0": "on"}).status_code == 409
    assert officer.post(address, {"content": "nonsense", "key": "k"}).status_code == 422
    assert recorded(scene.approved) == []


def test_only_officers_who_may_present_are_offered_it(scene: Scene, signed_in: Any, trust: Path) -> None:
    address = f"/journeys/{scene.approved}/certificates/"
    for role, offered in ((Role.MISSION, True), (Role.SECRETARIAT, False), (Role.SITE, False)):
        client = signed_in(role)
        assert (address in said(client.get(f"/journeys/{scene.approved}/"))) is offered
        assert client.get(address).status_code == (200 if offered else 403)


def zone(journey: str, **changes: Any) -> str:
    """The zone of the passport that the journey names, of the certificates' person."""
    from fastchannel.node.desk import office

    person = office().people.find(journey)
    assert person is not None
    fields: dict[str, Any] = {
        "format": "TD3", "kind": "P", "state": "AUT", "family": "MUSTERFRAU GOESSINGER", "given": "GABRIELE",
        "number": person.passport, "nationality": "AUT", "birth": "1985-03-02", "sex": "F", "expires": date(2029, 1, 1),
    }  # fmt: skip
    return write_mrz(Mrz(**fields | changes))


def of_the_traveller(**changes: Any) -> str:
    """A test certificate with the date of birth that the scene's travellers have."""
    body = assayed(sc="2020-05-20T14:00:00+09:00", tc="kr-designated-hospital", tr="260373001") | {"dob": "1985-03-02"}
    return issued(body, **changes)


def with_zone(client: Client, journey: str, text: str, **more: str) -> tuple[str, Any]:
    """Check a certificate with the passport's zone, then record it: both pages."""
    address = f"/journeys/{journey}/certificates/"
    checked = said(client.post(address, {"text": of_the_traveller(), "zone": text}))
    fields = dict(re.findall(r'<input type="hidden" name="(content|key|zone)" value="([^"]*)">', checked, re.DOTALL))
    return checked, client.post(address, fields | more, follow=True)


def test_with_the_passports_zone_a_match_needs_no_officers_word(officer: Client, trust: Path, scene: Scene) -> None:
    checked, answer = with_zone(officer, scene.approved, zone(scene.approved))
    assert "The certificate is the passport holder's." in checked
    assert 'name="bound-0"' not in checked
    assert "Recorded." in said(answer)
    document, result = recorded(scene.approved)
    assert (document.bound, document.evidence[1], result.evidence[1]) == (True, "binding:zone", "binding:zone")


def test_doubt_shows_its_reasons_and_waits_for_the_officer(officer: Client, trust: Path, scene: Scene) -> None:
    other = zone(scene.approved, family="HUBER", given="GABRIELE")
    checked, answer = with_zone(officer, scene.approved, other)
    assert "an officer must" in checked
    assert re.search(r"<li>[^<]*/ HUBER[^<]*\)</li>", checked)
    assert 'name="bound-0"' in checked
    assert "nobody has confirmed" in said(answer)
    assert [event.bound for event in recorded(scene.approved)] == [False]


def test_an_officers_word_settles_a_doubt_and_is_recorded_as_such(officer: Client, trust: Path, scene: Scene) -> None:
    _checked, answer = with_zone(officer, scene.approved, zone(scene.approved, family="HUBER"), **{"bound-0": "on"})
    assert "Recorded." in said(answer)
    assert {event.evidence[1] for event in recorded(scene.approved)} == {"binding:officer"}


def test_the_zone_of_another_passport_records_nothing_even_where_it_is_put_in_later(
    officer: Client, trust: Path, scene: Scene
) -> None:
    address = f"/journeys/{scene.approved}/certificates/"
    other = zone(scene.approved, number="X7654321")
    answer = officer.post(address, {"text": of_the_traveller(), "zone": other})
    assert (answer.status_code, "The zone is of another passport: found X7654321" in said(answer)) == (422, True)
    checked = said(officer.post(address, {"text": of_the_traveller(), "zone": zone(scene.approved)}))
    fields = dict(HIDDEN.findall(checked)) | {"zone": other}
    assert officer.post(address, fields).status_code == 422
    assert recorded(scene.approved) == []


def test_a_zone_that_was_read_wrongly_is_told_by_its_line(officer: Client, trust: Path) -> None:
    answer = officer.post("/certificates/", {"text": GOOD, "zone": "P<AUTMUSTERFRAU<<GABRIELE"})
    assert answer.status_code == 422
    assert "The zone cannot be read" in said(answer)


def test_anybodys_certificate_is_compared_where_a_zone_is_given(officer: Client, trust: Path, scene: Scene) -> None:
    page = said(officer.post("/certificates/", {"text": of_the_traveller(), "zone": zone(scene.approved)}))
    assert "The names are the same." in page
    assert "The dates of birth are the same." in page


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_both_pages_answer_in_every_language(language: str, officer: Client, trust: Path, scene: Scene) -> None:
    officer.cookies["django_language"] = language
    for address in ("/certificates/", f"/journeys/{scene.approved}/certificates/"):
        answer = officer.post(address, {"text": GOOD})
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.content.decode()
