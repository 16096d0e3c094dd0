"""The layers of the package, from the foundation up: what the tests hold and docs/architecture.md shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Layer = Mapping[str, str]

LAYERS: Sequence[Layer] = (
    {
        "errors": "typed errors with fields",
        "units": "durations and sizes",
        "clock": "time, real or manual",
        "redact": "hides secrets in texts",
        "printable": "makes texts of others fit for a terminal",
        "events": "what `-v` tells",
        "atomic": "durable writing of files",
        "run_files": "files of a run directory, trusted by owner and mode",
        "light_dataclass": "`@dataclass` without generated code, for a quick start",
        "_version": "",
    },
    {
        "model": "jobs, backends, storage references, CRNs: plain data",
        "retry": "what is tried again, how often and until when",
    },
    {"slurm": "all that we know of Slurm: environment, commands, records, names"},
    {"document": "YAML 1.2 with positions, and the walk along a schema"},
    {"config": "settings with one precedence; secrets by file or command"},
    {
        "auth": "IAM tokens and their cache",
        "transport": "HTTP with our own CA and proxy rules",
        "refusals": "what refusals mean: one form of rules for IAM, APIs and stores",
    },
    {"rest": "what both REST APIs share: endpoints, answers, refusals"},
    {
        "quantum_system": "client of the IBM Quantum System REST API",
        "qiskit_runtime": "client of the Qiskit Runtime REST API",
        "resource_controller": "client of IBM Cloud's Resource Controller",
        "storage": "object stores: s3_compatible, ibmcloud_cos",
    },
    {"services": "JobService, the protocol between a run and whatever executes its job"},
    {
        "jobfile": "job files: schema, circuits, params",
        "journal": "the state of a run on disk",
    },
    {
        "runner": "plan, prepare, upload, submit, wait, collect, forget",
        "reaper": "ends quantum jobs whose Slurm job is gone",
    },
    {
        "health": "the checks of a site, as data",
        "migration": "finds uses of the classic API",
        "results": "decoding of results, as tables, files and pictures",
    },
    {"cli": "parses, prints, maps errors to exit status"},
    {"_console": "the entry point"},
    {"__main__": ""},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
OUTSIDE_THE_LAYERS = {
    "__init__": "the public API, loaded lazily",
    "simulator": "a quantum system on loopback; shares `clock` and `units` with the rest and nothing else",
}


def picture() -> str:
    """Return the layers as a text block for a Markdown page, the highest first."""
    blocks = ["\n".join(_lines(layer)) for layer in reversed(LAYERS)]
    return "```text\n" + "\n\n".join(block for block in blocks if block) + "\n```"


def _lines(layer: Layer) -> list[str]:
    return [f"{part:20}{about}" for part, about in layer.items() if about]
