from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from direct_access.errors import LocalStorageError, OutputError
from direct_access.journal import FILE_NAME, SCHEMA, Journal, Step, load
from direct_access.model.jobs import JobSpec


def a_journal(**changes: Any) -> Journal:
    values: dict[str, Any] = {
        "job_id": "6f1c",
        "system": "lab",
        "spec": JobSpec("sampler", "ibm_lab", 600, "info"),
        "handle": {"id": "6f1c", "objects": {"results": "a/b/results:6f1c"}},
        "params": {"sha256": "00", "size_bytes": 5},
        "job_file": "/home/alice/bell.yaml",
        "keep": None,
    }
    return Journal(**{**values, **changes})


def rewrite(directory: Path, **changes: Any) -> None:
    path = directory / FILE_NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    journal = a_journal(
        step=Step.COLLECT,
        slurm={"job_id": 4711, "restart_count": 1},
        times={"upload": "2026-02-15T12:00:00.000000Z"},
        job_status="Failed",
        reason={"code": 1300, "message": "grün"},
        error={"kind": "job_failed", "message": "grün"},
        files={"results.json": {"size_bytes": 5, "digest": None}},
        provenance={"python": "3.11"},
        left_behind=True,
    )
    journal.save(tmp_path)
    assert load(tmp_path) == journal


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters()), st.sampled_from(Step))
def test_any_text_and_every_step_survives(text: str, step: Step) -> None:
    journal = a_journal(provenance={"note": text}, step=step)
    with tempfile.TemporaryDirectory() as directory:
        journal.save(Path(directory))
        assert load(Path(directory)) == journal


def test_a_name_that_is_no_unicode_survives(tmp_path: Path) -> None:
    journal = a_journal(job_file="/home/alice/b\udcffell.yaml", reason={"message": "cut \ud83d"})
    journal.save(tmp_path)
    assert load(tmp_path) == journal


def test_a_directory_without_a_journal_has_none(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    assert load(tmp_path / "absent") is None


def test_saving_replaces_the_journal_as_a_whole(tmp_path: Path) -> None:
    a_journal().save(tmp_path)
    a_journal(step=Step.FINISHED).save(tmp_path)
    assert load(tmp_path) == a_journal(step=Step.FINISHED)
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]


def test_others_cannot_read_the_journal(tmp_path: Path) -> None:
    a_journal().save(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_fields_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    a_journal().save(tmp_path)
    spec = {"program_id": "sampler", "backend": "ibm_lab", "timeout_secs": 600, "log_level": "info"}
    rewrite(tmp_path, invented_later=1, spec={**spec, "invented_later": 1})
    assert load(tmp_path) == a_journal()


def test_only_a_finished_run_is_finished() -> None:
    assert [step for step in Step if a_journal(step=step).finished] == [Step.FINISHED]


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "null", "5", '"job"', "{}"),
        json.dumps({"schema": "other/v1"}),
        json.dumps({"schema": SCHEMA}),
        json.dumps({"schema": SCHEMA, "spec": {}, "step": "wait"}),
    ],
)
def test_a_file_that_is_no_journal_of_ours_is_never_taken_for_one(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(OutputError, match="cannot read the journal") as caught:
        load(tmp_path)
    assert caught.value.subject == str(tmp_path / FILE_NAME)
    assert caught.value.advice is not None


@pytest.mark.parametrize(
    "change", [{"schema": "direct-access/run/v2"}, {"step": "dance"}, {"spec": 5}, {"spec": {"backend": "b"}}]
)
def test_a_journal_of_a_foreign_schema_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    a_journal().save(tmp_path)
    rewrite(tmp_path, **change)
    with pytest.raises(OutputError, match="cannot read the journal"):
        load(tmp_path)


def nested(levels: int) -> Any:
    document: Any = 1
    for _ in range(levels):
        document = {"a": document}
    return document


WRONG = {
    "job_id": [5, None, []],
    "system": [None, {}],
    "handle": [None, [], {"id": 5}, {"objects": []}, {"objects": {"results": 5}}, {"objects": {"logs": {}}}],
    "params": [None, "x", nested(900)],
    "keep": [5],
    "step": [5, None, []],
    "slurm": [[], 5],
    "reported": ["x"],
    "times": [[], {"wait": 5}],
    "job_status": [5],
    "reason": ["x"],
    "error": ["x", {"kind": "store", "message": 5}, {"kind": "signal", "signal_number": "x"}],
    "files": [[], {"results.json": 5}],
    "provenance": [5],
    "attempts": [{}, [5]],
    "left_behind": ["yes", None],
    "collect_by": [1e12],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_field_of_a_wrong_type_is_a_damaged_journal(tmp_path: Path, name: str, value: object) -> None:
    a_journal().save(tmp_path)
    rewrite(tmp_path, **{name: value})
    with pytest.raises(OutputError, match="cannot read the journal"):
        load(tmp_path)


@pytest.mark.parametrize("number", ["9" * 5000, "1" * 30, "1e400", "Infinity", "NaN"])
def test_a_number_beyond_reason_is_a_damaged_journal(tmp_path: Path, number: str) -> None:
    a_journal(params={"size_bytes": 4711}).save(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_text(path.read_text().replace("4711", number))
    with pytest.raises(OutputError, match="cannot read the journal"):
        load(tmp_path)


def test_what_a_handle_lacks_is_told_as_damage(tmp_path: Path) -> None:
    a_journal(handle={}).save(tmp_path)
    found = load(tmp_path)
    assert found is not None
    with pytest.raises(OutputError, match="its handle has no id"):
        found.handle["id"]


def test_binary_data_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00\x80" * 100)
    with pytest.raises(OutputError):
        load(tmp_path)


def test_a_file_in_the_place_of_the_directory_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(OutputError, match="Not a directory"):
        load(tmp_path / "run")


def test_a_directory_that_is_gone_makes_saving_fail_with_advice(tmp_path: Path) -> None:
    with pytest.raises(LocalStorageError, match="cannot write the journal") as caught:
        a_journal().save(tmp_path / "gone")
    assert caught.value.advice is not None


def test_no_presigned_url_reaches_the_file_even_if_a_server_tells_one(tmp_path: Path) -> None:
    url = "https://user:hush@store.example/o?X-Amz-Signature=hush"
    journal = a_journal(reason={"message": f"cannot read {url}"}, error={"kind": "store", "message": url})
    journal.save(tmp_path)
    assert "hush" not in (tmp_path / FILE_NAME).read_text()
