"""The forecast's engine in this process: compiled once, in the background where a node serves."""

from __future__ import annotations

import threading
from functools import cache

from fastchannel.agreement.shipped import shipped
from fastchannel.casework import forecasts


class Engine:
    """Whether the engine is compiled. One thread does it at a time; where it fails, the next one who asks tries again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    def warm(self) -> None:
        """Compile it now."""
        for versions in shipped().values():
            forecasts.warm(versions.newest)
        self._ready.set()

    def start(self) -> None:
        """Compile it in the background, unless that is under way or done."""
        with self._lock:
            if not self.ready and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self.warm, name="forecast-engine", daemon=True)
                self._thread.start()


@cache
def engine() -> Engine:
    """The one engine of this process."""
    return Engine()
