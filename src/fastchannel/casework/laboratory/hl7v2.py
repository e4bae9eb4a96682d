"""HL7 version 2: unsolicited observation results (ORU^R01), and the acknowledgement that answers them.

The sample's number is the specimen's (SPM-2) where there is one, else the filler's order number (OBR-3), else the placer's
(OBR-2). A time without an offset is one of ``zone``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import hl7

from fastchannel.casework.laboratory.reports import (
    MOST_BYTES,
    MOST_RESULTS,
    Report,
    ReportError,
    Status,
    assay_of,
    finding_of,
)

STATUSES = {"F": Status.FINAL, "C": Status.AMENDED, "P": Status.PRELIMINARY, "S": Status.PRELIMINARY, "R": Status.PRELIMINARY,
            "I": Status.PRELIMINARY, "W": Status.WITHDRAWN, "D": Status.WITHDRAWN, "X": Status.FINAL}  # fmt: skip
CHARACTER_SETS = {"": "utf-8", "UNICODE UTF-8": "utf-8", "ASCII": "ascii", "8859/1": "latin-1", "GB 18030-2000": "gb18030",
                  "KS X 1001": "euc-kr"}  # fmt: skip
PASSPORT = "PPN"
_OFFSET_DIGITS = 4


def looks_like(data: bytes) -> bool:
    """Whether these bytes begin as a message of version 2 does."""
    return data.lstrip(b"\x0b\r\n\t ").startswith(b"MSH")


def read(data: bytes, zone: ZoneInfo) -> tuple[str, list[Report]]:
    """The message's control identifier and its results. Raises ReportError."""
    message = _parsed(data)
    header = message.segment("MSH")
    kind = _part(header, 9, 0, 0), _part(header, 9, 0, 1)
    if kind != ("ORU", "R01"):
        raise ReportError(f"MSH-9: found {'^'.join(kind)}, expected ORU^R01")
    control = _part(header, 10)
    if not control:
        raise ReportError(
            "MSH-10: found no control identifier; expected one, by which the message is known when it comes again"
        )
    reports = list(_reports(message, zone))
    if not reports:
        raise ReportError("found no OBX segment; expected at least one result")
    if len(reports) > MOST_RESULTS:
        raise ReportError(f"found {len(reports)} results, expected at most {MOST_RESULTS} in one message")
    return control, reports


def acknowledge(data: bytes, code: str, said: str, now: datetime) -> bytes:
    """An ACK for a message: ``code`` is AA (taken), AE (some of it could not be) or AR (none of it could be)."""
    try:
        header = _parsed(data).segment("MSH")
        control, sender = _part(header, 10), (_field(header, 3), _field(header, 4), _field(header, 5), _field(header, 6))
    except ReportError:
        control, sender = "", ("", "", "", "")
    stamp = f"{now:%Y%m%d%H%M%S%z}"
    clean = " ".join(said.replace("|", "/").replace("^", " ").replace("~", " ").replace("\\", "/").replace("&", "and").split())
    lines = [
        (
            f"MSH|^~\\&|{sender[2]}|{sender[3]}|{sender[0]}|{sender[1]}|{stamp}||ACK^R01^ACK|{control}-ACK|P|2.5.1"
            "||||||UNICODE UTF-8"
        ),
        f"MSA|{code}|{control}|{clean[:200]}",
    ]
    return "\r".join([*lines, ""]).encode()


def _parsed(data: bytes) -> hl7.Message:
    if len(data) > MOST_BYTES:
        raise ReportError(f"found {len(data)} bytes, expected at most {MOST_BYTES}")
    framed = data.strip(b"\x0b\x1c\r\n\t ")
    text = _decoded(framed).replace("\r\n", "\r").replace("\n", "\r")
    try:
        message = hl7.parse(text)
        message.segment("MSH")
    except Exception as error:
        raise ReportError(f"found no message of HL7 version 2: {error}") from error
    return message


def _decoded(data: bytes) -> str:
    first = data.split(b"\r", 1)[0].split(b"\n", 1)[0].decode("latin-1")
    fields = first.split(first[3]) if len(first) > 3 else []
    named = fields[17].split("~")[0].strip() if len(fields) > 17 else ""
    encoding = CHARACTER_SETS.get(named)
    if encoding is None:
        raise ReportError(f"MSH-18: found {named!r}, expected one of {', '.join(name for name in CHARACTER_SETS if name)}")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReportError(f"the text is not in {encoding} as MSH-18 says: {error.reason} at byte {error.start}") from error


def _reports(message: hl7.Message, zone: ZoneInfo) -> Iterator[Report]:
    """Each OBX with the patient, order and specimen that it stands under."""
    patient: hl7.Segment | None = None
    orders: list[tuple[hl7.Segment, hl7.Segment | None, list[hl7.Segment], hl7.Segment | None]] = []
    for segment in message:
        name = str(segment[0])
        if name == "PID":
            patient = segment
        elif name == "OBR":
            orders.append((segment, None, [], patient))
        elif name == "SPM" and orders:
            order, _, results, whose = orders[-1]
            orders[-1] = (order, segment, results, whose)
        elif name == "OBX" and orders:
            orders[-1][2].append(segment)
    for order, specimen, results, whose in orders:
        for result in results:
            yield _report(order, specimen, result, whose, zone)


def _report(
    order: hl7.Segment, specimen: hl7.Segment | None, result: hl7.Segment, patient: hl7.Segment | None, zone: ZoneInfo
) -> Report:
    code = _part(result, 3, 0, 0)
    value, words, flag = _part(result, 5, 0, 0), _part(result, 5, 0, 1), _part(result, 8)
    status = STATUSES.get(_part(result, 11), Status.PRELIMINARY)
    finding = finding_of(value, words, flag)
    if _part(result, 11) == "X" and finding is None:
        finding = finding_of("INVALID")  # no result can be had of this sample
    return Report(
        sample=_sample(order, specimen),
        code=code,
        value=value or words or flag,
        assay=assay_of(code) or assay_of(_part(result, 3, 0, 3)),
        finding=finding,
        status=status,
        sampled=_moment(_part(specimen, 17, 0, 0), zone) or _moment(_part(order, 7), zone),
        reported=_moment(_part(result, 19), zone) or _moment(_part(order, 22), zone) or _moment(_part(result, 14), zone),
        passport=_passport(patient),
        name=" ".join(one for one in (_part(patient, 5, 0, 0), _part(patient, 5, 0, 1)) if one),
        birth_date=_day(_part(patient, 7)),
    )


def _sample(order: hl7.Segment, specimen: hl7.Segment | None) -> str:
    if specimen is not None:
        found = _part(specimen, 2, 0, 1) or _part(specimen, 2, 0, 0)
        if found:
            return found.split("&")[0]
    return _part(order, 3, 0, 0) or _part(order, 2, 0, 0)


def _passport(patient: hl7.Segment | None) -> str:
    if patient is None:
        return ""
    try:
        repetitions = list(patient[3])
    except IndexError:
        return ""
    for number in range(len(repetitions)):
        if _part(patient, 3, number, 4) == PASSPORT:
            return _part(patient, 3, number, 0).upper().replace(" ", "")
    return ""


def _field(segment: hl7.Segment, field: int) -> str:
    try:
        return str(segment[field])
    except IndexError:
        return ""


def _part(segment: hl7.Segment | None, field: int, repetition: int = 0, component: int = 0) -> str:
    """A component's text; empty where the message has none."""
    if segment is None:
        return ""
    try:
        found = segment[field]
        chosen = found[repetition] if isinstance(found, hl7.Field) else found
        if isinstance(chosen, hl7.Repetition):
            chosen = chosen[component]
        elif component:
            return ""
    except IndexError:
        return ""
    return str(chosen).strip()


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """``YYYYMMDDHHMM[SS[.S]][+ZZZZ]``; None where it is not at least a minute."""
    sign = next((sign for sign in "+-" if sign in text), "")
    digits, _, offset = text.partition(sign) if sign else (text, "", "")
    digits = digits.split(".")[0]
    try:
        moment = datetime.strptime(digits, "%Y%m%d%H%M%S" if len(digits) > 12 else "%Y%m%d%H%M")  # noqa: DTZ007
    except ValueError:
        return None
    if len(offset) == _OFFSET_DIGITS and offset.isdecimal():
        shift = timedelta(hours=int(offset[:2]), minutes=int(offset[2:]))
        if shift >= timedelta(days=1):
            return None
        return moment.replace(tzinfo=timezone(shift if sign == "+" else -shift))
    return moment.replace(tzinfo=zone)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 (a date has no zone)
    except ValueError:
        return None
