"""What long lists say of each of their rows, written in Jinja.

A page around them is Django's template and takes some milliseconds; with its rows in the same language it would take several
times as long. So whatever stands in every row is compiled: `{% rows "queue" %}` puts ``templates/rows/queue.html`` there, with
the marks, badges and times that pages have (see `templatetags.fastchannel`).
"""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext
from jinja2 import BaseLoader, Environment, StrictUndefined

from fastchannel.web.templatetags import fastchannel as said

_ARGUMENT = "argument"


def environment(*, loader: BaseLoader, auto_reload: bool, **_options: Any) -> Environment:
    """Jinja as the rows know it; a name that a row does not have is an error and not an empty place."""
    made = Environment(autoescape=True, loader=loader, auto_reload=auto_reload, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {
        "at": said.at,
        "badge": said.badge,
        "by": said.by,
        "distance": said.distance,
        "place": said.place,
        "role": said.role,
        "stage": said.stage,
        "verdict": said.verdict,
    }
    made.globals |= {"_": gettext, "link": link, "mark": said.mark}
    return made


def link(page: str, argument: str) -> str:
    """The address of a page about one thing, as `reverse` makes it, which looks through all addresses anew each time."""
    return _pattern(page).replace(_ARGUMENT, quote(argument, safe=""), 1)


@cache
def _pattern(page: str) -> str:
    return reverse(f"web:{page}", args=[_ARGUMENT])
