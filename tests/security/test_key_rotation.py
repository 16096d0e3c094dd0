"""All keys are replaced, and the old ones revoked, while a run waits; the run ends well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.settings import SimulatorSettings
from tests.integration.conftest import Site, site_of
from tests.reliability.stage import Stage

NEW_API_KEY = "new-api-key-0123456789"
NEW_ID, NEW_SECRET = "AKNEW", "new+secret/0123456789"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield Stage(site_of(simulator, tmp_path))


def replace(site: Site, name: str, content: str) -> None:
    """Replace a key file as an administrator would: whole, and at once."""
    file = Path(site.environment["DIRECT_ACCESS_CONFIG"]).parent / name
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(content)
    new.rename(file)


def test_a_waiting_run_survives_new_keys(stage: Stage) -> None:
    site, simulator = stage.site, stage.site.simulator
    process = stage.started()
    identity = simulator.api_keys.pop(simulator.api_key)
    simulator.api_keys[NEW_API_KEY] = identity
    replace(site, "api_key", NEW_API_KEY)
    simulator.tokens.revoke_all()
    simulator.access_keys[NEW_ID] = NEW_SECRET
    replace(site, "secret_access_key", f"{NEW_ID} {NEW_SECRET}")
    # The system writes the results by a URL that the old key signed: it is revoked after that, not before.
    outage = Fault("api", method="GET", path="/v1/jobs/*", status=503, times=None)
    simulator.faults.add(outage)
    stage.release()
    del simulator.access_keys[simulator.access_key_id]
    simulator.faults.clear()
    played = stage.finish(process)
    assert played.exit_status == 0, played.stderr
    assert (stage.on_disk(), stage.on_server()) == ("results, log", "nothing")
    json.loads((site.run_directory / "results.json").read_bytes())
    asked = [entry.status for entry in simulator.requests.entries("iam", "POST")]
    assert asked == [200, 400, 200]


def test_without_a_new_key_the_job_lives_on_and_is_collected_later(stage: Stage) -> None:
    site, simulator = stage.site, stage.site.simulator
    process = stage.started()
    identity = simulator.api_keys.pop(simulator.api_key)
    simulator.tokens.revoke_all()
    refused = stage.finish(process)
    assert (refused.exit_status, stage.job.status) == (77, "Running"), refused.stderr
    stage.release()
    simulator.api_keys[NEW_API_KEY] = identity
    replace(site, "api_key", NEW_API_KEY)
    assert stage.command("collect", site.run_directory).exit_status == 0
