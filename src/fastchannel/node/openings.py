"""Casework's port for break-glass over the database, and the list of openings for who reviews them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from fastchannel.casework.ports import Opening, OpeningReview
from fastchannel.node.models import BreakGlass, BreakGlassReview

PAGE = 30
_FIELDS = ("id", "journey", "actor", "role", "party", "reason", "opened", "until")


class DatabaseOpenings:
    """Records opened by break-glass; the database forbids that any is changed or removed."""

    def keep(self, opening: Opening) -> None:
        """Write a new one down."""
        BreakGlass.objects.create(**{name: getattr(opening, name) for name in _FIELDS})

    def live(self, actor: str, journey: str, at: datetime) -> Opening | None:
        """The one that opens the journey to the actor at that time."""
        rows = BreakGlass.objects.filter(actor=actor, journey=journey, until__gt=at, opened__lte=at).order_by("-until")
        return _opening(rows.first())

    def find(self, identifier: str) -> Opening | None:
        """The opening of that identifier."""
        return _opening(BreakGlass.objects.filter(id=identifier).first())

    def review(self, review: OpeningReview) -> bool:
        """Write the review down; False where there is one already."""
        try:
            with transaction.atomic():
                BreakGlassReview.objects.create(
                    opening_id=review.opening, reviewer=review.reviewer, role=review.role, justified=review.justified,
                    note=review.note, at=review.at,
                )  # fmt: skip
        except IntegrityError:
            return False
        return True


def listed(*, waiting: bool, by: str = "", after: str = "") -> tuple[list[BreakGlass], str]:
    """A page of openings, the newest first, with their reviews; those that wait for one only, or one actor's only."""
    rows = BreakGlass.objects.select_related("review")
    if waiting:
        rows = rows.filter(review=None)
    if by:
        rows = rows.filter(actor=by)
    if after:
        rows = rows.filter(id__lt=after[:26])
    found = list(rows.order_by("-id")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else ""


def waiting() -> int:
    """How many openings nobody has reviewed."""
    return BreakGlass.objects.filter(review=None).count()


def _opening(row: BreakGlass | None) -> Opening | None:
    return None if row is None else Opening(**{name: getattr(row, name) for name in _FIELDS})
