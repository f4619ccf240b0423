from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import rag
from typer.testing import CliRunner, Result

from rag.chatbot import Chatbot
from rag.cli import app
from rag.cli.ask import _answer_text
from rag.cli.batch import finished
from rag.errors import InputError
from rag.types import Answer, Hit, Passage, Scores

FIRMS = "武进有多少家企业获评国家级专精特新“小巨人”企业?"
SCHOOL = "洛阳高级中学校舍总面积将增加多少?"
NOWHERE = "qqqqzzzz在哪里?"


@pytest.fixture
def index(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RAG_INDEX", str(built / "index"))
    return built / "index"


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def timeless(line: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(line).items() if key != "took_ms"}


def expected(bot: Chatbot, question: str, min_confidence: float | None = None) -> dict[str, Any]:
    return timeless(json.dumps(bot.ask(question, min_confidence=min_confidence).to_dict()))


def test_json_is_one_answer_a_line(index: Path, bot: Chatbot) -> None:
    result = run("ask", FIRMS, SCHOOL, "--json")
    assert [timeless(line) for line in result.stdout.splitlines()] == [expected(bot, FIRMS), expected(bot, SCHOOL)]
    assert "武进" in result.stdout
    assert result.stderr == ""


def test_an_answer_in_words(index: Path, bot: Chatbot) -> None:
    citation = bot.ask(FIRMS, min_confidence=0).citations[0]
    lines = run("ask", FIRMS, "--min-confidence", 0).stdout.splitlines()
    assert lines[0].startswith(f"{citation.marked}  (confidence ")
    assert lines[1] == f"  [1] {citation.quote}"
    place = f"{citation.source}, article {citation.article_number}, paragraph {citation.paragraph}"
    assert lines[2] == f"      {citation.article} · {place}, characters {citation.start}–{citation.end}"


def test_no_answer_in_words(index: Path, bot: Chatbot) -> None:
    lines = run("ask", NOWHERE, "--min-confidence", 1).stdout.splitlines()
    assert lines[0].startswith("No answer found (confidence ")
    nearest = bot.ask(NOWHERE).passages[:3]
    assert [line.split()[0] for line in lines[1:]] == [hit.passage.passage_id for hit in nearest]


def test_a_nearest_passage_is_one_line_around_what_fits_best() -> None:
    text = "小标题\n" + "第一句话说的是天气。" * 6 + "车展在礼堂\n开幕。" + "最后说的是交通。" * 6
    hit = Hit(Passage("a.txt#1.1", "a.txt", "", 1, 1, text, 0, len(text)), Scores(None, None, 0.5))
    answer = Answer("车展在哪里开幕?", None, "zh", 0.1, (), (hit,), "i", "m", 1)
    told, nearest = _answer_text(answer).splitlines()
    assert told.endswith("No answer found (confidence 10%). The nearest passages:\x1b[0m")
    assert nearest.startswith("  a.txt#1.1  …")
    assert "车展在礼堂 开幕。" in nearest
    assert nearest.endswith("…")


def test_a_tentative_answer_in_words(index: Path, bot: Chatbot) -> None:
    answer = bot.ask(FIRMS, min_confidence=1)
    assert answer.status == "tentative"
    first = answer.candidates[0]
    lines = run("ask", FIRMS, "--min-confidence", 1).stdout.splitlines()
    assert lines[0] == f"Not sure, but perhaps (confidence {int(100 * first.confidence)}%):"
    assert lines[1] == f"  [1] {first.citation.quote}"
    place = f"{first.citation.source}, article {first.citation.article_number}, paragraph {first.citation.paragraph}"
    assert lines[2].startswith(f"      {first.citation.article} · {place}")
    assert len(lines) == 1 + 2 * len(answer.candidates)
    record = json.loads(run("ask", FIRMS, "--min-confidence", 1, "--json").stdout)
    assert (record["status"], record["abstained"], record["answer"], record["citations"]) == (
        "tentative", True, None, [],
    )  # fmt: skip
    assert record["candidates"] == [candidate.to_dict() for candidate in answer.candidates]


def test_candidates_are_printed_where_they_are_asked_for(index: Path, bot: Chatbot) -> None:
    for question in (FIRMS, NOWHERE):
        answer = bot.ask(question, candidates=True)
        assert answer.candidates
        record = json.loads(run("ask", question, "--candidates", "--json").stdout)
        assert record["candidates"] == [candidate.to_dict() for candidate in answer.candidates]
        assert json.loads(run("ask", question, "--json").stdout)["candidates"] == []
        lines = run("ask", question, "--candidates").stdout.splitlines()
        at = lines.index("The best sentences:")
        quotes = [line for line in lines[at + 1 :] if line.startswith("  [")]
        assert quotes == [f"  [{c.citation.n}] {c.citation.quote}" for c in answer.candidates]
        assert lines[-1].endswith(f"  (confidence {int(100 * answer.candidates[-1].confidence)}%)")


def test_a_stale_citation_is_said_to_be(copied: Path) -> None:
    for file in (copied / "seeds").iterdir():
        file.write_text("汽车展开幕。", encoding="utf-8")
    result = run("ask", FIRMS, "--index", copied / "index", "--min-confidence", 0)
    assert result.stdout.rstrip().endswith("; the file has changed since it was indexed")


def test_environment_variables(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_MIN_CONFIDENCE", "1")
    assert json.loads(run("ask", FIRMS, "--json").stdout)["abstained"] is True
    assert json.loads(run("ask", FIRMS, "--json", "--min-confidence", 0).stdout)["abstained"] is False


LINES = [
    FIRMS.encode(),
    b"",
    json.dumps({"id": 7, "question": SCHOOL}).encode(),
    b"   ",
    b"{broken",
    b'{"text": "no question"}',
    "“？”".encode(),
    b"\xff\xfe not text",
    b'{"question": 3}',
    b"[" * 5 + "会议由谁主持?".encode(),
    b"{" + b'"a":{' * 20_000,
    ("企" * 20_000).encode(),
]
BAD = {
    5: "it begins like JSON but is not (",
    6: 'it has no "question": write {"question": "…"}',
    7: "the question has no words: type a question",
    8: "it is not UTF-8 text: save it as UTF-8",
    9: 'it has no "question"',
    11: "it begins like JSON but is not (",
    12: "the question has 20,000 characters, at most 1,000 are read: shorten it",
}


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_lines_of_a_file(index: Path, bot: Chatbot, tmp_path: Path, way: str, ending: bytes) -> None:
    data = b"\xef\xbb\xbf" + ending.join(LINES)
    (tmp_path / "questions").write_bytes(data)
    result = run("ask", "--json", "--file", "-" if way == "stdin" else tmp_path / "questions", stdin=data)

    assert result.exit_code == 2
    *told, pace = result.stderr.splitlines()
    assert pace.startswith("10 questions in all, ")
    assert len(told) == len(BAD)
    for line, (number, reason) in zip(told, BAD.items(), strict=True):
        assert line.startswith(f"rag: line {number}: {reason}")

    records = [json.loads(line) for line in result.stdout.splitlines()]
    answers = [timeless(json.dumps(record)) for record in records if "error" not in record]
    assert answers == [expected(bot, FIRMS), expected(bot, SCHOOL), expected(bot, "[[[[[会议由谁主持?")]
    assert [record["line"] for record in records if "error" in record] == list(BAD)
    assert ["error" in record for record in records] == [False, False, True, True, True, True, True, False, True, True]


def test_more_lines_than_are_asked_at_once(index: Path, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("\n".join(f"第{n}次会议由谁主持?" for n in range(70)), encoding="utf-8")
    result = run("ask", "--json", "--file", tmp_path / "q.txt")
    asked = [json.loads(line)["question"] for line in result.stdout.splitlines()]
    assert asked == [f"第{n}次会议由谁主持?" for n in range(70)]
    assert result.exit_code == 0


def questions(folder: Path, *names: str) -> Path:
    file = folder / "q.txt"
    file.write_text("\n".join(names), encoding="utf-8")
    return file


def asked(out: Path) -> list[str]:
    return [json.loads(line).get("question", "error") for line in out.read_text(encoding="utf-8").splitlines()]


def test_answers_go_to_a_file_and_a_stopped_run_goes_on(index: Path, tmp_path: Path) -> None:
    file, out = questions(tmp_path, FIRMS, "", "？", *(f"第{n}次会议?" for n in range(70))), tmp_path / "a.jsonl"
    result = run("ask", "--file", file, "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0].startswith("rag: line 3: the question has no words")
    assert "72 questions in all, " in result.stderr
    whole = out.read_bytes()
    assert asked(out) == [FIRMS, "error", *(f"第{n}次会议?" for n in range(70))]
    out.write_bytes(b"".join(whole.splitlines(keepends=True)[:30]) + b'{"version": 1, "quest')
    result = run("ask", "--file", file, "--out", out, "--resume")
    assert (result.exit_code, "42 questions in all, " in result.stderr) == (2, True)
    assert [timeless(line) for line in out.read_text(encoding="utf-8").splitlines()] == [
        timeless(line) for line in whole.decode().splitlines()
    ]
    result = run("ask", "--file", file, "--out", out, "--resume")
    told = f"rag: 1 of the 72 lines done before could not be asked: see {out}\n"
    assert (result.exit_code, result.stderr) == (2, told)


def test_the_pace_is_told_now_and_then_and_at_the_end(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """70 questions are asked in a batch of 64 and one of 6; a line is due after each."""
    monkeypatch.setattr("rag.cli.batch._SECONDS_BETWEEN_LINES", 0.0)
    file = questions(tmp_path, *(f"第{n}次会议?" for n in range(70)))
    told = run("ask", "--json", "--file", file).stderr.splitlines()
    assert [line.rpartition(", ")[0] for line in told][-2:] == ["70 questions so far", "70 questions in all"]
    assert all(re.fullmatch(r"\d+ questions (so far|in all), \d+\.\d a second", line) for line in told)
    assert len(told) >= 3


def test_what_is_done_is_looked_through_line_by_line(tmp_path: Path) -> None:
    """A file of 20 MB is held a line at a time."""
    row = json.dumps({"version": 1, "question": "第1次会议?", "passages": ["x" * 200_000]}) + "\n"
    out = tmp_path / "a.jsonl"
    out.write_text(row * 100 + '{"version": 1, "line": 101, "error": "no"}\n{"vers', encoding="utf-8")
    tracemalloc.start()
    done = finished(out, resume=True)
    read = sum(1 for _ in done.records())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (done.lines, done.bad, done.cut, read) == (101, 1, True, 101)
    assert done.size == len(out.read_bytes()) - len('{"vers')
    assert peak < 3_000_000


def test_a_finished_file_without_errors_is_resumed_in_silence(index: Path, tmp_path: Path) -> None:
    file, out = questions(tmp_path, FIRMS, SCHOOL), tmp_path / "a.jsonl"
    assert run("ask", "--file", file, "--out", out).exit_code == 0
    result = run("ask", "--file", file, "--out", out, "--resume")
    assert (result.exit_code, result.stderr) == (0, "")


ROW = '{"version": 1, "question": "第1次会议?"}\n'


@pytest.mark.parametrize(
    ("held", "options", "message"),
    [
        (ROW, (), "is not empty: go on with --resume if it holds answers, or name another file"),
        ("no newline", (), "is not empty: go on with --resume"),
        (" ", (), "is not empty: go on with --resume"),
        ('{"version": 1, "question": "x"}\n', ("--resume",), "holds answers to other questions"),
        ('{"version": 1}\n{"version": 1}\n', ("--resume",), "holds answers to other questions"),
        (ROW.replace("}", ', "index": "x"}'), ("--resume",), "holds answers from another index"),
        (ROW.replace("1次", "2次") + '{"version": 1, "qu', ("--resume",), "holds answers to other questions"),
        ("plain text\n", ("--resume",), r"does not hold answers \(line 1 is none\): name another file"),
        ("no newline", ("--resume",), r"does not hold answers \(line 1 is none\)"),
        (ROW + "notes", ("--resume",), r"does not hold answers \(line 2 is none\)"),
        (ROW + "\n", ("--resume",), r"does not hold answers \(line 2 is none\)"),
        ("1\n", ("--resume",), r"does not hold answers \(line 1 is none\)"),
        ("[]\n", ("--resume",), r"does not hold answers \(line 1 is none\)"),
        ('{"question": "第1次会议?"}\n', ("--resume",), r"does not hold answers \(line 1 is none\)"),
        ("[" * 100_000 + "\n", ("--resume",), r"does not hold answers \(line 1 is none\)"),
    ],
)
def test_a_file_of_something_else_is_left_alone(
    index: Path, tmp_path: Path, held: str, options: tuple[str, ...], message: str
) -> None:
    file, out = questions(tmp_path, "第1次会议?"), tmp_path / "a.jsonl"
    out.write_text(held, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        run("ask", "--file", file, "--out", out, *options)
    assert out.read_text(encoding="utf-8") == held


@pytest.mark.parametrize(("before", "now"), [("0", "1"), ("1", "0"), ("1", None)])
def test_answers_of_another_threshold_are_not_mixed(index: Path, tmp_path: Path, before: str, now: str | None) -> None:
    file, out = questions(tmp_path, FIRMS, SCHOOL), tmp_path / "a.jsonl"
    run("ask", "--file", file, "--out", out, "--min-confidence", before)
    held = out.read_bytes()
    with pytest.raises(InputError, match="holds answers made with another --min-confidence than"):
        run("ask", "--file", file, "--out", out, "--resume", *(["--min-confidence", now] if now else []))
    assert out.read_bytes() == held
    assert run("ask", "--file", file, "--out", out, "--resume", "--min-confidence", before).exit_code == 0


@pytest.mark.parametrize(("before", "now"), [(True, False), (False, True)])
def test_answers_with_and_without_candidates_are_not_mixed(
    index: Path, tmp_path: Path, before: bool, now: bool
) -> None:
    file, out = questions(tmp_path, FIRMS, NOWHERE), tmp_path / "a.jsonl"
    options = {True: ["--candidates"], False: []}
    assert run("ask", "--file", file, "--out", out, *options[before]).exit_code == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["status"], bool(row["candidates"])) for row in rows] == [("answered", before), ("none", before)]
    with pytest.raises(InputError, match=f"was begun {'with' if before else 'without'} --candidates"):
        run("ask", "--file", file, "--out", out, "--resume", *options[now])
    assert run("ask", "--file", file, "--out", out, "--resume", *options[before]).exit_code == 0


def test_what_is_withheld_at_any_threshold_says_nothing_of_it(index: Path, bot: Chatbot, tmp_path: Path) -> None:
    """As for a quote that could not be checked."""
    assert bot.ask(NOWHERE).status == "none"
    row = bot.ask(NOWHERE).to_dict() | {"confidence": 1.0}
    file, out = questions(tmp_path, NOWHERE), tmp_path / "a.jsonl"
    out.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert run("ask", "--file", file, "--out", out, "--resume").exit_code == 0


@pytest.mark.parametrize("arguments", [("x", "--out", "a"), ("--file", "q", "--resume")])
def test_options_of_files_want_a_file(arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="--out goes with --file, and --resume with --out"):
        run("ask", *arguments)


def test_a_pipe_is_answered_line_by_line_and_can_be_stopped(built: Path) -> None:
    """Whoever writes a question can wait for its answer before the next one."""
    # A test run that was started in the background ignores interrupts, and so would this program.
    heeding = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from rag.cli import main; main()"
    )
    command = [sys.executable, "-c", heeding, "ask", "--json", "--index", str(built / "index"), "--file", "-"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **streams) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for question in (FIRMS, SCHOOL):
            process.stdin.write(question.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["question"] == question
        process.send_signal(signal.SIGINT)  # while it waits for the next line
        assert process.wait(60) == 130
        assert process.stderr.read() == b"rag: stopped; what was finished is kept\n"


def test_a_file_without_questions_is_no_error(index: Path) -> None:
    result = run("ask", "--file", "-", stdin=b"\n \n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("leg", ["dense", "lexical", "fused"])
def test_search(index: Path, bot: Chatbot, leg: str) -> None:
    hits = bot.search(FIRMS, k=4, leg=leg)
    result = run("search", FIRMS, "--leg", leg, "-k", 4, "--json")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {**hit.to_dict(), "page": None, "date": bot.page_and_date(hit.passage)[1]} for hit in hits
    ]
    lines = run("search", FIRMS, "--leg", leg, "-k", 4).stdout.splitlines()
    assert [line.split("lexical ")[1].split()[1] for line in lines[::2]] == [hit.passage.passage_id for hit in hits]


def test_search_that_finds_nothing(index: Path) -> None:
    assert run("search", "qqqqzzzz", "--leg", "lexical").stdout == "nothing found\n"
    assert run("search", "qqqqzzzz", "--leg", "lexical", "--json").stdout == ""


def test_a_process_of_its_own_answers_and_does_not_import_torch(built: Path) -> None:
    code = (
        "import sys, rag.cli; sys.argv = ['rag', 'ask', '--json', '--index', sys.argv[1], sys.argv[2]]\n"
        "try: rag.cli.main()\n"
        "finally: sys.stderr.write(' '.join(sorted({'torch', 'sentence_transformers', 'gradio'} & set(sys.modules))))"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(built / "index"), FIRMS]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["question"] == FIRMS


def test_a_pipe_that_is_closed_early_is_no_traceback(built: Path, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("会议由谁主持?\n" * 200, encoding="utf-8")
    command = f'"{sys.executable}" -m rag ask --json --index "{built}/index" --file "{tmp_path}/q.txt" | head -n 1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False)
    assert done.stderr == b""
    assert json.loads(done.stdout)["question"] == "会议由谁主持?"


@pytest.mark.parametrize("text", ["", "  ", "😀", "\x1b\x07", "x" * 20_000])
def test_an_unusable_question_is_one_line(built: Path, text: str) -> None:
    ran = rag("ask", text, "--index", built / "index")
    assert (ran.status, ran.out) == (2, "")
    assert ran.told.startswith("rag: the question has ")


def test_an_unusable_question_among_others_does_not_keep_them_from_being_answered(index: Path, bot: Chatbot) -> None:
    result = run("ask", FIRMS, "😀", SCHOOL, "--json")
    assert result.exit_code == 2
    assert result.stderr == "rag: question 2: the question has no words: type a question\n"
    first, second, third = result.stdout.splitlines()
    assert [timeless(first), timeless(third)] == [expected(bot, FIRMS), expected(bot, SCHOOL)]
    assert json.loads(second) == {
        "version": 1,
        "question": "😀",
        "error": "the question has no words: type a question",
    }
    words = run("ask", FIRMS, "", "--min-confidence", 0)
    assert (words.exit_code, len(words.stdout.splitlines())) == (2, 4)
    assert words.stdout.startswith(f"> {FIRMS}\n")


def test_lines_of_a_file_in_words_stand_above_their_answers(index: Path, tmp_path: Path) -> None:
    told = run("ask", "--file", questions(tmp_path, FIRMS, SCHOOL), "--min-confidence", 0).stdout.splitlines()
    assert [line for line in told if line.startswith("> ")] == [f"> {FIRMS}", f"> {SCHOOL}"]
    assert told[0] == f"> {FIRMS}"


def test_what_a_page_holds_does_not_reach_the_terminal_as_a_command(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    text = "汽车展\n\n汽车展6月1日开幕\x1b[31m,\x07由武进区主办。" + "展览很大。" * 40
    (tmp_path / "pages" / "a.txt").write_text(text, encoding="utf-8")
    assert run("index", tmp_path / "pages", "--index", tmp_path / "index").exit_code == 0
    for arguments in (["ask", "--min-confidence", "0"], ["ask", "--min-confidence", "1"], ["search"]):
        command, *options = arguments
        result = CliRunner().invoke(
            app, [command, "汽车展何时开幕?", "--index", str(tmp_path / "index"), *options], color=True
        )
        assert "开幕\ufffd[31m,\ufffd由武进区" in result.stdout


def test_an_answer_from_another_index_is_found_before_a_line_that_could_not_be_asked(
    index: Path, tmp_path: Path
) -> None:
    file, out = questions(tmp_path, "第1次会议?", '{"question": 1}', "第2次会议?"), tmp_path / "a.jsonl"
    out.write_text(ROW.replace("}", ', "index": "x"}') + '{"version": 1, "line": 2, "error": "e"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="holds answers from another index"):
        run("ask", "--file", file, "--out", out, "--resume")


def test_small_talk_is_told_what_can_be_asked(index: Path) -> None:
    assert run("ask", "你好").stdout.startswith("Ask about what the articles tell (who, when, where, how many)")
    assert json.loads(run("ask", "你好", "--json").stdout)["kind"] == "small_talk"
