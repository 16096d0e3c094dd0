"""What single checks see beside the causes of bad days."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.health.bad_days import clock_off, tls_server
from tests.health.stage import BACKEND, Stage
from tests.support.forward_proxy import ForwardProxy, running
from tests.support.scripted_server import ScriptedServer, serving


def objects(stage: Stage) -> list[str]:
    return [found.key for found in stage.simulator.store.objects(stage.simulator.bucket)]


@pytest.mark.parametrize(
    ("days", "level", "says"),
    [
        (30.5, "OK", "expires in 30 days"),
        (10.01, "WARNING", "expires in 10-00:"),
        (1.01, "CRITICAL", "expires in 1-00:"),
    ],
)
def test_a_certificate_is_told_by_the_days_it_has_left(
    stage: Stage, days: float, level: str, says: str
) -> None:
    stage.end.enter_context(tls_server(stage, valid_days=(-1, days)))
    finding = stage.health().finding("tls.api")
    assert finding["level"] == level
    assert says in finding["seen"]
    (measure,) = finding["measures"]
    assert measure["name"] == "certificate_expiry_timestamp_seconds"
    assert measure["value"] - time.time() == pytest.approx(days * 86400, abs=300)


def test_a_certificate_is_looked_at_through_a_proxy_too(stage: Stage) -> None:
    stage.end.enter_context(tls_server(stage))
    proxy = stage.end.enter_context(running(ForwardProxy(credentials="alice:wonderland")))
    with_password = proxy.url.replace("//", "//alice:wonderland@")
    stage.configure(https_proxy=with_password, no_proxy=[])
    told = stage.health()
    assert told.finding("tls.api")["seen"].startswith("trusted; expires in")
    assert told.finding("proxy.api")["seen"] == f"lets requests pass: {proxy.url}"
    assert told.finding("dns.api")["seen"] == "an address, no name"
    assert "wonderland" not in told.out


def test_a_port_without_tls_is_not_asked_for_a_certificate(stage: Stage) -> None:
    assert "tls.api" not in {finding["check"] for finding in stage.health().document["findings"]}


def test_the_round_trip_through_the_store_leaves_nothing(stage: Stage) -> None:
    before = objects(stage)
    told = stage.health()
    assert "read through a presigned URL" in told.finding("store")["seen"]
    methods = [entry.method for entry in stage.simulator.requests.entries("store")][-3:]
    assert methods == ["PUT", "GET", "DELETE"]
    assert objects(stage) == before


def test_a_bucket_of_ibm_cloud_is_read_by_token(stage: Stage) -> None:
    configuration = stage.simulator.write_client_configuration(stage.home / "cos", "ibmcloud_cos")
    stage.monkeypatch.setenv("DIRECT_ACCESS_CONFIG", str(configuration))
    finding = stage.health().finding("store")
    assert finding["level"] == "OK"
    assert finding["seen"].startswith("put, read, deleted")


def test_a_bucket_that_is_read_by_token_needs_iam(stage: Stage) -> None:
    configuration = stage.simulator.write_client_configuration(stage.home / "cos", "ibmcloud_cos")
    stage.monkeypatch.setenv("DIRECT_ACCESS_CONFIG", str(configuration))
    stage.fault("iam", method="POST", status=503)
    assert stage.health().finding("store")["because"] == "iam"


def test_a_url_that_a_gateway_breaks_is_told_apart_from_a_store_that_fails(stage: Stage) -> None:
    stage.fault("store", method="GET", status=403)
    finding = stage.health().finding("store")
    assert finding["level"] == "CRITICAL"
    assert "a presigned URL is refused with HTTP 403, while the object itself can be read" in finding["seen"]
    assert objects(stage) == []


def test_lanes_that_jobs_left_on_purpose_hold_are_counted(stage: Stage) -> None:
    stage.occupy_all_lanes("run", "--detach-after", "0.1")
    lanes = stage.health().finding("lanes")
    assert lanes["seen"].endswith("are in use, 1 of them by jobs that were left on purpose")
    measures = {(each["name"], each["labels"].get("backend")): each["value"] for each in lanes["measures"]}
    assert measures["lanes_used", BACKEND] == measures["lanes", BACKEND] == 1
    assert measures["lanes_free", BACKEND] == 0
    assert measures["lanes_detached", BACKEND] == 1


def test_jobs_that_ended_and_still_exist_are_told(stage: Stage) -> None:
    stage.occupy_all_lanes()
    (job,) = [job for job in stage.simulator.jobs.jobs() if job.status == "Running"]
    stage.simulator.jobs.release(job.id)
    stage.simulator.wait_for(job.id)
    assert "jobs have ended and are not deleted" in stage.health().finding("lanes")["seen"]


@pytest.mark.parametrize("name", ["crn:v1:local:qsa_sim", "myinstance"])
def test_a_name_of_an_instance_that_is_no_crn_is_a_warning(stage: Stage, name: str) -> None:
    stage.configure(service_crn=name)
    finding = stage.health().finding("configuration")
    assert (finding["level"], name in finding["seen"]) == ("WARNING", True)


def test_a_version_that_the_server_does_not_offer_is_a_warning(stage: Stage) -> None:
    stage.configure(api_version="2020-01-01")
    finding = stage.health().finding("api")
    assert finding["level"] in ("WARNING", "CRITICAL")
    assert "2020-01-01" in finding["seen"]


def test_a_default_backend_that_does_not_exist_is_a_failure_that_names_those_that_do(stage: Stage) -> None:
    stage.configure(default_backend="ibm_nonsense")
    told = stage.health()
    assert told.exit_status == 78
    assert BACKEND in told.finding("backends")["seen"]


def test_an_old_calibration_is_a_warning_from_the_age_that_the_site_says(stage: Stage) -> None:
    stage.site(calibration_warning_secs="1ms")
    assert stage.health().finding("calibration")["level"] == "WARNING"
    stage.site(calibration_warning_secs="9999d")
    assert stage.health().finding("calibration")["level"] == "OK"


def test_whose_clock_is_wrong_iam_decides(stage: Stage) -> None:
    clock_off(stage)
    iam = stage.end.enter_context(serving(ScriptedServer()))
    stage.configure(iam_url=iam.url)
    finding = stage.health().finding("clock")
    assert finding["level"] == "CRITICAL"
    assert finding["seen"].startswith(f"the clock of {stage.simulator.api_url.partition('//')[2]} is wrong")


def test_a_server_that_breaks_off_says_nothing_of_clocks(stage: Stage) -> None:
    stage.fault("api", reset=True)
    told = stage.health()
    assert told.finding("clock")["level"] == "OK"
    assert told.document["cause"] == "api"
    assert told.finding("store")["level"] == "OK"


@pytest.mark.parametrize(("mode", "level"), [(0o600, "OK"), (0o644, "OK"), (0o664, "WARNING")])
def test_a_configuration_that_others_may_change_is_a_warning(stage: Stage, mode: int, level: str) -> None:
    stage.configuration.chmod(mode)
    assert stage.health().finding("configuration")["level"] == level


def test_the_shared_token_is_told_by_its_life(stage: Stage) -> None:
    assert stage.command("backends").exit_status == 0
    finding = stage.health().finding("token_cache")
    assert finding["seen"].startswith(("a token for 59:", "a token for 1:00:00"))


def test_a_directory_of_tokens_that_others_may_read_is_a_warning(stage: Stage) -> None:
    (stage.home / "direct-access").mkdir(mode=0o755)
    finding = stage.health().finding("token_cache")
    assert finding["level"] == "WARNING"
    assert "open to others" in finding["seen"]


def unfinished_run(stage: Stage, **changes: Any) -> Path:
    """Return the journal of a run that nobody finished."""
    stage.occupy_all_lanes()
    journal = stage.home / "neighbour" / "job.json"
    journal.write_text(json.dumps({**json.loads(journal.read_text()), **changes}))
    return journal


def test_a_run_that_nobody_finished_for_long_is_told(stage: Stage) -> None:
    journal = unfinished_run(stage)
    assert stage.health().finding("runs")["level"] == "OK"
    long_ago = time.time() - 30 * 86400
    os.utime(journal, (long_ago, long_ago))
    finding = stage.health().finding("runs")
    assert finding["level"] == "WARNING"
    assert str(journal.parent) in finding["seen"]
    assert finding["next"].startswith("direct-access collect --all ")


def test_a_run_that_left_something_on_the_server_is_told(stage: Stage) -> None:
    unfinished_run(stage, left_behind=True)
    finding = stage.health().finding("runs")
    assert finding["level"] == "WARNING"
    assert "left jobs or objects on the server" in finding["seen"]


def test_a_run_that_cannot_be_read_is_told(stage: Stage) -> None:
    unfinished_run(stage).write_text("{")
    assert "; 1 cannot be read, first: " in stage.health().finding("runs")["seen"]


@pytest.mark.parametrize("name", ["calibration", "tls.api", "tls"])
def test_a_site_leaves_checks_out(stage: Stage, name: str) -> None:
    stage.end.enter_context(tls_server(stage))
    stage.site(disable=[name])
    checks = {finding["check"] for finding in stage.health().document["findings"]}
    assert name not in checks
    assert "disk" in checks


@pytest.mark.parametrize(
    ("status", "level"), [(0, "OK"), (1, "WARNING"), (2, "CRITICAL"), (3, "UNKNOWN"), (77, "UNKNOWN")]
)
def test_a_check_of_the_sites_own_is_read_as_a_nagios_plugin(stage: Stage, status: int, level: str) -> None:
    program = stage.home / "check_cryostat"
    program.write_text(f'#!/bin/sh\necho "CRYOSTAT at $1 | temperature=12"\necho more\nexit {status}\n')
    program.chmod(0o755)
    stage.site(commands=[[str(program), "12 mK"]])
    finding = stage.health().finding("site.check_cryostat")
    assert (finding["level"], finding["seen"]) == (level, "CRYOSTAT at 12 mK")


def test_a_check_of_the_sites_own_that_cannot_be_run_is_unknown(stage: Stage) -> None:
    stage.site(commands=[["/nonexistent/check"]])
    finding = stage.health().finding("site.check")
    assert finding["level"] == "UNKNOWN"
    assert "cannot be run" in finding["seen"]


def test_a_system_in_the_cloud_is_asked_by_its_own_api(stage: Stage) -> None:
    told = stage.health("--system", "simulated-cloud")
    assert told.document["level"] == "OK", told.out
    checks = {finding["check"] for finding in told.document["findings"]}
    assert checks >= {"tcp.api", "iam", "api", "backends"}
    assert checks.isdisjoint({"lanes", "licences", "calibration", "store"})
    assert told.finding("backends")["seen"].startswith("online")


def test_a_user_cannot_choose_what_the_site_looks_at(stage: Stage) -> None:
    stage.configuration.write_text(stage.configuration.read_text() + "health: {disable: [iam]}\n")
    told = stage.health()
    assert told.exit_status == 78
    assert "health.disable" in told.finding("configuration")["seen"]
