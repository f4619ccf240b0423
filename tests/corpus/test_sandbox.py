import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.corpus import sandbox
from rag.corpus.sandbox import read_in_sandbox
from rag.errors import ReadError

READERS = """
import os, time
from rag.errors import ReadError

def echo(data):
    return data.decode("utf-8", "surrogatepass"), f"by {os.getpid()}"

def refuse(data):
    raise ReadError("it is no text: save it as text")

def sleep(data):
    time.sleep(60)

def abort(data):
    os.abort()

def fail(data):
    print("said on stdout")
    raise MemoryError

def grow(data):
    return str(len(bytearray(4 << 30))), "grown"
"""


@pytest.fixture(autouse=True)
def readers(tmp_path, monkeypatch):
    (tmp_path / "made_readers.py").write_text(READERS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    sandbox.end_idle()
    yield
    sandbox.end_idle()


def reason(reader, **options):
    with pytest.raises(ReadError) as caught:
        read_in_sandbox(f"made_readers:{reader}", b"x", **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_one_process_reads_many_files():
    answers = [
        read_in_sandbox("made_readers:echo", text.encode("utf-8", "surrogatepass")) for text in ("甲", "", "\ud800")
    ]
    assert [text for text, _ in answers] == ["甲", "", "\ud800"]
    assert len({how for _, how in answers}) == 1
    assert answers[0][1] != f"by {os.getpid()}"


def test_it_is_replaced_after_so_many_files(monkeypatch):
    monkeypatch.setattr(sandbox, "MAX_FILES", 2)
    assert len({read_in_sandbox("made_readers:echo", b"")[1] for _ in range(4)}) == 2


def test_a_refusal_is_passed_on_and_ends_nothing():
    _, before = read_in_sandbox("made_readers:echo", b"")
    assert reason("refuse") == "it is no text: save it as text"
    assert read_in_sandbox("made_readers:echo", b"")[1] == before


def test_one_that_takes_too_long_is_ended():
    assert reason("sleep", seconds=0.5) == (
        "its text was not read within 0.5 seconds: split it, or save its text as .txt"
    )


def test_one_that_kills_its_reader_ends_nothing_else():
    assert reason("abort") == "reading it failed (exit -6): open and save it anew"
    assert reason("fail") == "reading it failed (MemoryError): open and save it anew"
    assert read_in_sandbox("made_readers:echo", b"still there")[0] == "still there"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_memory_is_bounded():
    assert reason("grow") == "reading it failed (MemoryError): open and save it anew"


def test_an_idle_process_that_died_is_replaced():
    _, how = read_in_sandbox("made_readers:echo", b"")
    os.kill(int(how.removeprefix("by ")), 9)
    time.sleep(0.1)
    assert read_in_sandbox("made_readers:echo", b"again")[0] == "again"


def test_workers_end_with_the_program():
    code = (
        "from rag.corpus.sandbox import read_in_sandbox\n"
        "print(read_in_sandbox('made_readers:echo', b'')[1].removeprefix('by '), flush=True)\n"
        "import os; os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    worker = int(done.stdout)
    deadline = time.monotonic() + 10
    while _is_running(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
