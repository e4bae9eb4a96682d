"""Sites are joined to their industry, and what stops when one stops follows their stocks and who replaces whom."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.chain.reading_sites import read_sites
from fastchannel.supply.chain.sites import Link, Network, Site, stands_still_from
from fastchannel.supply.chain.table import Industry
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import three

SITES = """site,firm,region,sector,product,place,share
mill,Steel One,R,A,plate,CN-SH,0.5
yard,Boats,R,B,hulls,KR-26,0.25
port,Harbour,R,C,berths,KR-26,0.1
"""
LINKS = """site,supplier,product,stock_days,replaced_by,essential
yard,mill,plate,12,,yes
port,yard,hulls,3,mill,yes
mill,port,berths,0,,no
"""
POSTS = """site,skill,shift,needed,present
yard,welder,day,4,1
yard,welder,night,2,0
"""


def read(sites: str = SITES, links: str = LINKS, posts: str = POSTS) -> Network:
    return read_sites(
        three(), sites=(sites.encode(), "sites.csv"), links=(links.encode(), "links.csv"), posts=(posts.encode(), "posts.csv")
    )


def test_a_site_has_its_industry_and_its_people_by_skill_and_shift() -> None:
    network = read()
    assert network.site("yard").industry == Industry(region="R", sector="B")
    assert [(one.skill, one.shift, one.needed, one.present) for one in network.posts_of("yard")] == [
        ("welder", "day", 4, 1),
        ("welder", "night", 2, 0),
    ]
    assert network.links[1].replaced_by == ("mill",)


@pytest.mark.parametrize(
    ("file", "was", "now", "said"),
    [
        ("sites", "R,A", "R,D", r"sites.csv: line 2: industry R\.D is not in three; expected one of 3"),
        ("sites", "KR-26,0.25", "KR-99,0.25", r"sites.csv: line 3: place: found 'KR-99', expected an ISO 3166-2 code"),
        ("sites", "0.5", "1.5", r"sites.csv: line 2: share: found '1\.5', expected a number from 0 to 1"),
        (
            "sites",
            "R,B,hulls,KR-26,0.25",
            "R,A,hulls,KR-26,0.6",
            r"line 3: the sites of R\.A now make 110% of it; expected 100%",
        ),
        ("sites", "port,Har", "mill,Har", r"sites.csv: line 4: site 'mill' is empty or there twice"),
        ("sites", ",share", ",part", r"sites.csv: column share is missing; expected site, firm"),
        ("links", "yard,mill", "yard,mine", r"links.csv: line 2: supplier: site 'mine' has no line among the sites; .* mill"),
        ("links", ",12,", ",-1,", r"links.csv: line 2: stock_days: found '-1', expected a number of 0 or more"),
        ("links", ",12,", ",inf,", r"links.csv: line 2: stock_days: found 'inf'"),
        ("links", "no", "maybe", r"links.csv: line 4: essential: found 'maybe', expected yes or no"),
        ("posts", "day,4", "day,0", r"posts.csv: line 2: needed: found 0, expected 1 or more"),
        ("posts", "day,4", "day,2.5", r"posts.csv: line 2: needed: found '2\.5', expected a whole number"),
    ],
)
def test_a_line_that_is_wrong_is_refused_with_its_place(file: str, was: str, now: str, said: str) -> None:
    texts = {"sites": SITES, "links": LINKS, "posts": POSTS}
    assert was in texts[file]
    with pytest.raises(SupplyError, match=said):
        read(**{**texts, file: texts[file].replace(was, now)})


def test_a_circle_of_zero_stock_is_refused_unless_somebody_has_a_stock_or_replaces() -> None:
    circle = "site,supplier,product,stock_days,replaced_by,essential\nyard,mill,plate,0,,yes\nmill,yard,hulls,{},{},yes\n"
    with pytest.raises(SupplyError, match=r"links.csv: 1 circles of zero stock; the first: mill → yard: none of them can ever"):
        read(links=circle.format(0, ""))
    assert read(links=circle.format(1, "")).faults == ()
    assert read(links=circle.format(0, "port")).faults == ()


def test_a_site_stops_when_its_stock_is_used_up_and_one_that_is_replaced_does_not() -> None:
    assert stands_still_from(read(), {"mill": 5.0}) == {"mill": 5.0, "yard": 17.0, "port": 20.0}
    assert stands_still_from(read(), {"yard": 0.0}) == {"yard": 0.0}  # the mill delivers to the port instead
    assert stands_still_from(read(), {}) == {}
    with pytest.raises(SupplyError, match="site mine is not among the 3 sites"):
        stands_still_from(read(), {"mine": 0.0})


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 9), st.lists(st.integers(0, 5), max_size=2)), max_size=14
    ),
    st.dictionaries(st.integers(0, 5), st.integers(0, 20), max_size=3),
)
def test_the_days_are_those_of_a_search_through_every_day(
    links: list[tuple[int, int, int, list[int]]], stopped: dict[int, int]
) -> None:
    network = Network(
        sites={
            str(n): Site(name=str(n), firm="", industry=Industry(region="R", sector="A"), product="", place="KR", share=0.0)
            for n in range(6)
        },
        links=tuple(
            Link(site=str(to), supplier=str(by), product="", stock_days=stock, replaced_by=tuple(map(str, others)))
            for to, by, stock, others in links
        ),
        posts=(),
    )
    still: dict[str, float] = {}
    for day in range(120):
        for _ in range(7):  # a chain without stock falls within a day
            for name, first in stopped.items():
                if day >= first:
                    still.setdefault(str(name), float(day))
            for one in network.links:
                sources = (one.supplier, *one.replaced_by)
                if all(source in still and still[source] + one.stock_days <= day for source in sources):
                    still.setdefault(one.site, float(day))
    assert stands_still_from(network, {str(name): float(day) for name, day in stopped.items()}) == still


def test_an_input_that_is_not_essential_stops_nobody() -> None:
    network = read()
    assert all("mill" not in stands_still_from(network, {name: 0.0}) for name in itertools.islice(network.sites, 1, None))
