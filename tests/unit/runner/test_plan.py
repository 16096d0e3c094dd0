from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from direct_access import jobfile
from direct_access.config.settings import Limits, Settings
from direct_access.errors import ConfigurationError, InputError
from direct_access.journal import Step
from direct_access.runner import plan as plans

from .conftest import JOB, Site, system

NO_BACKEND = JOB.replace("backend: ibm_lab\n", "")
NO_TIMEOUT = JOB.replace("timeout_secs: 60\n", "")
GRANTED = "QRMI_JOB_QPU_RESOURCES"


def spec_of(site: Site, job: str = JOB, default: str | None = None, **environment: str) -> Any:
    site.plan(job if "backend" in job else JOB)
    (site.home / "job.yaml").write_text(job)
    found = jobfile.load(site.home / "job.yaml")
    settings = Settings(systems={}, scratch=site.home, **{**found.settings, **site.settings})
    return plans.make(found, settings, environment, system=system(default_backend=default)).spec


def test_the_job_file_says_what_runs_where_and_how_long(site: Site) -> None:
    spec = spec_of(site, JOB + "log_level: debug\n")
    assert (spec.program_id, spec.backend, spec.timeout_secs, spec.log_level) == (
        "sampler",
        "ibm_lab",
        60,
        "debug",
    )


CLOUD = {"service": "cloud"}


def spec_in_cloud(
    site: Site, job: str, environment: Mapping[str, str] = MappingProxyType({}), **limits: Any
) -> Any:
    (site.home / "params.json").write_text('{"pubs": []}')
    (site.home / "job.yaml").write_text(job)
    found = jobfile.load(site.home / "job.yaml")
    settings = Settings(systems={}, scratch=site.home, limits=Limits(**limits), **found.settings)
    return plans.make(found, settings, environment, system=system(**CLOUD)).spec


def test_a_job_in_the_cloud_needs_no_time_limit_and_has_what_the_job_file_says(site: Site) -> None:
    assert spec_in_cloud(site, NO_TIMEOUT).timeout_secs == 10_800
    assert spec_in_cloud(site, NO_TIMEOUT, max_timeout_secs=60).timeout_secs == 60
    spec = spec_in_cloud(site, NO_TIMEOUT + "cost: 30\ntags: [a]\nprivate: true\n")
    assert (spec.timeout_secs, spec.cloud["tags"], spec.is_private) == (30, ["a"], True)


def test_a_backend_in_the_cloud_needs_no_grant_of_slurm(site: Site) -> None:
    assert spec_in_cloud(site, JOB, {GRANTED: "ibm_a"}).backend == "ibm_lab"


LOST = {"SLURM_JOB_ID": "7", "SLURM_SPANK__SLURM_SPANK_OPTION_direct_access_qpu": "ibm_lab"}


def test_a_grant_that_was_lost_ends_a_run_on_the_premises_alone(site: Site) -> None:
    with pytest.raises(ConfigurationError, match="--qpu=ibm_lab was asked for"):
        spec_of(site, **LOST)
    assert spec_in_cloud(site, JOB, LOST).backend == "ibm_lab"


def test_the_sites_bound_holds_for_the_cost_too(site: Site) -> None:
    with pytest.raises(InputError, match="cost is 61, this site allows at most 60"):
        spec_in_cloud(site, JOB + "cost: 61\n", max_timeout_secs=60)


def test_a_job_on_the_premises_has_nothing_of_the_cloud(site: Site) -> None:
    spec = spec_of(site, JOB + "private: true\n")
    assert (spec.cloud, spec.is_private) == ({}, False)


def test_a_setting_wins_over_the_job_file(site: Site) -> None:
    site.settings = {"backend": "ibm_other", "timeout_secs": 5}
    spec = spec_of(site)
    assert (spec.backend, spec.timeout_secs) == ("ibm_other", 5)


def test_without_a_backend_the_first_one_granted_by_slurm_is_taken(site: Site) -> None:
    assert spec_of(site, NO_BACKEND, "ibm_default", **{GRANTED: " ibm_a, ibm_b"}).backend == "ibm_a"


def test_without_a_grant_the_systems_default_is_taken(site: Site) -> None:
    assert spec_of(site, NO_BACKEND, "ibm_default").backend == "ibm_default"
    assert spec_of(site, NO_BACKEND, "ibm_default", **{GRANTED: " , "}).backend == "ibm_default"


def test_without_any_backend_the_job_is_refused_with_the_ways_to_name_one(site: Site) -> None:
    with pytest.raises(InputError, match="no backend") as caught:
        spec_of(site, NO_BACKEND)
    assert "--backend" in str(caught.value.advice)


def test_a_backend_that_slurm_did_not_grant_is_refused(site: Site) -> None:
    with pytest.raises(InputError, match="ibm_lab was not granted") as caught:
        spec_of(site, **{GRANTED: "ibm_a,ibm_b"})
    assert "ibm_a, ibm_b" in str(caught.value.advice)


def test_a_backend_that_slurm_granted_is_taken(site: Site) -> None:
    assert spec_of(site, **{GRANTED: "ibm_a,ibm_lab"}).backend == "ibm_lab"


def test_a_job_without_a_time_needs_one(site: Site) -> None:
    with pytest.raises(InputError, match="timeout_secs is required"):
        spec_of(site, NO_TIMEOUT)


def test_the_sites_bound_on_the_time_holds(site: Site) -> None:
    site.settings = {"limits": Limits(max_timeout_secs=59)}
    with pytest.raises(InputError, match="timeout_secs is 60, this site allows at most 59"):
        spec_of(site)


def test_the_digest_of_the_params_is_that_of_their_bytes(site: Site) -> None:
    plan = site.plan(params={"pubs": [1]})
    assert plan.params_sha256 == hashlib.sha256((site.home / "params.json").read_bytes()).hexdigest()


def test_params_in_the_store_have_no_digest(site: Site) -> None:
    job = JOB.replace("params: params.json", "id: mine\nstorage: {input: {object_name: in}}")
    assert site.plan(job).params_sha256 is None


def test_the_same_params_mapped_otherwise_are_other_params(site: Site) -> None:
    pubs = 'pubs: [{circuit: "OPENQASM 3.0; qubit q; bit c; c = measure q;", shots: 1}]'
    digests = {
        site.plan(JOB.replace("params: params.json", pubs) + end).params_sha256
        for end in ("", "transpile: {optimization_level: 0}\n", "transpile: {optimization_level: 1}\n")
    }
    assert len(digests) == 3


def test_a_plan_can_be_told_without_a_request_or_a_file(site: Site) -> None:
    plan = site.plan()
    before = sorted(site.home.iterdir())
    told = plans.describe(plan, site.service, new=False)
    json.dumps(told)
    assert (told["system"], told["run_directory"], told["action"]) == ("memory", str(site.directory), "start")
    assert told["keep"] == "none"
    assert set(site.service.calls) <= {"plan"}
    assert sorted(site.home.iterdir()) == before


def test_the_plan_of_an_unfinished_run_names_its_job(site: Site) -> None:
    job_id = site.run(until=Step.WAIT).job_id
    told = plans.describe(site.plan(), site.service, new=False)
    assert (told["action"], told["request"]["handle"]["id"]) == ("resume", job_id)


def test_objects_are_named_after_their_owner(site: Site) -> None:
    plan = site.plan(SLURM_JOB_ID="7", SLURM_CLUSTER_NAME="alps", SLURM_RESTART_COUNT="1")
    assert plans.new_job(plan).owner.startswith("alps/")
    assert plans.new_job(plan).owner.endswith("/7.1")


def test_a_user_without_a_name_is_a_number(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert site.plan(JOB + "output_dir: run-%u\n").base.name.startswith("run-")
