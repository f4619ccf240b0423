from __future__ import annotations

import re
from dataclasses import replace

from rag.types import Answer, Article, Document, Paragraph, Span
from rag.ui.render.plain_text import attribution
from rag.ui.render.quotes import Mark, citation_mark, paragraph_html, stands
from rag.ui.render.source_pane import (
    CONTENTS,
    Page,
    View,
    article_html,
    citation_marks,
    contents_html,
    notice_html,
    sources_html,
)
from rag.ui.wording import EN, ZH

from ..fakebot import HOSTILE, HOSTILE_SOURCE, PERHAPS_ZH, SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_ZH, FakeBot

BOT = FakeBot()
RAW = "一 二。三四\n五。六"
OURS = "aside article section div span p h2 h3 ol li button mark strong a"
ATTRIBUTES = "class id lang role type tabindex title href aria-label aria-hidden data-view data-key data-now data-at"
PARAGRAPH = Paragraph(1, "一二。三四五。六", 0, len(RAW))


def pages(answer: Answer) -> dict[str, Page]:
    return {c.source: Page(BOT.document(c.source), BOT.articles(c.source)) for c in answer.citations}


def test_marks_are_carried_from_the_source_to_the_clean_text() -> None:
    mark = Mark(Span(4, 9), Span(5, 8))
    assert RAW[4:9] == "三四\n五。"
    assert paragraph_html(PARAGRAPH, RAW, [mark]) == "一二。<mark>三<strong>四五</strong>。</mark>六"


def test_marks_outside_and_overlapping() -> None:
    assert paragraph_html(PARAGRAPH, RAW, [Mark(Span(20, 30))]) == "一二。三四五。六"
    two = [Mark(Span(4, 7)), Mark(Span(0, 5), here=True)]
    assert paragraph_html(PARAGRAPH, RAW, two) == '<mark class="wb-here">一二。三</mark>四五。六'


def test_citation_mark_finds_the_answer_in_broken_text() -> None:
    citation = BOT.ask(YEAR_ZH).citations[0]
    text = BOT.document(SHOW).text
    mark = citation_mark(citation, text)
    assert mark.answer is not None
    assert text[mark.answer.start : mark.answer.end] == "2018年"
    assert stands(citation, text)
    assert not stands(citation, "x" + text)


def test_card_shows_the_paragraph_with_the_quote_marked() -> None:
    answer = BOT.ask(YEAR_ZH)
    html = sources_html(3, answer, pages(answer), ZH)
    assert 'class="wb-card wb-active" id="wb-card-3-1"' in html
    assert "出了积极贡献。<mark><strong>2018年</strong>,新能源汽车开始出现在巡展车队中,</mark>如今广大" in html
    assert f"<span>{SHOW}</span><span>第 3 段</span><span>第 2491–2513 字</span>" in html
    assert 'data-view="article" data-key="3-1"' in html
    assert f'href="?source={SHOW}&amp;start=2491&amp;end=2513&amp;check=c3077dce"' in html
    assert 'data-now="sources" data-at="3-1"' in html
    assert ZH.stale not in html


def test_a_tentative_answer_has_cards_of_its_candidates_and_of_the_nearest_passages() -> None:
    answer = BOT.ask(PERHAPS_ZH)
    page = Page(BOT.document(SHOW), BOT.articles(SHOW))
    html = sources_html(2, answer, {SHOW: page}, ZH, 2)
    assert re.findall(r'class="wb-card[^"]*" id="wb-card-([^"]*)"', html) == ["2-1", "2-2", "2-p1", "2-p2", "2-p3"]
    assert 'class="wb-card wb-active" id="wb-card-2-2"' in html
    assert html.count("wb-active") == 1
    assert "<mark>2024武进区新能源汽车展在<strong>武进吾悦广场</strong>启动,</mark>" in html
    assert html.index(ZH.tentative_note) < html.index("wb-card-2-1") < html.index(ZH.nearest_note)
    assert f'aria-label="{ZH.tentative_title}" data-now="sources" data-at="2-2"' in html
    near = sources_html(2, answer, {SHOW: page}, ZH, 2, near=True)
    assert 'class="wb-card wb-active" id="wb-card-2-p2"' in near
    assert 'data-at="2-p2"' in near


def test_second_card_can_be_the_active_one() -> None:
    answer = BOT.ask(SIZE_ZH)
    html = sources_html(1, answer, pages(answer), EN, active=2)
    assert re.findall(r'wb-card( wb-active)?" id="wb-card-(1-\d)"', html) == [("", "1-1"), (" wb-active", "1-2")]
    assert "characters 2847–2870" in html


def test_stale_citation_says_so() -> None:
    answer = BOT.ask(YEAR_ZH)
    answer = replace(answer, citations=tuple(replace(c, stale=True) for c in answer.citations))
    assert ZH.stale in sources_html(1, answer, pages(answer), ZH)


def test_source_that_was_indexed_anew_shows_the_quote_alone() -> None:
    answer = BOT.ask(YEAR_ZH)
    document = BOT.document(SHOW)
    moved = {SHOW: Page(replace(document, text="新" + document.text), ())}
    for now in (moved, {}):
        html = sources_html(1, answer, now, ZH)
        assert "<mark><strong>2018年</strong>,新能源汽车开始出现在巡展车队中,</mark>" in html
        assert ZH.stale in html
        assert 'data-view="article"' not in html


def test_abstention_has_cards_without_numbers() -> None:
    html = sources_html(2, BOT.ask(UNKNOWN_ZH), {}, ZH)
    assert ZH.nearest_title in html
    assert re.findall(r'id="wb-card-([^"]+)"', html) == ["2-p1", "2-p2", "2-p3"]
    assert "wb-number" not in html
    assert "wb-active" not in sources_html(2, BOT.ask(UNKNOWN_ZH), {}, ZH, active=0)
    empty = sources_html(2, replace(BOT.ask(UNKNOWN_ZH), passages=()), {}, ZH)
    assert ZH.nothing_near in empty


def test_article_is_whole_and_marks_every_citation_in_it() -> None:
    answer = BOT.ask(SIZE_ZH)
    article = BOT.articles(SHOW)[3]
    document = BOT.document(SHOW)
    marks = citation_marks(answer, article, document.text, here=2)
    html = article_html(article, document, ZH, View("article", "5-2"), marks=marks)
    assert html.count("<mark>") == 1
    assert html.count('<mark class="wb-here">') == 1
    assert 'data-view="sources" data-key="5-2"' in html
    assert f'<span class="wb-kind">{ZH.caption}</span>' in html
    assert "陆新徐晶玮摄" in re.sub(r"<[^>]+>| ", "", html)


def test_article_from_the_contents_goes_back_there() -> None:
    article = BOT.articles(SHOW)[2]
    html = article_html(article, BOT.document(SHOW), ZH, CONTENTS)
    assert 'data-view="contents" data-key=""' in html
    assert '<span class="wb-running" aria-hidden="true">2024武进区新能源汽车展启动</span>' in html
    assert f'href="?source={SHOW}&amp;start={article.start}&amp;end={article.end}"' in html
    assert '<p class="wb-byline">本报讯(记者 黄雅婷)</p>' in html
    assert html.count("<p>") == len(article.paragraphs) == 6


def test_a_quote_from_a_page_names_it() -> None:
    answer = BOT.ask(YEAR_ZH)
    first = replace(answer.citations[0], page=3)
    cards = sources_html(1, replace(answer, citations=(first,)), {}, ZH)
    assert f"<span>{first.source}</span><span>第 3 页</span><span>第 {first.paragraph} 段</span>" in cards
    assert "page 3, paragraph" in attribution(first, EN)
    assert "page" not in attribution(answer.citations[0], EN)


def test_an_article_tells_its_day_and_its_web_page() -> None:
    article = replace(BOT.articles(SHOW)[2], date="2024-06-02", url='https://a.cn/?a=1&b="2"')
    html = article_html(article, BOT.document(SHOW), ZH, CONTENTS)
    assert (
        f"<span>{SHOW}</span><span>2024-06-02</span><span>"
        '<a href="https://a.cn/?a=1&amp;b=&quot;2&quot;" target="_blank" rel="noopener noreferrer">原网页</a></span>'
    ) in html


def test_contents_list_articles_by_page() -> None:
    html = contents_html(BOT.articles(), EN)
    assert html.count('class="wb-page"') == 3
    assert html.count('data-view="place"') == 7
    assert 'data-key="?source=%3Cb%3E%60%24%7Bwindow.hacked%3D1%7D%60.txt&amp;start=0&amp;end=214"' in html
    assert "Photo caption" in html
    assert EN.no_contents in contents_html((), EN)


def test_untitled_article_has_a_name() -> None:
    article = Article("a.txt", 1, "", "article", None, 0, 1, (Paragraph(1, "x", 0, 1),))
    assert EN.untitled in article_html(article, Document("a.txt", "x", "utf-8", ""), EN, CONTENTS)


def test_hostile_text_leaves_no_live_markup() -> None:
    answer = BOT.ask(HOSTILE)
    article = BOT.articles(HOSTILE_SOURCE)[0]
    document = BOT.document(HOSTILE_SOURCE)
    marks = citation_marks(answer, article, document.text, here=1)
    shown = [
        sources_html(1, answer, pages(answer), ZH),
        sources_html(1, replace(answer, citations=(), status="none"), {}, ZH),
        sources_html(1, answer, {}, ZH),
        article_html(article, document, ZH, View("place", '"><script>'), marks=marks, note=ZH.stale),
        contents_html((article,), ZH),
        notice_html(HOSTILE, ZH),
    ]
    tags = [tag for html in shown for tag in re.findall(r"<[^>]*>", html)]
    names = {name for tag in tags for name in re.findall(r"</?(\w+)", tag)}
    assert names <= set(OURS.split())
    attributes = {name for tag in tags for name in re.findall(r' ([\w-]+)="', tag)}
    assert attributes <= set(ATTRIBUTES.split())
