"""Moments as people read them: in the time of the place where they happen, with the zone named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LOCALES = {"en": "en_GB", "zh-hans": "zh_Hans", "ko": "ko"}
NO_ZONE = "UTC"


@lru_cache
def locale_of(language: str | None) -> Locale:
    """Babel's locale for a Django language code."""
    return Locale.parse(LOCALES.get((language or "en").lower(), "en_GB"))


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(NO_ZONE)


@lru_cache(maxsize=512)
def zone_words(zone: str, language: str | None) -> str:
    """The zone's name in the reader's language: China Standard Time."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    name = get_timezone_name(zone_of(zone), width="long", zone_variant="standard", locale=locale_of(language))
    return str(name)


@lru_cache(maxsize=4_096)  # a list says the same few days over and over
def day_words(when: date, language: str | None, *, weekday: bool = False) -> str:
    """A date, as short as stays unambiguous."""
    locale = locale_of(language)
    if weekday:
        return str(format_skeleton("yMMMEd", when, locale=locale))
    return str(format_date(when, "medium", locale=locale))


def short_day_words(when: date, language: str | None) -> str:
    """A day and its month, short enough to stand seven in a row on a phone."""
    locale = locale_of(language)
    return str(format_skeleton("MMMd" if locale.language == "en" else "Md", when, locale=locale))


@lru_cache(maxsize=4_096)
def number_words(number: int, language: str | None) -> str:
    """A number with its groups of digits."""
    return str(format_decimal(number, locale=locale_of(language)))


def share_words(share: float, language: str | None, *, digits: int = 0) -> str:
    """A share, 0 to 1, in per cent."""
    pattern = f"#,##0{'.' + '0' * digits if digits else ''}%"  # no space before the sign in any of our locales
    return str(format_percent(share, pattern, locale=locale_of(language)))


def list_words(items: Iterable[object], language: str | None) -> str:
    """Things one after the other, as the reader's language lists them: A, B and C; A、B和C."""
    return str(format_list([str(item) for item in items], locale=locale_of(language)))


def moment_words(when: datetime, zone: str, language: str | None, *, name_zone: bool = True) -> str:
    """A moment in the place's own time, with the zone named."""
    local = when.astimezone(zone_of(zone))
    text = f"{day_words(local.date(), language)} {local:%H:%M}"
    return f"{text} {zone_words(zone, language)}" if name_zone else text


def deadline_words(when: datetime, zone: str, language: str | None, *, name_zone: bool = True) -> str:
    """The end of a window: midnight belongs to the day that it ends, so it is told as that day's last minute."""
    local = when.astimezone(zone_of(zone))
    last = local - timedelta(minutes=1) if local.time() == time.min else local
    return moment_words(last, zone, language, name_zone=name_zone)


def distance_words(when: datetime, now: datetime) -> str:
    """How far off a moment is, rounded down to what matters."""
    ahead = when - now
    past = ahead < timedelta(0)
    size = abs(ahead)
    if size < timedelta(hours=1):
        n = int(size.total_seconds() // 60)
        length = ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    elif size < timedelta(days=2):
        n = int(size.total_seconds() // 3600)
        length = ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    else:
        n = size.days
        length = ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
    return (_("%(length)s ago") if past else _("in %(length)s")) % {"length": length}


def start_of_day(now: datetime, zone: str) -> datetime:
    """The first minute of the day that it is in that zone."""
    return now.astimezone(zone_of(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def iso(when: datetime) -> str:
    """For the attribute that machines read."""
    return when.astimezone(UTC).isoformat(timespec="seconds")


def day_of(text: str) -> date | None:
    """The date that a form or an address gives; None where it is none."""
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
