"""Throw bytes at everything that reads a stranger's certificate, guided by coverage: make fuzz FUZZ="--seconds 60"

Whatever the bytes are, an answer is evidence or a refusal: any exception but our own ends the run with the input that caused
it. It needs the package atheris, which is made for CPython on Linux; the tests hold the same property with Hypothesis.
"""

from __future__ import annotations

import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastchannel.certificates.envelopes import base45
from fastchannel.certificates.refusal import RefusedError

SECONDS = 60


def targets() -> list[Callable[[bytes], object]]:
    """What is fuzzed: the text as scanned, and each inner layer as if the layers around it were right."""
    from fastchannel.certificates.formats.hcert import open_cose
    from fastchannel.certificates.verify import verify
    from tests.certificates.issuing import AT, claims, store, text

    trust = store()

    def scanned(data: bytes) -> object:
        return verify(data.decode("utf-8", "replace"), trust, AT)

    def prefixed(data: bytes) -> object:
        return verify("HC1:" + base45.encode(zlib.compress(data)), trust, AT)

    def signed(data: bytes) -> object:
        """The payload of an issuer that we trust: what it signs may be anything."""
        from fastchannel.certificates.envelopes import cbor

        try:
            inner = cbor.decode(data)
        except RefusedError:
            return None
        return verify(text(claims(inner) if isinstance(inner, dict) else {}), trust, AT)

    def cose(data: bytes) -> object:
        try:
            return open_cose(data)
        except RefusedError:
            return None

    return [scanned, prefixed, signed, cose]


def main(arguments: list[str]) -> int:
    try:
        import atheris
    except ImportError:
        print("nothing fuzzed: the package atheris is not installed (python -m pip install atheris)", file=sys.stderr)
        return 0
    seconds = int(arguments[arguments.index("--seconds") + 1]) if "--seconds" in arguments else SECONDS
    with atheris.instrument_imports(include=["fastchannel.certificates"]):
        chosen = targets()

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds()):
            (Path(folder) / str(number)).write_bytes(seed)
        return _fuzz(atheris, chosen, folder, seconds)


def seeds() -> list[bytes]:
    """Good certificates, layer by layer, to start from."""
    from fastchannel.certificates.envelopes import cbor
    from tests.certificates.issuing import assayed, claims, sealed, text, vaccinated

    found = []
    for body in (assayed(), vaccinated()):
        token = claims(body)
        found += [b"\0" + text(token).encode(), b"\1" + sealed(token), b"\2" + cbor.encode(body), b"\3" + sealed(token)]
    return found


def _fuzz(atheris: Any, chosen: list[Callable[[bytes], object]], folder: str, seconds: int) -> int:
    def one(data: bytes) -> None:
        if data:
            chosen[data[0] % len(chosen)](data[1:])

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=2048", "-print_final_stats=1", folder], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
