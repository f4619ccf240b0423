from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.corpus import passages
from rag.errors import IndexFolderError
from rag.evaluation import Mode, Options, run_evaluation
from rag.evaluation.pool import cache_folder, open_pool, pool_documents, pool_key, pool_sources


def test_equal_paragraphs_are_one_document():
    assert pool_sources(["塔高5米。", "在城东。", "塔高5米。"]) == {"塔高5米。": "p00000", "在城东。": "p00001"}


def test_a_paragraph_is_one_article_without_title_and_its_white_space_is_repaired():
    text = "  塔高5米。\n在城东。\n"
    [(document, (article,))] = pool_documents({text: "p00000"})
    [passage] = passages(article, document.text)
    assert (document.source, document.text) == ("p00000", text)
    assert (article.title, len(article.paragraphs)) == ("", 1)
    assert (passage.text, passage.embedded_text) == ("塔高5米。在城东。", "塔高5米。在城东。")
    assert text[passage.start : passage.end] == "塔高5米。\n在城东。"


def test_parts_of_a_long_paragraph_share_its_number():
    text = "这座塔很高。" * 100
    [(document, (article,))] = pool_documents({text: "p00000"})
    parts = passages(article, document.text)
    assert len(parts) > 1
    assert {(part.source, part.paragraph) for part in parts} == {("p00000", 1)}


@pytest.mark.parametrize(
    ("texts", "model"),
    [(["甲", "乙", "丙"], "m@1"), (["乙", "甲"], "m@1"), (["甲乙"], "m@1"), (["甲", "乙"], "m@2")],
)
def test_the_key_tells_paragraphs_and_models_apart(texts, model):
    key = pool_key(pool_sources(["甲", "乙"]), "m@1")
    assert key == pool_key(pool_sources(["甲", "乙", "甲"]), "m@1")
    assert key != pool_key(pool_sources(texts), model)


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {"RAG_CACHE_DIR": "/here"}, "/here"),
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/wenbao"),
        ("linux", {"HOME": "/home/me"}, "/home/me/.cache/wenbao"),
        ("darwin", {"HOME": "/home/me"}, "/home/me/Library/Caches/wenbao"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/wenbao"),
    ],
)
def test_the_cache_lies_where_the_platform_keeps_caches(monkeypatch, platform, variables, folder):
    for name in ("RAG_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder() == Path(folder)


PARAGRAPHS = ["这座塔高5米，在城东。", "图书馆每天开放十小时。", "市长昨天参观了工厂。"]


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path))
    return tmp_path


def stages_of_opening() -> set[str]:
    """The stages in which there was something to do."""
    told: list[tuple[str, int, int]] = []
    with open_pool(pool_sources(PARAGRAPHS), progress=lambda *call: told.append(call)) as bot:
        [[best, *_]] = bot.retrieve(["图书馆每天开放多久?"])
        assert best.passage.source == "p00001"
        assert bot.info().passages == 3
    return {stage for stage, _, total in told if total}


def test_a_pool_is_embedded_once(cache):
    assert "embed" in stages_of_opening()
    assert "embed" not in stages_of_opening()
    assert len([path for path in (cache / "pools").iterdir() if path.is_dir()]) == 1


def test_two_runs_at_once_share_a_pool(cache):
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(stages_of_opening) for _ in range(2)]
        embedded = ["embed" in run.result() for run in runs]
    assert sorted(embedded) == [False, True]


def test_a_cache_that_cannot_be_written_is_told_in_one_line(cache, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RAG_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(IndexFolderError, match=r"file/pools cannot be written to .*: set RAG_CACHE_DIR$"):
        stages_of_opening()


def test_a_damaged_pool_is_made_anew(cache):
    stages_of_opening()
    [file] = cache.glob("pools/*/corpus.sqlite")
    file.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert "embed" in stages_of_opening()


def test_squad_from_file_to_scores(cache, tmp_path):
    qas = [{"id": "1", "question": "塔有多高?", "answers": [{"text": "5米"}]}]
    path = tmp_path / "dev.json"
    contexts = [{"context": text, "qas": qas if "塔" in text else []} for text in PARAGRAPHS]
    path.write_text(json.dumps({"data": [{"paragraphs": contexts}]}), encoding="utf-8")
    report = run_evaluation(Options(path))
    assert (report.scores["recall@1"], report.scores["contains"], report.scores["answer_rate"]) == (1, 1, 1)
    given = run_evaluation(Options(path, mode=Mode(gold_passage=True)))
    assert (given.scores["recall@1"], given.scores["contains"]) == (None, 1)
