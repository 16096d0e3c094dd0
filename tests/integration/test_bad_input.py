"""Bad input ends in a clear error; nothing is half-written, nothing is sent, nothing is left running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import BELL, Site

CIRCUIT = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
HEAD = "program_id: sampler\nbackend: ibm_examplesite\ntimeout_secs: 60\n"
BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def pub(text: str) -> str:
    return f"{HEAD}pubs:\n  - {{circuit: '{CIRCUIT}', {text}}}\n"


BAD_JOB_FILES = {
    "empty": ("", "empty"),
    "unknown key": (BELL + "shotz: 3\n", "shotz"),
    "duplicate key": (BELL + "timeout_secs: 61\n", "timeout_secs"),
    "wrong type": (BELL.replace("shots: 100", "shots: many"), "shots"),
    "recursive alias": ("&a\nprogram_id: *a\n", "alias"),
    "bomb": (BOMB, ""),
    "timeout of nothing": (BELL.replace("timeout_secs: 60", "timeout_secs: 0"), "timeout_secs"),
    "circuit that is not there": (HEAD + "pubs: [{circuit: nowhere.qasm}]\n", "nowhere.qasm"),
    "circuit of an older language": (
        HEAD + "pubs:\n  - circuit: |\n      OPENQASM 2.0;\n      qreg q[1];\n",
        "OpenQASM",
    ),
    "not a number": (pub("parameter_values: [.nan]"), "parameter_values"),
    "infinity": (pub("parameter_values: [.inf]"), "parameter_values"),
    "observables of a sampler": (pub("observables: [Z]"), "observables"),
    "bucket CRN cut by the shell": (
        BELL + "storage: {type: ibmcloud_cos, bucket_crn: 'crn:v1:bluemix', region: us-east}\n",
        "crn",
    ),
}


@pytest.mark.parametrize("name", list(BAD_JOB_FILES))
def test_a_bad_job_file_is_refused_with_its_place_before_anything_happens(site: Site, name: str) -> None:
    text, word = BAD_JOB_FILES[name]
    done = site.run("run", site.job_file(text))
    assert done.returncode == 65, done.stderr
    assert "bell.yaml" in done.stderr
    assert word.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert site.simulator.requests.count() == 0
    assert not site.run_directory.exists()


@pytest.mark.parametrize("kind", ["missing", "binary", "huge", "directory", "fifo"])
def test_a_job_file_that_is_none_is_refused(site: Site, kind: str) -> None:
    path = site.home / "bell.yaml"
    if kind == "binary":
        path.write_bytes(bytes(range(256)) * 16)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 30)
    elif kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    done = site.run("run", path)
    assert done.returncode == 65, done.stderr
    assert str(path.name) in done.stderr
    assert not site.run_directory.exists()


def test_observables_of_the_wrong_width_are_named(site: Site) -> None:
    text = (
        "program_id: estimator\nbackend: ibm_examplesite\ntimeout_secs: 60\n"
        "pubs:\n  - circuit: |\n      OPENQASM 3.0;\n      qubit[2] q;\n    observables: [ZZZ]\n"
    )
    done = site.run("validate", site.job_file(text))
    assert done.returncode == 65
    assert "observables" in done.stderr


def test_a_service_crn_cut_by_the_shell_is_named(site: Site) -> None:
    path = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    path.write_text(path.read_text().replace(site.simulator.service_crn, "crn:v1:bluemix:public"))
    done = site.run("run", site.job_file())
    assert done.returncode == 78
    assert "service_crn" in done.stderr
    assert site.simulator.requests.count() == 0


def test_a_secret_that_others_can_read_is_refused_with_the_cure(site: Site) -> None:
    secret = Path(site.environment["DIRECT_ACCESS_CONFIG"]).parent / "api_key"
    secret.chmod(0o644)
    done = site.run("run", site.job_file())
    assert done.returncode == 78
    assert "chmod 600" in done.stderr
    assert secret.read_text().strip() not in done.stderr
    assert site.simulator.jobs.jobs() == []


def test_a_disk_that_is_full_before_the_start_leaves_no_directory(site: Site) -> None:
    site.job_file(HEAD + "params: big.json\n")
    (site.home / "big.json").write_text('{"pubs": [], "x": "' + "y" * (2 << 20) + '"}')
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 1024; exec {sys.executable} -m direct_access run bell.yaml"],
        cwd=site.home,
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 74, done.stderr
    assert not site.run_directory.exists()
    assert site.objects() == []
