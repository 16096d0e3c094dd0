"""Many clients at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from direct_access.clock import SystemClock
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import Client, client_of

CLIENTS = 50
POLLS = 20


def poll(client: Client, job_id: str) -> list[float]:
    """Submit a job and poll it until it has ended; return how long each request took, in seconds."""
    took = []
    assert client.submit(job_id).status == 204
    status = "Running"
    while status == "Running" or len(took) < POLLS:
        begun = time.perf_counter()
        status = client.job(job_id)["status"]
        took.append(time.perf_counter() - begun)
    assert status == "Completed"
    return took


def test_fifty_clients_submit_and_poll_at_once(tmp_path: Path) -> None:
    settings = SimulatorSettings(execute=False, lanes=CLIENTS)
    with Simulator(tmp_path, settings, clock=SystemClock()) as simulator:
        clients = [client_of(simulator) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            took = sorted(chain.from_iterable(pool.map(poll, clients, map(str, range(CLIENTS)))))
    assert took[int(len(took) * 0.99)] < 1.0
