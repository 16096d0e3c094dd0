"""The doctor goes all the way, stops at the first cause, and leaves nothing behind."""

from __future__ import annotations

import pytest

from direct_access.health.bell import bell
from direct_access.simulator.jobs.scenario import OutcomeRule
from tests.health.bad_days import api_down, iam_down, key_open_to_others, tls_server
from tests.health.stage import BACKEND, Stage


def left_on_the_server(stage: Stage) -> list[str]:
    jobs = [job.id for job in stage.simulator.jobs.jobs()]
    return [*jobs, *(found.key for found in stage.simulator.store.objects(stage.simulator.bucket))]


def test_where_all_is_well_a_job_goes_there_and_back(stage: Stage) -> None:
    before, files = stage.simulator.jobs.accepted, sorted(stage.home.iterdir())
    told = stage.command("doctor")
    assert told.exit_status == 0, told.out + told.err
    assert told.out.endswith("all is well: a job went from here to the quantum system and back\n")
    assert f"job            {BACKEND}" in told.out
    assert "Completed, results and log verified" in told.out
    assert stage.simulator.jobs.accepted == before + 1
    assert left_on_the_server(stage) == []
    made = {path.name for path in stage.home.iterdir()} - {path.name for path in files}
    assert made <= {"direct-access"}  # the tokens


def test_the_test_job_runs_on_the_backend_that_is_named(stage: Stage) -> None:
    told = stage.doctor("--backend", "ibm_small")
    assert told.exit_status == 0
    assert told.finding("job")["subject"] == "ibm_small"


def test_it_stops_at_the_first_cause_and_says_what_to_do(stage: Stage) -> None:
    iam_down(stage)
    told = stage.command("doctor")
    assert told.exit_status == 69
    *_, cause, tried, fix, following, then = told.out.splitlines()
    assert cause.startswith("CRITICAL iam: IAM is in trouble")
    assert tried.startswith("  tried: POST /identity/token")
    assert fix.startswith("  fix: ")
    assert following.startswith("  next: direct-access ")
    assert then == "  then: direct-access doctor"
    assert "store" not in told.out.partition("\n\n")[0].replace("tcp.store", "").replace("dns.store", "")


@pytest.mark.parametrize(
    ("outcome", "says", "status"),
    [
        ({"status": "Failed", "reason_code": 1517, "reason_message": "broken"}, "broken", 4),
        ({"results": "truncated"}, "wrong", 74),
    ],
)
def test_a_test_job_that_goes_wrong_is_the_cause(
    stage: Stage, outcome: dict[str, object], says: str, status: int
) -> None:
    stage.simulator.outcomes.add(OutcomeRule(**outcome))  # type: ignore[arg-type]
    told = stage.doctor()
    assert told.document["cause"] == "job"
    assert says in told.finding("job")["seen"]
    assert told.exit_status == status


def test_a_test_job_that_does_not_end_is_cancelled_and_deleted(stage: Stage) -> None:
    for job in stage.simulator.jobs.jobs():
        stage.simulator.jobs.delete(job.id)
    stage.simulator.outcomes.add(OutcomeRule(manual=True))
    told = stage.doctor("--wait", "0.2")
    assert told.exit_status == 124
    assert told.document["cause"] == "job"
    assert [job.status for job in stage.simulator.jobs.jobs()] == []
    assert "and was cancelled" in told.finding("job")["seen"]
    assert "collect" not in told.finding("job")["advice"]  # there is nothing left of it


def test_from_a_node_it_says_what_is_reached_without_any_credentials(stage: Stage) -> None:
    key_open_to_others(stage)
    (stage.home / "client" / "secret_access_key").unlink()
    before = len(stage.simulator.requests.entries())
    told = stage.command("doctor", "--from-node")
    assert told.exit_status == 0
    rows = [line.split("  ") for line in told.out.splitlines()]
    assert [(row[0], [cell.strip() for cell in row if cell.strip()][1]) for row in rows[1:]] == [
        ("IAM", "yes"),
        ("the API", "yes"),
        ("the object store", "yes"),
    ]
    assert len(stage.simulator.requests.entries()) == before


def test_from_a_node_it_says_what_is_not_reached_and_why(stage: Stage) -> None:
    api_down(stage)
    told = stage.command("doctor", "--from-node")
    assert told.exit_status == 69
    api = next(line for line in told.out.splitlines() if line.startswith("the API"))
    assert " no " in api
    assert "Connection refused" in api
    answer = stage.doctor("--from-node").document["reached"]
    assert answer == {"iam": True, "api": False, "store": True}


def test_from_a_node_a_server_that_is_not_trusted_is_not_reached(stage: Stage) -> None:
    stage.end.enter_context(tls_server(stage, trusted=False))
    told = stage.doctor("--from-node")
    assert told.document["reached"]["api"] is False
    assert told.exit_status == 78


def test_from_a_node_with_a_refused_configuration_nobody_knows_what_is_reached(stage: Stage) -> None:
    stage.configuration.write_text("nonsense: true\n")
    told = stage.command("doctor", "--from-node")
    assert told.exit_status == 78
    assert " no " not in told.out
    assert told.out.count("not tried: see below") == 3
    assert stage.doctor("--from-node").document["reached"] == {}


def test_from_a_node_a_store_that_nobody_configured_is_not_asked_for(stage: Stage) -> None:
    told = stage.command("doctor", "--from-node", "--system", "simulated-cloud")
    assert told.exit_status == 0
    assert told.out.splitlines()[-1].split("  ")[-1] == "none configured"


CZ = {"basis_gates": ["cz", "rz", "sx", "x"], "coupling_map": [[3, 2], [2, 3]], "n_qubits": 5}


def test_the_circuit_has_gates_and_qubits_of_the_backend() -> None:
    circuit = bell(CZ)
    assert "sx $3;\ncz $3, $2;\nc[0] = measure $3;\nc[1] = measure $2;\n" in circuit


@pytest.mark.parametrize("document", [{}, {"basis_gates": ["ecr", "rz"], "n_qubits": 2}])
def test_a_backend_with_none_of_these_gates_measures_alone(document: dict[str, object]) -> None:
    assert bell(document).splitlines()[3:] == ["c[0] = measure $0;", "c[1] = measure $1;"]
