"""Family and given name together: each sensible arrangement of the certified words is tried, and the likeliest is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastchannel.certificates.binding.names import Likeness, compare_part, same_letters
from fastchannel.certificates.binding.parts import Words, words_of
from fastchannel.certificates.binding.weights import WEIGHTS, Code
from fastchannel.certificates.evidence import CertifiedPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: about "family", "given" or "name" as a whole, with the words of each side."""

    code: Code
    part: str
    certified: Words
    passport: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The passport's name."""

    family: Words
    given: Words
    cut: bool


Arrangement = tuple[Words, Words, Code | None]  # family, given, and what it takes to arrange them so
# Words that were told apart are grouped anew only where nothing is left over: else any names with one word in common would do.
_LEFT_OVER = frozenset(
    {Code.NAME_PART_MISSING, Code.NAME_MIDDLE_MISSING, Code.NAME_MISSING, Code.NAME_INITIAL, Code.NAME_SYLLABLE_MISSING}
)


def compare_names(named: CertifiedPerson, zone: Zone) -> tuple[Finding, ...]:
    """What the likeliest arrangement finds. The name as written and as the issuer transliterated it are both tried."""
    best: tuple[Finding, ...] = ()
    for found in _outcomes(named, zone):
        if not best or _weight(found) > _weight(best) + 1e-9:
            best = found
        if _weight(best) == 0:
            break
    if best:
        return best
    return (Finding(code=Code.NAME_MISSING, part="name", certified=(), passport=zone.family + zone.given),)


def _weight(findings: Iterable[Finding]) -> float:
    return sum(WEIGHTS[one.code] for one in findings)


def _outcomes(named: CertifiedPerson, zone: Zone) -> Iterator[tuple[Finding, ...]]:
    for family, given in ((named.family, named.given), (named.family_mrz, named.given_mrz)):
        words, others = words_of(family), words_of(given)
        yield from _tried(_of_two(words, others, zone), zone)
        if words and others and zone.given:
            regrouped = (one for whole in (words + others, others + words) for one in _of_one(whole, zone, Code.NAME_ORDER))
            yield from (found for found in _tried(regrouped, zone) if not {one.code for one in found} & _LEFT_OVER)
    words = words_of(named.full)
    if words:
        yield from _tried(_of_one(words, zone, None if zone.given else Code.NAME_SINGLE), zone)
        yield from _joined(words, zone)


def _of_two(family: Words, given: Words, zone: Zone) -> Iterator[Arrangement]:
    """Arrangements of a name whose parts are told apart: first as they are, then as if they had been mixed up."""
    if not family and not given:
        return
    yield family, given, None
    if family and given and zone.given:
        yield given, family, Code.NAME_ORDER
    elif zone.given:
        yield from _of_one(family + given, zone, Code.NAME_SINGLE)
    else:
        yield family + given, (), Code.NAME_SINGLE
        yield given + family, (), Code.NAME_SINGLE
        if family == given:  # the one name repeated, as forms that demand both make people do
            yield family, (), Code.NAME_SINGLE


def _of_one(words: Words, zone: Zone, code: Code | None) -> Iterator[Arrangement]:
    """Every way to part one string into family and given name, in both orders."""
    if len(words) == 1 or not zone.given:
        yield words, (), code
        yield (), words, code
    for place in range(1, len(words)):
        yield words[:place], words[place:], code
        yield words[place:], words[:place], code


def _joined(words: Words, zone: Zone) -> Iterator[tuple[Finding, ...]]:
    """Names written as one word: KIMMINSU."""
    for whole in (zone.family + zone.given, zone.given + zone.family):
        same = same_letters(words, whole)
        if same is not None:
            code = Code.NAME_SPACING if same is Code.NAME_EQUAL else same
            yield (Finding(code=code, part="name", certified=words, passport=whole),)


def _tried(arrangements: Iterable[Arrangement], zone: Zone) -> Iterator[tuple[Finding, ...]]:
    known: dict[tuple[Words, str], tuple[Likeness, ...]] = {}

    def ways(certified: Words, part: str) -> tuple[Likeness, ...]:
        if (certified, part) not in known:
            passport = zone.family if part == "family" else zone.given
            known[certified, part] = compare_part(certified, passport, part, cut=zone.cut)
        return known[certified, part]

    for family, given, code in arrangements:
        of_family, of_given = _together(ways(family, "family"), ways(given, "given"))
        found = [Finding(code=one, part="family", certified=family, passport=zone.family) for one in of_family]
        found += [Finding(code=one, part="given", certified=given, passport=zone.given) for one in of_given]
        if code is not None:
            found.append(Finding(code=code, part="name", certified=family + given, passport=zone.family + zone.given))
        yield tuple(found)


def _together(family: tuple[Likeness, ...], given: tuple[Likeness, ...]) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    """The likeliest pair of ways that hold in one language: a family name read as Chinese has no Korean given name."""
    nothing = (Likeness(codes=()),)
    pairs = [(one, other) for one in family or nothing for other in given or nothing if _compatible(one, other)]
    if not pairs:
        # Each is alike in another language only: then the given name is another one.
        likeliest = max(family, key=lambda one: one.weight)
        return likeliest.codes, (Code.NAME_DIFFERS,)
    one, other = max(pairs, key=lambda pair: pair[0].weight + pair[1].weight)
    return one.codes, other.codes


def _compatible(one: Likeness, other: Likeness) -> bool:
    return not one.language or not other.language or one.language == other.language
