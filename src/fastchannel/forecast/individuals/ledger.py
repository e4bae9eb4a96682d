"""The compiled account of people whose walk is known: what they transmit and where, and what they add up to."""

from __future__ import annotations

import math

from fastchannel.forecast.compiled import compiled, compiled_sum
from fastchannel.forecast.individuals.tables import lines_at
from fastchannel.forecast.individuals.walk_state import NEVER, SCALARS, People, Scratch, Tally, Way
from fastchannel.forecast.infection.distributions import Floats


@compiled
def _spent(people: People, s: Scratch, at: float, since: Floats, out: Floats) -> None:
    """The potential spent by a time, or with ``at`` nought and ``since`` = marker − time, by a time for each."""
    response = people.table.size - 1
    table = people.table[response]
    if table >= 0:
        before, factor = s.spent[4], s.factor
        if at >= NEVER:  # in the end everyone has spent all
            lines_at(people.lines, table, at, since[:1], out[:1])
            whole = out[0]
            for i in range(out.size):
                out[i] = factor[i] * max(whole - before[i], 0.0)
            return
        lines_at(people.lines, table, at, since, out)
        for i in range(out.size):
            out[i] = factor[i] * max(out[i] - before[i], 0.0)
        return
    out[:] = 0.0
    for stage in range(people.stages):
        height = people.heights[response, stage]
        if height > 0.0:
            for i in range(out.size):
                begin, end = s.markers[stage, i], s.markers[stage + 1, i]
                when = at - since[i] + s.markers[0, i]
                out[i] += s.factor[i] * height * min(max(when - begin, 0.0), end - begin)


@compiled
def transmit(people: People, way: Way, s: Scratch, sums: Floats) -> None:
    """What they transmit in each stay until found, in isolation, and back from it; and the days that they spend infectious."""
    found, back, value = s.spent[2], s.spent[3], s.value
    response, stays, n = people.table.size - 1, way.region.size, s.weight.size
    steps, regions = way.sampled.size + way.watch_start.size, way.counted.size
    marker, infected = s.markers[people.marker[response]], s.markers[0]
    s.spent[4] = 0.0
    if people.table[response] >= 0:
        for i in range(n):
            value[i] = marker[i] - infected[i]
        same = 1 if people.marker[response] == 0 else n
        lines_at(people.lines, people.table[response], 0.0, value[:same], s.spent[4, :same])
        s.spent[4, same:] = s.spent[4, 0]
    for i in range(n):
        value[i] = marker[i] - s.found[i]
    _spent(people, s, 0.0, value, found)
    returns = way.isolation_until < NEVER
    if returns:
        for i in range(n):
            value[i] = marker[i] - max(s.found[i], way.isolation_until)
        _spent(people, s, 0.0, value, back)
    s.potential[:] = 0.0
    s.baseline[:] = 0.0
    s.days[:] = 0.0
    s.spent[0] = 0.0
    for stay in range(stays):
        start, end, region = way.start[stay], way.start[stay + 1], way.region[stay]
        contact, isolated = way.contact[stay], way.contact[stay] * way.isolation_contact
        low, high = s.spent[stay % 2], s.spent[1 - stay % 2]
        _spent(people, s, end, marker, high)
        _free(start, s.found, found, low, high, value)
        _scaled(contact - isolated, value, isolated, low, high, s.potential[region])
        _scaled(0.0, value, way.baseline[stay], low, high, s.baseline[region])
        _days(start, end, s.spans, s.found, s.days[region])
        entry = SCALARS + steps + 3 * regions + stay
        if way.inside[stay] > 0.0:
            _add(s.weight, value, way.inside[stay], sums, entry)
        if way.workers[stay] > 0.0:
            _add(s.weight, value, way.workers[stay], sums, entry + stays)
        if returns and way.isolation_until > start:
            for i in range(n):
                value[i] = min(back[i], high[i]) - low[i]
            _scaled(isolated - contact, value, contact - isolated, low, high, s.potential[region])
        elif returns:
            _free(start, s.found, back, low, high, value)
            _scaled(isolated - contact, value, contact - isolated, low, high, s.potential[region])


@compiled
def _free(start: float, found_at: Floats, found: Floats, low: Floats, high: Floats, out: Floats) -> None:
    """The potential in a stay before being found."""
    for i in range(out.size):
        out[i] = min(found[i], high[i]) - low[i] if found_at[i] > start else 0.0


@compiled
def _scaled(part_factor: float, part: Floats, factor: float, low: Floats, high: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] += part_factor * part[i] + factor * (high[i] - low[i])


@compiled
def _days(start: float, end: float, spans: Floats, found: Floats, out: Floats) -> None:
    """Add the days infectious and not found between two times."""
    begins, ends = spans[0], spans[1]
    for i in range(out.size):
        out[i] += max(min(ends[i], end, found[i]) - max(begins[i], start), 0.0)


@compiled_sum
def _add(weight: Floats, value: Floats, factor: float, sums: Floats, entry: int) -> None:
    total, square = 0.0, 0.0
    for i in range(weight.size):
        amount = weight[i] * value[i]
        total += amount
        square += amount * amount
    sums[0, entry] += factor * total
    sums[1, entry] += factor * factor * square


@compiled
def count_chunk(people: People, way: Way, s: Scratch, tally: Tally) -> None:
    """Add the chunk to the sums of the flow."""
    n, sums, value = s.weight.size, tally.sums, s.value
    begin, end, over = s.spans[0], s.spans[1], s.spans[2]
    release, completion, departure = way.release, way.completion, way.departure
    infected, found = s.markers[0], s.found
    value[:] = 1.0
    _add(s.weight, value, 1.0, sums, 0)
    for i in range(n):
        value[i] = 1.0 if found[i] > departure else 0.0
    _add(s.weight, value, 1.0, sums, 1)
    for i in range(n):
        value[i] = 1.0 if (found[i] > completion) & (infected[i] < completion) & (over[i] > completion) else 0.0
    _add(s.weight, value, 1.0, sums, 4)
    for i in range(n):
        value[i] = 1.0 if (found[i] > release) & (infected[i] < release) & (begin[i] <= release) & (end[i] > release) else 0.0
    _add(s.weight, value, 1.0, sums, 3)
    steps, regions = way.sampled.size + way.watch_start.size, way.counted.size
    for step in range(steps):
        for i in range(n):
            value[i] = 1.0 if s.step[i] == step else 0.0
        _add(s.weight, value, 1.0, sums, SCALARS + step)
    s.cases[:] = 0.0
    for region in range(regions):
        entry = SCALARS + steps + region
        _add(s.weight, s.potential[region], 1.0, sums, entry)
        _add(s.weight, s.baseline[region], 1.0, sums, entry + regions)
        _add(s.weight, s.days[region], 1.0, sums, entry + 2 * regions)
        if way.counted[region]:
            s.cases[:] += s.potential[region]
    if people.seeding >= 0:
        for i in range(n):
            value[i] = -s.cases[i]
        lines_at(people.lines, people.seeding, 0.0, value, value)
        _add(s.weight, value, 1.0, sums, 5)
    for i in range(n):
        value[i] = 1.0 if (found[i] > release) & (infected[i] < release) & (over[i] > release) else 0.0
    _add(s.weight, value, 1.0, sums, 2)
    _record(s, tally, release)


@compiled
def _record(s: Scratch, tally: Tally, release: float) -> None:
    """Add the chunk to the joint results and the histograms; ``value`` marks the released infected."""
    screens = s.positive.shape[0]
    for one in range(screens):
        for other in range(one + 1):
            tally.joint[one, other] += _together(s.weight, s.positive[one], s.positive[other])
    days, ages, bins = tally.found_by_day.size, tally.released_by_age.size, tally.residual.size
    for i in range(s.weight.size):
        weight, found = s.weight[i], s.found[i]
        tally.found_by_day[_bin(found - tally.first_day, days)] += weight if s.step[i] >= 0 else 0.0
        begin, last = s.spans[0, i], min(found, s.spans[1, i])
        tally.at_large[_bin(math.ceil(begin - tally.first_day), days + 1)] += weight if last > begin else 0.0
        tally.at_large[_bin(math.ceil(last - tally.first_day), days + 1)] -= weight if last > begin else 0.0
        if s.value[i] > 0.0:
            tally.released_by_age[_bin(release - s.markers[0, i], ages)] += weight
            tally.residual[_bin(s.cases[i] * tally.bins_per_case, bins)] += weight


@compiled
def _bin(x: float, bins: int) -> int:
    return int(min(max(x, 0.0), bins - 1.0))


@compiled_sum
def _together(weight: Floats, one: Floats, other: Floats) -> float:
    total = 0.0
    for i in range(weight.size):
        total += weight[i] * one[i] * other[i]
    return total
