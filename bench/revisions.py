"""``python -m bench.revisions REVISION…``: the CPU of the trivial job at several revisions, and its parts.

Each revision runs its job on the same server, with the libraries of this environment, in turn. Then a bare
interpreter imports the modules that the run had loaded: all of them, all but ours, and all but ours and the
SDKs'; the differences are what ours and the SDKs' cost. The SDKs' share has only their import: to make their
clients is part of the run.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import jobs
from bench.clients import Ours
from bench.measuring import Cost, alternate
from bench.report import Section, page, seconds
from bench.system import ROOT, System
from bench.trials import Trials

OURS = frozenset({"direct_access"})
SDKS = frozenset({"boto3", "botocore", "ibm_boto3", "ibm_botocore", "s3transfer", "jmespath", "dateutil"})
COLUMNS = ("revision", "modules of ours", "whole run", "without the SDKs' import", "ours", "SDKs", "the rest")
RUN = "from direct_access._console import run; run()"
LIST = """import sys
before = set(sys.modules)
from direct_access._console import main
assert main() == 0
import json
with open({path!r}, "w") as file:
    json.dump([name for name in sys.modules if name not in before and "." != name[0] != "_"], file)
"""
IMPORT = """import gc, importlib, os
gc.set_threshold(50_000)
for name in {names!r}:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
os._exit(0)
"""


@dataclass(frozen=True)
class Revision:
    """The package as it was.

    :param source: directory in which it lies
    """

    name: str
    source: Path

    def environment(self) -> Mapping[str, str]:
        """Return what has an interpreter import this package and not another one."""
        return {"PYTHONPATH": str(self.source), "PYTHONSAFEPATH": "1"}


def checked_out(name: str, directory: Path) -> Revision:
    """Return a revision whose package is unpacked below a directory."""
    archive = subprocess.run(
        ["git", "archive", name, "direct_access"], cwd=ROOT, capture_output=True, check=True
    )
    source = directory / name.replace("/", "-")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(source, filter="data")
    return Revision(name, source)


class Measurement:
    """Runs a revision's job, and imports what the run imported."""

    def __init__(self, trials: Trials, revision: Revision) -> None:
        self._trials = trials
        self._ours = Ours(trials.system.access, trials.directory)
        self._job = jobs.bell(trials.directory)
        self._revision = revision
        self._runs = 0
        self.modules = self._loaded()

    def run(self) -> Cost:
        """Run the job, with a token asked for."""
        return self._run(RUN)

    def importing_all_but(self, roots: Collection[str]) -> Cost:
        """Import what the run imports, but not from some packages."""
        names = [name for name in self.modules if name.partition(".")[0] not in roots]
        return self._measure([sys.executable, "-c", IMPORT.format(names=names)])

    def _run(self, code: str) -> Cost:
        self._ours.forget_token()
        self._runs += 1
        output = self._trials.directory / f"{self._revision.source.name}-{self._runs}"
        command = self._ours.run_command(self._job, output)[1:]
        return self._measure([sys.executable, "-c", code, *command])

    def _measure(self, command: Sequence[str]) -> Cost:
        environment = {**self._ours.environment(), **self._revision.environment()}
        return self._trials.measure([command], environment)[0]

    def _loaded(self) -> list[str]:
        path = self._trials.directory / "modules.json"
        self._run(LIST.format(path=str(path)))
        names: list[str] = json.loads(path.read_text())
        return names


def compare(trials: Trials, revisions: Sequence[Revision], rounds: int) -> Section:
    """Return what the trivial job costs at each revision."""
    trials.system.behave(ended_when_answered=True)
    measured = {revision.name: Measurement(trials, revision) for revision in revisions}
    contenders: dict[str, Callable[[], Cost]] = {}
    for name, one in measured.items():
        contenders[f"{name} run"] = one.run
        contenders[f"{name} all"] = lambda one=one: one.importing_all_but(())
        contenders[f"{name} foreign"] = lambda one=one: one.importing_all_but(OURS)
        contenders[f"{name} rest"] = lambda one=one: one.importing_all_but(OURS | SDKS)
    costs = alternate(contenders, rounds)
    rows = [_row(name, one.modules, costs) for name, one in measured.items()]
    return Section(f"The trivial job at {len(rows)} revisions, {rounds} times", __doc__ or "", COLUMNS, rows)


def _row(name: str, modules: Sequence[str], costs: Mapping[str, Sequence[Cost]]) -> list[str]:
    run, everything, foreign, rest = (
        statistics.median(cost.cpu_secs for cost in costs[f"{name} {what}"])
        for what in ("run", "all", "foreign", "rest")
    )
    own = sum(module.partition(".")[0] in OURS for module in modules)
    parts = (run, run - (foreign - rest), everything - foreign, foreign - rest, rest)
    return [name, str(own), *map(seconds, parts)]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.revisions", description=__doc__)
    parser.add_argument("revisions", nargs="+", metavar="REVISION")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, System(Path(name) / "server") as system:
        revisions = [checked_out(revision, Path(name)) for revision in options.revisions]
        print(page("# Revisions", [compare(Trials(system, Path(name)), revisions, options.rounds)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
