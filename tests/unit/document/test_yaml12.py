"""A document is plain data with positions, or one error that lists every fault found."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from direct_access.document import Document, parse, yaml12
from direct_access.errors import InputError


@pytest.fixture(params=["libyaml", "pure Python"], autouse=True)
def _either_scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = yaml.CSafeLoader if request.param == "libyaml" else yaml.SafeLoader
    monkeypatch.setattr(yaml12, "_LOADER", loader)


def read(text: str) -> Document:
    return parse(text.encode(), "job.yaml")


def findings(text: str | bytes) -> list[str]:
    with pytest.raises(InputError) as refused:
        parse(text if isinstance(text, bytes) else text.encode(), "job.yaml")
    return [str(finding) for finding in refused.value.findings]


def test_values_and_keys_have_line_and_column() -> None:
    document = read("program_id: sampler\npubs:\n  - shots: 12\n    circuit: >\n      text\n")
    assert document.mark(("program_id",)) == (1, 13)
    assert document.mark(("pubs", 0, "shots")) == (3, 12)
    assert document.mark(("pubs", 0, "shots"), key=True) == (3, 5)
    assert document.mark(("pubs", 0)) == (3, 5)


def test_what_is_not_there_stands_where_its_nearest_ancestor_does() -> None:
    document = read("pubs:\n  - shots: 12\n")
    assert document.mark(("pubs", 0, "circuit", 3)) == document.mark(("pubs", 0)) == (2, 5)
    assert document.mark(("storage", "input")) == (1, 1)


def test_an_aliased_member_stands_where_it_is_written() -> None:
    assert read("a: &x {b: 1}\nc: *x\n").mark(("c", "b")) == (1, 11)


def test_columns_count_characters_not_bytes() -> None:
    assert read('{"größe": 1}').mark(("größe",)) == (1, 11)


def test_an_alias_means_the_value_again() -> None:
    assert read("a: &x [1, 2]\nb: *x\n? &k name\n: *k").value == {"a": [1, 2], "b": [1, 2], "name": "name"}


def test_json_is_yaml() -> None:
    text = '{"a":[1,2.5e-3,"x\\u00e9\\/",null,true],\n"b":{"c":"OPENQASM 3.0; include \\"stdgates.inc\\";"}}'
    assert read(text).value == json.loads(text)


def test_a_byte_order_mark_is_skipped() -> None:
    assert parse(b"\xef\xbb\xbfa: 1", "job.yaml").value == {"a": 1}


def test_an_explicit_document_with_a_version_directive_is_read() -> None:
    assert read("%YAML 1.2\n---\na: 1\n...\n").value == {"a": 1}


def test_all_faults_of_construction_are_reported_at_once() -> None:
    assert findings("a: 1\na: 2\nb: {x: 1, x: 2}\n3: z\nc: !!set {}\n<<: {}\n") == [
        "job.yaml:2:1: a: the key 'a' a second time; the first is in line 1",
        "job.yaml:3:11: b.x: the key 'x' a second time; the first is in line 3",
        "job.yaml:4:1: the key 3 is not text; allowed: keys that are text; quote it",
        "job.yaml:5:4: c: the tag !!set is not read",
        "job.yaml:6:1: the merge key <<, which YAML 1.2 does not have; allowed: each key written out",
    ]


@pytest.mark.parametrize("key", ["true", "~", "1.5", "[1]", "{a: 1}"])
def test_a_key_that_is_no_text_is_refused(key: str) -> None:
    assert "keys that are text" in findings(f"? {key}\n: 1\n")[0]


def test_a_second_document_is_refused() -> None:
    assert findings("a: 1\n---\nb: 2\n") == [
        "job.yaml:2:1: a second document begins; allowed: one document in a file"
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n", "---\n", "~"])
def test_an_empty_document_is_refused(text: str) -> None:
    assert findings(text) == ["job.yaml: is empty"]


def test_bad_syntax_names_the_place_and_the_beginning_of_what_was_being_read() -> None:
    (finding,) = findings("a: 1\nb: [1,\n2}\n")
    assert finding.startswith("job.yaml:3:2: ")
    assert "not valid YAML" in finding
    assert "line 2" in finding


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"\x7fELF\x02\x01\x01\x00", "job.yaml:1:1: not valid text: control character U+007F"),
        (b"a: 1\nb: \x00", "job.yaml:2:4: not valid text: control character U+0000"),
        (b"a: 1\nb: caf\xe9\n", "job.yaml:2:7: not valid text: byte 0xe9"),
        (b"\xef\xbb\xbfa: \xff", "job.yaml:1:4: not valid text: byte 0xff"),
        ("a: 1".encode("utf-16"), "job.yaml:1:1: UTF-16"),
    ],
)
def test_bytes_that_are_no_utf8_text_are_refused(text: bytes, found: str) -> None:
    assert findings(text)[0].startswith(found)


@pytest.mark.parametrize("text", ['a: "\\ud800"', '"\\ud83d\\ude00": 1'])
def test_an_escaped_half_of_a_surrogate_pair_is_refused(text: str) -> None:
    assert findings(text)


def test_an_alias_without_an_anchor_is_refused() -> None:
    assert findings("a: *b\n") == ["job.yaml:1:4: a: the alias *b has no anchor before it"]


@pytest.mark.parametrize("text", ["a: &x [1, *x]", "a: &x {b: {c: *x}}", "&x [*x]"])
def test_a_document_that_contains_itself_is_refused(text: str) -> None:
    assert "stands inside what it names" in findings(text)[0]


def test_aliases_that_multiply_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    assert "too many values" in findings("\n".join(lines))[0]


def test_a_long_text_that_is_repeated_without_end_is_refused() -> None:
    text = f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 100)}]"
    assert "too much text" in findings(text)[0]


def test_aliases_that_nest_line_by_line_are_refused() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 1000))]
    assert "nested too deeply" in findings("\n".join(lines))[0]


def test_a_collection_smuggled_in_as_a_key_by_an_alias_is_refused() -> None:
    assert "a key that is a list" in findings("a: &a [1]\n? *a\n: 2\n")[0]


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end_is_refused(bracket: str) -> None:
    assert findings(bracket * 20_000)


def test_a_file_full_of_faults_ends_with_a_hundred_of_them() -> None:
    assert len(findings("a: 1\n" * 5000)) == 100


plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda key: key != "<<"), inner),
    max_leaves=20,
)


@given(plain_json.filter(lambda value: value is not None))
def test_whatever_json_says_yaml_says(value: object) -> None:
    text = json.dumps(value)
    assume("\\ud" not in text)  # YAML has no escape for half a surrogate pair
    assert parse(text.encode(), "job.yaml").value == value
