"""Whether the node works, for whoever watches it."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from fastchannel.node.health import check


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where the node can answer, 503 where its database cannot; ``ok`` says whether every part is well."""
    found = check()
    return JsonResponse({"ok": found.ok, **asdict(found)}, status=200 if found.database else 503)
