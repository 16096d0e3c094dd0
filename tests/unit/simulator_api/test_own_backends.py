"""Backends of one's own, from a document."""

from __future__ import annotations

from typing import Any

import pytest

from direct_access.simulator.api.description import validator
from direct_access.simulator.backends.catalog import standard_backends
from direct_access.simulator.backends.file import backends_of
from direct_access.simulator.documents import Misplaced

STANDARD = standard_backends()["ibm_small"]


def test_a_whole_backend_is_served_word_for_word() -> None:
    given = {"configuration": STANDARD.configuration, "properties": STANDARD.properties}
    (backend,) = backends_of([given]).values()
    assert (backend.name, backend.version) == ("ibm_small", "1.0.0")
    assert (backend.configuration, backend.properties) == (STANDARD.configuration, STANDARD.properties)


@pytest.mark.parametrize(
    ("brief", "coupling_map"),
    [
        ({"topology": "line"}, [[0, 1], [1, 0], [1, 2], [2, 1]]),
        ({"topology": "ring"}, [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]),
        ({"coupling_map": [[2, 0], [0, 2]]}, [[0, 2], [2, 0]]),
        ({"coupling_map": [[2, 0]], "basis_gates": ["id", "rz", "sx", "x", "ecr"]}, [[2, 0]]),
    ],
)
def test_a_few_words_make_a_whole_backend(brief: dict[str, Any], coupling_map: list[list[int]]) -> None:
    (backend,) = backends_of([{"name": "mine", "n_qubits": 3, **brief}]).values()
    validator("BackendConfiguration").validate(backend.configuration)
    validator("BackendProperties").validate(backend.properties)
    assert backend.configuration["coupling_map"] == coupling_map


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        ({"name": "mine"}, (1,), "missing: n_qubits"),
        ({"name": "mine", "n_qubits": 3}, (1,), "one of coupling_map and topology"),
        ({"name": "mine", "n_qubits": 0, "topology": "line"}, (1,), "n_qubits 0"),
        ({"name": "mine", "n_qubits": 3, "topology": "star"}, (1,), "allowed: line, ring, all"),
        ({"name": "mine", "n_qubits": 3, "coupling_map": [[0, 3]]}, (1,), "below 3"),
        ({"name": "mine", "n_qubits": 3, "coupling_map": [[1, True]]}, (1,), "below 3"),
        ({"name": "mine", "n_qubits": 3, "topology": "line", "basis_gates": ["u"]}, (1,), "basis_gates"),
        ({"name": "first", "n_qubits": 3, "topology": "line"}, (1,), "first is there twice"),
        ({"configuration": {}, "properties": {}}, (1, "configuration"), "backend_name"),
        (
            {"configuration": {**STANDARD.configuration, "n_qubits": "7"}, "properties": STANDARD.properties},
            (1, "configuration", "n_qubits"),
            "not of type 'integer'",
        ),
        ("mine", (1,), "object is expected"),
    ],
)
def test_what_means_nothing_has_its_place(entry: Any, path: tuple[str | int, ...], words: str) -> None:
    first = {"name": "first", "n_qubits": 2, "topology": "line"}
    with pytest.raises(Misplaced, match=words) as refused:
        backends_of([first, entry])
    assert refused.value.path == path


def test_something_else_than_a_list_is_refused() -> None:
    with pytest.raises(Misplaced, match="list of backends"):
        backends_of({"name": "mine"})
