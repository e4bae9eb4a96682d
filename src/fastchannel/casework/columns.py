"""A roster's columns: what they are called in the three languages, and by which other names senders call them."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.terms.language import pick

COLUMNS = (
    "name", "passport", "nationality", "birth_date", "email", "telephone", "language", "route", "purpose", "companion",
    "departure", "origin", "destination", "arrival_place", "point_of_entry", "flight", "city",
)  # fmt: skip
REQUIRED = frozenset({"name", "passport", "route", "purpose", "departure", "origin", "destination"})

# The heading that a template in the language has; data, not messages: a file is read whatever language its reader has.
HEADINGS: Mapping[str, Mapping[str, str]] = {
    "name": {"en": "name", "zh-Hans": "姓名", "ko": "성명"},
    "passport": {"en": "passport", "zh-Hans": "护照号码", "ko": "여권번호"},
    "nationality": {"en": "nationality", "zh-Hans": "国籍", "ko": "국적"},
    "birth_date": {"en": "birth_date", "zh-Hans": "出生日期", "ko": "생년월일"},
    "email": {"en": "email", "zh-Hans": "电子邮箱", "ko": "이메일"},
    "telephone": {"en": "telephone", "zh-Hans": "电话", "ko": "전화번호"},
    "language": {"en": "language", "zh-Hans": "语言", "ko": "언어"},
    "route": {"en": "route", "zh-Hans": "路线", "ko": "노선"},
    "purpose": {"en": "purpose", "zh-Hans": "事由", "ko": "방문목적"},
    "companion": {"en": "companion", "zh-Hans": "随行身份", "ko": "동반자격"},
    "departure": {"en": "departure", "zh-Hans": "出发时间", "ko": "출발일시"},
    "origin": {"en": "origin", "zh-Hans": "出发地", "ko": "출발지"},
    "destination": {"en": "destination", "zh-Hans": "目的地", "ko": "목적지"},
    "arrival_place": {"en": "arrival_place", "zh-Hans": "抵达地区", "ko": "도착지역"},
    "point_of_entry": {"en": "point_of_entry", "zh-Hans": "入境口岸", "ko": "입국지점"},
    "flight": {"en": "flight", "zh-Hans": "航班号", "ko": "항공편"},
    "city": {"en": "city", "zh-Hans": "城市", "ko": "도시"},
}
_OTHER: Mapping[str, tuple[str, ...]] = {
    "name": ("full_name", "passport_name", "traveller", "traveler", "名字", "护照姓名", "이름", "영문성명", "여권성명"),
    "passport": ("passport_no", "passport_no.", "passport_number", "护照号", "护照", "여권", "여권_번호"),
    "nationality": ("country", "citizenship", "국가"),
    "birth_date": ("date_of_birth", "birthday", "dob", "生日", "출생일", "생일"),
    "email": ("e-mail", "mail", "email_address", "e-mail_address", "邮箱", "电子邮件", "메일", "전자우편"),
    "telephone": ("phone", "tel", "tel.", "mobile", "phone_number", "手机", "手机号",
        "电话号码", "联系电话", "전화", "휴대폰", "연락처"),
    "language": ("语种", "사용언어"),
    "route": ("线路", "경로"),
    "purpose": ("目的", "来访目的", "입국목적", "목적"),
    "companion": ("companion_of", "随行人员", "동반"),
    "departure": ("departure_time", "departs", "出发日期", "出发日期时间", "出发", "출발", "출발시간", "출발_일시"),
    "origin": ("from", "origin_region", "出发地区", "출발지역"),
    "destination": ("to", "destination_region", "目的地区", "도착지"),
    "arrival_place": ("arrival_region", "抵达地", "도착_지역"),
    "point_of_entry": ("port_of_entry", "entry_point", "口岸", "입국공항", "입국장"),
    "flight": ("flight_no", "flight_no.", "flight_number", "航班", "항공편명", "편명"),
    "city": ("城市名称", "도시명"),
}  # fmt: skip


def column_of(heading: str) -> str:
    """The column that a heading means; the heading itself, made plain, where it means none."""
    plain = "_".join(heading.strip().strip("*").lower().split())
    return _MEANT.get(plain, plain)


def heading_of(column: str, language: str) -> str:
    """What the column is called in the language."""
    return pick(HEADINGS[column], language)


_MEANT = {name: column for column in COLUMNS for name in (column, *HEADINGS[column].values(), *_OTHER.get(column, ()))}
