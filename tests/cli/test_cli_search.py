"""Filters on the command line, and an index with nothing in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus.made import column, made_pdf
from running import rag
from typer.testing import CliRunner

from rag.cli import app
from rag.embedding import load_embedder
from rag.errors import InputError
from rag.index import update

PAGES = {
    "2024-05-01.txt": "汽车展开幕\n\n汽车展今天在武进区开幕,来的人很多,天气也很好。",
    "2024-06-01.txt": "汽车展闭幕\n\n汽车展今天闭幕,来的人比去年多了一成。",
}


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("search")
    (home / "pages").mkdir()
    for name, text in PAGES.items():
        (home / "pages" / name).write_text(text, encoding="utf-8")
    update(home / "index", [home / "pages"], load_embedder())
    return home / "index"


def found(at: Path, *options: str, env: dict[str, str] | None = None) -> set[str]:
    arguments = ["search", "汽车展", "--json", "--index", str(at), *options]
    result = CliRunner().invoke(app, arguments, env=env)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return {json.loads(line)["source"] for line in result.stdout.splitlines()}


def test_filters(at: Path) -> None:
    may, june = sorted(PAGES)
    assert found(at) == {may, june}
    assert found(at, "--source", may) == {may}
    assert found(at, "--source", "2024-06*") == found(at, "--article", "闭幕") == {june}
    assert found(at, "--since", "2024-05-02") == {june}
    assert found(at, "--until", "2024-05-02") == {may}
    assert found(at, "--source", may, "--source", june) == {may, june}
    assert found(at, "--since", "2025-01-01") == set()
    assert found(at, env={"RAG_UNTIL": "2024-05-02"}) == {may}
    with pytest.raises(InputError, match="since is 'May', which is no day"):
        found(at, "--since", "May")


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("2024-05-1.txt", "did you mean '2024-05-01.txt'?"),
        ("pages/2024-06-01.txt", "did you mean '2024-06-01.txt'?"),
        ("2023/*", "name one as `rag search` shows them, or a pattern of them"),
    ],
)
def test_a_source_that_there_is_not(at: Path, source: str, hint: str) -> None:
    for sources in (["--source", source], ["--source", "2024-05-01.txt", "--source", source]):
        with pytest.raises(InputError) as caught:
            found(at, *sources)
        assert str(caught.value) == f"the index has no source {source!r}: {hint}"


def test_hits_tell_page_and_day(tmp_path: Path) -> None:
    first = column(50, 700, ["The car show in the park was opened on Monday", "and many people came."])
    second = column(50, 700, ["The school was opened by the mayor on Tuesday", "and many people came."])
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "2024-05-01.pdf").write_bytes(made_pdf([first, second]))
    update(tmp_path / "index", [tmp_path / "pages"], load_embedder())
    ran = rag("search", "Who opened the school?", "-k", "1", "--index", tmp_path / "index")
    assert ran.out.splitlines()[0].endswith(", 2024-05-01, page 2")
    told = json.loads(rag("search", "Who opened the school?", "-k", "1", "--json", "--index", tmp_path / "index").out)
    assert (told["page"], told["date"]) == (2, "2024-05-01")


def test_an_emptied_index_says_so(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(PAGES["2024-05-01.txt"], encoding="utf-8")
    index = tmp_path / "index"
    update(index, [tmp_path / "pages"], load_embedder())
    (tmp_path / "pages" / "a.txt").unlink()
    update(index, [tmp_path / "pages"], load_embedder())
    for command in ("ask", "search"):
        ran = rag(command, "汽车展在哪里?", "--index", index)
        assert ran.status == 2
        wanted = f"`rag index FOLDER --index {index}`"
        assert ran.told == f"rag: the index in {index} is empty: run {wanted} with a folder of articles"
