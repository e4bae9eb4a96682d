"""A small agreement that is right, and ways to break it in one place."""

from __future__ import annotations

from datetime import date

from fastchannel.agreement.load import AgreementError, Mistake, load
from fastchannel.agreement.provisions import Case, Provision, Provisions

SMALL = """\
[agreement]
id = "small"
version = 1
title = { en = "Small", zh = "小", ko = "작은" }
parties = ["CN", "KR"]
pathogen = "sars-cov-2"
in_force = 2020-05-01
clause = "1"
source = "made for tests"
under_way = { complete = "departure", clause = "1(2)" }

[party.CN]
name = { en = "China", zh = "中国", ko = "중국" }
zone = "Asia/Shanghai"
[[party.CN.agency]]
id = "cn-office"
name = { en = "Office", zh = "办公室", ko = "사무소" }
roles = ["local-government", "mission"]
[[party.CN.agency]]
id = "cn-laboratory"
name = { en = "Laboratory", zh = "实验室", ko = "검사기관" }
roles = "designated-laboratory"

[party.KR]
name = { en = "Korea", zh = "韩国", ko = "한국" }
zone = "Asia/Seoul"
[[party.KR.agency]]
id = "kr-hospital"
name = { en = "Hospital", zh = "医院", ko = "병원" }
roles = "designated-hospital"

[route.kr-cn]
from = "KR"
to = "CN"
title = { en = "To China", zh = "赴华", ko = "중국행" }
clause = "2"
purposes = ["business", "logistics"]
companions = ["family"]

[[route.kr-cn.region]]
since = 2020-05-01
places = ["CN-SH", "CN-LN", "CN-JS"]
clause = "2(1)"

[[route.kr-cn.point_of_entry]]
place = "CN-SH"
onward_to = "CN-JS"
clause = "2(2)"

[route.kr-cn.application]
clause = "3"
review = { by = "local-government", clause = "3(1)" }

[[route.kr-cn.measure]]
id = "watching"
kind = "monitor"
clause = "4"
from = "departure - 14 d"
until = "departure"
missed = ["remind 10:00", "call day 2", "hold day 3"]

[[route.kr-cn.measure]]
id = "swab"
kind = "test"
clause = "5"
test = "naat"
sampled = "departure - 72 h .. departure"
laboratory = "designated"

[[route.kr-cn.measure]]
id = "letter"
kind = "document"
clause = "6"
issued_by = "cn-office"
issued = "departure - 7 d .. departure"
valid_for = "7 d"
by = "departure"

[[route.kr-cn.measure]]
id = "boarding"
kind = "gate"
clause = "7"
at = "boarding"
requires = ["watching", "swab", "letter"]

[[route.kr-cn.measure]]
id = "second-swab"
kind = "test"
clause = "8"
test = "naat"
sampled = "arrival .. arrival + 1 d"

[[route.kr-cn.measure]]
id = "isolation"
kind = "stay"
clause = "9"
place = "isolation"
from = "arrival"
least = "1 d"
most = "2 d"
ends = "second-swab"

[[route.kr-cn.measure]]
id = "loop"
kind = "stay"
clause = "10"
place = "closed loop"
from = "release"
until = "arrival + 14 d"
allowed = "work"
[[route.kr-cn.measure.except]]
where = { city = "Shenyang" }
until = "arrival + 28 d"
clause = "10(1)"

[route.kr-cn.positive]
clause = "11"

[[visibility]]
event = ["boarded"]
to = "CN"
fields = ["flight"]
clause = "12"

[[trigger]]
id = "many"
clause = "13"
when = "mean(unlinked_cases, 7 d) > 5"
effect = { suspend = "14 d", from = "announcement + 1 d" }
under_way = "complete"

[words]
business = { en = "business", zh = "商务", ko = "기업 활동" }
logistics = { en = "logistics", zh = "物流", ko = "물류" }
family = { en = "family", zh = "家属", ko = "가족" }
work = { en = "work", zh = "工作", ko = "근무" }
"""


def changed(old: str, new: str, text: str = SMALL) -> str:
    """The text with one piece, which must be there once, put otherwise."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new)


def mistakes_in(text: str | bytes) -> tuple[Mistake, ...]:
    """All mistakes; none where the text is right."""
    try:
        load(text)
    except AgreementError as error:
        return error.mistakes
    return ()


def line_with(text: str, piece: str) -> int:
    """The line on which a piece of the text begins."""
    return text[: text.index(piece)].count("\n") + 1


CASE = Case(route="kr-cn", purpose="business", companion=None, origin="KR-11", destination="CN-LN", arrival_place="CN-LN")


def provided(text: str, on: date, case: Case = CASE) -> Provisions:
    return load(text).provisions(case, on)


def measure(provisions: Provisions, identifier: str) -> Provision:
    found = provisions.measure(identifier)
    assert found is not None, identifier
    return found
