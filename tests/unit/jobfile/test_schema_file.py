"""The printed schema is JSON Schema 2020-12 and says what the loader says."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from direct_access import document
from direct_access.document import Document
from direct_access.jobfile import schema
from direct_access.jobfile.schema import check, likely_program

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))
JUDGE = jsonschema.Draft202012Validator(schema())

FULL: dict[str, Any] = {
    "program_id": "estimator",
    "backend": "ibm_examplesite",
    "timeout_secs": "1:00",
    "pubs": [
        {"circuit": "a", "observables": ["ZZ", {"XX": 1.5}], "parameter_values": {"a": [1]}, "precision": 1},
        ["OPENQASM 3.0;", "Z", [[1, 2]], None],
    ],
    "options": {"resilience": {"zne": {"extrapolator": ["linear"]}}, "twirling": {"num_randomizations": 3}},
    "resilience_level": 1,
    "storage": {"type": "ibmcloud_cos", "input": {"object_name": "{id}"}},
    "transpile": {"optimization_level": 1},
    "id": "abc",
    "session_id": 3,
}  # fmt: skip


def test_the_schema_is_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_field_has_a_description_or_says_what_to_use_instead() -> None:
    for name, field in schema()["properties"].items():
        target = schema()["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
        assert "description" in field or "description" in target or "not" in field, name


def test_every_definition_is_used() -> None:
    text = json.dumps(schema())
    assert [name for name in schema()["$defs"] if f'"#/$defs/{name}"' not in text] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_judge_and_loader_agree_on_the_examples(example: Path) -> None:
    source = document.read(example)
    assert check(source) == []
    assert JUDGE.is_valid(source.value)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, inner in members for place in _places(inner, (*path, key)))]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_judge_and_loader_agree_on_a_job_file_with_one_thing_changed(data: st.DataObject) -> None:
    changed = copy.deepcopy(FULL)
    *way, last = data.draw(st.sampled_from(_places(FULL)[1:]))
    target: Any = changed
    for step in way:
        target = target[step]
    junk = st.sampled_from([None, True, 0, -1, 2.5, "", "x", "ZZ", "sampler", [], [1], {}, {"x": 1}])
    if isinstance(target, dict) and data.draw(st.booleans()):
        value = target.pop(last)
        if data.draw(st.booleans()):
            target[f"{last}s"] = value
    else:
        target[last] = data.draw(junk)
    assert (check(Document("job.yaml", changed)) == []) == JUDGE.is_valid(changed)


@pytest.mark.parametrize(
    ("fields", "program"),
    [
        ({"program_id": "sampler", "pubs": [{"observables": 1}]}, "sampler"),
        ({"program_id": "estmator"}, "estimator"),
        ({"program_id": 3, "pubs": [{"observables": 1}]}, "estimator"),
        ({}, "sampler"),
    ],
)
def test_a_job_file_without_a_known_program_is_held_to_the_likely_one(
    fields: dict[str, Any], program: str
) -> None:
    assert likely_program(fields) == program
