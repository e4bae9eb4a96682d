"""The process that runs the node's jobs. Started by `run`; several may run side by side."""

from __future__ import annotations

import asyncio
from pathlib import Path

from procrastinate import App

from fastchannel.node import shell

CONCURRENCY = 3
GRACE_SECONDS = 8.0


def main(directory: Path) -> None:
    """Work until told to stop."""
    shell.use(directory)
    from procrastinate.contrib.django import app

    from fastchannel.node import jobs

    jobs.resume()
    jobs.begin_exchange()
    jobs.pulse()
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    asyncio.run(_work(worker))


async def _work(app: App) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=1.0,
        )
