"""The web application as a running node serves it: that of `node.wsgi`, whose forecasts are made ready while it starts."""

from __future__ import annotations

from fastchannel.node.wsgi import application
from fastchannel.web.engine import engine

__all__ = ["application"]

engine().start()
