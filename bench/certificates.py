"""How fast a certificate's text becomes evidence, beside what OpenSSL alone takes for the signature in it.

Run it with ``make bench`` or ``python -m bench.certificates``; ``--json`` is for a machine, ``--quick`` is short. The
limit is the verification of the same signatures by OpenSSL (through cryptography, keys parsed and signatures in DER before): no
verifier can be faster on one core. Keys and certificates are made here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from bench.timing import Machine, Rate, Work, rates
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.verify import verify
from fastchannel.cli.batch import available_cores
from fastchannel.cli.verify_batch import Asked, verify_lines
from tests.certificates.formats.test_cards_and_seals import DOSE, DOSES, KEY, PATIENT, SEAL_KEY, jws, numeric, payload, seal
from tests.certificates.issuing import AT, assayed, claims, private_key, sealed, store, text, vaccinated

GOALS = {"EU certificate": 0.60, "SMART Health Card": 0.50, "VDS-NC": 0.50}
CERTIFICATES = 200


def works(count: int) -> dict[str, Work]:
    """What is measured: the signature alone, and whole certificates."""
    key, algorithm = private_key(), ec.ECDSA(SHA256())
    messages = [sealed(claims(assayed(ci=f"URN:UVCI:01:AT:{number}"))) for number in range(count)]
    signed = [(key.sign(message, algorithm), message) for message in messages]
    public = key.public_key()
    texts = [text(claims((vaccinated, assayed)[number % 2](ci=f"URN:UVCI:01:AT:{number}"))) for number in range(count)]
    trust = store()

    def raw() -> None:
        for signature, message in signed:
            public.verify(signature, message, algorithm)

    def hcert() -> None:
        for one in texts:
            found = verify(one, trust, AT)
            assert isinstance(found, Evidence)

    cards = [f"shc:/{numeric(jws(payload(PATIENT, DOSE, DOSE, nbf=AT.timestamp() - number)))}" for number in range(count)]
    seals = [seal({**DOSES, "uvci": str(number)}) for number in range(count)]
    vouching = store(KEY, SEAL_KEY)

    def others(written: list[str]) -> Callable[[], None]:
        def call() -> None:
            for one in written:
                found = verify(one, vouching, AT)
                assert isinstance(found, Evidence)

        return call

    return {
        "P-256 by OpenSSL": Work(call=raw, done=count),
        "EU certificate": Work(call=hcert, done=count),
        "SMART Health Card": Work(call=others(cards), done=count),
        "VDS-NC": Work(call=others(seals), done=count),
    }


def spread(count: int, rounds: int) -> tuple[float, float]:
    """Certificates a second of wall clock by one process and by one a core, processes started before."""
    texts = [text(claims(assayed(ci=f"URN:UVCI:01:AT:{number}"))) for number in range(CERTIFICATES)] * (count // CERTIFICATES)
    asked = Asked(lists=store().lists, at=AT)

    def rate(workers: int) -> float:
        started, done = 0.0, 0
        for answers in verify_lines(texts, asked, workers=workers):
            if started:
                done += answers.counts["evidence"]
            else:
                started = time.perf_counter()  # from the first answer on: processes have started by then
        return done / (time.perf_counter() - started)

    found = [(rate(1), rate(available_cores())) for _ in range(rounds)]
    return statistics.median(one for one, _ in found), statistics.median(many for _, many in found)


def shown(found: dict[str, Rate]) -> str:
    """The table."""
    limit = found["P-256 by OpenSSL"].median
    lines = [f"{'certificates a second and core':<32}{'median':>10}{'range':>20}{'of the limit':>14}{'goal':>7}"]
    for name, rate in found.items():
        goal = f"{GOALS[name]:.0%}" if name in GOALS else ""
        spread = f"{rate.least:,.0f}-{rate.most:,.0f}"
        lines.append(f"{name:<32}{rate.median:>10,.0f}{spread:>20}{rate.median / limit:>14.0%}{goal:>7}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = rates(works(CERTIFICATES), rounds=5 if asked.quick else 25)
    if asked.json:
        print(json.dumps({name: asdict(rate) for name, rate in found.items()}))
    else:
        one, many = spread(10_000 if asked.quick else 40_000, 1 if asked.quick else 3)
        print(f"{Machine.here()}\n{shown(found)}")
        print(f"{available_cores()} cores: {many:,.0f} a second of wall clock, {many / one:.2f} times one process")


if __name__ == "__main__":
    main()
