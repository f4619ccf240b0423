"""Every format goes through an update, and comes back with its days, addresses and pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.made import column, edited_docx, made_docx, made_pdf
from keyword_embedder import KeywordEmbedder

from rag.chatbot import Chatbot
from rag.index import Index, update

SAID = "武进区的汽车展开幕,近百辆汽车参展。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    word = made_docx("新学校今天落成。", SAID)
    home = tmp_path / "剪报" / "2025年8月"
    home.mkdir(parents=True)
    for name, data in {
        "报纸20250801.pdf": made_pdf([column(50, 700, ["新学校今天落成。"]), column(50, 700, [SAID])]),
        "文件.docx": edited_docx(word, f"<w:t>{SAID}", f"<w:lastRenderedPageBreak/><w:t>{SAID}"),
        "网页.html": f"<title>汽车展</title><meta name=pubdate content=2025-08-02><p>{SAID}</p>".encode(),
        "表.csv": f'标题,正文,日期,链接\n汽车展,"{SAID}",2025-08-03,https://a.cn/1\n'.encode("gb18030"),
        "行.jsonl": f'\n{{"title": "汽车展", "text": "{SAID}"}}\n'.encode(),
        "坏.jsonl": f'{{"text": "{SAID}"}}\n{{'.encode(),
        "扫描.pdf": made_pdf([[]]),
        "旧.doc": b"\xd0\xcf\x11\xe0",
    }.items():
        (home / name).write_bytes(data)
    return tmp_path / "剪报"


def test_every_format_is_indexed_and_quoted(index: Path, folder: Path, embedder: KeywordEmbedder) -> None:
    summary = update(index, [folder], embedder)
    assert len(summary.added) == 5
    assert sorted(left_out.reason for left_out in summary.skipped) == [
        f"{folder}/2025年8月/坏.jsonl: line 2 is no JSON (Expecting property name enclosed in double quotes): "
        "mend that line; left out",
        f"{folder}/2025年8月/扫描.pdf: it is pictures without text: have its text recognised first (OCR), "
        "for instance with ocrmypdf; left out",
        f"{folder}/2025年8月/旧.doc: .doc files are not read: save it as .docx; left out",
    ]
    with Index.open(index) as opened:
        told = {(Path(a.source).suffix, a.number, a.date, a.url) for a in opened.articles()}
        assert told == {
            (".pdf", 1, "2025-08-01", None),
            (".docx", 1, None, None),
            (".html", 1, "2025-08-02", None),
            (".csv", 1, "2025-08-03", "https://a.cn/1"),
            (".jsonl", 2, None, None),
        }
        pages = {}
        for row in range(opened.size):
            passage = opened.passages([row])[0]
            document = opened.document(passage.source)
            assert SAID in document.text
            pages[Path(passage.source).suffix] = document.page_at(document.text.index(SAID))
    assert pages == {".pdf": 2, ".docx": 2, ".html": None, ".csv": None, ".jsonl": None}
    again = update(index, [folder], embedder)
    assert (len(again.unchanged), again.added, again.changed) == (5, (), ())


def test_an_answer_names_the_page(index: Path, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    pages = [
        column(50, 700, ["新学校今天落成,校长出席了典礼。"]),
        column(50, 700, ["汽车展于2025年8月1日开幕,近百辆汽车参展。"]),
    ]
    (tmp_path / "papers" / "a.pdf").write_bytes(made_pdf(pages))
    from rag.embedding import load_embedder

    update(index, [tmp_path / "papers"], load_embedder(None))
    with Chatbot.open(index) as bot:
        citation = bot.ask("汽车展哪天开幕?", min_confidence=0).citations[0]
    assert (citation.page, "2025年8月1日" in citation.quote) == (2, True)
