"""The Django app of a node."""

from __future__ import annotations

from django.apps import AppConfig


class NodeConfig(AppConfig):
    """Models, migrations and jobs."""

    name = "fastchannel.node"
    label = "node"
    default_auto_field = "django.db.models.BigAutoField"
