"""Moments in words."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from fastchannel.web.times import deadline_words, list_words, moment_words, number_words, share_words, short_day_words


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2020-05-28T00:00:00+09:00", "27 May 2020 23:59"),
        ("2020-05-28T00:01:00+09:00", "28 May 2020 00:01"),
        ("2020-05-28T00:00:00+08:00", "28 May 2020 01:00"),  # midnight elsewhere is none here
    ],
)
def test_a_window_that_ends_at_midnight_is_told_as_the_day_that_it_ends(due: str, told: str) -> None:
    assert deadline_words(datetime.fromisoformat(due), "Asia/Seoul", "en", name_zone=False) == told


@pytest.mark.parametrize(
    ("language", "moment", "number", "share", "listed"),
    [
        ("en", "28 May 2020 00:00 Korean Standard Time", "1,234,567", "12.5%", "a, b and c"),
        ("zh-hans", "2020年5月28日 00:00 韩国标准时间", "1,234,567", "12.5%", "a、b和c"),
        ("ko", "2020. 5. 28. 00:00 대한민국 표준시", "1,234,567", "12.5%", "a, b 및 c"),
    ],
)
def test_moments_numbers_shares_and_lists_are_in_the_readers_locale(
    language: str, moment: str, number: str, share: str, listed: str
) -> None:
    midnight = datetime.fromisoformat("2020-05-28T00:00:00+09:00")
    assert moment_words(midnight, "Asia/Seoul", language) == moment
    assert number_words(1234567, language) == number
    assert share_words(0.125, language, digits=1) == share
    assert list_words("abc", language) == listed


@pytest.mark.parametrize(("language", "told"), [("en", "21 May"), ("zh-hans", "5/21"), ("ko", "5. 21.")])
def test_a_day_in_a_row_of_seven_is_short(language: str, told: str) -> None:
    assert short_day_words(date(2020, 5, 21), language) == told
