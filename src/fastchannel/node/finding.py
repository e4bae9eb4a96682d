"""Finding travellers by what an officer types: words of the name, a passport's number, or the journey's reference."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import BooleanField, CharField, Exists, Func, OuterRef, Q, QuerySet, Value

from fastchannel.node.models import Journey, Person

MOST_FOUND = 5_000  # of so many the right order is found at once; of more only those are looked for who leave next
LATELY = timedelta(days=2)  # or left lately


class _IsOneOf(Func):
    """As ``in``, with one parameter for all of them: thousands take the server longer to read than to look up."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def of_text(rows: QuerySet[Journey, Journey], text: str, now: datetime) -> tuple[QuerySet[Journey, Journey], bool]:
    """Of these journeys, those that the text names, and whether so many are called so that those of the past are left out."""
    if Journey.objects.filter(id=text).exists():
        return rows.filter(id=text), False
    people = called(text)
    found = list(people.values_list("journey_id", flat=True)[: MOST_FOUND + 1])
    if len(found) <= MOST_FOUND:
        return rows.filter(_IsOneOf("id", Value(found, ArrayField(CharField())))), False
    return rows.filter(Exists(people.filter(journey=OuterRef("pk"))), departure__gte=now - LATELY), True


def called(text: str) -> QuerySet[Person, Person]:
    """Persons with that passport, or with a word in their name that begins with each of the words asked for."""
    wanted = Q(passport=text.upper().replace(" ", ""))
    words = re.findall(r"\w+", text)
    if not words:
        return Person.objects.filter(wanted)
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw")
    return Person.objects.annotate(words=SearchVector("name", config="simple")).filter(wanted | Q(words=query))
