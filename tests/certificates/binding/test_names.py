"""The names that are one person's are bound, with the reason why; those that may not be are held."""

from __future__ import annotations

import pytest

from fastchannel.certificates.binding.match import Verdict, bind
from fastchannel.certificates.evidence import CertifiedPerson
from tests.certificates.binding.people import BORN, bound, certified, codes, passport

SAME = [
    # transliteration
    (("Müller", "Jürgen"), ("MUELLER", "JUERGEN"), set()),
    (("Müller", "Jürgen"), ("MULLER", "JURGEN"), {"name.transliteration"}),
    (("Müller", "Jürgen"), ("MUXXLLER", "JUERGEN"), {"name.transliteration"}),
    (("Muller", "Jurgen"), ("MUELLER", "JUERGEN"), {"name.transliteration"}),
    (("Groß", "Jörg"), ("GROSS", "JOERG"), set()),
    (("Núñez", "Íñigo"), ("NUNXXEZ", "INIGO"), {"name.transliteration"}),
    (("Åkesson", "Søren"), ("AKESSON", "SOEREN"), {"name.transliteration"}),
    (("O’Brien", "Seán"), ("OBRIEN", "SEAN"), set()),
    (("Щербакова", "Юлия"), ("SHCHERBAKOVA", "IULIIA"), set()),
    (("Щербакова", "Юлия"), ("SHCHERBAKOVA", "YULIYA"), {"name.transliteration"}),
    (("Fyodorov", "Yuriy"), ("FEDOROV", "IURII"), {"name.transliteration"}),
    (("Nikitin", "Ilya"), ("NIKITIN", "ILIA"), {"name.transliteration"}),
    # order, and one string
    (("Anna", "Schmidt"), ("SCHMIDT", "ANNA"), {"name.order"}),
    (("Anna Schmidt",), ("SCHMIDT", "ANNA"), set()),
    (("SCHMIDT, Anna",), ("SCHMIDT", "ANNA"), set()),
    (("KIMMINSU",), ("KIM", "MINSU"), {"name.spacing"}),
    (("Schmidt", "Maria Anna"), ("SCHMIDT", "ANNA MARIA"), {"name.order"}),
    (("López", "María García"), ("GARCIA LOPEZ", "MARIA"), {"name.order"}),
    # parts that one side lacks
    (("Schmidt", "Anna"), ("SCHMIDT", "ANNA MARIA"), {"name.middle-missing"}),
    (("Schmidt", "Anna Maria"), ("SCHMIDT", "ANNA"), {"name.middle-missing"}),
    (("Schmidt", "Anna M."), ("SCHMIDT", "ANNA MARIA"), {"name.middle-missing"}),
    (("Ivanov", "Ivan Ivanovich"), ("IVANOV", "IVAN"), {"name.middle-missing"}),
    (("García", "María"), ("GARCIA LOPEZ", "MARIA"), {"name.part-missing"}),
    (("Müller-Schmidt", "Eva"), ("MUELLER", "EVA"), {"name.part-missing"}),
    (("Dr. Schmidt", "Anna"), ("SCHMIDT", "ANNA"), set()),
    # particles and spacing
    (("van der Berg", "Jan"), ("VANDERBERG", "JAN"), {"name.spacing"}),
    (("Berg", "Jan"), ("VAN DER BERG", "JAN"), {"name.particle"}),
    (("Al-Hashimi", "Ali"), ("ALHASHIMI", "ALI"), {"name.spacing"}),
    (("El Hashimi", "Ali"), ("AL HASHIMI", "ALI"), {"name.particle"}),
    (("de la Fuente", "Ana"), ("FUENTE", "ANA"), {"name.particle"}),
    (("Abdullah", "Siti Ahmad"), ("ABDULLAH", "SITI BINTI AHMAD"), {"name.particle"}),
    # one name alone
    (("Suharto", ""), ("SUHARTO", ""), set()),
    (("", "Suharto"), ("SUHARTO", ""), {"name.single"}),
    (("Suharto", "Suharto"), ("SUHARTO", ""), {"name.single"}),
    (("XXX", "Suharto"), ("SUHARTO", ""), {"name.single"}),
    (("Siti", "Aminah Binti Ahmad"), ("SITI AMINAH BINTI AHMAD", ""), {"name.single"}),
    (("Kim Minsu", ""), ("KIM", "MINSU"), {"name.single"}),
    # Chinese
    (("Zhang", "Xiao Ming"), ("ZHANG", "XIAOMING"), {"name.spacing"}),
    (("Zhang", "Xiao-ming"), ("ZHANG", "XIAOMING"), {"name.spacing"}),
    (("Xi’an", "Li"), ("XIAN", "LI"), set()),
    (("Chang", "Hsiao-ming"), ("ZHANG", "XIAOMING"), {"name.romanisation"}),
    (("Lü", "Wei"), ("LYU", "WEI"), {"name.transliteration"}),
    (("Lv", "Wei"), ("LYU", "WEI"), {"name.romanisation"}),
    (("Lu", "Wei"), ("LYU", "WEI"), {"name.romanisation"}),
    (("Chen", "Peter"), ("CHAN", "PETER"), {"name.dialect"}),
    (("Chen", "Peter"), ("TAN", "PETER"), {"name.dialect"}),
    (("Li", "Peter"), ("LEE", "PETER"), {"name.romanisation"}),
    (("Zhang", "Peter"), ("CHEUNG", "PETER"), {"name.dialect"}),
    (("Chan", "Tai Man"), ("CHAN", "TAI MAN PETER"), {"name.middle-missing"}),
    (("Chan", "Taiman"), ("CHAN", "TAI MAN PETER"), {"name.middle-missing", "name.spacing"}),
    # Korean
    (("Gim", "Minsu"), ("KIM", "MINSU"), {"name.romanisation"}),
    (("Yi", "Min-su"), ("LEE", "MIN SOO"), {"name.romanisation"}),
    (("I", "Minsu"), ("RHEE", "MINSU"), {"name.romanisation"}),
    (("Bak", "Minjun"), ("PARK", "MIN JOON"), {"name.romanisation"}),
    (("Pak", "Chi-hun"), ("PARK", "JIHOON"), {"name.romanisation"}),
    (("Choe", "Yeonghui"), ("CHOI", "YOUNG HEE"), {"name.romanisation"}),
    (("Jeong", "Hyeonu"), ("CHUNG", "HYUN WOO"), {"name.romanisation"}),
    (("Namgung", "Min"), ("NAMKOONG", "MIN"), {"name.romanisation"}),
    (("김민수",), ("KIM", "MINSOO"), {"name.romanisation"}),
    (("남궁", "민"), ("NAMKOONG", "MIN"), {"name.romanisation"}),
]


@pytest.mark.parametrize(("named", "zone", "expected"), SAME)
def test_what_is_one_name_is_bound_and_says_why(named: tuple[str, ...], zone: tuple[str, ...], expected: set[str]) -> None:
    match = bound(named, zone)
    assert codes(match) == expected
    assert match.verdict is Verdict.MATCH
    assert not match.held


HELD = [
    (("Schmitd", "Anna"), ("SCHMIDT", "ANNA"), {"name.typing"}),
    (("Schmidt", "Johana"), ("SCHMIDT", "JOHANNA"), {"name.typing"}),
    (("Schmidt", "A."), ("SCHMIDT", "ANNA"), {"name.initial"}),
    (("Schmidt", ""), ("SCHMIDT", "ANNA"), {"name.missing"}),
    (("Schmidt", "Berta"), ("SCHMIDT", "ANNA"), {"name.differs"}),  # a twin
    (("Huber", "Anna"), ("SCHMIDT", "ANNA"), {"name.differs"}),  # married since
    (("Schmidt", "Anna Maria"), ("SCHMIDT", "ANNA SOPHIE"), {"name.part-differs"}),
    (("García Pérez", "María"), ("GARCIA LOPEZ", "MARIA"), {"name.part-differs"}),
    (("Kim", "Min"), ("KIM", "MIN SU"), {"name.syllable-missing"}),
    (("Zhang-Jun", "Ping"), ("ZHANG", "PING"), {"name.syllable-missing"}),
    (("Chan", "Ming Chun"), ("CHAN", "CHUN MING"), {"name.part-differs"}),
    (("Kim", "Minsu"), ("KIM", "MINSEO"), {"name.differs"}),
    (("Kim", "Haeyoung"), ("KIM", "HAYOUNG"), {"name.typing"}),  # HAE and HA are no traces of an umlaut
    (("Li", "Xuemei"), ("LI", "XUMEI"), {"name.typing"}),
    (("Xue", "Mei"), ("XU", "MEI"), {"name.differs"}),
    (("Chen", "Dawen"), ("CHAN", "TAI MAN"), {"name.dialect"}),
    (("Chen", "Dawen"), ("CHAN", "TAI MAN PETER"), {"name.dialect", "name.middle-missing"}),
    (("王", "小明"), ("WANG", "XIAOMING"), {"name.script"}),
    (("محمد", "علي"), ("MUHAMMAD", "ALI"), {"name.script"}),
    (("山田", "太郎"), ("YAMADA", "TARO"), {"name.script"}),
    (("", ""), ("SCHMIDT", "ANNA"), {"name.missing"}),
    (("de", "Anna"), ("DE VRIES", "ANNA"), {"name.differs"}),  # a particle alone is no name in common
]


@pytest.mark.parametrize(("named", "zone", "expected"), HELD)
def test_what_may_be_another_name_is_held_and_says_why(
    named: tuple[str, ...], zone: tuple[str, ...], expected: set[str]
) -> None:
    match = bound(named, zone)
    assert codes(match) == expected
    assert match.verdict is Verdict.DOUBT
    assert match.held


STRANGERS = [
    (("Huber", "Berta"), ("SCHMIDT", "ANNA")),
    (("Wang", "Wei"), ("LI", "NA")),
    (("Kim", "Minsu"), ("PARK", "JIYOUNG")),
    (("García López", "María"), ("PEREZ RUIZ", "JOSE")),
    (("Wong", "Peter"), ("CHEUNG", "MARY")),
]


@pytest.mark.parametrize(("named", "zone"), STRANGERS)
def test_names_with_nothing_in_common_are_a_mismatch_which_is_held_too(named: tuple[str, ...], zone: tuple[str, ...]) -> None:
    match = bound(named, zone)
    assert match.verdict is Verdict.MISMATCH
    assert match.held


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        (("Huang", "Peter"), ("WANG", "PETER")),  # WONG is both, but they are not each other
        (("Jun", "Minsu"), ("SHIN", "MINSU")),
        (("Gim", "Xiaoming"), ("KIM", "HSIAOMING")),  # a family name read as Korean has no Chinese given name
    ],
)
def test_a_spelling_that_two_names_share_does_not_make_them_one(named: tuple[str, ...], zone: tuple[str, ...]) -> None:
    assert bound(named, zone).verdict is not Verdict.MATCH


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        (("Nilavadhanananda", "Chayapa Dejthamrong Krasuang"), ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K")),
        (("Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo"), ("BENNELONG WOOLOOMOOLOO WARRANDYTE WA", "D")),
        (("Papandropoulous", "Jonathon Warrena Trev Alec"), ("PAPANDROPOULOUS", "JONATHO WARRENA TREV A")),
        (("Müller-Lüdenscheidt", "Maximiliane Henriette"), ("MUELLER LUEDENSCHEIDT", "MAXIMILIANE HENRIE")),
    ],
)
def test_a_name_is_taken_for_cut_only_where_the_passports_field_is_full(named: tuple[str, ...], zone: tuple[str, str]) -> None:
    match = bind(certified(*named), passport(*zone, truncated=True))
    assert "name.truncated" in codes(match)
    assert match.verdict is Verdict.MATCH
    assert "name.truncated" not in codes(bind(certified(*named), passport(*zone)))


def test_the_issuers_own_transliteration_is_tried_beside_the_name_as_written() -> None:
    named = CertifiedPerson(family="王", given="小明", family_mrz="WANG", given_mrz="XIAO<MING", birth=BORN)
    match = bind(named, passport("WANG", "XIAOMING"))
    assert match.verdict is Verdict.MATCH
    assert codes(match) == {"name.spacing"}


def test_a_reason_says_what_each_side_has() -> None:
    match = bound(("Chen", "Peter"), ("CHAN", "PETER"))
    reason = next(one for one in match.reasons if one.code == "name.dialect")
    assert (reason.part, reason.certified, reason.passport) == ("family", "CHEN", "CHAN")
    assert match.score == pytest.approx(1 + sum(one.weight for one in match.reasons))
