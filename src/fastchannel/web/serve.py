"""The web application as a running node serves it: that of `node.wsgi`, whose forecasts are made ready while it starts."""

from __future__ import annotations

import gc

from fastchannel.node.wsgi import application
from fastchannel.web.engine import engine

__all__ = ["application"]

engine().start()
# What is loaded by now stays, and a page makes many small things that live as long as itself: the collector leaves the first
# alone and looks at the second less often. Else a large list's page spends a third of its time on it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
