"""One part of a certified name, family or given, against the zone's: in which ways the two may be the same name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastchannel.certificates.binding.parts import ARABIC, PARTICLES, Words, without_particles
from fastchannel.certificates.binding.romanisation import is_read, is_syllable, romanised
from fastchannel.certificates.binding.spelling import begins, folded, plain, slipped, spells
from fastchannel.certificates.binding.weights import WEIGHTS, Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What parts two names, and the language in which alone that holds ("" for any)."""

    codes: tuple[Code, ...]
    language: str = ""

    @property
    def weight(self) -> float:
        """The codes' weights together."""
        return sum(WEIGHTS[code] for code in self.codes)


def compare_part(certified: Words, zone: Words, part: str, *, cut: bool) -> tuple[Likeness, ...]:
    """Each way in which they may be one name. ``part`` is "family" or "given"; ``cut``: the zone's may be truncated."""
    if not certified or not zone:
        return () if certified == zone else (Likeness(codes=(Code.NAME_MISSING,)),)
    same = same_letters(certified, zone)
    if same is not None:
        return (Likeness(codes=(same,)),)
    found = tuple(_alike(certified, zone, part, cut=cut))
    if found:
        return found
    foreign = any(plain(word) is None or ARABIC.search(word) for word in certified)
    return (Likeness(codes=(Code.NAME_SCRIPT if foreign else Code.NAME_DIFFERS,)),)


def same_letters(certified: Words, zone: Words) -> Code | None:
    """Whether the letters are the same: as recommended, as permitted, or with the traces of marks taken away."""
    one, other = "".join(certified), "".join(zone)
    recommended = plain(one)
    if recommended is None:
        return None
    if recommended == other:
        return Code.NAME_EQUAL if len(certified) == len(zone) else Code.NAME_SPACING
    if spells(one, other):
        return Code.NAME_TRANSLITERATION
    if recommended.replace("Y", "I") == other.replace("Y", "I"):  # ILYA and ILIA
        return Code.NAME_TRANSLITERATION
    # XUE and XU are two syllables, and no traces of an umlaut.
    if folded(recommended) == folded(other) and not (is_read(recommended) and is_read(other)):
        return Code.NAME_TRANSLITERATION
    return None


def _alike(certified: Words, zone: Words, part: str, *, cut: bool) -> Iterator[Likeness]:
    """Ways in which names that have not the same letters are alike."""
    if cut and _is_cut(certified, zone):
        yield Likeness(codes=(Code.NAME_TRUNCATED,))
    bare = same_letters(without_particles(certified), without_particles(zone))
    if bare is not None:
        yield Likeness(codes=_together(Code.NAME_PARTICLE, bare))
    for language, code in romanised("".join(certified), "".join(zone), part):
        yield Likeness(codes=(code,), language=language)
    yield from _romanised_in_part(certified, zone, part)
    shared = _within(certified, zone, part) or _in_common(certified, zone, part)
    if shared is not None:
        yield Likeness(codes=shared)
    one = plain("".join(certified))
    if one is not None and slipped(one, "".join(zone)):
        yield Likeness(codes=(Code.NAME_TYPING,))


def _romanised_in_part(certified: Words, zone: Words, part: str) -> Iterator[Likeness]:
    """As romanised, where one side adds a name that is no Chinese or Korean one: TAI MAN PETER and DAWEN."""
    one, other = (tuple(word for word in words if is_read(word)) for words in (certified, zone))
    if part == "given" and one and other and (one, other) != (certified, zone):
        extra, others = (sorted(set(words) - set(kept)) for words, kept in ((certified, one), (zone, other)))
        if extra != others and extra and others:
            return
        missing = () if extra == others else (_left_out((), extra or others, part),)
        for language, code in romanised("".join(one), "".join(other), part):
            yield Likeness(codes=(code, *missing), language=language)


def _is_cut(certified: Words, zone: Words) -> bool:
    """Whether the zone's words are the certified ones, some of them shortened and the last left out."""
    if begins("".join(certified), "".join(zone)):
        return True
    pairs = zip(certified, zone, strict=False)
    return len(zone) <= len(certified) and all(spells(word, cut) or begins(word, cut) for word, cut in pairs)


def _within(certified: Words, zone: Words, part: str) -> tuple[Code, ...] | None:
    """What is to be said where some neighbouring words of the one are, joined, the whole other."""
    if len(certified) == len(zone) == 1:
        return None
    for start in range(max(len(certified), len(zone))):
        for end in range(start + 1, max(len(certified), len(zone)) + 1):
            for one, other in ((certified[start:end], zone), (certified, zone[start:end])):
                if len("".join(other)) < 2 or not (_names_somebody(one) and _names_somebody(other)):
                    continue
                same = same_letters(one, other)
                if same is not None:
                    rest = [*certified[:start], *certified[end:]] if other == zone else [*zone[:start], *zone[end:]]
                    return _together(same, _left_out(other, rest, part))
    return None


def _in_common(certified: Words, zone: Words, part: str) -> tuple[Code, ...] | None:
    """What is to be said of words that both have, in whatever order; None where they share no name."""
    left = list(zone)
    alone: list[str] = []
    shared: list[tuple[str, str, Code]] = []
    for word in certified:
        match = _counterpart(word, left)
        if match is None:
            alone.append(word)
        else:
            left.remove(match[0])
            shared.append((word, *match))
    names = [code for word, _, code in shared if code is not Code.NAME_INITIAL and word not in PARTICLES]
    initials = any(code is Code.NAME_INITIAL for _, _, code in shared)
    apart = _names_somebody(alone) and _names_somebody(left)
    if not names:
        return (Code.NAME_INITIAL,) if initials and not apart else None
    worst = min(names, key=WEIGHTS.__getitem__)
    if apart:
        return (Code.NAME_PART_DIFFERS,) if worst is not Code.NAME_TYPING else None
    if _names_somebody(alone) or _names_somebody(left):
        return _together(worst, _left_out([word for word, _, _ in shared], [*alone, *left], part))
    if initials:
        return _together(worst, Code.NAME_MIDDLE_MISSING)
    if alone or left:
        return _together(worst, Code.NAME_PARTICLE)
    if [other for _, other, _ in shared] == list(zone):
        return (worst,)
    # MING CHUN and CHUN MING are two names, as ANNA MARIA and MARIA ANNA hardly are.
    return (Code.NAME_PART_DIFFERS,) if all(is_syllable(word, part) for word in zone) else _together(worst, Code.NAME_ORDER)


def _counterpart(word: str, among: Sequence[str]) -> tuple[str, Code] | None:
    """The likeliest of the words to be the same one, and what parts them."""
    found: list[tuple[str, Code]] = []
    for other in among:
        same = same_letters((word,), (other,))
        if same is not None:
            found.append((other, same))
        elif word[0] == other[0] and 1 in {len(word), len(other)}:
            found.append((other, Code.NAME_INITIAL))
        elif (one := plain(word)) is not None and slipped(one, other):
            found.append((other, Code.NAME_TYPING))
    return max(found, key=lambda one: WEIGHTS[one[1]], default=None)


def _left_out(kept: Sequence[str], rest: Sequence[str], part: str) -> Code:
    """What it means that one side lacks ``rest``."""
    if not _names_somebody(rest):
        return Code.NAME_PARTICLE
    if all(is_syllable(word, part) for word in (*kept, *rest)):
        return Code.NAME_SYLLABLE_MISSING
    return Code.NAME_PART_MISSING if part == "family" else Code.NAME_MIDDLE_MISSING


def _names_somebody(words: Sequence[str]) -> bool:
    return any(word not in PARTICLES for word in words)


def _together(*codes: Code) -> tuple[Code, ...]:
    """The codes without repetition, and without the word that all is equal."""
    return tuple(code for code in dict.fromkeys(codes) if code is not Code.NAME_EQUAL) or (Code.NAME_EQUAL,)
