from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest
from running import rag
from typer.testing import CliRunner, Result

from rag.cli import app
from rag.cli.options import DEFAULT_INDEX
from rag.errors import RagError
from rag.index import command
from rag.index.local import build_parts

CARS = "汽车展开幕\n\n本报讯(记者 张三)6月1日,汽车展开幕,共有30多辆汽车参展。\n\n天气很好,观众很多,展览持续三天。\n"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "cars.txt").write_text(CARS, encoding="utf-8")
    (folder / "school.md").write_text("# 新学校落成\n\n新学校今天落成,九百名学生入学。\n", encoding="utf-8")
    return folder


def test_index_then_update_then_remove(pages: Path, tmp_path: Path) -> None:
    at = tmp_path / "index"
    assert run("index", pages, "--index", at).stdout.startswith(f"{at}: 2 added; 3 passages, ")
    assert run("index", pages, "--index", at).stdout.startswith(f"{at}: 2 unchanged; 3 passages, ")
    (pages / "school.md").write_text("# 新学校落成\n\n新学校昨天落成。校长出席,家长到场。\n", encoding="utf-8")
    assert run("index", pages, "--index", at).stdout.startswith(f"{at}: 1 changed, 1 unchanged; 3 passages, ")
    assert run("remove", "cars.txt", "--index", at).stdout.startswith(f"{at}: 1 removed, 1 unchanged; 1 passages, ")
    assert (pages / "cars.txt").is_file()
    assert run("index", pages, "--index", at, "--rebuild").stdout.startswith(f"{at}: 1 added, 1 rebuilt; 3 passages, ")
    with pytest.raises(RagError, match=r"no source 'x\.txt': name one"):
        run("remove", "x.txt", "--index", at)


def test_the_recall_of_a_very_large_index_is_told(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "inverted file" not in run("index", pages, "--index", tmp_path / "small").stdout
    monkeypatch.setattr(build_parts, "EXACT_UP_TO", 1)
    # As many sentences as an inverted file learns from at least.
    (pages / "many.txt").write_text("".join(f"第{i}家企业在武进落户。" for i in range(40)), encoding="utf-8")
    told = run("index", pages, "--index", tmp_path / "large").stdout.splitlines()[1]
    assert re.match(
        r"  the approximate index finds \d{1,3}\.\d% of the ten nearest passages, measured with passages as questions",
        told,
    )


def test_what_cannot_be_read_is_one_line_each_and_the_rest_is_indexed(pages: Path, tmp_path: Path) -> None:
    (pages / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (pages / "empty.txt").write_bytes(b"")
    (pages / "gb.txt").write_bytes(CARS.encode("gb18030"))
    (pages / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with (pages / "line.txt").open("wb") as file:
        os.truncate(file.fileno(), 50_000_000)  # takes no room on the disk
    ran = rag("index", pages, "--index", tmp_path / "index")
    assert ran.status == 0
    assert ran.out.startswith(f"{tmp_path / 'index'}: 3 added, 4 skipped; ")
    # A slow machine shows progress too.
    assert [line for line in ran.err.splitlines() if "left out" in line] == [
        f"{pages}/binary.txt: it is binary, not text; left out",
        f"{pages}/empty.txt: it is empty; left out",
        f"{pages}/line.txt: it is 50 MB, the limit is 20 MB: split it into smaller files; left out",
        f"{pages}/photo.jpg: only .txt, .md, .html, .pdf, .docx, .csv, .tsv and .jsonl files are read; left out",
    ]
    found = rag("search", "汽车展", "--leg", "lexical", "--json", "--index", tmp_path / "index")
    assert {json.loads(line)["source"] for line in found.out.splitlines()} <= {"cars.txt", "gb.txt"}


def test_a_file_that_is_left_out_is_named_as_its_folder_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b/sub"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "empty.txt").write_bytes(b"")
        (tmp_path / name / "cars.txt").write_text(CARS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("index", "a", "./b/").stderr.splitlines() == [
        "a/empty.txt: it is empty; left out",
        "b/sub/empty.txt: it is empty; left out",
    ]
    monkeypatch.chdir(tmp_path / "a")
    assert run("index", ".", "--index", "../other").stderr == "empty.txt: it is empty; left out\n"


def test_without_folders_an_index_is_brought_up_to_date_and_gets_no_others(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "seed.txt").write_text("种子\n\n种子今天发芽。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run("index", pages, "--index", "ix")
    (pages / "cars.txt").unlink()
    assert run("index", "--index", "ix").stdout.startswith("ix: 1 removed, 1 unchanged; ")
    assert run("index", "--rebuild", "--index", "ix").stdout.startswith("ix: 1 rebuilt; ")
    assert run("index", "--index", "new").stdout.startswith("new: 1 added; ")
    assert "added: seed.txt" in run("index", "--rebuild").stdout


def test_messages_leave_out_the_index_that_is_the_default() -> None:
    assert command(DEFAULT_INDEX, "index") == "`rag index`"


def test_a_folder_that_is_gone_is_taken_out_as_the_message_says(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "news.txt").write_text(CARS, encoding="utf-8")
    run("index", pages, tmp_path / "old", "--index", tmp_path / "ix")
    shutil.rmtree(tmp_path / "old")
    ran = rag("index", "--index", tmp_path / "ix")
    assert (ran.status, ran.out) == (2, "")
    told = re.search("take it out with `rag (.+?)`, or name the folders that are there$", ran.told)
    assert told
    assert run(*shlex.split(told[1])).stdout.splitlines()[1] == "  removed: news.txt"
    assert run("index", "--index", tmp_path / "ix").stdout.startswith(f"{tmp_path / 'ix'}: 2 unchanged; ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_one_line(pages: Path, tmp_path: Path) -> None:
    (pages / "secret.txt").write_text(CARS, encoding="utf-8")
    (pages / "secret.txt").chmod(0)
    result = run("index", pages, "--index", tmp_path / "index")
    assert result.stderr == f"{pages}/secret.txt: cannot be read (Permission denied); left out\n"


def test_repair(pages: Path, tmp_path: Path) -> None:
    at = tmp_path / "index"
    run("index", pages, "--index", at)
    assert run("index", "--repair", "--index", at).stdout == f"{at}: every part is whole\n"
    for file in at.glob("order-*"):
        file.unlink()
    assert run("index", "--repair", "--index", at).stdout.startswith("mended: ")
    assert json.loads(run("search", "汽车展", "-k", 1, "--json", "--index", at).stdout)["source"] == "cars.txt"
    with pytest.raises(RagError, match="--repair takes no folders"):
        run("index", pages, "--repair", "--index", at)


def test_what_a_repair_cannot_mend_is_a_broken_index(pages: Path, tmp_path: Path) -> None:
    at = tmp_path / "index"
    run("index", pages, "--index", at)
    with sqlite3.connect(at / "corpus.sqlite") as connection:
        connection.execute("UPDATE documents SET text = 'forged'")
    connection.close()
    (pages / "cars.txt").unlink()
    ran = rag("index", "--repair", "--index", at)
    assert (ran.status, ran.out) == (2, "mended: the text of school.md was damaged\n")
    assert ran.told.startswith(f"rag: the text of cars.txt was damaged: {pages}/cars.txt is gone: put it back and run ")


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("none", "none does not exist: name a folder of articles"),
        ("pages/cars.txt", "cars.txt is a file, not a folder: name a folder of articles"),
        ("blank", "there is no article to index: name a folder of articles"),
    ],
)
def test_no_folder_of_articles(pages: Path, tmp_path: Path, folder: str, reason: str) -> None:
    (tmp_path / "blank").mkdir()
    ran = rag("index", tmp_path / folder, "--index", tmp_path / "index")
    assert (ran.status, ran.out) == (2, "")
    assert ran.told.startswith("rag: ")
    assert ran.told.endswith(reason)


def test_inspect_json(pages: Path) -> None:
    result = run("inspect", pages / "cars.txt", pages / "school.md", "--json")
    cars, school = map(json.loads, result.stdout.splitlines())
    start = CARS.index("6月1日")
    first, second = CARS[start : CARS.index("\n\n天气")], CARS[CARS.index("天气") :].strip()
    assert cars == {
        "source": "cars.txt",
        "encoding": "utf-8",
        "articles": [
            {
                "title": "汽车展开幕",
                "byline": "本报讯(记者 张三)",
                "kind": "article",
                "start": 0,
                "end": len(CARS) - 1,
                "paragraphs": [
                    {"text": first, "start": start, "end": start + len(first)},
                    {"text": second, "start": CARS.index(second), "end": len(CARS) - 1},
                ],
            }
        ],
    }
    assert (school["source"], school["articles"][0]["title"]) == ("school.md", "新学校落成")


def test_inspect_in_words_goes_on_after_a_bad_file(pages: Path, tmp_path: Path) -> None:
    result = run("inspect", tmp_path / "none.txt", pages / "cars.txt")
    assert result.exit_code == 2
    assert result.stderr == "rag: none.txt: it is not a regular file; left out\n"
    start = CARS.index("6月1日")
    assert result.stdout.splitlines()[:3] == [
        f"cars.txt (utf-8, {len(CARS)} characters)",
        "  1. 汽车展开幕  [article; 本报讯(记者 张三)]",
        f"     1.1 [{start}:{CARS.index(chr(10) * 2 + '天气')}] 6月1日,汽车展开幕,共有30多辆汽车参展。",
    ]
