"""What is said of Slurm: on a real cluster, with the real plugin, and with one that Slurm does not load."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.slurm.licences import licence_of
from tests.health.stage import BACKEND, Stage
from tests.plugin import build
from tests.plugin.build import compiled
from tests.plugin.test_submission import OTHER_PLUGIN
from tests.slurm.cluster import Cluster, why_not
from tests.slurm.waiting import eventually
from tests.slurm.world import CHECKOUT

PATH = os.environ["PATH"]
NAMES = "ibm_examplesite\n"
NODE_HEALTH = """#!/bin/sh
echo "$@" >>{etc}/asked
echo "direct-access: disk: cannot write to /scratch"
[ ! -e {etc}/broken ]
"""
"""In place of the command: what it says of a node is for a test to decide."""
LINE = "optional {etc}/direct_access.so names={etc}/qpu-names run={etc}/../qpu-run"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with the plugin, nine licences for the five lanes of one backend, and five for another."""
    if reason := why_not() or build.why_not():
        pytest.skip(reason)
    plugin = build.plugin(tmp_path_factory.mktemp("plugin"))
    settings = {
        "Licenses": f"{BACKEND}:9,ibm_small:5",
        "HealthCheckProgram": "{etc}/health_check.sh",
        "HealthCheckInterval": "1",
    }
    program = (CHECKOUT / "slurm" / "health_check.sh").read_text()
    program = program.replace("# export SLURM_CONF=/opt/slurm/etc", "export SLURM_CONF={etc}")
    files = {
        "qpu-names": NAMES,
        "direct-access": NODE_HEALTH,
        "health_check.sh": program.replace(
            "direct-access health --format", "{etc}/direct-access health --format"
        ),
    }
    with Cluster(nodes=1, settings=settings, files=files, plugstack=[LINE]) as cluster:
        shutil.copy(plugin, cluster.etc)
        yield cluster


@pytest.fixture
def on_the_cluster(stage: Stage, cluster: Cluster) -> Stage:
    for name, value in {**cluster.environment, "PATH": PATH}.items():
        stage.monkeypatch.setenv(name, value)
    return stage


def test_a_plugin_that_slurm_loads_is_well(on_the_cluster: Stage, cluster: Cluster) -> None:
    finding = on_the_cluster.health().finding("plugin")
    assert (finding["level"], finding["seen"]) == ("OK", "loaded"), finding
    assert finding["subject"] == f"{cluster.etc}/direct_access.so"


def test_a_plugin_that_slurm_does_not_load_is_a_failure_that_says_why(
    on_the_cluster: Stage, cluster: Cluster
) -> None:
    plugin: Path = cluster.etc / "direct_access.so"
    content = plugin.read_bytes()
    plugin.write_bytes(content[:100])
    on_the_cluster.end.callback(plugin.write_bytes, content)
    told = on_the_cluster.health()
    finding = told.finding("plugin")
    assert finding["level"] == "CRITICAL"
    assert "is in plugstack.conf, and not loaded: " in finding["seen"]
    assert told.exit_status == 78


def test_a_plugin_behind_another_one_with_its_option_is_a_failure_that_says_so(
    on_the_cluster: Stage, cluster: Cluster, tmp_path: Path
) -> None:
    shutil.copy(compiled(OTHER_PLUGIN, tmp_path / "other.so"), cluster.etc)
    plugstack = cluster.etc / "plugstack.conf"
    before = plugstack.read_text()
    on_the_cluster.end.callback(plugstack.write_text, before)
    plugstack.write_text(f"optional {cluster.etc}/other.so\n{before}")
    finding = on_the_cluster.health().finding("plugin")
    assert finding["level"] == "CRITICAL"
    assert 'option "qpu" provided by both' in finding["seen"]
    assert "option=NAME in plugstack.conf" in finding["advice"]


def test_more_licences_than_lanes_are_a_warning(on_the_cluster: Stage) -> None:
    findings = on_the_cluster.health().document["findings"]
    told = {each["subject"]: each for each in findings if each["check"] == "licences"}
    assert told[BACKEND]["level"] == "WARNING"
    assert told[BACKEND]["seen"] == f"Slurm has 9 licences {BACKEND}, the backend has 5 lanes"
    assert told[BACKEND]["advice"].startswith(f"Licenses={BACKEND}:5 in slurm.conf")
    assert (told["ibm_small"]["level"], told["ibm_small"]["seen"]) == ("OK", "5 licences, 5 lanes")


def test_where_there_is_no_slurm_nothing_is_wrong(stage: Stage) -> None:
    told = stage.health()
    for check in ("plugin", "licences"):
        finding = told.finding(check)
        assert (finding["level"], finding["seen"]) == (
            "OK",
            "not looked at: there is no scontrol on this node",
        )


def test_a_controller_that_does_not_answer_is_not_taken_for_one_without_licences(stage: Stage) -> None:
    scontrol = stage.home / "scontrol"  # the stage has no other directory in PATH
    scontrol.write_text(
        "#!/bin/sh\necho 'slurm_load_licenses error: Unable to contact slurm controller' >&2\nexit 1\n"
    )
    scontrol.chmod(0o755)
    told = stage.health()
    for check in ("plugin", "licences"):
        assert "Unable to contact slurm controller" in told.finding(check)["seen"]


def test_the_licence_of_a_backend_is_called_as_the_function_for_job_submit_calls_it() -> None:
    assert licence_of("ibm:x,y z") == "ibm_x_y_z"


def node(cluster: Cluster) -> str:
    return cluster.scontrol("-o", "show", "node", cluster.nodes[0])


def test_slurmd_drains_a_node_for_what_is_broken_on_it_and_for_nothing_else(cluster: Cluster) -> None:
    asked, broken = cluster.etc / "asked", cluster.etc / "broken"
    eventually(asked.exists, "a health check")
    assert "DRAIN" not in node(cluster)
    broken.touch()
    eventually(lambda: "DRAIN" in node(cluster), "the node is drained")
    assert "Reason=direct-access: disk: cannot write to /scratch" in node(cluster)
    broken.unlink()
    cluster.scontrol("update", f"nodename={cluster.nodes[0]}", "state=resume")
    eventually(lambda: "DRAIN" not in node(cluster), "the node is back")
