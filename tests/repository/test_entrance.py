"""The command as a process: how it ends when it is interrupted, and when nobody reads on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WORDS = [sys.executable, "-m", "scaffold"]


# Says when the interpreter is up: what comes before is not ours.
READY = "import scaffold.__main__ as entrance; print(flush=True); entrance.main()"


@pytest.mark.parametrize("after", [0.01, 0.03, 0.1, 0.2])
def test_control_c_is_no_traceback(after: float, tmp_path: Path) -> None:
    words = [sys.executable, "-c", READY, "new", str(tmp_path / "clinic"), "--style", "supabase"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    # At its very end Python gives the signal back to the system, for which a shell says 130, too.
    assert process.returncode in (130, -signal.SIGINT, 0)
    assert b"Traceback" not in out + err


def test_a_reader_that_has_enough_is_no_failure(service: Path) -> None:
    with subprocess.Popen(
        [*WORDS, "agents", "show"], cwd=service, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 0
    assert err == b""


def test_a_path_that_no_file_system_takes(tmp_path: Path) -> None:
    done = subprocess.run(
        [*WORDS, "new", "a" * 300, "--style", "supabase"],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "at most 255 bytes each" in done.stderr
    assert [*tmp_path.iterdir()] == []
