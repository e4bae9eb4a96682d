"""How `decide` reads each kind of measure: one module a kind, each adding obligations and reasons to one look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastchannel.agreement.provisions import LaboratoryTest, Monitor, Paper, Quota, Stay
from fastchannel.decide.looking import Looking
from fastchannel.decide.readings.monitor import read_monitor
from fastchannel.decide.readings.paper import read_paper
from fastchannel.decide.readings.quota import read_quota
from fastchannel.decide.readings.stay import read_stay
from fastchannel.decide.readings.testing import read_testing
from fastchannel.decide.standing import Status

# A gate has no status of its own: it is read by `decide` from the statuses of what it requires.
READINGS: dict[type[Any], Callable[[Looking, Any], Status]] = {
    Monitor: read_monitor,
    LaboratoryTest: read_testing,
    Paper: read_paper,
    Stay: read_stay,
    Quota: read_quota,
}
