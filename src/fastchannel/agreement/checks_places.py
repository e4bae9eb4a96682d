"""Places: the codes exist, and belong to the party that the route leads to or comes from."""

from __future__ import annotations

from fastchannel.agreement.mistakes import Path
from fastchannel.agreement.report import Report
from fastchannel.agreement.text import RouteText, Where
from fastchannel.terms.places import country_of, is_code, is_known, lies_in, name_of, subdivisions


def check_places(report: Report) -> None:
    """Regions, points of entry, conditions and time zones."""
    for code, party in report.text.party.items():
        for place in party.zones:
            _place(report, report.path(party, "zones", place), place, code)
    for route in report.text.route.values():
        opened = [place for region in route.region for place in region.places]
        for region in route.region:
            for index, place in enumerate(region.places):
                _place(report, report.path(region, "places", index), place, route.to)
        for region in route.origin:
            for index, place in enumerate(region.places):
                _place(report, report.path(region, "places", index), place, route.from_)
        for point in route.point_of_entry:
            listed = [(report.path(point, "place"), point.place)]
            listed += [(report.path(point, "onward_to", index), place) for index, place in enumerate(point.onward_to)]
            for path, place in listed:
                known = _place(report, path, place, route.to)
                if known and not any(lies_in(place, region) for region in opened):
                    report.warn(path, f"{_named(place)}, which no region of the route opens", "a region that the route opens")
        _conditions(report, route)


def _conditions(report: Report, route: RouteText) -> None:
    for measure in route.measure:
        for where in (measure.for_, *(item.where for item in measure.except_)):
            if where is not None:
                _where(report, where, route)


def _where(report: Report, where: Where, route: RouteText) -> None:
    for key, party in (("region", route.to), ("arrival", route.to), ("origin", route.from_)):
        for index, place in enumerate(getattr(where, key)):
            _place(report, report.path(where, key, index), place, party)


def _place(report: Report, path: Path, place: str, party: str) -> bool:
    """Whether the code exists and belongs to the party; what is wrong is reported."""
    if not is_code(place):
        report.wrong(path, f'"{place[:64]}"', f"an ISO 3166-2 code such as {_example(party)}", _by_name(place, party))
    elif country_of(place) != party:
        report.wrong(path, f"{_named(place)}, which belongs to {country_of(place)}", f"a place in {party}")
    elif not is_known(place):
        report.wrong(path, f'"{place}", which ISO 3166-2 does not have', f"a place in {party}", _by_name(place, party))
    else:
        return True
    return False


def _named(place: str) -> str:
    name = name_of(place)
    return f'"{place}"' if name == place else f'"{place}" ({name})'


def _example(party: str) -> str:
    known = subdivisions(party)
    return next(iter(known), f"{party}-XX")


def _by_name(word: str, party: str) -> str:
    """A hint for one who wrote the place's name."""
    for code, place in subdivisions(party).items():
        if word.casefold() in (name.casefold() for name in place.names.values()):
            return f'{word} is "{code}".'
    return ""
