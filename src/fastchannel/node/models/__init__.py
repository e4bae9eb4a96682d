"""What a node stores. Events and the access log are append-only, enforced by triggers in the database."""

from __future__ import annotations

from fastchannel.node.models.accounts import Account, ApiKey, Invitation, SignIn, TravellerLink
from fastchannel.node.models.cases import Case, CaseTask, NamedContact, Whereabout
from fastchannel.node.models.counts import Course, Figure, JourneyCount, SponsorCount
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
from fastchannel.node.models.laboratory import LabMessage, LabReport
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
from fastchannel.node.models.monitoring import Assignment, CallNote, Followed, FollowedCount, Message
from fastchannel.node.models.needs import Batch, ChainTable, ClaimAudit, Need, PlaceOverride
from fastchannel.node.models.oversight import BreakGlass, BreakGlassReview, Proposal
from fastchannel.node.models.passes import Pass
from fastchannel.node.models.recalls import Recall, RecallRow
from fastchannel.node.models.records import AccessLog, AgreementText, Heartbeat, IdempotencyKey
from fastchannel.node.models.reviews import ReviewClaim
from fastchannel.node.models.rooms import Room

__all__ = [
    "AccessLog",
    "Account",
    "AgreementText",
    "ApiKey",
    "Assignment",
    "Batch",
    "BreakGlass",
    "BreakGlassReview",
    "CallNote",
    "Case",
    "CaseTask",
    "ChainTable",
    "ClaimAudit",
    "Course",
    "Deadline",
    "Device",
    "DeviceRequest",
    "EnrolmentCode",
    "EnrolmentFailure",
    "Event",
    "Figure",
    "Followed",
    "FollowedCount",
    "GateDouble",
    "GateEntry",
    "Heartbeat",
    "IdempotencyKey",
    "Import",
    "ImportRow",
    "Invitation",
    "JointDecision",
    "Journey",
    "JourneyCount",
    "LabMessage",
    "LabReport",
    "Lane",
    "LaneAlarm",
    "LaneEntry",
    "LaneHeld",
    "LaneNote",
    "LaneWaiting",
    "LedgerRecord",
    "Message",
    "NamedContact",
    "Need",
    "Notice",
    "NoticeStep",
    "Pass",
    "PeerPasses",
    "PeerText",
    "Person",
    "PlaceOverride",
    "Proposal",
    "Recall",
    "RecallRow",
    "ReviewClaim",
    "Room",
    "SignIn",
    "SponsorCount",
    "TravellerLink",
    "Whereabout",
]
