"""Files before and after `direct-access migrate`."""

import json
import subprocess
import sys

import pytest

from direct_access.errors import InputError
from direct_access.migration import migrate

OLD = 'url = "https://us-east.quantum-computing.cloud.ibm.com/jobs"  # Service-CRN IBM-API-Version\n'
NEW = 'url = "https://quantum.cloud.ibm.com/api/v1/jobs"  # Service-CRN IBM-API-Version\n'


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "direct_access", "migrate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def notebook(indent):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# é\n"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": [OLD]}],
            "source": ["import requests\n", OLD, "url"],
        },
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def test_nothing_is_written_unless_asked(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(OLD)
    assert not migrate(script, write=False).written
    assert script.read_text() == OLD


def test_a_script_keeps_its_mode_and_its_symbolic_link(tmp_path):
    script = tmp_path / "run.sh"
    script.write_text(OLD)
    script.chmod(0o775)
    link = tmp_path / "link.sh"
    link.symlink_to(script)
    assert migrate(link, write=True).written
    assert link.is_symlink()
    assert script.read_text() == NEW
    assert script.stat().st_mode & 0o7777 == 0o775


def test_line_ends_stay_as_they_were(tmp_path):
    script = tmp_path / "run.py"
    script.write_bytes(OLD.replace("\n", "\r\n").encode())
    migrate(script, write=True)
    assert script.read_bytes() == NEW.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("indent", [1, 2, None])
def test_of_a_notebook_only_the_source_of_its_cells_changes(tmp_path, indent):
    path = tmp_path / "analysis.ipynb"
    path.write_text(notebook(indent))
    done = migrate(path, write=True)
    assert [(place.cell, place.line, place.column) for place, _ in done.remarks] == [(2, 2, 8)]
    before, _, after = notebook(indent).rpartition(json.dumps(OLD))
    assert path.read_text() == before + json.dumps(NEW) + after


def test_a_notebook_that_is_none_is_refused(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{}")
    with pytest.raises(InputError, match="has no cells"):
        migrate(path, write=False)


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "job.qpy"
    path.write_bytes(b"QISKIT\xff\xfe")
    with pytest.raises(InputError, match="not a text file"):
        migrate(path, write=False)


def test_the_command_prints_file_line_and_column_of_each(tmp_path):
    script = tmp_path / "run.py"
    script.write_text("\n" + OLD)
    done = command(script)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{script}:2:8: certain: https://us-east")
    assert done.stderr == "direct-access: 1 certain (--write changes them), 0 to check by hand\n"


def test_the_command_changes_what_is_certain_and_says_so(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(OLD)
    done = command("--write", script)
    assert ": changed: " in done.stdout
    assert script.read_text() == NEW
    assert "nothing of the classic API" in command(script).stderr


def test_json_has_every_field(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(OLD)
    (file,) = json.loads(command("--format", "json", script).stdout)["files"]
    (remark,) = file["remarks"]
    assert (remark["line"], remark["column"], remark["certain"]) == (1, 8, True)


def test_a_file_that_does_not_exist_is_bad_input(tmp_path):
    done = command(tmp_path / "none.py")
    assert done.returncode == 65
    assert "No such file" in done.stderr


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path):
    script = tmp_path / ("a" * 255)  # no room for the name of a temporary file beside it
    script.write_text(OLD)
    done = command("--write", script)
    assert done.returncode == 74
    assert script.read_text() == OLD
