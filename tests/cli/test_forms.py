"""Questions in another form than one a line are named, not asked as they stand; questions that look odd are asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag.cli import app
from rag.cli.forms import refuse_other_file, refuse_other_line
from rag.errors import InputError

INSTEAD = 'give one question a line, or JSON Lines with a "question"'


@pytest.mark.parametrize(
    "line",
    [
        "question,answer",
        "id;Question;gold",
        "编号\t问题\t答案",
        '"question","answers"',
        "query",
        "sep=;",
        "| question | answer |",
        "编号,问题内容,答案",
        "id;Question text;answer",
        "nr\tFrage",
        "q,a",
    ],
)
def test_the_header_of_a_table_is_named(line: str) -> None:
    with pytest.raises(InputError) as told:
        refuse_other_file("q.csv", 3, line.encode())
    assert str(told.value) == f"q.csv is a table, of which line 3 is the header: {INSTEAD}"


@pytest.mark.parametrize(
    "line", ["[", '[{"question": "谁?"}]', '["谁?", "哪里?"]', '[{"question": "谁?"},', '[ "谁?",', "[]"]
)
def test_a_json_array_is_named(line: str) -> None:
    with pytest.raises(InputError) as told:
        refuse_other_file("q.json", 1, line.encode())
    assert str(told.value) == f"q.json is a JSON array: {INSTEAD}"


def test_a_json_object_over_several_lines_is_named() -> None:
    with pytest.raises(InputError) as told:
        refuse_other_file("q.json", 1, b"{")
    assert str(told.value) == f"q.json is a JSON object over several lines: {INSTEAD}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("水厂在哪里?\r茶厂在哪里?", "it has line ends that are neither LF nor CRLF in it"),
        ("水厂在哪里?\u2028茶厂在哪里?", "it has line ends that are neither LF nor CRLF in it"),
        ("水厂在哪里?\x85茶厂在哪里?", "it has line ends that are neither LF nor CRLF in it"),
        ('"水厂在哪里?"', "it is in quotation marks, as a cell of a table is"),
        ('"水厂在哪里, 建于何年?"', "it is in quotation marks"),
        ('"谁说了""好""?","厂长"', "it is in quotation marks"),
        ('"Where is it?",,12', "it is in quotation marks"),
        ("水厂建于哪一年?,1987年", "something stands behind the question, as in a row of a table"),
        ("Who founded it?;Li", "something stands behind the question"),
        ("水厂建于哪一年？\t1987年", "something stands behind the question"),
        ('["水厂在哪里?", "茶厂在哪里?"]', "it is a JSON array"),
        ("“水厂在哪里？”", "it is in quotation marks"),
        ("「水厂在哪里？」", "it is in quotation marks"),
        (r'"Who wrote \"Hamlet\"?"', "it is in quotation marks"),
        ("1,水厂在哪里?", "a number stands before the question"),
        ("12\tWhere is it?", "a number stands before the question"),
        ("Who founded it?|Li", "something stands behind the question"),
    ],
)
def test_a_line_that_is_no_single_question_is_named(line: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        refuse_other_line(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "图书馆周几闭馆, 几点关门?",
        '"小巨人"企业有多少家?',
        '"Hamlet", who wrote it?',
        '"甲","乙"和"丙"是什么?',
        "谁主持了会议?什么时候?",
        "Who asked “why?”, and when?",
        "[[[[[会议由谁主持?",
        "[图片]里的人是谁?",
        "这个问题是谁提出的?",
        "Question: who was it?",
        "What is a query?",
        "汽车展",
        "1,5 million people live where?",
        "2021年, 谁主持了会议?",
        "环境问题,治理",
        "“小巨人”企业和“专精特新”企业",
    ],
)
def test_what_only_looks_odd_is_asked(line: str) -> None:
    refuse_other_file("q.txt", 1, line.encode())
    refuse_other_line(line)


def ask(index: Path, file: Path, *options: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["ask", "--index", str(index), "--file", str(file), *map(str, options)])
    if isinstance(done.exception, InputError):
        return 2, str(done.exception)
    return done.exit_code, done.stdout


def test_a_table_is_refused_before_anything_is_written(built: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "q.csv", tmp_path / "a.jsonl"
    file.write_text("\nquestion,answer\n会议由谁主持?,区长\n", encoding="utf-8")
    told = (2, f"{file} is a table, of which line 2 is the header: {INSTEAD}")
    assert ask(built / "index", file) == told
    assert ask(built / "index", file, "--out", out) == told
    assert not out.exists()


def test_a_line_of_another_form_is_passed_over_and_told_in_its_place(built: Path, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text('会议由谁主持?\n"会议由谁主持?"\n会议在哪里召开?\n', encoding="utf-8")
    status, out = ask(built / "index", tmp_path / "q.txt", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, [row.get("question") for row in rows]) == (2, ["会议由谁主持?", None, "会议在哪里召开?"])
    assert (rows[1]["line"], rows[1]["error"]) == (2, f"it is in quotation marks, as a cell of a table is: {INSTEAD}")
