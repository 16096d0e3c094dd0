"""The schema walk says what JSON Schema says, all at once, with places, and in words people understand."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from direct_access.document import Document, check, parse

PUB = {
    "type": "object",
    "properties": {
        "circuit": {"type": "string", "minLength": 1},
        "shots": {"type": "integer", "minimum": 1},
        "precision": {"type": "number", "exclusiveMinimum": 0},
    },
    "required": ["circuit"],
    "additionalProperties": False,
}
STORE = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"type": {"const": "s3_compatible"}, "bucket": {"type": "string"}},
            "required": ["type"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"type": {"const": "ibmcloud_cos"}, "bucket_crn": {"$ref": "#/$defs/crn"}},
            "required": ["type"],
            "additionalProperties": False,
        },
    ]
}
SCHEMA = {
    "$defs": {"crn": {"type": "string", "pattern": "^crn:"}, "pub": PUB, "store": STORE},
    "type": "object",
    "properties": {
        "program_id": {"enum": ["sampler", "estimator"]},
        "pubs": {"type": "array", "items": {"$ref": "#/$defs/pub"}, "minItems": 1, "maxItems": 3},
        "wait": {"type": ["string", "number"], "format": "duration"},
        "api_key": {"type": "string", "maxLength": 3, "writeOnly": True},
        "storage": {"$ref": "#/$defs/store"},
        "level": {"anyOf": [{"type": "integer", "maximum": 2}, {"const": "auto"}]},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    },
    "required": ["program_id"],
    "additionalProperties": False,
}


def read(text: str) -> Document:
    return parse(text.encode(), "job.yaml")


def faults(text: str, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [str(finding).removeprefix("job.yaml:") for finding in check(read(text), schema)]


def fault(member: str) -> str:
    (found,) = faults("program_id: sampler\n" + member)
    return found


def test_a_good_document_has_no_findings() -> None:
    text = "program_id: sampler\npubs: [{circuit: a.qasm, shots: 10}]\nlevel: 2\nwait: 1:00"
    assert faults(text) == []


def test_all_faults_are_reported_in_the_order_of_lines() -> None:
    text = "pubs:\n  - shots: 0\n  - {circuit: '', shot: 1}\nprogram_id: smapler\nwait: soon\n"
    assert faults(text) == [
        "2:5: pubs[0].circuit: is missing; allowed: text, at least 1 characters",
        "2:12: pubs[0].shots: 0; allowed: a whole number, 1 or more",
        "3:15: pubs[1].circuit: ''; allowed: text, at least 1 characters",
        "3:19: pubs[1].shot: unknown key; allowed: circuit, shots, precision; did you mean shots?",
        "4:13: program_id: 'smapler'; allowed: sampler or estimator; did you mean sampler?",
        "5:7: wait: 'soon'; allowed: seconds, MM:SS, HH:MM:SS, D-HH[:MM[:SS]], "
        "or a number with ms, s, m, h or d",
    ]


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("pubs: {}", "2:7: pubs: an empty mapping; allowed: a list, at least 1 in it, at most 3 in it"),
        ("pubs: [[1, 2]]", "2:8: pubs[0]: a list of 2; allowed: a mapping"),
        ("pubs: [{circuit: 12}]", "2:18: pubs[0].circuit: 12; allowed: text, at least 1 characters"),
        (
            "pubs: [{circuit: a, precision: 0}]",
            "2:32: pubs[0].precision: 0; allowed: a number, more than 0",
        ),
        (
            "pubs: [{circuit: a, shots: true}]",
            "2:28: pubs[0].shots: true; allowed: a whole number, 1 or more",
        ),
        (
            "pubs: [{circuit: a, shots: '12'}]",
            "2:28: pubs[0].shots: '12'; allowed: a whole number, 1 or more",
        ),
        (
            "pubs: [{circuit: a, shots: ~}]",
            "2:28: pubs[0].shots: nothing (null); allowed: a whole number, 1 or more",
        ),
        ("pair: [a, 1, 2]", "2:14: pair[2]: is one too many; allowed: at most 2 in the list"),
        ("Wait: 1", "2:1: Wait: unknown key; allowed: program_id, pubs, wait, api_key, storage, level, pair; "
         "did you mean wait?"),
        ("level: 3", "2:8: level: 3; allowed: a whole number, at most 2"),
        ("level: always", "2:8: level: 'always'; allowed: 'auto'"),
        ("level: []", "2:8: level: an empty list; allowed: a whole number, at most 2 or 'auto'"),
        ("storage: {type: ibmcloud_coss}", "2:17: storage.type: 'ibmcloud_coss'; "
         "allowed: s3_compatible or ibmcloud_cos; did you mean ibmcloud_cos?"),
        (
            "storage: {type: ibmcloud_cos, bucket_crn: x}",
            "2:43: storage.bucket_crn: 'x'; allowed: text, matching ^crn:",
        ),
        ("storage: {type: ibmcloud_cos, bucket: x}", "2:31: storage.bucket: unknown key; "
         "allowed: type, bucket_crn; did you mean bucket_crn?"),
        ("storage: 3", "2:10: storage: 3; allowed: a mapping"),
    ],
)  # fmt: skip
def test_a_message_says_where_what_was_found_and_what_is_allowed(member: str, found: str) -> None:
    assert fault(member) == found


def test_a_write_only_value_is_never_shown() -> None:
    assert fault("api_key: topsecret") == (
        "2:10: api_key: a value that is not shown; allowed: text, at most 3 characters"
    )


def test_a_presigned_url_is_never_shown_whole() -> None:
    assert "X-Amz" not in fault("level: 'https://s3.example/b?X-Amz-Signature=abc'")


def test_a_long_value_is_shown_shortened() -> None:
    assert len(fault(f"level: {'x' * 10_000}")) < 200


@pytest.mark.parametrize(("number", "shown"), [(".nan", "NaN"), (".inf", "infinity"), ("1e999", "infinity")])
def test_nan_and_infinity_are_refused_wherever_they_stand(number: str, shown: str) -> None:
    assert faults(f"a: [{{b: {number}}}]", {"type": "object"}) == [
        f"1:9: a[0].b: {shown}; allowed: a finite number"
    ]


def test_words_of_a_schema_come_before_words_of_ours() -> None:
    schema = {"properties": {"a": {"type": "string", "pattern": "^x", "x-allowed": "something with x"}}}
    assert faults("a: y", schema) == ["1:4: a: 'y'; allowed: something with x"]


def test_a_part_of_a_document_can_be_checked_by_its_own_schema() -> None:
    document = read("systems:\n  lab: {circuit: 3}\n")
    (finding,) = check(document, PUB, ("systems", "lab"))
    assert (finding.line, finding.field) == (2, "systems.lab.circuit")


def test_a_list_full_of_faults_ends_with_a_hundred_of_them() -> None:
    text = json.dumps({"a": ["x"] * 50_000})
    schema = {"properties": {"a": {"type": "array", "items": {"type": "integer"}}}}
    assert len(faults(text, schema)) == 100


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.sampled_from([0.5, 1.0, -1.5])
    | st.sampled_from(["", "sampler", "auto", "crn:x", "s3_compatible", "ibmcloud_cos", "a\n", "crn:\n"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["program_id", "pubs", "storage", "level", "pair", "type", "circuit", "shots", "bucket"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
simple_schemas = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
        | st.lists(st.sampled_from(["integer", "string", "array", "object"]), min_size=1, unique=True),
        "enum": st.lists(json_values, min_size=1, max_size=3),
        "const": json_values,
        "minimum": st.integers(-2, 2),
        "exclusiveMaximum": st.integers(-2, 3),
        "minLength": st.integers(0, 2),
        "maxLength": st.integers(1, 5),
        "pattern": st.sampled_from(["^s", "x", "^crn:.*"]),
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(1, 3),
        "minProperties": st.integers(0, 2),
        "required": st.lists(st.sampled_from(["pubs", "type", "shots"]), unique=True),
    },
)
schemas = st.recursive(
    simple_schemas,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["pubs", "type", "shots", "level"]), inner),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
        },
    ),
    max_leaves=6,
)


def judged(schema: dict[str, Any], value: object) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@settings(max_examples=300, deadline=None)
@given(schemas, json_values)
def test_the_verdict_is_that_of_the_jsonschema_library(schema: dict[str, Any], value: object) -> None:
    assert (not check(Document("job.yaml", value), schema)) == judged(schema, value)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(list(SCHEMA["properties"])), json_values, max_size=4))  # type: ignore[call-overload]
def test_the_verdict_on_documents_near_a_real_schema_is_that_of_the_library(value: dict[str, Any]) -> None:
    value.pop("wait", None)
    assert (not check(Document("job.yaml", value), SCHEMA)) == judged(SCHEMA, value)
