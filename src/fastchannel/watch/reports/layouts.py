"""How the world's files of daily figures are laid out: which columns hold what. Read by `fastchannel.watch.reports.tables`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastchannel.watch.reports.dates import DateForm
from fastchannel.watch.reports.figures import Detected, Figure, Kind
from fastchannel.watch.reports.gathering import Meaning
from fastchannel.watch.reports.names import (
    Located,
    chinese_code,
    country_name,
    iso_alpha_3,
    iso_place,
    korean_region,
    region_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """Columns whose sum is a figure; ``optional`` where not every edition of the file has them."""

    columns: tuple[str, ...]
    meaning: Meaning
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """A file with a row for each day. ``locate`` takes the texts of the columns ``place``."""

    day: str
    form: DateForm
    place: tuple[str, ...]
    locate: Callable[..., Located | None]
    holds: tuple[Holds, ...]
    published: str = ""  # the column with the date of publication, in the same form


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """A file with a row for each place and a column for each day, all of them behind the columns ``others``."""

    form: DateForm
    others: tuple[str, ...]
    place: tuple[str, ...]
    locate: Callable[..., Located | None]
    meaning: Meaning
    missing: tuple[str, ...] = ()  # what is written where nothing was reported


def _daily(figure: Figure, *columns: str, optional: bool = False) -> Holds:
    return Holds(columns=columns, meaning=Meaning(figure=figure), optional=optional)


def _total(figure: Figure, column: str, *, origin: str = "", detected: str = "") -> Holds:
    return Holds(columns=(column,), meaning=Meaning(figure=figure, kind=Kind.CUMULATIVE, origin=origin, detected=detected))


def _china(country: str, province: str) -> Located | None:
    return chinese_code(province) if province else iso_place(country)


def jhu(figure: Figure = Figure.CASES) -> Wide:
    """Johns Hopkins CSSE's global time series: of confirmed cases, deaths or recoveries, in totals."""
    return Wide(
        form=DateForm.MONTH_FIRST_SHORT,
        others=("Province/State", "Country/Region", "Lat", "Long"),
        place=("Province/State", "Country/Region"),
        locate=region_name,
        meaning=Meaning(figure=figure, kind=Kind.CUMULATIVE),
    )


def oxcgrt(figure: Figure = Figure.CASES) -> Wide:
    """OxCGRT's time series: confirmed cases or deaths in totals, or the level of travel controls (C8)."""
    kind = Kind.DAILY if figure is Figure.TRAVEL_CONTROLS else Kind.CUMULATIVE
    return Wide(
        form=DateForm.NAMED,
        others=("", "country_code", "country_name"),
        place=("country_code",),
        locate=iso_alpha_3,
        meaning=Meaning(figure=figure, kind=kind),
        missing=("NA",),
    )


OWID = Long(
    day="date",
    form=DateForm.ISO,
    place=("iso_code",),
    locate=iso_alpha_3,
    holds=(
        _daily(Figure.CASES, "new_cases"),
        _daily(Figure.DEATHS, "new_deaths", optional=True),
        _daily(Figure.TESTS, "new_tests", optional=True),
    ),
)
OWID_COMPACT = Long(  # the edition of 2024 and later
    day="date",
    form=DateForm.ISO,
    place=("country",),
    locate=country_name,
    holds=(
        _daily(Figure.CASES, "new_cases"),
        _daily(Figure.DEATHS, "new_deaths", optional=True),
        _daily(Figure.TESTS, "new_tests", optional=True),
    ),
)
WHO = Long(
    day="Date_reported",
    form=DateForm.ISO,
    place=("Country_code",),
    locate=iso_place,
    holds=(_daily(Figure.CASES, "New_cases"), _daily(Figure.DEATHS, "New_deaths")),
)
KDCA = Long(  # Korea as a whole, from the daily releases
    day="date",
    form=DateForm.COMPACT,
    place=(),
    locate=lambda: ("KR", ""),
    holds=(_total(Figure.CASES, "confirmed"), _total(Figure.DEATHS, "death"), _total(Figure.TESTS, "tested")),
)
KDCA_REGIONS = Long(
    day="date",
    form=DateForm.COMPACT,
    place=("region",),
    locate=korean_region,
    holds=(_total(Figure.CASES, "confirmed"), _total(Figure.DEATHS, "death")),
)
KDCA_ORIGINS = Long(  # imported cases by where they came from and where they were detected
    day="as_of",
    form=DateForm.ISO,
    place=(),
    locate=lambda: ("KR", ""),
    holds=(
        _total(Figure.CASES, "total_confirmed"),
        _total(Figure.IMPORTED_CASES, "imported_total"),
        _total(Figure.IMPORTED_CASES, "china", origin="CN"),
        _total(Figure.IMPORTED_CASES, "asia_ex_china", origin="asia_without_CN"),
        *(_total(Figure.IMPORTED_CASES, name, origin=name) for name in ("europe", "americas", "africa", "oceania")),
        _total(Figure.IMPORTED_CASES, "at_point_of_entry", detected=Detected.POINT_OF_ENTRY),
        _total(Figure.IMPORTED_CASES, "in_community", detected=Detected.COMMUNITY),
    ),
)
SINGAPORE = Long(  # hxchua, from the health ministry's releases
    day="Date",
    form=DateForm.ISO,
    place=(),
    locate=lambda: ("SG", ""),
    holds=(
        _daily(Figure.CASES, "Daily_Confirmed"),
        _daily(Figure.DEATHS, "Daily_Deaths"),
        _daily(Figure.IMPORTED_CASES, "Daily_Imported"),
        _daily(Figure.LOCAL_CASES, "Daily_Local_transmission"),
        _daily(Figure.LINKED_CASES, "Linked_community_cases"),
        _daily(Figure.UNLINKED_CASES, "Unlinked_community_cases"),
    ),
)
_HK_UNLINKED = ("local_case", "possibly_local_case")
_HK_LINKED = (
    "epidemiologically_linked_with_imported_case",
    "epidemiologically_linked_with_local_case",
    "epidemiologically_linked_with_possibly_local_case",
)
HONG_KONG = Long(  # the Centre for Health Protection's classes by day of report, in two vintages
    day="report_date",
    form=DateForm.ISO,
    place=(),
    locate=lambda: ("HK", ""),
    published="vintage",
    holds=(
        _daily(Figure.CASES, "imported_case", *_HK_LINKED, *_HK_UNLINKED),
        _daily(Figure.IMPORTED_CASES, "imported_case"),
        _daily(Figure.LOCAL_CASES, *_HK_LINKED, *_HK_UNLINKED),
        _daily(Figure.LINKED_CASES, *_HK_LINKED),
        _daily(Figure.UNLINKED_CASES, *_HK_UNLINKED),
    ),
)
CANGHAILAN = Long(
    day="date",
    form=DateForm.ISO,
    place=("countryCode", "provinceCode"),
    locate=_china,
    holds=(_total(Figure.CASES, "confirmed"), _total(Figure.DEATHS, "dead"), _total(Figure.RECOVERED, "cured")),
)
CANGHAILAN_PROVINCES = Long(
    day="date",
    form=DateForm.ISO,
    place=("province_code",),
    locate=chinese_code,
    holds=(_total(Figure.CASES, "confirmed_total"), _total(Figure.IMPORTED_CASES, "imported_total")),
)
