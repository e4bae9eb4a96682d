"""Numbers of samples: every single slip and every swap of neighbours is found."""

from __future__ import annotations

from itertools import pairwise

from fastchannel.node.sample_numbers import ALPHABET, fresh_numbers, is_well_formed


def test_every_wrong_character_and_every_swap_is_found() -> None:
    for number in fresh_numbers(20):
        bare = number.replace("-", "")
        assert is_well_formed(number)
        assert is_well_formed(number.lower())
        for place, right in enumerate(bare):
            for wrong in ALPHABET:
                if wrong != right:
                    assert not is_well_formed(bare[:place] + wrong + bare[place + 1 :])
        for place, (first, second) in enumerate(pairwise(bare)):
            if first != second:
                assert not is_well_formed(bare[:place] + second + first + bare[place + 2 :])


def test_what_is_no_number_is_none() -> None:
    assert not any(is_well_formed(text) for text in ("", "O0000-00000", "12345", "éééééééééé"))
    assert len(set(fresh_numbers(500))) == 500
