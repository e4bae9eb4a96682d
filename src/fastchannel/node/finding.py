"""Finding travellers by what an officer types: words of the name, a passport's number, or the journey's reference."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet

from fastchannel.node.models import Journey, Person

MOST_FOUND = 5_000  # of so many the right order is found at once; of more only those are looked for who leave next
LATELY = timedelta(days=2)  # or left lately


def of_text(rows: QuerySet[Journey, Journey], text: str, now: datetime) -> tuple[QuerySet[Journey, Journey], bool]:
    """Of these journeys, those that the text names, and whether so many are called so that those of the past are left out."""
    if Journey.objects.filter(id=text).exists():
        return rows.filter(id=text), False
    people = called(text)
    if people.values("pk")[: MOST_FOUND + 1].count() <= MOST_FOUND:
        return rows.filter(id__in=people.values("journey_id")), False
    return rows.filter(Exists(people.filter(journey=OuterRef("pk"))), departure__gte=now - LATELY), True


def called(text: str) -> QuerySet[Person, Person]:
    """Persons with that passport, or with a word in their name that begins with each of the words asked for."""
    wanted = Q(passport=text.upper().replace(" ", ""))
    words = re.findall(r"\w+", text)
    if not words:
        return Person.objects.filter(wanted)
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw")
    return Person.objects.annotate(words=SearchVector("name", config="simple")).filter(wanted | Q(words=query))
