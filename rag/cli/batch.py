"""``rag ask --file``: lines of questions in, answers out in the same order, as a stream."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import chain, islice
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from rag.cli.forms import refuse_other_file, refuse_other_line
from rag.cli.lines import escaped
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.types import Answer

AT_ONCE = 64
_SECONDS_BETWEEN_LINES = 10.0
#: How every line of a file of answers begins.
_BEGINNING = b'{"version": '
Line = tuple[int, bytes]  # its number, from 1, and what stands in it


@dataclass(frozen=True, slots=True)
class Done:
    """What a stopped run left in ``out``: how many whole lines, how many of them could not be asked, how many bytes
    they are, and whether a line cut off follows them.
    """

    out: Path
    lines: int = 0
    bad: int = 0
    size: int = 0
    cut: bool = False

    def records(self) -> Iterator[dict[str, Any]]:
        """The whole lines again, one at a time: answers with their passages are many times what was asked."""
        if self.lines:
            with self.out.open("rb") as file:
                yield from map(json.loads, islice(file, self.lines))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, and whether for candidates with every answer."""

    bot: Chatbot
    candidates: bool = False

    def ask_all(self, questions: Sequence[str]) -> list[Answer]:
        return self.bot.ask_all(questions, candidates=self.candidates)


@dataclass(frozen=True, slots=True)
class Target:
    """Where answers go: as JSON or by ``show`` to stdout, or as JSON to a file of which ``done`` lines are there."""

    show: Callable[[Answer], None]
    as_json: bool = False
    file: BinaryIO | None = None

    def answer(self, answer: Answer) -> None:
        if self.file or self.as_json:
            self._json(answer.to_dict())
        else:
            self.show(answer)

    def error(self, number: int, error: InputError) -> None:
        typer.echo(f"rag: line {number}: {escaped(str(error))}", err=True)
        if self.file or self.as_json:
            self._json({"version": 1, "line": number, "error": str(error)})

    def _json(self, record: dict[str, Any]) -> None:
        text = json.dumps(record, ensure_ascii=False)
        if self.file:
            try:
                self.file.write(text.encode() + b"\n")
                self.file.flush()
            except OSError as error:
                raise InputError(
                    f"the answers cannot be written ({error.strerror}): mend that, go on with --resume"
                ) from error
        else:
            typer.echo(text)


def answer_file(
    asked: Asked, name: str, show: Callable[[Answer], None], *, as_json: bool, out: Path | None, resume: bool
) -> bool:
    """Answer the lines of a file, or of stdin (``-``). Whether all could be asked, those done before too."""
    lines = numbered_lines(name)
    if out is None:
        return _answer_lines(asked, lines, Target(show, as_json))
    done = finished(out, resume=resume)
    try:
        first = next(lines, None)  # a file of another form is refused before anything is written
        left = lines if first is None else chain([first], lines)
        _same_questions(asked.bot, left, done)
        _same_threshold(asked.bot, done)
        _same_candidates(asked, done)
    except InputError:
        lines.close()
        raise
    sound = _sound(done)
    with _appending(done) as file:
        return _answer_lines(asked, left, Target(show, file=file)) and sound


def _answer_lines(asked: Asked, lines: Iterator[Line], target: Target) -> bool:
    pace, sound = _Pace(), True
    for batch in _arriving(lines):
        for (number, _), result in zip(batch, _answers(asked, [line for _, line in batch]), strict=True):
            if isinstance(result, InputError):
                sound = False
                target.error(number, result)
            else:
                target.answer(result)
        pace.add(len(batch))
    pace.end()
    return sound


def _answers(asked: Asked, lines: Sequence[bytes]) -> list[Answer | InputError]:
    results: list[Answer | InputError | None] = []
    questions: list[str] = []
    for line in lines:
        try:
            questions.append(question_of(line))
            results.append(None)
        except InputError as error:
            results.append(error)
    answers = iter(asked.ask_all(questions))
    return [next(answers) if result is None else result for result in results]


def question_of(line: bytes) -> str:
    """The question of a line as it is asked. Raises ``InputError``."""
    from rag.chatbot import clean_question

    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise InputError("it is not UTF-8 text: save it as UTF-8") from error
    if not text.startswith("{"):
        refuse_other_line(text)
        return clean_question(text)
    try:
        record: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"it begins like JSON but is not ({error}): mend the line") from error
    question = record.get("question")
    if not isinstance(question, str):
        raise InputError('it has no "question": write {"question": "…"}')
    return clean_question(question)


def numbered_lines(name: str) -> Generator[Line]:
    """The lines that are not blank. Raises ``InputError`` for a file of another form, as the first of them shows."""
    is_first = True
    if name == "-" and sys.stdin is None:
        raise InputError("stdin is closed: pipe the questions in, or name a file of them")
    try:
        with _stdin() if name == "-" else Path(name).open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    if is_first:
                        refuse_other_file("stdin" if name == "-" else name, number, line)
                        is_first = False
                    yield number, line
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}): name a file of questions") from error


def _stdin() -> BinaryIO:
    """Stdin through a file of its own: a thread may wait for a line in it when the program is stopped and closes."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)  # a descriptor; the caller closes it
    except OSError:
        return sys.stdin.buffer  # not a real stream, as in tests


def finished(out: Path, *, resume: bool) -> Done:
    """What a stopped run left in ``out``, which is only read.

    Raises ``InputError`` if that is not what it holds, or if it holds anything and the run is not to be resumed.
    """
    try:
        with out.open("rb") as file:
            if not resume and file.read(1):
                raise InputError(
                    f"{out} is not empty: go on with --resume if it holds answers, or name another file with --out"
                )
            return _looked_through(out, file)
    except FileNotFoundError:
        return Done(out)
    except OSError as error:
        raise _unwritable(out, error) from error


def _looked_through(out: Path, file: Iterable[bytes]) -> Done:
    done = Done(out)
    for number, line in enumerate(file, 1):
        if line.endswith(b"\n"):
            bad = "error" in _record(out, number, line)
            done = replace(done, lines=number, bad=done.bad + bad, size=done.size + len(line))
        elif line.startswith(_BEGINNING[: len(line)]):
            done = replace(done, cut=True)
        else:
            raise _no_answer(out, number)
    return done


def _record(out: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _no_answer(out, number) from error
    if not isinstance(record, dict) or "version" not in record:
        raise _no_answer(out, number)
    return record


def _no_answer(out: Path, number: int) -> InputError:
    return InputError(f"{out} does not hold answers (line {number} is none): name another file with --out")


def _same_questions(bot: Chatbot, lines: Iterator[Line], done: Done) -> None:
    """Takes from the lines what is done. Raises ``InputError`` unless that answers them, out of this index."""
    fingerprint = bot.info().fingerprint
    for record in done.records():
        line = next(lines, None)
        if line is None or not _answers_line(record, line):
            raise InputError(f"{done.out} holds answers to other questions: name another file with --out")
        if record.get("index", fingerprint) != fingerprint:
            raise InputError(f"{done.out} holds answers from another index: name another file with --out")


def _same_threshold(bot: Chatbot, done: Done) -> None:
    """Raises ``InputError`` if answers are not what the bot's threshold makes of them; they do not record theirs."""
    unsure = any(record["confidence"] < bot.threshold for record in _rated(done) if record.get("citations"))
    if unsure or _answers_more(bot, done):
        raise InputError(
            f"{done.out} holds answers made with another --min-confidence than {bot.threshold:g}: "
            "give the one it was begun with, or name another file with --out"
        )


def _same_candidates(asked: Asked, done: Done) -> None:
    """Raises ``InputError`` if answers have candidates that are no longer asked for, or lack those that are."""
    telling = (
        bool(record.get("candidates"))
        for record in _rated(done)
        if record.get("citations") or (record.get("candidates") and record.get("status") == "none")
    )
    if any(has_candidates != asked.candidates for has_candidates in telling):
        raise InputError(
            f"{done.out} was begun {'without' if asked.candidates else 'with'} --candidates: "
            "go on as it was begun, or name another file with --out"
        )


def _rated(done: Done) -> Iterator[dict[str, Any]]:
    return (record for record in done.records() if isinstance(record.get("confidence"), int | float))


def _answers_more(bot: Chatbot, done: Done) -> bool:
    """Whether the bot answers any of what was withheld; a quote that cannot be checked is withheld at any threshold."""
    withheld = (record for record in _rated(done) if not record.get("citations"))
    sure = (record for record in withheld if record["confidence"] >= bot.threshold)
    surest = nlargest(AT_ONCE, sure, key=lambda record: float(record["confidence"]))
    asked = [str(record["question"]) for record in surest]
    return bool(asked) and any(answer.citations for answer in bot.ask_all(asked))


def _sound(done: Done) -> bool:
    """Whether all that is done could be asked; if not, it is told."""
    if done.bad:
        typer.echo(
            f"rag: {done.bad} of the {done.lines} lines done before could not be asked: see {done.out}", err=True
        )
    return not done.bad


def _answers_line(record: dict[str, Any], line: Line) -> bool:
    number, text = line
    try:
        return bool(record.get("question") == question_of(text))
    except InputError:
        return bool(record.get("line") == number)


def _appending(done: Done) -> BinaryIO:
    """The file to go on with; a line cut off in the middle is taken away."""
    try:
        if done.cut:
            os.truncate(done.out, done.size)
        return done.out.open("ab")
    except OSError as error:
        raise _unwritable(done.out, error) from error


def _unwritable(out: Path, error: OSError) -> InputError:
    return InputError(f"{out} cannot be written ({error.strerror}): name another file with --out")


def _arriving(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines in batches of what is there: many of a file, one of a pipe whose other end waits for its answer."""
    queue: Queue[Line | BaseException | None] = Queue(4 * AT_ONCE)
    Thread(target=_fill, args=(queue, lines), daemon=True).start()
    ended = False
    while not ended:
        batch: list[Line] = []
        found = queue.get()
        while True:
            if isinstance(found, BaseException):
                raise found
            if found is None:
                ended = True
                break
            batch.append(found)
            if len(batch) == AT_ONCE:
                break
            try:
                found = queue.get_nowait()
            except Empty:
                break
        if batch:
            yield batch


def _fill(queue: Queue[Line | BaseException | None], lines: Iterable[Line]) -> None:
    try:
        for line in lines:
            queue.put(line)
        queue.put(None)
    except BaseException as error:  # noqa: BLE001 - raised again by who waits for the lines
        queue.put(error)


class _Pace:
    """Tells on stderr how fast it goes, now and then and at the end."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._count = 0

    def add(self, count: int) -> None:
        self._count += count
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            self._tell("so far")

    def end(self) -> None:
        if self._count:
            self._tell("in all")

    def _tell(self, which: str) -> None:
        seconds = max(time.monotonic() - self._begun, 1e-3)
        typer.echo(f"{self._count} questions {which}, {self._count / seconds:.1f} a second", err=True)
