"""``python -m direct_access.simulator``: serve a simulator whose state is kept in a directory."""

from __future__ import annotations

import argparse
from pathlib import Path

from direct_access.simulator.serve import serve
from direct_access.simulator.settings import SimulatorSettings


def main() -> None:
    """Read the options and serve."""
    defaults = SimulatorSettings()
    parser = argparse.ArgumentParser(prog="python -m direct_access.simulator", description=__doc__)
    parser.add_argument("directory", type=Path, help="where keys, objects and the client's configuration lie")
    parser.add_argument("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    for name in ("iam", "api", "store", "cloud"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="default: any free port")
    parser.add_argument("--seed", type=int, help="execute with this seed")
    parser.add_argument(
        "--lanes", type=int, default=defaults.lanes, help="jobs at a time (default: %(default)s)"
    )
    parser.add_argument("--accept-any-circuit", action="store_true", help="execute non-ISA circuits too")
    parser.add_argument("--no-execute", dest="execute", action="store_false", help="invent all results")
    options = vars(parser.parse_args())
    serve(options.pop("directory"), SimulatorSettings(**options))


if __name__ == "__main__":
    main()
