"""What a hostile visitor would try, against ``rag serve`` on this machine: ``python tests/ui/attack.py --help``.

It starts the server itself, on a port of 127.0.0.1 and with 200 file descriptors, and attacks nothing else; it takes
about two minutes. Each attack says what was tried and whether it held; ``--write`` fills the table of docs/security.md.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
QUESTION = "新能源汽车是哪一年开始出现在巡展车队中的?"
SECRET = "a secret of the server"
PASSWORD = "correct horse"
_START = 300


@dataclass(frozen=True)
class Target:
    """A running server: where it is, a folder of ours beside it, and its log."""

    url: str
    folder: Path
    log: Path

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.url.rpartition(":")[2])

    def send(self, method: str, path: str, visitor: int = 1, **sent: Any) -> httpx.Response:
        """A request of a visitor with an address of their own, as a proxy passes it on."""
        headers = {"x-forwarded-for": f"192.0.2.{visitor}", **sent.pop("headers", {})}
        return httpx.request(method, self.url + path, headers=headers, timeout=20, **sent)

    def answers(self, visitor: int = 200) -> bool:
        """Whether another visitor, who asks one question, is answered."""
        sent = self.send("POST", "/gradio_api/call/ask", visitor, json={"data": [QUESTION]})
        if sent.status_code != 200:
            return False
        path = f"/gradio_api/call/ask/{sent.json()['event_id']}"
        return "event: complete" in self.send("GET", path, visitor).text


Attack = Callable[[Target], tuple[bool, str]]


def files_in_arguments(target: Target) -> tuple[bool, str]:
    """Name a file, a pipe, `/dev/zero` and an address in a `gradio.FileData`, in every argument of every call."""
    (target.folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    os.mkfifo(target.folder / "pipe.txt")
    paths = ["/dev/zero", *(str(target.folder / name) for name in ("secret.txt", "pipe.txt")), f"{target.url}/config"]
    files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]
    functions = target.send("GET", "/config").json()["dependencies"]
    statuses: Counter[int] = Counter()
    for number, function in enumerate(functions):
        for place in range(max(1, len(function["inputs"]))):
            data = [files if at == place else None for at in range(len(function["inputs"]))] or [files]
            body = {"data": data, "fn_index": function["id"], "session_hash": f"s{number}", "event_data": files}
            for path in ("queue/join", "run/predict", f"call/{function['api_name']}", f"run/{function['api_name']}"):
                statuses[target.send("POST", f"/gradio_api/{path}", number + 1, json=body).status_code] += 1
    copied = [p for p in target.folder.rglob("*") if p.name != "secret.txt" and p.is_file() and _holds(p, SECRET)]
    return not copied and target.answers(), f"{statuses.total()} calls, no file copied"


def _holds(path: Path, text: str) -> bool:
    return text in path.read_bytes()[:10_000].decode("utf-8", "replace")


def lock_others_out(target: Target) -> tuple[bool, str]:
    """Fill the queue with 65 batches of 180 questions, and go on posting them while ten others ask."""
    ended, statuses = threading.Event(), Counter[int]()

    def flood() -> None:
        while not ended.is_set():
            sent = target.send("POST", "/gradio_api/call/ask_batch", 66, json={"data": [["汽车展?"] * 180]})
            statuses[sent.status_code] += 1
            time.sleep(0.2 if statuses.total() > 65 else 0)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        time.sleep(3)
        answered = [target.answers(visitor) for visitor in range(100, 110)]
    finally:
        ended.set()
        thread.join()
    return all(answered), f"{statuses[200]} of {statuses.total()} batches taken; {sum(answered)} of 10 others answered"


def wrong_hosts(target: Target) -> tuple[bool, str]:
    """Ask under the name of a foreign site (DNS rebinding), in `Host`, `X-Forwarded-Host` and `X-Gradio-Server`."""
    paths = ("/", "/config", "/gradio_api/info", "/widget.js", "/mcp")
    statuses = [
        target.send("GET", path, headers={name: "evil.example"}).status_code
        for path in paths
        for name in ("host", "x-forwarded-host")
    ]
    root = target.send("GET", "/config", headers={"x-gradio-server": "http://evil.example"}).json()["root"]
    return set(statuses) == {400} and "evil" not in root, f"{len(statuses)} requests refused"


def other_sites(target: Target) -> tuple[bool, str]:
    """Call from scripts of other sites, and from a frame without an origin."""
    origins = ("https://evil.example", "null", "http://localhost.evil.example", "http://[", "\xff")
    statuses = []
    for origin in origins:
        body: dict[str, Any] = {"json": {"data": [QUESTION]}, "headers": {"origin": origin.encode("latin-1")}}
        statuses.append(target.send("POST", "/gradio_api/call/ask", **body).status_code)
    return set(statuses) <= {400, 403}, f"{len(statuses)} origins refused"


def half_open(target: Target) -> tuple[bool, str]:
    """Open 300 connections with half a request (the server has 200 file descriptors), and keep them for 15 seconds."""
    before = target.log.stat().st_size
    with ExitStack() as stack:
        opened = []
        for _ in range(300):
            with suppress(OSError):
                opened.append(stack.enter_context(socket.create_connection(target.address, timeout=5)))
                opened[-1].sendall(b"GET / HTTP/1.1\r\n")
        answered = [target.answers(visitor) for visitor in range(120, 123)]
        time.sleep(15)
        left = sum(not _is_ended(connection) for connection in opened)
    grown = target.log.stat().st_size - before
    held = all(answered) and left == 0 and grown < 100_000
    return held, f"{sum(answered)} of 3 others answered, {left} left open, {grown:,} bytes of log"


def _is_ended(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(10) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def invented_sessions(target: Target) -> tuple[bool, str]:
    """Wait for the answers of 200 sessions that never asked, 20 at a time."""

    def wait(number: int) -> float:
        began = time.monotonic()
        target.send("GET", "/gradio_api/queue/data", 67, params={"session_hash": f"invented{number}"})
        return time.monotonic() - began

    with ThreadPoolExecutor(20) as pool:
        longest = max(pool.map(wait, range(200)))
    return longest < 8 and target.answers(), "each ended at once" if longest < 8 else f"{longest:.0f} s"


def broken_requests(target: Target) -> tuple[bool, str]:
    """Send what is no request: no host, unknown functions, empty sessions, bodies that are no JSON or 12 MB."""
    heads = (
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \r\n\r\n",
        b"\x16\x03\x01\x00\r\n\r\n",
        b"GET \xff\r\n\r\n",
    )
    statuses = [_raw(target, head) for head in heads]
    bodies: list[bytes] = [b"", b"{", b"[" * 100_000, b"\xff", b"x" * 12_000_000]
    bodies += [
        json.dumps({"data": [], "fn_index": n, "session_hash": s}).encode() for n in (-1, 10**9) for s in ("", "a")
    ]
    for body in bodies:
        for path in ("queue/join", "run/predict", "call/ask", "call/v2/ask", "cancel", "reset"):
            with suppress(httpx.TransportError):  # hung up on, as 12 MB are
                statuses.append(target.send("POST", f"/gradio_api/{path}", 68, content=body).status_code)
    statuses += [
        target.send("GET", path).status_code for path in ("/?page=x", "/?deep_link=../x", "/gradio_api/info?page=x")
    ]
    worst = max(statuses)
    return worst < 500 and target.answers(), f"{len(statuses)} requests, all refused" if worst < 500 else f"a {worst}"


def _raw(target: Target, head: bytes) -> int:
    with socket.create_connection(target.address, timeout=20) as connection:
        connection.sendall(head)
        reply = connection.recv(100)
    return int(reply.split()[1]) if reply.startswith(b"HTTP") else 400


def closed_paths(target: Target) -> tuple[bool, str]:
    """Read files of the server, upload, and use what else Gradio serves."""
    api = ("file=/etc/passwd", "file=../../etc/passwd", "file/etc/passwd", "upload", "proxy=http://localhost/", "runs",
           "component_server", "dev/reload", "vibe-code", "queue/status", "process_recording")  # fmt: skip
    paths = [*(f"/gradio_api/{path}" for path in api), "/static/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd"]
    statuses = [target.send(method, path).status_code for path in paths for method in ("GET", "POST")]
    opened = [status for status in statuses if status < 400]
    return not opened, f"{len(statuses)} requests, {len(opened)} let in"


def other_users(target: Target) -> tuple[bool, str]:
    """With a login: read without it, look into another user's session, log others out, go on with an old password."""
    users = target.folder / "users"
    _add(users, "li", PASSWORD)
    _add(users, "wang", PASSWORD)
    with served(target.folder, "--auth", str(users)) as closed:
        nobody = {closed.send("GET", path).status_code for path in ("/config", "/gradio_api/info", "/mcp")} == {401}
        with httpx.Client(base_url=closed.url, timeout=20) as li, httpx.Client(base_url=closed.url, timeout=20) as wang:
            for client, name in ((li, "li"), (wang, "wang")):
                client.post("/login", data={"username": name, "password": PASSWORD})
            names = {d["api_name"]: d["id"] for d in li.get("/config").json()["dependencies"]}
            typed = {"data": [QUESTION, None, None], "fn_index": names["page_typed"], "session_hash": "ofli"}
            export = {"data": [None] * 3, "fn_index": names["page_export"], "session_hash": "ofli", "event_data": {}}
            li.post("/gradio_api/queue/join", json=typed)
            looked = wang.get("/gradio_api/queue/data", params={"session_hash": "ofli"}).status_code
            exported = wang.post("/gradio_api/run/predict", json=export).status_code
            left = li.get("/logout", headers={"sec-fetch-site": "cross-site"}).status_code
            still = li.get("/config").status_code
            _add(users, "li", "a new password")
            after = li.get("/config").status_code
    held = (nobody, looked, exported, left, still, after) == (True, 403, 403, 403, 200, 401)
    return held, "all refused" if held else f"{(nobody, looked, exported, left, still, after)}"


def guessed_passwords(target: Target) -> tuple[bool, str]:
    """Guess passwords, by the form and with each request; then log in with the right one from elsewhere."""
    users = target.folder / "guessed"
    _add(users, "li", PASSWORD)
    with served(target.folder, "--auth", str(users)) as closed:
        tried = [
            closed.send("POST", "/login", 70, data={"username": "li", "password": str(n)}).status_code
            for n in range(15)
        ]
        basic = {"authorization": "Basic " + base64.b64encode(b"li:guess").decode()}
        tried += [closed.send("GET", "/config", 70, headers=basic).status_code for _ in range(5)]
        right = closed.send("POST", "/login", 71, data={"username": "li", "password": PASSWORD}).status_code
    return tried.count(429) >= 9 and right == 200, f"{20 - tried.count(429)} of 20 guesses looked at"


ATTACKS: tuple[Attack, ...] = (
    files_in_arguments, closed_paths, wrong_hosts, other_sites, broken_requests, invented_sessions, lock_others_out,
    half_open, other_users, guessed_passwords,
)  # fmt: skip


def _add(users: Path, name: str, password: str) -> None:
    command = [sys.executable, "-m", "rag", "user", "add", name, "--auth", str(users), "--stdin"]
    subprocess.run(command, input=f"{password}\n".encode(), check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Target]:
    """``rag serve`` over an index in ``folder``, with 200 file descriptors, for as long as it is attacked."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rag = f"{sys.executable} -m rag serve --index {folder / 'index'} --port {port} --mcp {' '.join(options)}"
    log = folder / f"log-{port}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    env["GRADIO_TEMP_DIR"] = str(folder / "gradio")
    with (
        log.open("wb") as out,
        subprocess.Popen(
            ["/bin/sh", "-c", f"ulimit -n 200; exec {rag}"], stdout=out, stderr=out, env=env, cwd=ROOT
        ) as server,
    ):
        target = Target(f"http://127.0.0.1:{port}", folder, log)
        try:
            began = time.monotonic()
            while not _is_up(target):
                if server.poll() is not None or time.monotonic() - began > _START:
                    raise SystemExit(f"the server did not start: {log.read_text(errors='replace')[-500:]}")
                time.sleep(0.2)
            yield target
        finally:
            server.terminate()
            server.wait(30)


def _is_up(target: Target) -> bool:
    try:
        return target.send("GET", "/config").status_code in (200, 401)
    except httpx.TransportError:
        return False


def table(rows: list[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"| {tried} | {held} | {what} |" for tried, held, what in rows)
    return f"| tried | held | what happened |\n| --- | --- | --- |\n{lines}"


def said(attack: Attack) -> str:
    """What an attack tries, in a line."""
    return " ".join((attack.__doc__ or "").split())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    given = options.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = [sys.executable, "-m", "rag", "index", "seeds", "--index", str(folder / "index")]
        subprocess.run(index, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with served(folder) as target:
            for attack in ATTACKS:
                held, what = attack(target)
                rows.append((said(attack), "yes" if held else "**no**", what))
                print(f"{'held' if held else 'DID NOT HOLD'}: {rows[-1][0]} ({what})", flush=True)
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        filled = re.sub(
            "<!-- attack -->.*<!-- /attack -->",
            f"<!-- attack -->\n{table(rows)}\n<!-- /attack -->",
            text,
            flags=re.DOTALL,
        )
        PAGE.write_text(filled, encoding="utf-8")
    return 0 if all(held == "yes" for _, held, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
