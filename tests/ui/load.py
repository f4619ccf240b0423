"""Many people asking at once, each answer checked against its own question: ``python tests/ui/load.py --help``.

Every person asks over plain HTTP, as ``curl`` would, one question after the other, and has an address of their own, as
behind a proxy. A question is right if its answer is word for word the one that the same server gave to it alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "gold" / "questions.jsonl"
#: What differs between two answers to one question.
_VARYING = ("took_ms",)
_START = 600  # seconds a server may take to start, on a machine that is busy


@dataclass
class Figures:
    """What happened; ``memory`` is (seconds, MB of the server)."""

    people: int
    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    mixed_up: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    def report(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "seconds": round(self.seconds),
            "answers": len(self.latencies),
            "processor_s_per_answer": round(self.processor / max(len(self.latencies), 1), 3),
            "answers_per_second": round(len(self.latencies) / max(self.seconds, 1e-9), 1),
            "errors": dict(self.errors),
            "mixed_up": self.mixed_up,
            "latency_s": {f"p{share}": round(percentile(self.latencies, share), 3) for share in (50, 95, 99, 100)},
            "memory_mb": [(round(at), round(size)) for at, size in self.memory],
        }


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest of ``values`` that at least ``share`` percent of them do not exceed.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 95), percentile([], 50)
    (2, 4, 0.0)
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else 0.0


async def ask(http: httpx.AsyncClient, question: str, headers: dict[str, str]) -> dict[str, Any]:
    """The answer to a question over plain HTTP. Raises ``RuntimeError`` with what the server said instead."""
    sent = await http.post("gradio_api/call/v2/ask", json={"question": question}, headers=headers)
    if sent.status_code != 200:
        raise RuntimeError(f"{sent.status_code}: {sent.json().get('detail')}")
    stream = await http.get(f"gradio_api/call/ask/{sent.json()['event_id']}", headers=headers)
    event, data = stream.text.split("event: ")[-1].split("\n", 1)
    if event != "complete":
        raise RuntimeError(f"{event}: {data}")
    answer: dict[str, Any] = json.loads(data.removeprefix("data: ").strip())[0]
    return answer


def lasting(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in _VARYING}


async def person(
    number: int, http: httpx.AsyncClient, expected: dict[str, dict[str, Any]], until: float, figures: Figures
) -> None:
    chance = random.Random(number)
    headers = {"x-forwarded-for": f"10.0.{number // 250}.{number % 250 + 1}"}
    while time.monotonic() < until:
        question = chance.choice(list(expected))
        began = time.monotonic()
        try:
            answer = await ask(http, question, headers)
        except (RuntimeError, httpx.HTTPError, ValueError) as error:
            figures.errors[f"{type(error).__name__}: {error}"[:120]] += 1
            await asyncio.sleep(0.5)
            continue
        figures.latencies.append(time.monotonic() - began)
        figures.mixed_up += lasting(answer) != expected[question]


async def watch(pid: int, until: float, figures: Figures, every: float) -> None:
    began = time.monotonic()
    while time.monotonic() < until:
        figures.memory.append((time.monotonic() - began, resident(pid)))
        await asyncio.sleep(min(every, max(0.0, until - time.monotonic())))
    figures.memory.append((time.monotonic() - began, resident(pid)))


def resident(pid: int) -> float:
    """MB of memory that a process holds; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def processor(pid: int) -> float:
    """Seconds of processor time that a process has had; 0 where the system does not tell."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def load(url: str, questions: Sequence[str], people: int, seconds: float, pid: int) -> Figures:
    figures = Figures(people)
    limits = httpx.Limits(max_connections=2 * people, max_keepalive_connections=2 * people)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as http:
        alone = {"x-forwarded-for": "10.1.0.1"}
        expected = {question: lasting(await ask(http, question, alone)) for question in questions}
        began, busy = time.monotonic(), processor(pid)
        until = began + seconds
        crowd = [person(number, http, expected, until, figures) for number in range(people)]
        await asyncio.gather(watch(pid, until, figures, seconds / 20), *crowd)
        figures.seconds = time.monotonic() - began
        figures.processor = processor(pid) - busy
    return figures


@contextmanager
def served(index: Path) -> Iterator[tuple[str, int, dict[str, float]]]:
    """``rag serve`` as people run it: its address, its process, and the seconds from start to the first page.

    On a machine that does other work, too, the processor's seconds say what the start would take alone.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rag", "serve", "--index", str(index), "--port", str(port), "--rate-limit", "0"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    began = time.monotonic()
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}/"
            while not _answers(url):
                if server.poll() is not None or time.monotonic() - began > _START:
                    raise SystemExit("the server did not start")
                time.sleep(0.05)
            yield url, server.pid, {"start_s": round(time.monotonic() - began, 1), "start_cpu_s": processor(server.pid)}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


def gold_questions(most: int = 40) -> list[str]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][:most]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--minutes", type=float, default=5)
    options.add_argument("--index", type=Path, default=ROOT / "index")
    given = options.parse_args()
    with served(given.index) as (url, pid, started):
        figures = asyncio.run(load(url, gold_questions(), given.people, 60 * given.minutes, pid))
    report = {**started, **figures.report()}
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 1 if figures.errors or figures.mixed_up else 0


if __name__ == "__main__":
    sys.exit(main())
