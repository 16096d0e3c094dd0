"""The clean Debian that packages are installed on is clean each time, and has no network."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.support.clean_root import SYSTEM, clean_root

BOUND_SECS = 60.0
CONNECT_TO_ITSELF = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
"""


def test_what_is_written_in_a_clean_root_is_gone_in_the_next() -> None:
    with clean_root() as first:
        before = first.files()
        first.run(["sh", "-c", "echo changed >/etc/os-release; mkdir /new; rm -r /etc/munge"])
        assert first.files() - before == {"/new"}
    with clean_root() as second:
        assert second.files() == before
        assert "Debian" in second.run(["cat", "/etc/os-release"]).stdout
    assert not (SYSTEM / "new").exists()


def test_a_clean_root_reaches_itself_and_nobody_else() -> None:
    with clean_root() as root:
        lines = root.run(["cat", "/proc/net/dev"]).stdout.splitlines()[2:]
        assert [line.split(":")[0].strip() for line in lines] == ["lo"]
        root.run(["python3", "-c", CONNECT_TO_ITSELF])


def test_processes_of_a_clean_root_end_with_it() -> None:
    with clean_root() as root:
        root.run(["sh", "-c", "sleep 1000 >/dev/null 2>&1 &"])
        pids = [int(entry.name) for entry in root.path("/proc").iterdir() if entry.name.isdigit()]
        assert len(pids) > 1
        init = root.pid
    deadline = time.monotonic() + BOUND_SECS
    while Path(f"/proc/{init}").exists() and time.monotonic() < deadline:
        os.sched_yield()
    assert not Path(f"/proc/{init}").exists()


def test_a_tree_is_copied_in_for_an_ordinary_user_to_read(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_text("text\n")
    with clean_root() as root:
        root.copy_in(tree, "/srv/deep/tree")
        assert root.run(["cat"], input="typed\n").stdout == "typed\n"
        assert root.run(["cat", "file"], user="nobody", cwd="/srv/deep/tree").stdout == "text\n"
