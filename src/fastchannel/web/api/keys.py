"""Who asks the API: a laboratory's or carrier's key, or a session that is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer

from fastchannel.casework.actor import Actor
from fastchannel.node import keys

MOST_SECRET = 200


class KeyAuth(HttpBearer):
    """Authorization: Bearer …"""

    openapi_name = "key"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The key's actor. Whoever sends a wrong key hears so, whatever session there may be besides."""
        actor = keys.actor_of(token) if len(token) <= MOST_SECRET and token.isascii() else None
        if actor is None:
            raise AuthenticationError
        return actor


class SessionAuth(APIKeyCookie):
    """The browser's session, with Django's protection against forged requests."""

    param_name = settings.SESSION_COOKIE_NAME
    openapi_name = "session"

    def _get_key(self, request: HttpRequest) -> str | None:
        # Ninja looks for forgery before it looks for a session; without one there is nothing to forge.
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The account's actor."""
        account: Any = request.user
        return account.actor if account.is_authenticated else None
