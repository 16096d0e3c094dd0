"""Checking a document against a schema: the part of JSON Schema 2020-12 that we use, good messages.

Known: type, enum, const, properties, required, additionalProperties, items, prefixItems, minItems, maxItems,
minProperties, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern, oneOf,
anyOf, not, ``$ref`` into ``#/$defs``. Three more, which other validators ignore or only annotate:

* ``format: duration`` is a duration as :func:`direct_access.units.parse_duration_secs` reads it;
* ``writeOnly: true`` keeps the value out of messages;
* ``x-allowed`` says in words what is allowed; a property that is ``not: {}`` exists only to say this.

NaN and infinity are refused everywhere: JSON has neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from direct_access.document.document import MAX_FINDINGS, Document, Path, show
from direct_access.document.keywords import bound_broken, has_type, same
from direct_access.document.wording import allowed_by, nearest_name, resolved, types_of
from direct_access.errors import Finding

Schema = Mapping[str, Any]


def check(document: Document, schema: Schema, path: Path = ()) -> list[Finding]:
    """Return all faults of a document, in the order of their lines; at most ``MAX_FINDINGS``.

    :param path: the part of the document that the schema describes; it must exist
    """
    value = document.value
    for step in path:
        value = value[step]
    walk = _Walk(document, schema)
    findings = list(walk.faults(schema, value, path))
    told = {(finding.line, finding.column) for finding in findings}
    more = _not_finite(document, value, path)
    findings += [finding for finding in more if (finding.line, finding.column) not in told]
    once = dict.fromkeys(findings)
    return sorted(once, key=lambda finding: (finding.line or 0, finding.column or 0))[:MAX_FINDINGS]


class _Walk:
    """One walk over a document along one schema."""

    def __init__(self, document: Document, root: Schema) -> None:
        self._document = document
        self._root = root

    def faults(self, schema: Schema, value: Any, path: Path) -> list[Finding]:
        schema = resolved(schema, self._root)
        if not self._is_of_type(schema, value):
            return [self._refused(schema, value, path)]
        findings = self._own_faults(schema, value, path)
        if isinstance(value, dict):
            findings += self._mapping_faults(schema, value, path)
        elif isinstance(value, list):
            findings += self._list_faults(schema, value, path)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                findings += self._branch_faults(keyword, schema, value, path)
        return findings

    def _own_faults(self, schema: Schema, value: Any, path: Path) -> list[Finding]:
        if "enum" in schema and not any(same(value, choice) for choice in schema["enum"]):
            return [self._refused(schema, value, path, nearest_name(value, schema["enum"]))]
        if ("const" in schema and not same(value, schema["const"])) or bound_broken(schema, value):
            return [self._refused(schema, value, path)]
        if "not" in schema and not self.faults(schema["not"], value, path):
            return [self._refused(schema, value, path)]
        return []

    def _mapping_faults(self, schema: Schema, value: dict[str, Any], path: Path) -> list[Finding]:
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        findings = [
            self._document.finding((*path, name), "is missing", allowed_by(known.get(name, {}), self._root))
            for name in schema.get("required", ())
            if name not in value
        ]
        for name, member in value.items():
            inner = known.get(name, others)
            if inner is False:
                findings.append(self._unknown_key((*path, name), known))
            elif inner is not True:
                findings += self.faults(inner, member, (*path, name))
        return findings

    def _list_faults(self, schema: Schema, value: list[Any], path: Path) -> list[Finding]:
        prefix, rest = schema.get("prefixItems", ()), schema.get("items", True)
        findings: list[Finding] = []
        for index, item in enumerate(value):
            inner = prefix[index] if index < len(prefix) else rest
            if inner is False:
                allowed = f"at most {len(prefix)} in the list"
                return [*findings, self._document.finding((*path, index), "is one too many", allowed)]
            if inner is not True:
                findings += self.faults(inner, item, (*path, index))
            if len(findings) >= MAX_FINDINGS:
                break
        return findings

    def _branch_faults(self, keyword: str, schema: Schema, value: Any, path: Path) -> list[Finding]:
        branches = [resolved(branch, self._root) for branch in schema[keyword]]
        answers = [self.faults(branch, value, path) for branch in branches if self._meant(branch, value)]
        matching = sum(not answer for answer in answers)
        if matching == 1 or (matching and keyword == "anyOf"):
            return []
        if matching:
            allowed = allowed_by(schema, self._root)
            return [self._document.finding(path, "fits more than one form", f"one of {allowed}")]
        return min(answers, key=len) if answers else self._no_branch(schema, branches, value, path)

    def _meant(self, branch: Schema, value: Any) -> bool:
        """Whether this value can be meant for this branch: no other can fit, by type or by constants."""
        constants = [branch["const"]] if "const" in branch else branch.get("enum", ())
        alike = not constants or any(
            type(value) is type(constant) or same(value, constant) for constant in constants
        )
        if not alike or not self._is_of_type(branch, value):
            return False
        if not isinstance(value, dict):
            return True
        known = {name: resolved(inner, self._root) for name, inner in branch.get("properties", {}).items()}
        return all(
            same(value[name], known[name]["const"]) for name in value if "const" in known.get(name, {})
        )

    def _no_branch(self, schema: Schema, branches: list[Schema], value: Any, path: Path) -> list[Finding]:
        if isinstance(value, dict):
            for name, member in value.items():
                inner = [
                    resolved(branch.get("properties", {}).get(name, {}), self._root) for branch in branches
                ]
                if constants := [each["const"] for each in inner if "const" in each]:
                    choice = {"enum": constants}
                    return [self._refused(choice, member, (*path, name), nearest_name(member, constants))]
        return [self._refused(schema, value, path)]

    def _is_of_type(self, schema: Schema, value: Any) -> bool:
        return "type" not in schema or any(has_type(value, name) for name in types_of(schema))

    def _refused(self, schema: Schema, value: Any, path: Path, nearest: str | None = None) -> Finding:
        hidden = schema.get("writeOnly") and isinstance(
            value, (str, int, float)
        )  # else its kind alone is told
        found = "a value that is not shown" if hidden else show(value)
        return self._document.finding(path, found, allowed_by(schema, self._root), nearest)

    def _unknown_key(self, path: Path, known: Mapping[str, Any]) -> Finding:
        usual = [name for name, inner in known.items() if "not" not in inner and not inner.get("deprecated")]
        nearest = nearest_name(path[-1], usual)
        return self._document.finding(path, "unknown key", ", ".join(usual), nearest, at_key=True)


def _not_finite(document: Document, top: Any, path: Path) -> list[Finding]:
    findings: list[Finding] = []
    pending: list[tuple[Path, Any]] = [(path, top)]
    while pending and len(findings) < MAX_FINDINGS:
        place, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*place, name), member) for name, member in value.items()]
        elif isinstance(value, list):
            pending += [((*place, index), item) for index, item in enumerate(value)]
        elif isinstance(value, float) and not math.isfinite(value):
            findings.append(document.finding(place, show(value), "a finite number"))
    return findings
