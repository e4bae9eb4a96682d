"""What a node stores. Events and the access log are append-only, enforced by triggers in the database."""

from __future__ import annotations

from fastchannel.node.models.accounts import Account, ApiKey, TravellerLink
from fastchannel.node.models.devices import (
    Device,
    DeviceRequest,
    EnrolmentCode,
    EnrolmentFailure,
    GateDouble,
    GateEntry,
)
from fastchannel.node.models.imports import Import, ImportRow
from fastchannel.node.models.journeys import Deadline, Event, Journey, Notice, Person
from fastchannel.node.models.lanes import (
    Lane,
    LaneAlarm,
    LaneEntry,
    LaneHeld,
    LaneNote,
    LaneWaiting,
    NoticeStep,
    PeerPasses,
    PeerText,
)
from fastchannel.node.models.ledger import JointDecision, LedgerRecord
from fastchannel.node.models.passes import Pass
from fastchannel.node.models.records import AccessLog, AgreementText, Heartbeat, IdempotencyKey

__all__ = [
    "AccessLog",
    "Account",
    "AgreementText",
    "ApiKey",
    "Deadline",
    "Device",
    "DeviceRequest",
    "EnrolmentCode",
    "EnrolmentFailure",
    "Event",
    "GateDouble",
    "GateEntry",
    "Heartbeat",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "JointDecision",
    "Journey",
    "Lane",
    "LaneAlarm",
    "LaneEntry",
    "LaneHeld",
    "LaneNote",
    "LaneWaiting",
    "LedgerRecord",
    "Notice",
    "NoticeStep",
    "Pass",
    "PeerPasses",
    "PeerText",
    "Person",
    "TravellerLink",
]
