"""The pass on paper: its code as SVG, and the words that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

import segno

from fastchannel.certificates.passes.checking import Apart
from fastchannel.certificates.passes.claims import Pass
from fastchannel.terms.language import N_, translate

LEVEL = "M"  # restores 15 % of the code: a phone's cracked glass, a folded sheet
GATES: Mapping[str, str] = {"boarding": N_("to board"), "entry": N_("to enter"), "release": N_("to leave isolation")}
NOT_FOR_THIS: Mapping[Apart, str] = {
    Apart.PERSON: N_("The pass was not issued for this passport."),
    Apart.GATE: N_("The pass does not open this gate."),
    Apart.AGREEMENT: N_("The pass was issued under another text of the agreement."),
}
NOTE = N_("Valid only with the passport for which it was issued. It holds no health data.")


def version_of(text: str) -> int:
    """The QR code's version, 1 to 40, which says its size: 17 + 4 × version modules a side."""
    return int(_code(text).version)


def svg(text: str, *, module_px: float = 4) -> str:
    """The code as an SVG element, black on white with the quiet zone of four modules that scanners need."""
    return str(_code(text).svg_inline(scale=module_px, border=4, dark="#000", light="#fff"))


def image(text: str, *, module_px: float = 6) -> str:
    """The same code as a data URI, for pages."""
    return str(_code(text).svg_data_uri(scale=module_px, border=4, dark="#000", light="#fff"))


def words(issued: Pass, language: str, zone: tzinfo) -> list[tuple[str, str]]:
    """Labels and values for the sheet, times in the zone of the gate."""
    gates = [translate(GATES[gate], language) if gate in GATES else gate for gate in issued.gates]
    return [
        (translate(N_("Pass"), language), issued.id),
        (translate(N_("Issuing party"), language), issued.issuer),
        (translate(N_("Agreement"), language), issued.agreement),
        (translate(N_("Route"), language), issued.route),
        (translate(N_("Journey"), language), issued.journey),
        (translate(N_("Good for"), language), ("、" if language == "zh-Hans" else ", ").join(gates)),
        (translate(N_("Valid from"), language), _time(issued.not_before, zone)),
        (translate(N_("Valid until"), language), _time(issued.expires, zone)),
    ]


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error=LEVEL, mode="alphanumeric", boost_error=False)


def _time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"
