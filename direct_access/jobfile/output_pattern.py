"""The pattern of ``output_dir``: sbatch(1), "filename pattern", without what changes on requeue."""

from __future__ import annotations

import re

from direct_access.document import show
from direct_access.jobfile.report import Report

ALLOWED = "%j %A %a %x %u %t"
_SYMBOL = re.compile(r"%(.?)", re.DOTALL)
_CHANGES_ON_REQUEUE = {"N": "the node", "n": "the node's number", "s": "the step"}


def check(report: Report, pattern: str) -> None:
    """Report symbols that are not replaced, or whose value is another one after a requeue."""
    if "\0" in pattern:
        report.error(("output_dir",), f"{show(pattern)} holds a NUL character")
    for symbol in dict.fromkeys(_SYMBOL.findall(pattern)):
        if symbol in _CHANGES_ON_REQUEUE:
            reason = f"%{symbol} is {_CHANGES_ON_REQUEUE[symbol]}, which changes when Slurm requeues the job"
            report.error(("output_dir",), reason, ALLOWED)
        elif symbol not in "jAaxut%" or not symbol:
            report.error(("output_dir",), f"{show(f'%{symbol}')} means nothing", f"{ALLOWED}, and %% for a %")
