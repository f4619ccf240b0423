import re
import time

import pytest

from rag.corpus import articles, make_document, passages
from rag.text import squeeze

from .pages import PAGES


def read(text):
    document = make_document(text.encode(), "page.txt")
    return document, articles(document)


def shown(article, page):
    byline = page[article.byline.start : article.byline.end] if article.byline else "-"
    head = f"{article.kind} | {article.title} | {byline}"
    return [head, *("  " + paragraph.text.replace("\n", "⏎") for paragraph in article.paragraphs)]


def as_pattern(line):
    return ".*".join(re.escape(part) for part in line.split(" … "))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages(page):
    document, found = read(page.text)
    got = [line for article in found for line in shown(article, document.text)]
    want = page.want.split("\n")
    if not (len(got) == len(want) and all(re.fullmatch(as_pattern(w), g) for w, g in zip(want, got, strict=True))):
        assert got == want


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_paragraphs_are_their_slices(page):
    document, found = read(page.text)
    for article in found:
        assert article.paragraphs
        for paragraph in article.paragraphs:
            assert squeeze(paragraph.text) == squeeze(document.text[paragraph.start : paragraph.end])
            assert article.start <= paragraph.start < paragraph.end <= article.end


def test_articles_are_numbered_in_the_order_in_which_they_begin():
    for page in PAGES:
        _, found = read(page.text)
        assert [article.number for article in found] == list(range(1, len(found) + 1))
        assert [article.start for article in found] == sorted(article.start for article in found)


def test_a_page_without_letters_has_no_article():
    assert read("……\n\n---\n")[1] == () or all(article.paragraphs for article in read("……\n\n---\n")[1])


#: Nothing here may take longer than in proportion to its length.
N = 200_000
HOSTILE = {
    "roles": "记者" * (N // 2),
    "roles on lines": "记者\n" * (N // 3),
    "spaces": "字" + " " * N + "字",
    "credits": "摄" * N,
    "names and a credit": "记者 张三 " * (N // 6) + "摄",
    "brackets": "（" * N,
    "numbers": "1." * (N // 2),
    "full stops": "." * N,
    "quotes": '。"' * (N // 2),
    "open quotes": "。" + '"' * N,
    "old line ends": "字字\r" * (N // 3),
    "rules": "---\n" * (N // 4),
    "headlines": "短标题\n\n" * (N // 5),
    "broken paragraphs": ("字" * 10 + "，" + "字" * 34 + "\n\n") * (N // 47),
    "lunar dates": "版" + "农历" * (N // 2),
    "dates": "2024年6月1日 " * (N // 10),
    "marks": "#" * N,
    "initials": "By " + "A " * (N // 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_length(name):
    began = time.process_time()
    document, found = read(HOSTILE[name])
    for article in found:
        passages(article, document.text)
    assert time.process_time() - began < 10


def test_two_megabytes_take_seconds():
    paragraph = "　　昨天，全市召开会议，研究部署了下一阶段重点工作，要求各单位抓好落实、确保完成。\n"
    began = time.process_time()
    _, found = read("全市会议召开\n" + paragraph * 17_000)
    assert len(found[0].paragraphs) == 17_000
    assert time.process_time() - began < 30
