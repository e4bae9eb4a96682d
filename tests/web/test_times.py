"""Moments in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from fastchannel.web.times import deadline_words


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
