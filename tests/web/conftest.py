"""Signed-in clients and a played scene for the tests of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from tests.kept import played
from tests.web import scene as stage


@pytest.fixture
def scene(desk: Any, hand_clock: Any) -> stage.Scene:
    """Travellers at every stage, on 21 May 2020."""
    return played(stage.play, desk, hand_clock)


@pytest.fixture
def signed_in(desk: Any) -> Callable[..., Client]:
    """A client that is signed in as somebody in a role."""

    def sign_in(role: Role, **changes: Any) -> Client:
        client = Client()
        client.force_login(stage.account(role, **changes), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def officer(scene: stage.Scene, signed_in: Callable[..., Client]) -> Client:
    """An officer of the mission, at a node where journeys have begun."""
    return signed_in(Role.MISSION)


@pytest.fixture(scope="session")
def forecasts_ready() -> None:
    """The forecasts' engine, compiled."""
    engine().warm()
