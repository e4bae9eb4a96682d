"""Makes this process a part of a node: its settings are loaded and Django is set up."""

from __future__ import annotations

import os
from pathlib import Path

from fastchannel.node.config import DIRECTORY
from fastchannel.node.errors import NodeError


def use(directory: Path) -> None:
    """Set Django up for the node in ``directory``. A process serves one node only. Raises NodeError."""
    import django
    from django.conf import settings

    resolved = directory.resolve()
    if settings.configured and getattr(settings, "NODE_DIRECTORY", None) not in (None, resolved):
        raise NodeError(f"{resolved}: this process already serves the node in {settings.NODE_DIRECTORY}")
    os.environ[DIRECTORY] = str(resolved)
    os.environ["DJANGO_SETTINGS_MODULE"] = "fastchannel.node.settings"
    django.setup()
