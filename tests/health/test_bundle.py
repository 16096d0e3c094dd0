"""The archive for support holds what support needs, and no secret, wherever one was put."""

from __future__ import annotations

import base64
import gzip
import json
import stat
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from direct_access.simulator.embedded import Simulator
from tests.health.bad_days import key_revoked
from tests.health.stage import Stage

SERVER_NAMES = (
    *("config-comment", "config-proxy", "command-argument", "secret-argument", "site-argument"),
    *("environment", "environment-url", "short-token", "journal", "journal-url", "job-file", "circuit"),
    *("prefix-of-a-key", "other-file"),
)
CANARIES = {word: f"canary/{word}+0f9e8d" for word in SERVER_NAMES}
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmVkLWNhbmFyeQ"


@pytest.fixture
def planted(stage: Stage, simulator: Simulator) -> Stage:
    """A site where somebody put a secret wherever one can be put."""
    stage.occupy_all_lanes()
    _plant_in_configuration(stage, simulator)
    _plant_in_environment(stage)
    _plant_in_runs(stage)
    return stage


def _plant_in_configuration(stage: Stage, simulator: Simulator) -> None:
    command = stage.home / "print_key"
    command.write_text(f"#!/bin/sh\necho {simulator.api_key}\n")
    command.chmod(0o700)
    document = yaml.safe_load(stage.configuration.read_text())
    system = document["systems"]["simulator"]
    del system["api_key_file"]
    system["api_key_command"] = [str(command), f"--token={CANARIES['command-argument']}"]
    system["https_proxy"] = f"http://alice:{quote(CANARIES['config-proxy'], safe='')}@127.0.0.1:9"
    secret = stage.home / "print_secret"
    secret.write_text(f"#!/bin/sh\necho {simulator.secret_access_key}\n")
    secret.chmod(0o700)
    del system["storage"]["secret_access_key_file"]
    system["storage"]["secret_access_key_command"] = [str(secret), CANARIES["secret-argument"]]
    text = yaml.safe_dump(document) + f"# {CANARIES['config-comment']}\n"
    stage.configuration.write_text(text)
    stage.site(commands=[["/nonexistent/check", CANARIES["site-argument"]]])
    (stage.home / "client" / "old_key").write_text(CANARIES["other-file"])


def _plant_in_environment(stage: Stage) -> None:
    stage.monkeypatch.setenv("SOME_API_KEY", CANARIES["environment"])
    url = f"http://bob:{quote(CANARIES['environment-url'], safe='')}@proxy.example.org:3128"
    stage.monkeypatch.setenv("no_such_proxy", url)
    stage.monkeypatch.setenv("VAULT_TOKEN", CANARIES["short-token"])


def _plant_in_runs(stage: Stage) -> None:
    directory = stage.home / "neighbour"
    journal = json.loads((directory / "job.json").read_text())
    signed = f"https://store.example.org/bucket/name?X-Amz-Signature={CANARIES['journal-url']}"
    journal["error"] = {
        "kind": "store",
        "message": CANARIES["journal"],
        "advice": signed,
        "code": "NoSuchKey",
    }
    journal["handle"] = {"id": CANARIES["journal"], "url": signed, "token": JWT}
    journal["provenance"] = {"note": CANARIES["journal"]}
    journal["job_file"] = f"/home/user/{CANARIES['prefix-of-a-key']}.yaml"
    (directory / "job.json").write_text(json.dumps(journal))
    (directory / "params.json").write_text(CANARIES["circuit"])
    (stage.home / "bell.yaml").write_text(f"# {CANARIES['job-file']}\nprogram_id: sampler\n")


def contents(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as opened:
        members = {member.name: opened.extractfile(member) for member in opened.getmembers()}
        return {name: file.read().decode() for name, file in members.items() if file}


def secrets_of(stage: Stage) -> list[str]:
    simulator = stage.simulator
    return [*CANARIES.values(), simulator.api_key, simulator.secret_access_key, JWT]


def spellings(secret: str) -> list[str]:
    plain = [secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]]
    return [*plain, base64.b64encode(secret.encode()).decode().rstrip("=")]


def test_no_secret_that_was_planted_anywhere_is_in_the_archive(planted: Stage) -> None:
    archive = planted.home / "support.tar.gz"
    told = planted.command("doctor", "--bundle", archive)
    assert told.exit_status == 0, told.err
    everything = "".join([gzip.decompress(archive.read_bytes()).decode(), told.out, told.err])
    found = [secret for secret in secrets_of(planted) for form in spellings(secret) if form in everything]
    assert found == []


def test_no_secret_is_in_the_archive_on_a_day_when_the_key_is_refused(planted: Stage) -> None:
    key_revoked(planted)
    archive = planted.home / "support.tar.gz"
    assert planted.command("doctor", "--bundle", archive).exit_status == 0
    everything = gzip.decompress(archive.read_bytes()).decode()
    assert "IAM refused the API key" in everything
    found = [secret for secret in secrets_of(planted) for form in spellings(secret) if form in everything]
    assert found == []


def test_a_secret_in_a_configuration_that_is_refused_is_not_in_the_archive(stage: Stage) -> None:
    text = stage.configuration.read_text()
    canary = "canary-in-the-wrong-place"
    wrong = text.replace("    service_crn:", f"    api_key: {canary}\n    service_crn:")
    stage.configuration.write_text(wrong.replace("http://127", f"http://bob:{canary}@127", 1))
    archive = stage.home / "support.tar.gz"
    told = stage.command("doctor", "--bundle", archive)
    assert told.exit_status == 0
    everything = "".join([gzip.decompress(archive.read_bytes()).decode(), told.out, told.err])
    assert "api_key" in everything
    assert canary not in everything


def test_the_archive_holds_what_support_needs(stage: Stage) -> None:
    stage.occupy_all_lanes()
    archive = stage.home / "support.tar.gz"
    told = stage.command("doctor", "--bundle", archive)
    assert told.out.startswith(f"{archive}: versions.json, configuration.json, health.json")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    parts = {name.rpartition("/")[2]: json.loads(text) for name, text in contents(archive).items()}
    assert all(parts["versions.json"]["libraries"].values())
    paths = [file["path"] for file in parts["files.json"]]
    assert len(set(paths)) == len(paths)  # two systems share their key
    settings = {row["name"]: row for row in parts["configuration.json"]}
    assert settings["systems.simulator.url"]["origin"] == f"{stage.configuration}:3"
    assert settings["systems.simulator.api_key"]["value"] == f"file {stage.home}/client/api_key"
    assert parts["health.json"]["schema"] == "direct-access/health/v1"
    assert "DIRECT_ACCESS_CONFIG" in parts["environment.json"]
    files = {row["path"]: row for row in parts["files.json"]}
    assert files[f"{stage.home}/client/api_key"]["mode"] == "-rw-------"
    (run,) = parts["runs.json"]
    assert (run["step"], run["spec"]["program_id"]) == ("wait", "sampler")


def test_an_archive_that_cannot_be_written_is_said(stage: Stage) -> None:
    told = stage.command("doctor", "--bundle", stage.home / "no" / "such" / "directory.tar.gz")
    assert told.exit_status == 74
