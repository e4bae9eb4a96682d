"""What every answer tells the browser: only our own scripts and styles, no frames, no secret kept in shared caches."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

# No 'unsafe-inline': templates hold no inline scripts or styles.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
UNCACHED = "no-store"


MOST_API_BYTES = 1024 * 1024  # of one call's body; rosters go by the page


def too_large(request: HttpRequest) -> HttpResponseBase | None:
    """413 where an API call announces more than it may send, before anything of it is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if request.path.startswith("/api/") and announced.isdecimal() and int(announced) > MOST_API_BYTES:
        from fastchannel.web.api.problems import problem

        return problem(
            413, "too-large", _("The body is too large."), expected=f"{MOST_API_BYTES} bytes", found=f"{announced} bytes"
        )
    return None


class SecurityHeaders:
    """Sets the headers that Django's own middleware leaves out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = too_large(request) or self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", UNCACHED)
        return response
