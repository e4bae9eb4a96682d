"""Keys of laboratories and carriers for the API. A key is shown once; the database holds a digest."""

from __future__ import annotations

from datetime import UTC, datetime

from fastchannel.casework.actor import Actor
from fastchannel.node.identifiers import new_token, token_digest
from fastchannel.node.models import ApiKey
from fastchannel.terms.events import Role


def issue(*, name: str, role: Role, party: str, organisation: str) -> tuple[ApiKey, str]:
    """A new key and its secret."""
    secret = f"fc_{new_token()}"
    key = ApiKey.objects.create(digest=token_digest(secret), name=name, role=role.value, party=party, organisation=organisation)
    return key, secret


def actor_of(secret: str) -> Actor | None:
    """Who acts by the key, or None where there is no such key or it was revoked."""
    key = ApiKey.objects.filter(digest=token_digest(secret), revoked=None).first()
    return None if key is None else key.actor


def revoke(identifier: str) -> bool:
    """Make a key worthless; whether there was one."""
    return ApiKey.objects.filter(id=identifier, revoked=None).update(revoked=datetime.now(UTC)) > 0
