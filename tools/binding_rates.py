"""Measures how often `bind` errs on generated people: python -m tools.binding_rates [--people N --seed S]

For each population, people are drawn with a passport and a certificate as a health authority would write it: with the
variations and typing errors at the rates below. Measured are, with 95 % Wilson bounds: false non-match (the person's own
certificate is no MATCH, and apart from that MISMATCH), and false match (another person's certificate is a MATCH), among pairs
at random and among pairs who share the date of birth. Certificates here never name the passport's number.

Family names have roughly the frequencies that national statistics publish (censuses of Korea 2015 and China 2020, registers of
Germany, Austria, Spain and Russia): approximate, written from memory. Given names are put together from common syllables or
names, with frequencies that fall like 1 / (rank + 3). The rates of variations are assumptions, not observations. The weights of
`bind` were set while looking at seeds 4 and 9, so the table is of another seed.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastchannel.certificates.binding.match import Verdict, bind
from fastchannel.certificates.evidence import CertifiedPerson
from fastchannel.certificates.mrz.mrz import Mrz, read_mrz
from fastchannel.certificates.mrz.transliteration import transliterate
from fastchannel.certificates.mrz.writing import write_mrz

TODAY = date(2020, 5, 1)
PEOPLE, SEED = 20_000, 2020
RATES = {
    "one string": 0.15,  # a format that does not part the name; half of these put the given name first
    "order": 0.02,  # family and given name swapped
    "typing, name": 0.015,
    "typing, birth": 0.005,
    "day and month swapped": 0.005,
    "birth without day": 0.005,
    "birth without month": 0.005,
    "Chinese: given name parted": 0.25,
    "Chinese: Wade-Giles": 0.01,
    "Chinese: ü as U": 0.05,
    "Hong Kong: certificate in pinyin": 0.08,
    "Hong Kong: passport adds an English name": 0.2,
    "Hong Kong: certificate lacks the English name": 0.3,
    "Korean: certificate by the Revised Romanisation": 0.15,
    "Korean: certificate by another custom": 0.05,
    "Korean: certificate in Hangul": 0.05,
    "Korean: given name parted": 0.4,
    "German: marks dropped": 0.1,
    "German: middle name missing": 0.4,
    "German: half of a double name missing": 0.2,
    "Spanish: second family name missing": 0.15,
    "Spanish: second given name missing": 0.2,
    "Russian: certificate in Cyrillic": 0.1,
    "Russian: certificate by other rules": 0.2,
    "Russian: patronymic on the certificate": 0.2,
}

KOREAN_FAMILY = (  # Hangul, Revised Romanisation, then customs; per mille
    "김 GIM KIM 215;이 I LEE YI 147;박 BAK PARK 84;최 CHOE CHOI 47;정 JEONG JUNG CHUNG 43;강 GANG KANG 24;조 JO CHO 21;"
    "윤 YUN YOON 21;장 JANG CHANG 20;임 IM LIM 17;한 HAN HAN 16;오 O OH 15;서 SEO SUH 15;신 SIN SHIN 15;권 GWON KWON 14;"
    "황 HWANG HWANG 14;안 AN AHN 14;송 SONG SONG 14;전 JEON JUN CHUN 11;홍 HONG HONG 11;유 YU YOO 10;고 GO KO KOH 9;"
    "문 MUN MOON 9;양 YANG YANG 9;손 SON SOHN 9;배 BAE BAE PAE 8;백 BAEK PAIK 8;허 HEO HUH HUR 7;남 NAM NAM 5;"
    "심 SIM SHIM 5;노 NO NOH ROH 5;하 HA HA 5;곽 GWAK KWAK 4;성 SEONG SUNG 4;차 CHA CHA 4;주 JU JOO CHU 4;우 U WOO 4;"
    "구 GU KOO 4;민 MIN MIN 3;나 NA NA RA 3"
)
# Hangul, Revised Romanisation, customs.
KOREAN_FIRST = (
    "민 MIN MIN;지 JI JI JEE;영 YEONG YOUNG;현 HYEON HYUN;성 SEONG SUNG;정 JEONG JUNG;은 EUN EUN;수 SU SOO SU;재 JAE JAE;"
    "승 SEUNG SEUNG SUNG;서 SEO SEO;준 JUN JUN JOON;상 SANG SANG;동 DONG DONG;경 GYEONG KYUNG;미 MI MI;태 TAE TAE;"
    "혜 HYE HYE;진 JIN JIN;선 SEON SUN;종 JONG JONG;도 DO DO;광 GWANG KWANG;명 MYEONG MYUNG;소 SO SO;유 YU YOO;하 HA HA;"
    "윤 YUN YOON;예 YE YE;병 BYEONG BYUNG;기 GI KI;인 IN IN;용 YONG YONG;창 CHANG CHANG"
)
KOREAN_SECOND = (
    "수 SU SOO SU;영 YEONG YOUNG;희 HUI HEE;준 JUN JUN JOON;호 HO HO;진 JIN JIN;숙 SUK SOOK SUK;우 U WOO;현 HYEON HYUN;"
    "민 MIN MIN;훈 HUN HOON;정 JEONG JUNG;자 JA JA;연 YEON YEON;아 A AH;경 GYEONG KYUNG;미 MI MI;석 SEOK SUK SEOK;"
    "철 CHEOL CHUL;원 WON WON;식 SIK SIK;순 SUN SOON;윤 YUN YOON;은 EUN EUN;환 HWAN HWAN;범 BEOM BUM;선 SEON SUN;"
    "규 GYU KYU;혁 HYEOK HYUK;빈 BIN BIN;옥 OK OK;섭 SEOP SUP;주 JU JU;서 SEO SEO;기 GI KI"
)
CHINESE_FAMILY = (
    "Wang 72;Li 72;Zhang 68;Liu 54;Chen 45;Yang 31;Huang 22;Zhao 22;Wu 20;Zhou 19;Xu 22;Sun 15;Ma 13;Zhu 13;Hu 12;Guo 12;"
    "He 11;Lin 11;Gao 10;Luo 9;Zheng 9;Liang 8;Xie 7;Song 7;Tang 7;Han 6;Feng 6;Deng 6;Cao 6;Peng 5;Zeng 5;Xiao 6;Tian 5;"
    "Dong 5;Pan 5;Yuan 5;Cai 5;Jiang 8;Yu 9;Du 4;Ye 4;Cheng 4;Su 5;Wei 5;Lü 5;Ding 4;Ren 4;Shen 4;Yao 4;Lu 7;Fu 4;Zhong 4;"
    "Cui 4;Tan 4;Liao 3;Fan 4;Jin 3;Shi 6;Jia 3;Xia 3;Ouyang 1"
)
CHINESE_GIVEN = (
    "Wei Jun Ming Xiao Hua Li Jing Yan Fang Yu Hong Jie Ying Lei Qiang Ping Gang Hui Min Tao Chao Yong Yi Zhi Guo Jian Wen "
    "Xin Lin Na Juan Bo Bin Feng Hao Kai Zi Han Rui Chen Xuan Yang Peng Fei Dong Mei Xue Ling Dan Ting Xia Shu Zhen Lan "
    "Qing Yun Chun Hai Long Sheng Xiang Jia Hong Rong Shan Nü"
)
# Of the names above, without apostrophes and diaeresis.
_WADE_GILES = (
    "ZHANG CHANG;XU HSU;ZHAO CHAO;ZHOU CHOU;XIE HSIEH;XIAO HSIAO;TIAN TIEN;DONG TUNG;DENG TENG;JUN CHUN;JING CHING;YAN YEN;"
    "JIE CHIEH;QIANG CHIANG;ZHI CHIH;GUO KUO;JIAN CHIEN;XIN HSIN;XUE HSUEH;XIA HSIA;JIA CHIA;QING CHING;HONG HUNG;GAO KAO;"
    "ZHENG CHENG;CAI TSAI"
)
WADE_GILES: dict[str, str] = dict(row.split() for row in _WADE_GILES.split(";"))
HONG_KONG_FAMILY = (  # the Cantonese spelling, and the pinyin of the same character
    "CHAN CHEN 105;LEUNG LIANG 55;LEE LI 50;WONG HUANG 60;WONG WANG 35;CHEUNG ZHANG 45;LAM LIN 45;NG WU 40;LAU LIU 40;"
    "HO HE 30;CHENG ZHENG 25;YEUNG YANG 25;TSANG ZENG 25;CHOW ZHOU 20;YIP YE 18;TANG DENG 18;FUNG FENG 15;TSE XIE 15;"
    "LO LUO 15;KWOK GUO 15;CHU ZHU 14;MA MA 12;HUI XU 12;SO SU 10;CHOI CAI 14;YUEN YUAN 10;POON PAN 9;LUI LYU 8;TSUI XU 8;"
    "SIU XIAO 8;KWAN GUAN 8;MAK MAI 8;AU OU 5"
)
HONG_KONG_GIVEN = (
    "WAI WEI;MAN WEN;KA JIA;CHI ZHI;MING MING;WING YONG;SIU XIAO;KWOK GUO;YEE YI;LAI LI;HO HAO;KIT JIE;CHUN JUN;TAK DE;"
    "YUK YU;TSZ ZI;HOI HAI;SZE SHI;KIN JIAN;LOK LE;HING QING;FAI HUI;MEI MEI;YAN EN;CHING JING;SHAN SHAN;WAH HUA;TIN TIAN;"
    "LONG LANG;PUI PEI;YIN YAN;HIN XUAN;SUET XUE"
)
ENGLISH_GIVEN = "Peter Mary John Grace David Alice Kevin Joyce Eric Amy Jason Carol Raymond Vivian Alex Karen"
GERMAN_FAMILY = (
    "Müller 95;Schmidt 70;Schneider 40;Fischer 35;Weber 30;Meyer 33;Wagner 30;Becker 27;Schulz 27;Hoffmann 27;Schäfer 25;"
    "Koch 23;Bauer 23;Richter 22;Klein 20;Wolf 20;Schröder 19;Neumann 18;Schwarz 17;Zimmermann 17;Braun 17;Krüger 17;"
    "Hofmann 16;Hartmann 15;Lange 15;Schmitt 15;Werner 14;Krause 14;Meier 14;Lehmann 13;Schmid 13;Schulze 12;Maier 12;"
    "Köhler 12;Herrmann 11;König 11;Walter 11;Huber 11;Kaiser 10;Fuchs 10;Peters 9;Lang 9;Scholz 9;Möller 9;Weiß 9;Jung 9;"
    "Hahn 9;Vogel 8;Keller 8;Günther 7;Groß 7;Gruber 8;Steiner 6;Pichler 6;Berger 7;Bäcker 2;von der Heide 2"
)
GERMAN_GIVEN = (
    "Anna Maria Michael Thomas Andreas Stefan Christian Peter Sabine Susanne Petra Monika Claudia Jürgen Günter Klaus "
    "Wolfgang Bernd Jörg Frank Uwe Martin Markus Daniel Alexander Julia Sarah Laura Lisa Katharina Johanna Elisabeth "
    "Ursula Brigitte Birgit Heike Gabriele Karin Jan Lukas Felix Paul Max Sophie Lena Hannah Lea Björn Sönke Renate Helga "
    "Franz Josef Johann Georg Karl Heinz Hans Eva Barbara Christine Angelika Matthias Sebastian Tobias Florian Simon Jakob "
    "David"
)
SPANISH_FAMILY = (
    "García 31;González 20;Rodríguez 20;Fernández 19;López 19;Martínez 18;Sánchez 17;Pérez 16;Gómez 10;Martín 10;Jiménez 8;"
    "Ruiz 8;Hernández 8;Díaz 7;Moreno 7;Muñoz 6;Álvarez 6;Romero 5;Alonso 4;Gutiérrez 4;Navarro 4;Torres 4;Domínguez 4;"
    "Vázquez 4;Ramos 4;Gil 3;Ramírez 3;Serrano 3;Blanco 3;Molina 3;Morales 3;Suárez 3;Ortega 3;Delgado 3;Castro 3;Ortiz 3;"
    "Rubio 3;Marín 3;Sanz 3;Núñez 2;Iglesias 2;Medina 2;Garrido 2;de la Fuente 1;Peña 2"
)
SPANISH_GIVEN = (
    "María Antonio José Manuel Francisco Carmen Ana Juan David Javier Isabel Laura Daniel Cristina Carlos Marta Josefa "
    "Jesús Alejandro Lucía Miguel Rafael Pedro Pablo Pilar Elena Ángel Sergio Dolores Sara Fernando Paula Jorge Luis "
    "Raquel Alberto Álvaro Adrián Diego Raúl Iván Rubén Óscar Mercedes Rosario Teresa Beatriz Nuria Silvia Julia Patricia "
    "Irene Andrea Rocío Mónica Ramón Vicente Andrés Begoña Íñigo"
)
RUSSIAN_FAMILY = (
    "Иванов 20;Смирнов 18;Кузнецов 16;Попов 12;Васильев 11;Петров 11;Соколов 10;Михайлов 9;Новиков 9;Фёдоров 8;Морозов 8;"
    "Волков 8;Алексеев 8;Лебедев 8;Семёнов 7;Егоров 7;Павлов 7;Козлов 7;Степанов 7;Николаев 7;Орлов 6;Андреев 6;Макаров 6;"
    "Никитин 6;Захаров 6;Зайцев 6;Соловьёв 5;Борисов 5;Яковлев 5;Григорьев 5;Романов 5;Воробьёв 5;Сергеев 5;Кузьмин 4;"
    "Фролов 4;Александров 4;Дмитриев 4;Королёв 4;Гусев 4;Киселёв 4;Ильин 4;Максимов 4;Щербаков 3;Юдин 2;Жуков 3"
)
RUSSIAN_GIVEN = (
    "Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Артём Роман Николай Владимир Юрий Игорь Олег Павел "
    "Виктор Кирилл Денис Антон Илья Василий Анатолий Константин Вячеслав Григорий Фёдор Пётр Леонид Станислав Руслан "
    "Никита Егор Тимур"
)
# As older passports and clinics write: not ICAO's rules, nor the matcher's table, but the habits of one hand throughout.
_OTHER_RUSSIAN = {
    "й": "y", "ё": "yo", "ю": "yu", "я": "ya", "х": "kh", "ц": "ts", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ы": "y",
    "э": "e", "ь": "", "ъ": "",
}  # fmt: skip
OTHER_RUSSIAN = str.maketrans(_OTHER_RUSSIAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A passport's name and birth, and the name as an authority would write it, without the errors that all make."""

    family: str
    given: str
    birth: date
    certified_family: str
    certified_given: str


Draw = Callable[[random.Random], tuple[str, str, str, str]]  # passport's family and given name, and the certificate's


def weighted(rng: random.Random, table: str) -> list[str]:
    """A row of a table whose last column is its weight."""
    rows = [row.split() for row in table.split(";")]
    return rng.choices(rows, [float(row[-1]) for row in rows])[0][:-1]


def ranked(rng: random.Random, rows: Sequence[str]) -> str:
    """A row, likelier the earlier it stands."""
    return rng.choices(rows, [1 / (rank + 3) for rank in range(len(rows))])[0]


def happens(rng: random.Random, what: str) -> bool:
    """Whether a variation of RATES happens."""
    return rng.random() < RATES[what]


def korean(rng: random.Random) -> tuple[str, str, str, str]:
    """Passports by custom; certificates as the passport, by the Revised Romanisation, by another custom or in Hangul."""
    rows = [weighted(rng, KOREAN_FAMILY), *(ranked(rng, part.split(";")).split() for part in (KOREAN_FIRST, KOREAN_SECOND))]
    own = [rng.choice(row[2:]) if rng.random() < 0.85 else row[1] for row in rows]
    wrote, shown = own, rng.random()
    hangul = RATES["Korean: certificate in Hangul"]
    revised = hangul + RATES["Korean: certificate by the Revised Romanisation"]
    if shown < hangul:
        wrote = [row[0] for row in rows]
    elif shown < revised:
        wrote = [row[1] for row in rows]
    elif shown < revised + RATES["Korean: certificate by another custom"]:
        wrote = [rng.choice(row[1:]) for row in rows]
    between = rng.choice("- ") if shown >= hangul and happens(rng, "Korean: given name parted") else ""
    return own[0], rng.choice(("", "", " ")).join(own[1:]), wrote[0], between.join(wrote[1:])


def chinese(rng: random.Random) -> tuple[str, str, str, str]:
    """Passports in pinyin; certificates in pinyin, parted or with U for Ü, and seldom in Wade-Giles."""
    family = weighted(rng, CHINESE_FAMILY)[0]
    syllables = [ranked(rng, CHINESE_GIVEN.split()) for _ in range(rng.choices((1, 2), (15, 85))[0])]
    passport = [part.upper().replace("Ü", "YU") for part in (family, *syllables)]
    wrote = [family, *syllables]
    if happens(rng, "Chinese: ü as U"):
        wrote = [part.replace("ü", "u") for part in wrote]
    if happens(rng, "Chinese: Wade-Giles"):
        wrote = [WADE_GILES.get(part, part) for part in passport]
    between = rng.choice(" -'") if happens(rng, "Chinese: given name parted") else ""
    return passport[0], "".join(passport[1:]), wrote[0], between.join(wrote[1:])


def hong_kong(rng: random.Random) -> tuple[str, str, str, str]:
    """Passports in Cantonese, some with an English name; certificates as the passport, or in pinyin from across the border."""
    cantonese, pinyin = weighted(rng, HONG_KONG_FAMILY)
    syllables = [ranked(rng, HONG_KONG_GIVEN.split(";")).split() for _ in range(2)]
    english = [ranked(rng, ENGLISH_GIVEN.split()).upper()] if happens(rng, "Hong Kong: passport adds an English name") else []
    given = [row[0] for row in syllables]
    if happens(rng, "Hong Kong: certificate in pinyin"):
        return cantonese, " ".join(given + english), pinyin, "".join(row[1] for row in syllables)
    kept = [] if happens(rng, "Hong Kong: certificate lacks the English name") else english
    return cantonese, " ".join(given + english), cantonese, " ".join(given + kept)


def german(rng: random.Random) -> tuple[str, str, str, str]:
    """Two in five have a second given name, few a double family name; marks may be dropped."""
    family = " ".join(weighted(rng, GERMAN_FAMILY))
    wrote = family
    if rng.random() < 0.05:
        family = f"{family}-{' '.join(weighted(rng, GERMAN_FAMILY))}"
        wrote = wrote if happens(rng, "German: half of a double name missing") else family
    names = [ranked(rng, GERMAN_GIVEN.split()) for _ in range(rng.choices((1, 2), (60, 40))[0])]
    given = " ".join(dict.fromkeys(names))
    written = names[0] if happens(rng, "German: middle name missing") else given
    if happens(rng, "German: marks dropped"):
        wrote, written = (text.translate(str.maketrans("äöüÄÖÜß", "aouAOUs")) for text in (wrote, written))
    return transliterate(family), transliterate(given), wrote, written


def spanish(rng: random.Random) -> tuple[str, str, str, str]:
    """Two family names, of which a certificate may have the first alone."""
    first, second = (" ".join(weighted(rng, SPANISH_FAMILY)) for _ in range(2))
    names = list(dict.fromkeys(ranked(rng, SPANISH_GIVEN.split()) for _ in range(rng.choices((1, 2), (60, 40))[0])))
    wrote = first if happens(rng, "Spanish: second family name missing") else f"{first} {second}"
    kept = names[:1] if happens(rng, "Spanish: second given name missing") else names
    return transliterate(f"{first} {second}"), transliterate(" ".join(names)), wrote, " ".join(kept)


def russian(rng: random.Random) -> tuple[str, str, str, str]:
    """Passports by ICAO's rules; certificates by these, by other rules or in Cyrillic, some with the patronymic."""
    family, given = weighted(rng, RUSSIAN_FAMILY)[0], ranked(rng, RUSSIAN_GIVEN.split())
    wrote = [family, given]
    if happens(rng, "Russian: patronymic on the certificate"):
        wrote[1] = f"{given} {ranked(rng, ('Александрович', 'Сергеевич', 'Иванович', 'Николаевич', 'Юрьевич', 'Андреевич'))}"
    shown = rng.random()
    if shown >= RATES["Russian: certificate in Cyrillic"]:
        other = shown < RATES["Russian: certificate in Cyrillic"] + RATES["Russian: certificate by other rules"]
        wrote = [transliterate(text.lower().translate(OTHER_RUSSIAN) if other else text) for text in wrote]
    return transliterate(family), transliterate(given), wrote[0], wrote[1]


POPULATIONS: dict[str, Draw] = {
    "Chinese (pinyin)": chinese,
    "Chinese (Hong Kong)": hong_kong,
    "Korean": korean,
    "German and Austrian": german,
    "Spanish": spanish,
    "Russian": russian,
}


def person(rng: random.Random, draw: Draw) -> Person:
    """Somebody aged 15 to 70."""
    family, given, certified_family, certified_given = draw(rng)
    birth = TODAY - timedelta(days=rng.randrange(15 * 365, 70 * 365))
    return Person(family=family, given=given, birth=birth, certified_family=certified_family, certified_given=certified_given)


def passport(one: Person) -> Mrz:
    """The person's passport, as written and read again."""
    zone = Mrz(
        format="TD3", kind="P", state="UTO", family=one.family, given=one.given, number="X12345678", nationality="UTO",
        birth=one.birth.isoformat(), sex="", expires=date(2028, 1, 1), optional=("",),
    )  # fmt: skip
    return read_mrz(write_mrz(zone), TODAY)


def certificate(rng: random.Random, one: Person) -> CertifiedPerson:
    """The person's certificate, with the variations and errors that all authorities make."""
    family, given = one.certified_family, one.certified_given
    if happens(rng, "typing, name"):
        family, given = (mistyped(rng, family), given) if rng.random() < 0.5 else (family, mistyped(rng, given))
    birth = certified_birth(rng, one.birth)
    if happens(rng, "one string"):
        return CertifiedPerson(full=rng.choice((f"{family} {given}", f"{given} {family}")), birth=birth)
    if happens(rng, "order"):
        family, given = given, family
    return CertifiedPerson(family=family, given=given, birth=birth)


def certified_birth(rng: random.Random, birth: date) -> str:
    """The date of birth as certified."""
    text = birth.isoformat()
    if happens(rng, "birth without month"):
        return text[:4]
    if happens(rng, "birth without day"):
        return text[:7]
    if happens(rng, "day and month swapped") and birth.day <= 12:
        return f"{birth.year}-{birth.day:02}-{birth.month:02}"
    if happens(rng, "typing, birth"):
        place = rng.choice((2, 3, 9))
        return text[:place] + rng.choice("0123456789".replace(text[place], "")) + text[place + 1 :]
    return text


def mistyped(rng: random.Random, text: str) -> str:
    """One letter changed, left out, doubled, or swapped with the next."""
    place = rng.randrange(len(text))
    changed = (rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "", text[place] * 2)
    if place + 1 < len(text) and rng.random() < 0.25:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + rng.choice(changed) + text[place + 1 :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something happened among ``of``."""

    count: int
    of: int

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927)."""
        z, share = 1.959964, self.count / self.of
        middle = (share + z * z / (2 * self.of)) / (1 + z * z / self.of)
        half = z * math.sqrt(share * (1 - share) / self.of + z * z / (4 * self.of**2)) / (1 + z * z / self.of)
        return (0.0 if self.count == 0 else middle - half, 1.0 if self.count == self.of else middle + half)

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{100 * self.count / self.of:.3f} ({100 * low:.3f} to {100 * high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The rates of one population."""

    no_match: Rate  # the same person, held for an officer
    mismatch: Rate  # the same person, held as another's
    random_match: Rate  # different people
    same_birth_match: Rate  # different people born on the same day
    namesakes: Rate  # pairs with the same name in the passport: nothing here can tell them apart


def measure(draw: Draw, people: int, seed: int) -> Measured:
    """Rates among ``people`` persons, and as many pairs of each kind."""
    rng = random.Random(seed)
    held = mismatched = at_random = same_birth = namesakes = 0
    for _ in range(people):
        one, other = person(rng, draw), person(rng, draw)
        own = bind(certificate(rng, one), passport(one))
        held += own.held
        mismatched += own.verdict is Verdict.MISMATCH
        at_random += not bind(certificate(rng, other), passport(one)).held
        twin = Person(
            family=other.family, given=other.given, birth=one.birth,
            certified_family=other.certified_family, certified_given=other.certified_given,
        )  # fmt: skip
        same_birth += not bind(certificate(rng, twin), passport(one)).held
        namesakes += (one.family, one.given.replace(" ", "")) == (other.family, other.given.replace(" ", ""))
    found = (Rate(count=count, of=people) for count in (held, mismatched, at_random, same_birth, namesakes))
    return Measured(
        no_match=next(found),
        mismatch=next(found),
        random_match=next(found),
        same_birth_match=next(found),
        namesakes=next(found),
    )


def main() -> None:
    """Print the table of the documentation."""
    parser = argparse.ArgumentParser(description="how often binding errs on generated people")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    print(f"{options.people:,} people and pairs in each population, seed {options.seed}; per cent, with 95 % bounds\n")
    print("| population | own: held | own: as mismatch | others: match | same birth: match | namesakes among the pairs |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, draw in POPULATIONS.items():
        found = measure(draw, options.people, options.seed)
        cells = (found.no_match, found.mismatch, found.random_match, found.same_birth_match, found.namesakes)
        print(f"| {name} | {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
