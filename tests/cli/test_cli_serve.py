from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from running import rag


def test_a_port_that_is_taken_is_one_line(built: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = rag("serve", "--port", port, "--index", built / "index")
    assert (ran.status, ran.out) == (2, "")
    assert ran.told.startswith("rag: ")
    assert str(port) in ran.told


# What a shell runs in the background inherits that interrupts are ignored, and the tests may be run so.
LISTENING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from rag.cli import main; main()"


def test_the_chat_is_served_until_interrupted(built: Path) -> None:
    command = [sys.executable, "-u", "-c", LISTENING, "serve", "--no-open", "--index", str(built / "index")]
    env = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            assert server.stdout
            line = next(line for line in server.stdout if line.startswith("Wenbao is at http://127.0.0.1:"))
            with urllib.request.urlopen(line.split()[3], timeout=30) as page:
                assert page.status == 200
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
    assert server.returncode in (0, 130)
