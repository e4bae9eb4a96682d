"""The web application as a running node serves it: that of `node.wsgi`, whose forecasts are made ready while it starts."""

from __future__ import annotations

import gc
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from fastchannel.node.wsgi import application
from fastchannel.web.engine import engine

__all__ = ["application"]


def _alone(sender: object, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """A page's statements take no second core of the server's.

    They walk an index and stop soon, and several workers for it take three times as long as one (seen with names that very
    many have), while somebody else waits for the core.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


connection_created.connect(_alone)
engine().start()
# What is loaded by now stays, and a page makes many small things that live as long as itself: the collector leaves the first
# alone and looks at the second less often. Else a large list's page spends a third of its time on it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
