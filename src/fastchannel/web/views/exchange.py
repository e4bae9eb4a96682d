"""Where other parties' nodes send their letters. Who writes is said by the letter's signature, not by this door."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fastchannel.exchange.letters import MOST_BYTES, LetterError
from fastchannel.node.desk import office
from fastchannel.node.link import link


@csrf_exempt  # no browser speaks here, and nothing is believed that is not signed
@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """Take a letter and answer it; 404 where this node works alone, 400 where the letter is none, 413 where it is too large."""
    found = link()
    if found is None:
        raise Http404
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > MOST_BYTES:
        return HttpResponse(f"a letter has at most {MOST_BYTES} bytes\n", status=413, content_type="text/plain")
    try:
        answer = found.answer(request.body, office().clock.now())
    except LetterError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain")
    return HttpResponse(answer, content_type="application/octet-stream")
