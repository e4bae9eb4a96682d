"""What a person reads when a page cannot be shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _

from fastchannel.web.access import DeniedError


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    context = {
        "title": _("Nothing is here"),
        "text": _("The page does not exist, or it was moved."),
        "hint": _("Check the address, or start again from the first page."),
    }
    return render(request, "web/problem.html", context, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with casework's reason where there is one."""
    text = str(exception) if isinstance(exception, DeniedError) else _("This page is not for your role.")
    context = {"title": _("Not allowed"), "text": text}
    journey = getattr(exception, "journey", "")
    if journey:
        context |= {
            "act_url": reverse("web:break-glass-open", args=[journey]),
            "act": _("Open it in an emergency"),
            "hint": _("Where somebody's health depends on it, you can open this record for a limited time, with a reason."),
        }
    return render(request, "web/problem.html", context, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where a form came without its token."""
    context = {
        "title": _("The form has expired"),
        "text": _("Nothing was recorded, because the form could not be matched to your session."),
        "hint": _("Go back, load the page again and send the form once more. Cookies must be allowed."),
    }
    return render(request, "web/problem.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    context = {"title": _("The request cannot be read"), "text": _("Nothing was recorded.")}
    return render(request, "web/problem.html", context, status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """500: without a request's context, because that may be what is broken."""
    return HttpResponse(loader.render_to_string("web/broken.html"), status=500)
