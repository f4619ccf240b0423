"""What holds for every format: each passage, byline and title stands where it says it does."""

import csv
import html
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.corpus import SUFFIXES, articles, make_document, passages, read_document
from rag.corpus.formats.pdf.document import document as pdf_text
from rag.errors import ReadError
from rag.reader.citation import cite
from rag.text import sentences, squeeze
from rag.types import Document

from ..made import column, made_docx, made_pdf

LINE = st.text(
    st.sampled_from(list("会议召开部署工作。，！？“”（）《》0123 abcXYZ.,;:-#|\t\u3000😀é")), min_size=1, max_size=60
)
PARAGRAPHS = st.lists(LINE.filter(str.strip), min_size=1, max_size=6)


def as_text(lines):
    return "\n\n".join(lines).encode()


def as_html(lines):
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines).encode()


def as_csv(lines):
    out = io.StringIO()
    csv.writer(out).writerows([["title", "text"], *([line, "\n".join(lines)] for line in lines)])
    return out.getvalue().encode()


def as_jsonl(lines):
    return "\n".join(json.dumps({"title": line, "text": "\n".join(lines)}) for line in lines).encode()


def as_pdf(lines):
    half = len(lines) // 2
    tidy = [line.replace("\t", " ") for line in lines]
    return made_pdf([column(50, 700, part) for part in (tidy[:half], tidy[half:])])


def as_docx(lines):
    return made_docx(*lines)


MAKERS = {
    "a.txt": as_text,
    "a.md": as_text,
    "a.html": as_html,
    "a.csv": as_csv,
    "a.jsonl": as_jsonl,
    "a.docx": as_docx,
    "a.pdf": as_pdf,
}


def check(document):
    text = document.text
    found = articles(document)
    assert len({article.number for article in found}) == len(found)
    for article in found:
        for passage in passages(article, text):
            assert passage.text.strip()
            assert squeeze(text[passage.start : passage.end]) == squeeze(passage.text)
            assert article.start <= passage.start < passage.end <= article.end
            for span in sentences(passage.text):
                if passage.text[span.start : span.end].strip():
                    cited = cite(document, passage, span, span, n=1, score=0.0)
                    assert squeeze(text[cited.start : cited.end]) == squeeze(cited.quote)
                    assert cited.page == document.page_at(cited.start)
        if article.byline:
            assert text[article.byline.start : article.byline.end].strip()
    return found


def made(name, lines):
    data = MAKERS[name](lines)
    # Here and not in a process of its own: that takes longer to start than all else.
    return Document(name, pdf_text(data), "pdf", "") if name == "a.pdf" else make_document(data, name)


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=PARAGRAPHS)
def test_every_passage_of_every_format_reopens(name, lines):
    lines = [f"会议{line}" for line in lines]
    document = made(name, lines)
    check(document)
    # No visible character is lost on the way into the text; a hyphen at the end of a line may be.
    assert set(squeeze("".join(lines))) <= set(squeeze(document.text)) | {"-"}


def test_a_pdf_says_the_page_of_a_quote():
    document = make_document(made_pdf([column(50, 700, ["第一页的话。"]), column(50, 700, ["第二页的话。"])]), "a.pdf")
    (article,) = check(document)
    (passage,) = passages(article, document.text)
    quotes = [cite(document, passage, span, span, n=1, score=0.0) for span in sentences(passage.text)]
    assert [(quote.quote, quote.page) for quote in quotes] == [("第一页的话。", 1), ("第二页的话。", 2)]


def test_files_are_read_by_their_names(tmp_path):
    for name, maker in MAKERS.items():
        path = tmp_path / name.replace("a.", "文 章.").upper()
        path.write_bytes(maker(["会议今天召开，部署了工作。"]))
        assert "会议今天召开" in read_document(path, path.name).text
        assert path.suffix.lower() in SUFFIXES


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.doc", "save it as .docx"), ("a.xlsx", "save it as .csv"), ("a.json", "save it as .jsonl, one article a line")],
)
def test_near_formats_say_what_to_do(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ReadError, match=f"files are not read: {said}; left out$"):
        read_document(tmp_path / name, name)


def test_a_text_with_form_feeds_has_pages():
    document = make_document("第一页。\n\f\n第二页。\n\f".encode(), "a.txt")
    assert [document.page_at(document.text.index(words)) for words in ("第一", "第二")] == [1, 2]
