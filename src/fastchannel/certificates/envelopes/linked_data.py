"""The canonical form of a small graph of Linked Data (URDNA2015): names for blank nodes that depend on nothing but the graph.

The algorithm is that of the W3C's RDF Dataset Canonicalization, section 4, for one graph without a name.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import permutations

from fastchannel.certificates.refusal import Code, Refusal, RefusedError

Triple = tuple[str, str, str]  # subject, predicate, object, each as N-Quads write it; a blank node begins with _:
MOST_BLANK = 16
MOST_ALIKE = 4  # nodes that one node has alike: with n of them, n! orders are tried
MOST_STEPS = 2_000


def canonical(triples: Collection[Triple]) -> bytes:
    """The graph's canonical N-Quads. Raises RefusedError: unsupported where it has many nodes that look alike."""
    if any(subject == object_ and _is_blank(subject) for subject, _, object_ in triples):
        raise _too_alike("a node that speaks of itself", "none")  # implementations do not agree on it
    graph = _Graph(frozenset(triples))
    names = graph.names()
    lines = {_line(tuple(names.get(one, one) for one in triple)) for triple in graph.triples}
    return "".join(sorted(lines)).encode("utf-8")


def text(value: str, kind: str = "") -> str:
    """A literal, of the type ``kind`` where it is not plain text."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"^^<{kind}>' if kind else f'"{escaped}"'


def _line(triple: Sequence[str]) -> str:
    return f"{' '.join(triple)} .\n"


def _digest(written: str) -> str:
    return hashlib.sha256(written.encode("utf-8")).hexdigest()


def _is_blank(term: str) -> bool:
    return term.startswith("_:")


class _Issuer:
    """Names in the order in which they are asked for."""

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued = dict(issued or {})

    def name(self, node: str) -> str:
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, self.issued)


class _Graph:
    def __init__(self, triples: frozenset[Triple]) -> None:
        self.triples = triples
        self.about: dict[str, list[Triple]] = defaultdict(list)
        for triple in sorted(triples):
            for node in {one for one in (triple[0], triple[2]) if _is_blank(one)}:
                self.about[node].append(triple)
        if len(self.about) > MOST_BLANK:
            raise _too_alike(f"{len(self.about)} nodes without a name", f"at most {MOST_BLANK}")
        self.first = {node: self._first(node) for node in self.about}
        self.issuer = _Issuer("_:c14n")
        self.steps = 0

    def names(self) -> dict[str, str]:
        """The canonical name of each blank node."""
        alike: dict[str, list[str]] = defaultdict(list)
        for node, found in self.first.items():
            alike[found].append(node)
        for found in sorted(alike):
            if len(alike[found]) == 1:
                self.issuer.name(alike[found][0])
        for found in sorted(alike):
            paths = []
            for node in alike[found]:
                if node not in self.issuer.issued:
                    started = _Issuer("_:b")
                    started.name(node)
                    paths.append(self._related(node, started))
            for _, issuer in sorted(paths, key=lambda one: one[0]):
                for node in issuer.issued:
                    self.issuer.name(node)
        return self.issuer.issued

    def _first(self, node: str) -> str:
        """The node's hash by what is said of it, all other blank nodes being the same."""
        lines = (
            _line(tuple("_:a" if one == node else "_:z" if _is_blank(one) else one for one in triple))
            for triple in self.about[node]
        )
        return _digest("".join(sorted(lines)))

    def _related(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        """The node's hash by the blank nodes around it, and the names given on the way (section 4.8: N-degree)."""
        around: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, object_ in self.about[node]:
            for place, other in (("s", subject), ("o", object_)):
                if _is_blank(other) and other != node:
                    around[_digest(f"{place}{predicate}{self._known(other, issuer)}")].append(other)
        written = ""
        for found in sorted(around):
            if len(around[found]) > MOST_ALIKE:
                raise _too_alike(f"{len(around[found])} nodes alike", f"at most {MOST_ALIKE}")
            path, issuer = min((self._path(order, issuer) for order in permutations(around[found])), key=lambda one: one[0])
            written += found + path
        return _digest(written), issuer

    def _known(self, node: str, issuer: _Issuer) -> str:
        return self.issuer.issued.get(node) or issuer.issued.get(node) or self.first[node]

    def _path(self, order: Sequence[str], before: _Issuer) -> tuple[str, _Issuer]:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _too_alike(f"more than {MOST_STEPS} steps", "fewer nodes that look alike")
        issuer, path, further = before.copy(), "", []
        for node in order:
            if node in self.issuer.issued:
                path += self.issuer.issued[node]
                continue
            if node not in issuer.issued:
                further.append(node)
            path += issuer.name(node)
        for node in further:
            found, followed = self._related(node, issuer)
            path += f"{issuer.name(node)}<{found}>"
            issuer = followed
        return path, issuer


def _too_alike(found: str, expected: str) -> RefusedError:
    return RefusedError(Refusal(code=Code.UNSUPPORTED, where="graph", found=found, expected=expected, detail="graph"))
