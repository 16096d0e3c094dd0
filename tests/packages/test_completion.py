"""Shells complete the command with the scripts that the packages install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packages.tree import completion

ZSH = r"""
zmodload zsh/zpty
zpty shell zsh --no-rcs --interactive
zpty -w shell 'PS1="" PS2="" zle_bracketed_paste=()'
zpty -w shell 'autoload -Uz compinit && compinit -u -d "$PLACE/dump"'
zpty -w shell 'source $PLACE/_direct-access'
zpty -w shell 'zstyle ":completion:*" verbose no; unsetopt zle_bracketed_paste'
zpty -w shell 'finish() { print -r -- "[[$BUFFER]]" > $PLACE/line; }; zle -N finish; bindkey "^X" finish'
zpty -w shell 'print READY > $PLACE/ready'
while [[ ! -e $PLACE/ready ]]; do zpty -r -t shell ignored || sleep 0.05; done
zpty -w -n shell $'direct-access rea\t\x18'
while [[ ! -s $PLACE/line ]]; do zpty -r -t shell ignored || sleep 0.05; done
zpty -d shell
cat $PLACE/line
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A shell's variables, with the command on PATH and nothing else of ours."""
    command = tmp_path / "direct-access"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m direct_access "$@"\n')
    command.chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), "PLACE": str(tmp_path)}


def in_bash(line: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return what bash offers for the last word of a line."""
    words = line.split(" ")
    script = f"""
{completion("bash")}
COMP_WORDS=({" ".join(word or "''" for word in words)}) COMP_CWORD={len(words) - 1}
_direct_access_completion direct-access
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return subprocess.run(
        ["bash", "--norc", "-c", script], env=environment, capture_output=True, text=True, timeout=110
    )


def test_bash_completes_commands_options_and_values(environment: dict[str, str]) -> None:
    commands = in_bash("direct-access re", environment)
    assert commands.stdout.split() == ["results", "reap"]
    assert in_bash("direct-access run --on-b", environment).stdout.split() == ["--on-busy"]
    assert in_bash("direct-access run --on-busy ", environment).stdout.split() == ["wait", "fail"]
    assert commands.stderr == ""


def test_an_answer_to_a_shell_ends_with_status_0_and_no_word_to_the_terminal(
    environment: dict[str, str],
) -> None:
    asked = {"COMP_WORDS": "direct-access ru", "COMP_CWORD": "1", "_DIRECT_ACCESS_COMPLETE": "bash_complete"}
    done = subprocess.run(
        ["direct-access"], env={**environment, **asked}, capture_output=True, text=True, timeout=110
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,run\n", "")


def test_zsh_completes_a_command(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("needs zsh")
    (tmp_path / "_direct-access").write_text(completion("zsh"), encoding="utf-8")
    done = subprocess.run(
        ["zsh", "--no-rcs", "-c", ZSH], env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.stdout == "[[direct-access reap ]]\n", done.stderr
