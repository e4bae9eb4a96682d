"""Who may act: officers' and sponsors' accounts, laboratories' and carriers' keys, travellers' links."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fastchannel.casework.actor import Actor
from fastchannel.node.identifiers import new_identifier
from fastchannel.terms.events import Role

_ROLES = [role.value for role in Role]


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts."""

    def create(self, *, username: str, password: str | None = None, **fields: object) -> Account:  # type: ignore[override]
        """An account with a hashed password; without one nobody can log in to it."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person's account in one role, at one agency or organisation."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16)
    party = models.CharField(max_length=2)
    agency = models.CharField(max_length=64, blank=True)
    jurisdiction = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    organisation = models.CharField(max_length=128, blank=True)
    email = models.EmailField(blank=True)  # for invitations and security notices alone; nobody signs in by it
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=_ROLES), name="account_role"),
            models.CheckConstraint(
                condition=~Q(role__in=["sponsor", "laboratory", "carrier"]) | ~Q(organisation=""),
                name="account_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def actor(self) -> Actor:
        """Who acts through this account."""
        return Actor(
            id=self.id,
            role=Role(self.role),
            party=self.party,
            agency=self.agency,
            jurisdiction=frozenset(self.jurisdiction),
            organisation=self.organisation,
        )


class Invitation(models.Model):
    """A link by which an account's holder sets the password once. Only its digest is stored; times are the host's."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    created = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class SignIn(models.Model):
    """One sign-in of an account, while it lasts and after: where it came from, and when it was last seen at work."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    session = models.CharField(max_length=40, unique=True)
    began = models.DateTimeField()
    seen = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=300, blank=True)  # as the browser names itself

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "-seen"], name="sign_in_account")]

    def __str__(self) -> str:
        return self.id


class ApiKey(models.Model):
    """A laboratory's or carrier's key. Only its digest is stored."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=16)
    party = models.CharField(max_length=2)
    organisation = models.CharField(max_length=128)
    created = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=["laboratory", "carrier"]), name="apikey_role"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """Who acts by this key."""
        return Actor(id=self.id, role=Role(self.role), party=self.party, organisation=self.organisation)


class TravellerLink(models.Model):
    """A link that opens one journey to its traveller, for one purpose, until it expires. Only its digest is stored."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    journey = models.ForeignKey("node.Journey", on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=32, default="journey")
    created = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=128)

    def __str__(self) -> str:
        return self.id

    def open_at(self, instant: datetime) -> bool:
        """Whether the link still opens the journey."""
        return self.revoked is None and instant < self.expires
