"""How messages leave the node: mail by Django's backends, SMS into a file or to a gateway by HTTPS."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from fastchannel.casework.messages import rendered
from fastchannel.casework.ports import Channel, Template
from fastchannel.node.config import MessagesConfig
from fastchannel.node.errors import NodeError

TIMEOUT_SECONDS = 10.0


class MessageError(NodeError):
    """A message was not taken. The text says why, and never to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMessenger:
    """Casework's port, as the node's settings have it. ``folder`` is where the file backends write."""

    config: MessagesConfig
    folder: Path
    token: str = ""
    transport: httpx.BaseTransport | None = None

    def send(self, kind: Channel, to: str, language: str, template: Template, *, day: date, link: str, key: str) -> None:
        """Send one message. Raises MessageError."""
        text = rendered(template, language, day=day, link=link)
        if kind is Channel.MAIL:
            self._mail(to, text.subject, text.body, key)
        elif self.config.sms == "http":
            self._gateway(to, text.body, key)
        else:
            self._file(to, text.body, key)

    def _mail(self, to: str, subject: str, body: str, key: str) -> None:
        sender = settings.DEFAULT_FROM_EMAIL
        _, _, domain = sender.partition("@")
        message = EmailMessage(
            subject=subject,
            body=body,
            from_email=sender,
            to=[to],
            headers={"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            taken = message.send()
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors
            raise MessageError(f"mail: {type(error).__name__}") from error
        if not taken:
            raise MessageError("mail: not taken")

    def _gateway(self, to: str, body: str, key: str) -> None:
        headers = {"Idempotency-Key": key} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS, transport=self.transport) as client:
                answer = client.post(self.config.sms_url, json={"id": key, "to": to, "text": body}, headers=headers)
        except httpx.HTTPError as error:
            raise MessageError(f"sms: {type(error).__name__}") from error
        if not answer.is_success:
            raise MessageError(f"sms: the gateway answered {answer.status_code}")

    def _file(self, to: str, body: str, key: str) -> None:
        """One file for a message, whole or not there; sent again, it is the same file."""
        folder = self.folder / "sms"
        part = folder / f".{key}.part"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump({"id": key, "to": to, "text": body}, file, ensure_ascii=False)
            part.replace(folder / f"{key}.json")
        except OSError as error:
            raise MessageError(f"sms: {error.strerror}") from error


def messenger() -> NodeMessenger:
    """The messenger of this node. Raises MessageError where there is no node's directory to write into."""
    folder = settings.NODE_DIRECTORY
    if folder is None:
        raise MessageError("messages: found no node's directory; expected FASTCHANNEL_NODE to name it")
    return NodeMessenger(config=settings.CONFIG.messages, folder=folder / "outbox", token=settings.CONFIG.sms_token)
