from __future__ import annotations

import logging
import logging.config
import sys

from rag.ui.serving import logs
from rag.ui.serving.logs import Bounded, log_config


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    trouble = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("rag", logging.WARNING, "a.py", 1, message, (), trouble)


def test_only_so_many_lines_a_minute_and_how_many_were_left_out() -> None:
    clock = Clock()
    bounded = Bounded(clock)
    assert [bounded.filter(record("a")) for _ in range(logs.LINES + 5)] == [True] * logs.LINES + [False] * 5
    clock.now = 60
    after = record("b")
    assert bounded.filter(after)
    assert after.getMessage() == "b (5 lines were left out before this one)"
    last = record("c")
    assert bounded.filter(last)
    assert last.getMessage() == "c"


def test_lines_are_short_and_hold_no_control_characters() -> None:
    line = record("a\x1b[31m\nb" + "x" * 5000)
    assert Bounded().filter(line)
    assert line.getMessage().startswith("a\\x1b[31m\\nbxxx")
    assert len(line.getMessage()) == 1001


def test_of_a_traceback_the_end_is_kept() -> None:
    try:
        raise ValueError("x" * 10_000 + " the end")
    except ValueError as error:
        line = record("trouble", error)
    assert Bounded().filter(line)
    text = logging.Formatter().format(line)
    assert text.endswith("the end")
    assert len(text) < 3100


def test_everything_goes_the_same_way(capsys) -> None:
    names = ("asyncio", "rag", "uvicorn")
    before = {name: (list(logging.getLogger(name).handlers), logging.getLogger(name).level) for name in names}
    try:
        logging.config.dictConfig(log_config())
        for handler in logging.getLogger("asyncio").handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(sys.stderr)
        for _ in range(100):
            logging.getLogger("asyncio").error("socket.accept() out of system resource")
        assert capsys.readouterr().err.count("out of system resource") == logs.LINES
    finally:
        for name, (handlers, level) in before.items():
            logging.getLogger(name).handlers[:] = handlers
            logging.getLogger(name).setLevel(level)
