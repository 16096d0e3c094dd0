"""The fields of a job file: what is accepted, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from direct_access.jobfile import JobFile
from direct_access.units import parse_duration_secs

PUBS = "pubs: [{circuit: bell.qasm}]\n"


def sampler(more: str = "") -> str:
    return f"program_id: sampler\n{PUBS}{more}\n"


def test_a_short_job_file_is_enough(jobs: Any) -> None:
    job: JobFile = jobs.load(sampler())
    assert (job.program_id, job.settings.get("backend"), job.settings.get("timeout_secs"), job.log_level) == (
        "sampler",
        None,
        None,
        None,
    )
    assert (job.id, job.storage, job.output_dir, job.transpile) == (None, None, None, None)
    assert (dict(job.settings), job.warnings, job.params.kind) == ({}, (), "document")


def test_all_fields_are_read(jobs: Any) -> None:
    job = jobs.load(
        sampler(
            "backend: ibm_examplesite\ntimeout_secs: 600\nlog_level: debug\noutput_dir: out/%x-%j\n"
            "transpile: {optimization_level: 2}\nstorage: {type: s3_compatible, bucket: lab}\n"
        )
    )
    assert (job.settings.get("backend"), job.settings.get("timeout_secs"), job.log_level) == (
        "ibm_examplesite",
        600,
        "debug",
    )
    assert (job.output_dir, job.transpile) == ("out/%x-%j", {"optimization_level": 2})
    assert job.storage == {"type": "s3_compatible", "bucket": "lab"}


def test_settings_that_take_part_in_the_precedence_are_handed_on(jobs: Any) -> None:
    job = jobs.load(
        sampler(
            "backend: b\ntimeout_secs: 10:00\nkeep: objects\non_busy: fail\n"
            "on_time_limit: cancel\ncollect_by: 2d\n"
            "wait_deadline_secs: 1-02\nsystem: lab\n"
        )
    )
    assert dict(job.settings) == {
        "backend": "b",
        "timeout_secs": 600,
        "keep": "objects",
        "on_busy": "fail",
        "on_time_limit": "cancel",
        "collect_by": 172_800.0,
        "wait_deadline_secs": 93_600.0,
        "system": "lab",
    }


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("0:10:00", 600),
        ("1-00", 86_400),
        ("'600'", 600),
        ("1e2", 100),
        ("10m", 600),
    ],
)
def test_timeout_secs_is_seconds_or_one_of_slurms_forms(jobs: Any, written: str, seconds: int) -> None:
    assert jobs.load(sampler(f"timeout_secs: {written}")).settings["timeout_secs"] == seconds


@pytest.mark.parametrize(
    "written", ["0", "-1", "0:00", "1.5", "200ms", "soon", "true", "~", "[]", ".inf", ".nan", "'1:2:3:4'"]
)
def test_any_other_timeout_is_refused_with_its_place(jobs: Any, written: str) -> None:
    assert jobs.error(sampler(f"timeout_secs: {written}")).startswith("job.yaml:3:15: timeout_secs: ")


def test_collecting_by_now_is_refused(jobs: Any) -> None:
    assert jobs.error(sampler("collect_by: 0s")) == "job.yaml:3:13: collect_by: '0s'; allowed: more than 0"


def test_a_wait_deadline_of_nothing_is_refused(jobs: Any) -> None:
    assert jobs.error(sampler("wait_deadline_secs: 0:00")) == (
        "job.yaml:3:21: wait_deadline_secs: '0:00'; allowed: more than 0"
    )


@pytest.mark.parametrize("text", ["90", "90.5", "1:30", "0:01:30", "1-2", "1-2:3", "1-2:3:4", "5 m", "7ms"])
def test_the_schema_knows_every_form_of_a_duration(jobs: Any, text: str) -> None:
    assert jobs.load(sampler(f"wait_deadline_secs: '{text}'")).settings["wait_deadline_secs"] == (
        parse_duration_secs(text)
    )


def test_all_errors_come_at_once_each_with_place_found_allowed_and_nearest_name(jobs: Any) -> None:
    text = """\
program_id: samplr
backend: 3
timeout_sec: 600
log_level: inf
keep: ON
pubs:
  - circuit: nope.qasm
    shot: 12
  - shots: 0
options: {default_shot: 3}
output_dir: out/%N
transpile: {optimization_level: 4}
"""
    assert jobs.errors(text) == [
        "job.yaml:1:13: program_id: 'samplr'; allowed: sampler or estimator; did you mean sampler?",
        "job.yaml:2:10: backend: 3; allowed: the name of a backend, 1 to 256 characters",
        "job.yaml:3:1: timeout_sec: unknown key; allowed: program_id, backend, timeout_secs, log_level, "
        "pubs, options, resilience_level, params, transpile, id, storage, output_dir, system, keep, on_busy, "
        "on_time_limit, collect_by, wait_deadline_secs, service, session, session_id, tags, cost, "
        "calibration_id, runtime, private; did you mean timeout_secs?",
        "job.yaml:4:12: log_level: 'inf'; allowed: debug, info, warning, error or critical; "
        "did you mean info?",
        "job.yaml:5:7: keep: 'ON'; allowed: none, objects, job or all",
        "job.yaml:7:14: pubs[0].circuit: the circuit file 'nope.qasm' does not exist",
        "job.yaml:8:5: pubs[0].shot: unknown key; allowed: circuit, parameter_values, shots; "
        "did you mean shots?",
        "job.yaml:9:5: pubs[1].circuit: is missing; "
        "allowed: OpenQASM 3 text, or the name of an OpenQASM 3 or QPY file",
        "job.yaml:9:12: pubs[1].shots: 0; allowed: a whole number, 1 or more",
        "job.yaml:10:11: options.default_shot: unknown key; allowed: default_shots, execution, "
        "dynamical_decoupling, twirling, simulator, experimental; did you mean default_shots?",
        "job.yaml:11:13: output_dir: %N is the node, which changes when Slurm requeues the job; "
        "allowed: %j %A %a %x %u %t",
        "job.yaml:12:33: transpile.optimization_level: 4; allowed: 0, 1, 2 or 3",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("shots: 100", "shots of each PUB, or options: {default_shots: …}"),
        ("circuits: [a.qasm]", "pubs: a list of PUBs, each with a circuit"),
        ("resilience_level: 1", "it belongs to the estimator"),
        ("options: {resilience: {}}", "it belongs to the estimator"),
        ("options: {default_precision: 0.1}", "use default_shots"),
    ],
)
def test_a_field_in_the_wrong_place_is_told_its_right_one(jobs: Any, more: str, words: str) -> None:
    assert words in jobs.error(sampler(more))


def test_an_estimator_pub_is_told_to_use_precision(jobs: Any) -> None:
    text = "program_id: estimator\npubs: [{circuit: bell.qasm, observables: ZZ, shots: 5}]\n"
    assert "use precision" in jobs.error(text)


@pytest.mark.parametrize("item", ["observables: ZZ", "precision: 0.1"])
def test_a_sampler_pub_has_neither_observables_nor_precision(jobs: Any, item: str) -> None:
    found = jobs.error(f"program_id: sampler\npubs: [{{circuit: bell.qasm, {item}}}]\n")
    assert "in a sampler PUB; use" in found


@pytest.mark.parametrize("text", ["[]", "12", "text"])
def test_a_job_file_that_is_no_mapping_is_refused(jobs: Any, text: str) -> None:
    assert "allowed: a mapping" in jobs.error(text)


CLOUD = {
    "session": "{max_ttl: 2h}",
    "session_id": "abc",
    "tags": "[a, b]",
    "cost": "60",
    "calibration_id": "abc",
    "runtime": "image:tag",
    "private": "true",
}


@pytest.mark.parametrize("name", CLOUD)
def test_what_only_the_cloud_service_uses_is_a_warning(jobs: Any, name: str) -> None:
    (warning,) = jobs.warnings(sampler(f"{name}: {CLOUD[name]}"))
    assert warning == f"job.yaml:3:1: {name}: ignored: used by the cloud service only"


@pytest.mark.parametrize("name", CLOUD)
def test_what_the_cloud_service_uses_is_no_warning_where_it_is_asked_for(jobs: Any, name: str) -> None:
    job = jobs.load(sampler(f"{name}: {CLOUD[name]}\nservice: cloud"))
    assert job.warnings == ()
    assert list(job.cloud) == [name]
    assert job.settings["service"] == "cloud"


def test_a_session_that_is_a_text_is_its_name(jobs: Any) -> None:
    assert jobs.load(sampler("session: vqe")).cloud == {"session": {"name": "vqe"}}


def test_the_time_to_live_of_a_session_is_seconds(jobs: Any) -> None:
    job = jobs.load(sampler("session: {name: vqe, mode: dedicated, max_ttl: 1:30:00, close: false}"))
    assert job.cloud == {"session": {"name": "vqe", "mode": "dedicated", "max_ttl": 5400, "close": False}}


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("tags: x", "tags"),
        ("tags: [1]", "tags[0]"),
        ("tags: [a, b, c, d, e, f, g]", "tags"),
        (f"tags: [{'t' * 87}]", "tags[0]"),
        ("cost: 10801", "cost"),
        ("private: maybe", "private"),
        ("session: {nam: x}", "session.nam"),
        ("session: {mode: shared}", "session.mode"),
        ("session: {max_ttl: 0.5}", "session.max_ttl"),
        ("session: a\nsession_id: b", "session_id: stands beside session"),
        ("service: clouds", "service"),
    ],
)
def test_what_the_cloud_service_would_refuse_is_refused_here(jobs: Any, lines: str, what: str) -> None:
    assert what in jobs.error(sampler(lines))


def test_an_id_is_used_as_it_is_with_a_warning(jobs: Any) -> None:
    job = jobs.load(sampler("id: abc"))
    assert job.id == "abc"
    assert [warning.field for warning in job.warnings] == ["id"]


@pytest.mark.parametrize("written", ["''", "12", f"'{'x' * 257}'", "'.'", "'..'", '"a\\nb"'])
def test_an_id_is_text_of_1_to_256_printable_characters(jobs: Any, written: str) -> None:
    assert "1 to 256 printable characters" in jobs.error(sampler(f"id: {written}"))


@pytest.mark.parametrize("pattern", ["results/%x-%j", "/s/%A_%a/%u.%t", "100%%"])
def test_an_output_pattern_may_hold_what_survives_a_requeue(jobs: Any, pattern: str) -> None:
    assert jobs.load(sampler(f"output_dir: '{pattern}'")).output_dir == pattern


@pytest.mark.parametrize(("symbol", "reason"), [("%N", "the node"), ("%n", "number"), ("%s", "the step")])
def test_a_symbol_that_changes_on_requeue_is_refused_with_the_reason(
    jobs: Any, symbol: str, reason: str
) -> None:
    found = jobs.error(sampler(f"output_dir: 'out/{symbol}'"))
    assert reason in found
    assert "requeues" in found


@pytest.mark.parametrize("pattern", ["%q", "x%", "%4j"])
def test_a_symbol_that_means_nothing_is_refused(jobs: Any, pattern: str) -> None:
    assert "means nothing" in jobs.error(sampler(f"output_dir: '{pattern}'"))


def test_neither_pubs_nor_params_nor_a_name_of_the_input_is_an_error(jobs: Any) -> None:
    assert jobs.error("program_id: sampler\n") == (
        "job.yaml:1:1: has neither pubs nor params; "
        "allowed: pubs, params, or the id or storage.input.object_name of params in the store"
    )


def test_pubs_and_params_together_are_an_error(jobs: Any) -> None:
    jobs.write("params.json", "{}")
    assert jobs.error(sampler("params: params.json")) == (
        "job.yaml:3:9: params: stands beside pubs; allowed: one of the two"
    )


def test_options_beside_params_are_an_error(jobs: Any) -> None:
    jobs.write("params.json", "{}")
    text = "program_id: sampler\nparams: params.json\noptions: {default_shots: 3}\n"
    assert jobs.error(text) == "job.yaml:3:10: options: has no effect without pubs; allowed: inside params"


def test_transpiling_a_params_file_is_an_error(jobs: Any) -> None:
    jobs.write("params.json", "{}")
    text = "program_id: sampler\nparams: params.json\ntranspile: {optimization_level: 1}\n"
    assert "needs circuits to work on" in jobs.error(text)
