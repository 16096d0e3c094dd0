"""What every test starts from."""

from __future__ import annotations

import signal

# A shell starts what it puts into the background with SIGINT ignored, and nohup(1) with SIGHUP: both are
# inherited, and the command leaves ignored what was ignored at its start, as it must.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
