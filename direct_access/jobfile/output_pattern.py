"""The pattern of ``output_dir``: sbatch(1), "filename pattern", without what changes on requeue."""

from __future__ import annotations

from direct_access.document import show
from direct_access.jobfile.report import JobFileReport
from direct_access.slurm.filename_pattern import ALLOWED, CHANGES_ON_REQUEUE, is_replaced, symbols


def check(report: JobFileReport, pattern: str) -> None:
    """Report symbols that are not replaced, or whose value is another one after a requeue."""
    if "\0" in pattern:
        report.error(("output_dir",), f"{show(pattern)} holds a NUL character")
    for symbol in dict.fromkeys(symbols(pattern)):
        if symbol in CHANGES_ON_REQUEUE:
            reason = f"%{symbol} is {CHANGES_ON_REQUEUE[symbol]}, which changes when Slurm requeues the job"
            report.error(("output_dir",), reason, ALLOWED)
        elif not is_replaced(symbol):
            report.error(("output_dir",), f"{show(f'%{symbol}')} means nothing", f"{ALLOWED}, and %% for a %")
