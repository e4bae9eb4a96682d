"""Places: ISO 3166-1 countries, their ISO 3166-2 subdivisions with names, and their time zones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
ZONES: Mapping[str, str] = {
    "CN": "Asia/Shanghai",
    "KR": "Asia/Seoul",
    "SG": "Asia/Singapore",
    "HK": "Asia/Hong_Kong",
    "MO": "Asia/Macau",
    "JP": "Asia/Tokyo",
    "MY": "Asia/Kuala_Lumpur",
    "VN": "Asia/Ho_Chi_Minh",
    "TH": "Asia/Bangkok",
    "PH": "Asia/Manila",
    "AE": "Asia/Dubai",
    "NZ": "Pacific/Auckland",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subdivision:
    """``names`` has en, zh and ko."""

    code: str
    names: Mapping[str, str]


@cache
def subdivisions(country: str) -> Mapping[str, Subdivision]:
    """The subdivisions of a country by code; empty where there is no table of it."""
    return {code: place for code, place in _table().items() if code.startswith(f"{country}-")}


@cache
def _table() -> Mapping[str, Subdivision]:
    text = (files("fastchannel") / "terms" / "subdivisions.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {code: Subdivision(code=code, names={"en": en, "zh": zh, "ko": ko}) for code, en, zh, ko in rows}


def is_code(place: str) -> bool:
    """Whether a text has the shape of an ISO 3166-1 country or an ISO 3166-2 subdivision."""
    return _CODE.fullmatch(place) is not None


def country_of(place: str) -> str:
    """The country's code of a place."""
    return place.partition("-")[0]


def lies_in(place: str, region: str) -> bool:
    """Whether a place is a region or lies in it; every subdivision lies in its country."""
    return place == region or place.startswith(f"{region}-")


def is_known(place: str) -> bool:
    """Whether a code exists; where there is no table of its country, whether it has the right shape."""
    if not is_code(place):
        return False
    known = subdivisions(country_of(place))
    return "-" not in place or not known or place in known


def name_of(place: str, language: str = "en") -> str:
    """The place's name in a language (``en``, ``zh`` or ``ko``, longer tags too); the code where no name is known."""
    names = _table()[place].names if place in _table() else COUNTRIES.get(place, {})
    return names.get(language) or names.get(language.partition("-")[0]) or names.get("en") or place


def zone_of(place: str) -> str:
    """The IANA time zone of a place's country; UTC where it is not known."""
    return ZONES.get(country_of(place), "UTC")


COUNTRIES: Mapping[str, Mapping[str, str]] = {
    "CN": {"en": "China", "zh": "中国", "ko": "중국"},
    "KR": {"en": "Republic of Korea", "zh": "韩国", "ko": "대한민국"},
    "SG": {"en": "Singapore", "zh": "新加坡", "ko": "싱가포르"},
    "HK": {"en": "Hong Kong", "zh": "香港", "ko": "홍콩"},
    "MO": {"en": "Macao", "zh": "澳门", "ko": "마카오"},
    "JP": {"en": "Japan", "zh": "日本", "ko": "일본"},
    "MY": {"en": "Malaysia", "zh": "马来西亚", "ko": "말레이시아"},
    "VN": {"en": "Viet Nam", "zh": "越南", "ko": "베트남"},
    "TH": {"en": "Thailand", "zh": "泰国", "ko": "태국"},
    "PH": {"en": "Philippines", "zh": "菲律宾", "ko": "필리핀"},
    "AE": {"en": "United Arab Emirates", "zh": "阿拉伯联合酋长国", "ko": "아랍에미리트"},
    "NZ": {"en": "New Zealand", "zh": "新西兰", "ko": "뉴질랜드"},
}
