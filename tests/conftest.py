"""What every test starts from."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec

# A shell starts what it puts into the background with SIGINT ignored, and nohup(1) with SIGHUP: both are
# inherited, and the command leaves ignored what was ignored at its start, as it must.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# The same examples in every run, however slow the machine; DIRECT_ACCESS_TEST_RANDOM=1 draws others.
# The system of tests/slurm24 has no Hypothesis, and no test that needs it.
if find_spec("hypothesis") and not os.environ.get("DIRECT_ACCESS_TEST_RANDOM"):
    import hypothesis

    hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("suite")
