"""Names of places as the world's files write them, as ISO 3166 codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

from fastchannel.terms.places import is_known, subdivisions
from fastchannel.watch.reports.figures import Detected

Located = tuple[str, str]  # a place and where its cases were detected, which is mostly left open
PlaceReader = Callable[[str], Located | None]

# CLDR has codes for groups of countries and for tests.
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Countries whose regions in JHU's files have codes of ISO 3166-1 of their own; elsewhere a region may have a country's name.
_WITH_TERRITORIES = {"CN", "DK", "FR", "GB", "NL", "NZ"}
# Names of countries in the files of JHU, OWID and WHO that are not those of CLDR.
_OTHER_NAMES: Mapping[str, str] = {
    "US": "US", "United States of America": "US", "Korea, South": "KR", "Republic of Korea": "KR", "Korea, North": "KP",
    "Democratic People's Republic of Korea": "KP", "Taiwan*": "TW", "Taiwan": "TW", "Hong Kong": "HK", "Macau": "MO",
    "Macao": "MO", "Burma": "MM", "Myanmar": "MM", "Viet Nam": "VN", "Russian Federation": "RU", "Turkey": "TR",
    "Cote d'Ivoire": "CI", "Czech Republic": "CZ", "Cabo Verde": "CV", "Congo (Kinshasa)": "CD", "Congo (Brazzaville)": "CG",
    "Democratic Republic of the Congo": "CD", "Democratic Republic of Congo": "CD", "Congo": "CG", "Holy See": "VA",
    "Vatican": "VA", "West Bank and Gaza": "PS", "Palestine": "PS", "The United Kingdom": "GB", "Lao PDR": "LA",
    "Lao People's Democratic Republic": "LA", "Iran (Islamic Republic of)": "IR", "Syrian Arab Republic": "SY",
    "Republic of Moldova": "MD", "Brunei Darussalam": "BN", "Timor": "TL", "Micronesia": "FM", "Bosnia and Herzegovina": "BA",
    "Trinidad and Tobago": "TT", "Antigua and Barbuda": "AG", "Saint Kitts and Nevis": "KN", "Saint Lucia": "LC",
    "Saint Vincent and the Grenadines": "VC", "Sao Tome and Principe": "ST", "United Republic of Tanzania": "TZ",
    "Bolivia (Plurinational State of)": "BO", "Venezuela (Bolivarian Republic of)": "VE", "Faeroe Islands": "FO",
}  # fmt: skip
# What Korea's daily releases call its regions.
_KOREAN: Mapping[str, str] = {
    "서울": "KR-11", "부산": "KR-26", "대구": "KR-27", "인천": "KR-28", "광주": "KR-29", "대전": "KR-30", "울산": "KR-31",
    "경기": "KR-41", "강원": "KR-42", "충북": "KR-43", "충남": "KR-44", "전북": "KR-45", "전남": "KR-46", "경북": "KR-47",
    "경남": "KR-48", "제주": "KR-49", "세종": "KR-50",
}  # fmt: skip
_QUARANTINE = "검역"  # cases found in the quarantine of ports and airports
# The first two digits of China's codes of administrative divisions (GB/T 2260).
_CHINESE: Mapping[str, str] = {
    "11": "CN-BJ", "12": "CN-TJ", "13": "CN-HE", "14": "CN-SX", "15": "CN-NM", "21": "CN-LN", "22": "CN-JL", "23": "CN-HL",
    "31": "CN-SH", "32": "CN-JS", "33": "CN-ZJ", "34": "CN-AH", "35": "CN-FJ", "36": "CN-JX", "37": "CN-SD", "41": "CN-HA",
    "42": "CN-HB", "43": "CN-HN", "44": "CN-GD", "45": "CN-GX", "46": "CN-HI", "50": "CN-CQ", "51": "CN-SC", "52": "CN-GZ",
    "53": "CN-YN", "54": "CN-XZ", "61": "CN-SN", "62": "CN-GS", "63": "CN-QH", "64": "CN-NX", "65": "CN-XJ", "71": "CN-TW",
    "81": "HK", "82": "MO",
}  # fmt: skip


def iso_place(text: str) -> Located | None:
    """A country of ISO 3166-1 or a region of ISO 3166-2, by its code."""
    return (text, "") if is_known(text) and text.partition("-")[0] in _countries() else None


def iso_alpha_3(text: str) -> Located | None:
    """A country by its three letters, as OWID and OxCGRT have it."""
    if text in {"RKS", "OWID_KOS"}:
        return ("XK", "")
    codes: list[str] = list(get_global("territory_aliases").get(text, [])) if len(text) == 3 else []
    return (codes[0], "") if len(codes) == 1 and codes[0] in _countries() else None


def country_name(text: str) -> Located | None:
    """A country by its name in English."""
    code = _OTHER_NAMES.get(text) or _names().get(text)
    return (code, "") if code else None


def region_name(region: str, country: str) -> Located | None:
    """A region by its name in English, in a country that we have a table of; some are countries of ISO 3166-1."""
    known = country_name(country)
    if not region or known is None:
        return known
    territory = country_name(region) if known[0] in _WITH_TERRITORIES else None
    codes = [one.code for one in subdivisions(known[0]).values() if one.names["en"] == region]
    return territory or ((codes[0], "") if len(codes) == 1 else None)


def korean_region(text: str) -> Located | None:
    """A region by the name of Korea's daily releases; the quarantine at its borders is the country's point of entry."""
    if text == _QUARANTINE:
        return ("KR", Detected.POINT_OF_ENTRY)
    return (_KOREAN[text], "") if text in _KOREAN else None


def chinese_code(text: str) -> Located | None:
    """A province by its six digits."""
    known = len(text) == 6 and text.endswith("0000") and text[:2] in _CHINESE
    return (_CHINESE[text[:2]], "") if known else None


@cache
def _countries() -> frozenset[str]:
    codes = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES)


@cache
def _names() -> Mapping[str, str]:
    names = Locale("en").territories
    found = {str(names[code]).replace("’", "'"): code for code in _countries()}
    return found | {name.replace("&", "and").replace("St. ", "Saint "): code for name, code in found.items()}
