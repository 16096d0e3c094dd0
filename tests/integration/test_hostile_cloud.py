"""No answer of the cloud, and no description of a backend, is a bug of ours: exit status 70."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.between import Answer, Between, Exchange, standing_between

from .conftest import Site
from .hostile import MARK, Fuzzing, body

CLOUD = "simulated-cloud"


@pytest.fixture
def fuzzing(site: Site, monkeypatch: pytest.MonkeyPatch) -> Fuzzing:
    return Fuzzing(site, monkeypatch)


@pytest.fixture
def cloud(site: Site) -> Iterator[Between]:
    """A program before the cloud: its REST API and its Resource Controller."""
    with standing_between(site.simulator.cloud_url.removesuffix("/api")) as between:
        path = Path(site.environment["DIRECT_ACCESS_CONFIG"])
        document = yaml.safe_load(path.read_text())
        section = document["systems"][CLOUD]
        section["url"] = f"{between.url}/api"
        section["resource_controller_url"] = f"{between.url}/resource-controller"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        yield between


ANSWERS = [
    # the command, what it asks for, what an answer cannot do without
    ("list", "GET", "/v1/jobs$", "jobs id status"),
    ("backends", "GET", "/v1/backends$", "devices name"),
    ("workloads", "GET", "/v1/workloads$", "workloads"),
    ("usage", "GET", "/v1/instances/usage$", ""),
    ("usage --account", "GET", "/v1/analytics/usage$", ""),
    ("usage --by date --format csv", "GET", "/v1/analytics/usage_grouped_by_date$", "data"),
    ("instance list", "GET", "/v2/resource_instances$", "resources crn guid"),
    ("instance show", "GET", "/v2/resource_instances/", "crn guid"),
    ("instance limit", "GET", "/v1/instances/configuration$", ""),
    ("session create --format json", "POST", "/v1/sessions$", "id"),
]


def test_no_field_of_the_cloud_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing, cloud: Between) -> None:
    fuzzing.run("submit", "--quiet", str(site.job_file()), "--system", CLOUD)
    for command, method, path, needed in ANSWERS:
        fuzzing.each_field(cloud, method, path, f"{command} --system {CLOUD}", needed)


@pytest.mark.parametrize("form", ["digits", "huge", "deep", "controls", "list", "object"])
def test_a_run_whose_job_is_described_in_hostile_words_ends_as_the_job_did(
    site: Site, fuzzing: Fuzzing, cloud: Between, form: str
) -> None:
    def play(request: Exchange) -> Answer:
        answer = request.upstream()
        document = json.loads(answer.body)
        for name in ("state", "usage", "tags", "cost", "program", "created", "backend"):
            document[name] = MARK
        return Answer(answer.status, body(document, form), answer.headers)

    cloud.rule("GET", "/v1/jobs/[^/]*$", play)
    status = fuzzing.run("run", "--quiet", str(site.job_file()), "--system", CLOUD)
    assert status == (76 if form == "deep" else 0)


@pytest.mark.parametrize("form", ["digits", "deep objects", "controls", "list", "object"])
def test_hostile_results_of_the_cloud_are_refused_and_left_there(
    site: Site, fuzzing: Fuzzing, cloud: Between, form: str
) -> None:
    cloud.rule("GET", "/results$", lambda _request: Answer(200, body(MARK, form)))
    assert fuzzing.run("run", "--quiet", str(site.job_file()), "--system", CLOUD) == 74
    assert len(site.simulator.cloud.jobs.all()) == 1
