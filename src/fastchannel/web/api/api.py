"""The API and its description. Writes are in `writes`, reads in `reads`."""

from __future__ import annotations

from fastchannel.web.api import forecasts, laboratory, problems, reads, writes
from fastchannel.web.api.keys import KeyAuth, SessionAuth

DESCRIPTION = (
    "Every write needs the header Idempotency-Key: under the same key the same body gives the same answer and records nothing "
    "twice; another body is answered 409. Errors are application/problem+json with code, message, field, expected and found. "
    "Times carry an offset. Unknown fields are refused."
)

api = problems.TellingAPI(
    title="Fast Channel",
    version="1",
    description=DESCRIPTION,
    auth=[KeyAuth(), SessionAuth()],
    urls_namespace="api",
)
problems.register(api)
api.add_router("/v1", reads.router)
api.add_router("/v1", writes.router)
api.add_router("/v1", forecasts.router)
api.add_router("/v1", laboratory.router)
