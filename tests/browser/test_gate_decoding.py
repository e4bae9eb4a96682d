"""Chromium reads certificates and passports at a gate as Python does: the same answers, with the same codes."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from playwright.sync_api import Browser, Page

from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.evidence import Evidence, Use
from fastchannel.certificates.formats import dates
from fastchannel.certificates.keys import Algorithm, TrustedKey, spki_of
from fastchannel.certificates.mrz.digits import check_digit
from fastchannel.certificates.mrz.mrz import MrzError, read_mrz
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.certificates.verify import verify
from tests.browser.gate import modules
from tests.certificates import issuing
from tests.certificates.mrz.test_mrz import MRV_A, MRV_B, TD1, TD2, TD3
from tools import conformance_dcc

pytestmark = pytest.mark.browser

JUDGE = """async ([texts, lists, at]) => {
  const { verifyDcc } = await import("/static/web/gate/dcc.js");
  const { TrustStore } = await import("/static/web/gate/trust.js");
  const trust = new TrustStore(lists);
  const answers = [];
  for (const text of texts) answers.push(await verifyDcc(text, trust, at));
  return answers;
}"""
PARTS = ("protected", "unprotected", "payload", "signature")
READ = """async ([texts, at]) => {
  const { readMrz, MrzError } = await import("/static/web/gate/mrz.js");
  return texts.map((text) => {
    try {
      const { format, number, state, family, given, birthIso, sex, expires, nationality } = readMrz(text, at);
      return [format, number, state, family, given, birthIso, sex, expires, nationality];
    } catch (error) {
      if (!(error instanceof MrzError)) throw error;
      return null;
    }
  });
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with modules(chromium) as opened:
        yield opened


def judged(page: Page, texts: list[str], trust: TrustStore, at: datetime) -> list[dict[str, Any]]:
    lists = [json.loads(msgspec.json.encode(one)) for one in trust.lists]
    found: list[dict[str, Any]] = page.evaluate(JUDGE, [texts, lists, at.timestamp() * 1000])
    return found


def expected(text: str, trust: TrustStore, at: datetime) -> tuple[str, str]:
    found = verify(text, trust, at)
    return ("", "") if isinstance(found, Evidence) else (found.code.value, found.detail)


def rewritten(number: int, raw: bytes, **changes: Any) -> str:
    """A COSE_Sign1 whose four parts can be told apart from what a signer would write."""
    item = cbor2.loads(raw)
    parts = [changes.get(name, part) for name, part in zip(PARTS, item.value, strict=True)]
    return issuing.written(cbor.encode(cbor2.CBORTag(number, parts)))


def cases() -> dict[str, str]:
    """Certificates right and wrong, each by the name of what it shows."""
    token = issuing.claims(issuing.assayed())
    raw = issuing.sealed(token)
    flipped = bytearray(raw)
    flipped[-1] ^= 1
    late = int((issuing.AT - timedelta(seconds=1)).timestamp())
    ahead = int((issuing.AT + timedelta(minutes=6)).timestamp())
    duplicate = b"\xa2\x01\x62AT\x01\x62DE"
    return {
        "test": issuing.text(token),
        "vaccination": issuing.text(issuing.claims(issuing.vaccinated())),
        "no body": issuing.text({1: "AT"}),
        "two events": issuing.text(issuing.claims(issuing.body(t=issuing.assayed()["t"], v=issuing.vaccinated()["v"]))),
        "null where left out": issuing.text(issuing.claims(issuing.body(t=issuing.assayed()["t"], v=None))),
        "doses as floats": issuing.text(issuing.claims(issuing.vaccinated(dn=2.0))),
        "doses as halves": issuing.text(issuing.claims(issuing.vaccinated(dn=2.5))),
        "a number as text": issuing.text(issuing.claims(issuing.vaccinated(dn="2"))),
        "name of another type": issuing.text(issuing.claims(issuing.body(t=issuing.assayed()["t"], nam=[]))),
        "later schema": issuing.text(issuing.claims(issuing.assayed() | {"ver": "2.0.0"})),
        "expired": issuing.text(token | {4: late}),
        "the last second": issuing.text(token | {4: int(issuing.AT.timestamp())}),
        "not yet": issuing.text(token | {5: ahead}),
        "times as floats": issuing.text(token | {4: float(token[4]), 6: float(token[6])}),
        "times as text": issuing.text(token | {4: "soon"}),
        "time without end": issuing.text(token | {4: float("inf")}),
        "issuer no text": issuing.text(token | {1: 7}),
        "signature": issuing.written(bytes(flipped)),
        "another's key": issuing.text(token, number=99),
        "unknown key": issuing.text(token, kid=b"nobody"),
        "certificate of another kind": issuing.text({**token, -260: {2: {}}}),
        "payload no map": issuing.written(issuing.sealed([1, 2])),  # type: ignore[arg-type]
        "duplicate key": issuing.written(
            seal_sign1(duplicate, algorithm=Algorithm.ES256, kid=issuing.KID, sign=issuing.signer(issuing.private_key()))
        ),
        "deep": issuing.written(
            seal_sign1(
                b"\x81" * 40 + b"\x01", algorithm=Algorithm.ES256, kid=issuing.KID, sign=issuing.signer(issuing.private_key())
            )
        ),
        "critical header": rewritten(18, raw, protected=cbor.encode({1: -7, 2: [9], 4: issuing.KID})),
        "algorithm": rewritten(18, raw, protected=cbor.encode({1: -257, 4: issuing.KID})),
        "key outside": rewritten(18, raw, protected=cbor.encode({1: -7}), unprotected={4: issuing.KID}),
        "long key": rewritten(18, raw, protected=cbor.encode({1: -7, 4: b"k" * 65})),
        "encrypted": rewritten(16, raw),
        "signed by many": rewritten(98, raw),
        "untagged": issuing.written(raw[1:]),
        "tagged twice": issuing.written(b"\xd8\x3d" + raw),
        "bytes behind": issuing.written(raw + b"\x00"),
        "cut off": issuing.written(raw[:-1]),
        "not compressed": "HC1:" + base45.encode(raw),
        "zeros": "HC1:" + base45.encode(zlib.compress(bytes(65_537), 9)),
        "data behind": "HC1:" + base45.encode(zlib.compress(raw) + b"more"),
        "stream cut off": "HC1:" + base45.encode(zlib.compress(raw)[:-2]),
        "no base45": "HC1:ä",
        "base45 of one": "HC1:A",
        "too large a triple": "HC1::::",
        "too long": "HC1:" + "0" * 8_193,
        "nothing": "",
        "a shop's code": "4006381333931",
    }


def test_certificates_right_and_wrong_have_the_same_answer_as_in_python(page: Page) -> None:
    texts, trust = cases(), issuing.store()
    found = judged(page, list(texts.values()), trust, issuing.AT)
    said = {name: (one["code"], one["detail"]) for name, one in zip(texts, found, strict=True)}
    assert said == {name: expected(text, trust, issuing.AT) for name, text in texts.items()}
    assert sum(one["ok"] for one in found) == 9  # nobody agrees by refusing everything
    person = found[0]["certificate"]["person"]
    assert (person["familyMrz"], person["birth"]) == ("MUSTERFRAU<GOESSINGER", "1998-02-26")


@pytest.mark.parametrize(
    ("age", "changes"),
    [
        (timedelta(hours=72), {}),
        (timedelta(hours=72, seconds=1), {}),
        (timedelta(minutes=-6), {}),
        (timedelta(), {"uses": frozenset({Use.VACCINATION})}),
        (timedelta(), {"uses": frozenset({Use.TEST})}),
        (timedelta(), {"not_after": issuing.AT - timedelta(days=2)}),
        (timedelta(), {"not_before": issuing.AT}),
    ],
)
def test_lists_that_are_old_and_keys_for_other_uses_or_times_answer_as_in_python(
    page: Page, age: timedelta, changes: dict[str, Any]
) -> None:
    trust = issuing.store(issuing.trusted(**changes), issued=issuing.AT - age)
    text = issuing.text(issuing.claims(issuing.assayed()))
    (found,) = judged(page, [text], trust, issuing.AT)
    assert (found["code"], found["detail"]) == expected(text, trust, issuing.AT)


def test_no_list_at_all_is_said(page: Page) -> None:
    (found,) = judged(page, [issuing.text(issuing.claims(issuing.assayed()))], TrustStore([]), issuing.AT)
    assert found["code"] == "trust-list-missing"


def test_each_kind_of_key_verifies_with_its_own_algorithm_and_with_no_other(page: Page) -> None:
    """RSA by PSS with a salt of the digest's length (RFC 8230), Ed25519, and a weak RSA key, which vouches for nothing."""
    strong, weak = (rsa.generate_private_key(public_exponent=65_537, key_size=size) for size in (2048, 1024))
    edwards = ed25519.Ed25519PrivateKey.generate()

    def pss(key: rsa.RSAPrivateKey, salt: int) -> Any:
        return lambda message: key.sign(message, padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=salt), SHA256())

    payload = cbor.encode(issuing.claims(issuing.assayed()))
    signed = [
        (Algorithm.PS256, b"strong", pss(strong, 32)),
        (Algorithm.PS256, b"strong", pss(strong, 20)),
        (Algorithm.PS256, b"weak", pss(weak, 32)),
        (Algorithm.EDDSA, b"edwards", edwards.sign),
        (Algorithm.ES256, b"strong", issuing.signer(issuing.private_key())),
    ]
    texts = [issuing.written(seal_sign1(payload, algorithm=one, kid=kid, sign=sign)) for one, kid, sign in signed]
    keys: dict[bytes, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey] = {b"strong": strong, b"weak": weak, b"edwards": edwards}
    trust = issuing.store(*[TrustedKey(kid=kid, spki=spki_of(key.public_key()), country="AT") for kid, key in keys.items()])
    found = [(one["code"], one["detail"]) for one in judged(page, texts, trust, issuing.AT)]
    assert found == [("", ""), ("signature-wrong", ""), ("key-use", "weak-key"), ("", ""), ("signature-wrong", "")]
    assert found == [expected(text, trust, issuing.AT) for text in texts]


def test_the_eus_quality_assurance_codes_have_the_same_answer_as_in_python(page: Page, shared: Path) -> None:
    folder = shared / "data" / "cert" / "dcc" / "qa"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/cert beside the repository: it holds the published test data")
    listed = conformance_dcc.quality_trust(folder).lists
    trust, at = TrustStore(listed), conformance_dcc.QA_AT
    texts = list(conformance_dcc.texts_of_rows((folder / "qa.jsonl").read_text(encoding="utf-8").splitlines()))
    found = [(one["code"], one["detail"]) for one in judged(page, texts, trust, at)]
    assert found == [expected(text, trust, at) for text in texts]
    assert found.count(("", "")) > 100


def test_instants_are_read_as_in_python(page: Page) -> None:
    day, times = "2021-06-30", ["", "T09:30:00+02:00", "T09:30:00Z", "T09:30:00", " 09:30", "T09", "T09:30:00.250Z", "T24:00Z"]
    times += ["T09:30:00.1234567+00:00", "T09:60Z", "T09:30:00+0530", "T09:30:00-05", "T09:30:00+24:00"]
    texts = [day + time for time in times] + ["20210630", "20210630T093000Z", "2021-6-30T09:30:00Z", "yesterday", ""]
    texts += ["2021-02-29T00:00Z", "2020-02-29T00:00Z", "0000-01-01T00:00:00Z", "2021-06-31T00:00:00Z"]
    run = 'async (texts) => { const { instant } = await import("/static/web/gate/instants.js"); return texts.map(instant); }'
    wanted = [None if found is None else round(found.timestamp() * 1000, 3) for found in map(dates.instant, texts)]
    assert [None if found is None else round(found, 3) for found in page.evaluate(run, texts)] == wanted
    assert sum(found is not None for found in wanted) > 10


def full_width(line: str) -> str:
    """As Chinese and Korean keyboards type."""
    return "".join(chr(ord(one) + 0xFEE0) for one in line)


def fields_read(text: str, today: date) -> list[str] | None:
    try:
        one = read_mrz(text, today)
    except MrzError:
        return None
    names = [one.format, one.number, one.state, one.family, one.given]
    return [*names, one.birth, one.sex, one.expires.isoformat(), one.nationality]


def test_zones_whole_misread_and_damaged_are_read_as_in_python(page: Page) -> None:
    """A fixed generator damages the specimens of Doc 9303: with a check digit made right again, and without."""
    choose, at = random.Random(9303), datetime(2020, 6, 1, 12, tzinfo=UTC)
    texts = [TD1, TD2, TD3, MRV_A, MRV_B, TD3.replace("\n", ""), TD1.lower().replace("\n", " \r\n"), "", "P<UTO", TD3 * 9]
    texts += [
        TD3.replace("7408122", "74O8I22"),
        "\n".join("".join(chr(ord(one) + 0xFEE0) for one in part) for part in TD3.split()),
    ]
    for _ in range(600):
        text = choose.choice([TD1, TD2, TD3, MRV_A, MRV_B])
        place = choose.randrange(len(text))
        texts.append(text[:place] + choose.choice("AZOQ0159<") + text[place + 1 :])
    for written in ("7408<<", "74<<<<", "<<<<<<", "200601", "200602", "740230", "000229", "<<<<12", "740000", "741301"):
        line = f"D231458907UTO{written}{check_digit(written)}F1204159<<<<<<<"
        texts.append(f"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n{line}{check_digit(line[0:10] + line[13:20] + line[21:35])}")
    expected_ = [fields_read(text, at.date()) for text in texts]
    assert page.evaluate(READ, [texts, at.timestamp() * 1000]) == expected_
    assert sum(one is not None for one in expected_) > 150


def test_cbor_reads_every_kind_of_item_and_refuses_the_examples_that_are_none(page: Page) -> None:
    """Of RFC 8949, appendices A and F."""
    right = {
        "00": 0, "1818": 24, "1903e8": 1000, "1a000f4240": 1_000_000, "1b000000e8d4a51000": 10**12, "20": -1, "3903e7": -1000,
        "f4": False, "f5": True, "f6": None, "f90000": 0.0, "f93e00": 1.5, "f97bff": 65504.0, "f90001": 5.960464477539063e-8,
        "fa47c35000": 100000.0, "fb3ff199999999999a": 1.1, "60": "", "62c3bc": "ü", "83010203": [1, 2, 3],
        "9f018202039f0405ffff": [1, [2, 3], [4, 5]], "7f657374726561646d696e67ff": "streaming",
    }  # fmt: skip
    wrong = ["", "18", "1c", "ff", "61ff", "9f01", "81", "7f01ff", "5f61ff", "1f", "a1", "a2010101", "d9", "c001ff", "0000"]
    run = """async ([right, wrong]) => {
      const { decode, Float } = await import("/static/web/gate/cbor.js");
      const plain = (one) => one instanceof Float ? one.value : Array.isArray(one) ? one.map(plain) : one;
      const raw = (text) => Uint8Array.from(text.match(/../g) ?? [], (one) => parseInt(one, 16));
      const refused = (text) => {
        try { decode(raw(text)); } catch (error) { return error.code === "malformed"; }
        return false;
      };
      return [right.map((one) => plain(decode(raw(one)))), wrong.filter((one) => !refused(one))];
    }"""
    assert page.evaluate(run, [list(right), wrong]) == [list(right.values()), []]


def test_the_fixture_of_another_curve_is_another_kind_of_key(page: Page) -> None:
    """ES384 with P-384; the same key never verifies as ES256."""
    key = ec.generate_private_key(ec.SECP384R1())
    trust = TrustStore(
        [TrustList(party="CN", version=1, issued=issuing.AT, keys=(TrustedKey(kid=b"k", spki=spki_of(key.public_key())),))]
    )
    text = issuing.text(issuing.claims(issuing.assayed()), kid=b"k")
    (found,) = judged(page, [text], trust, issuing.AT)
    assert (found["code"], found["detail"]) == expected(text, trust, issuing.AT) == ("signature-wrong", "")
