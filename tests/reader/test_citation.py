from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.corpus import articles, passages
from rag.errors import QuoteError
from rag.reader.citation import MAX_QUOTE, check, cite
from rag.text import sentences
from rag.types import Citation, Document, Passage, Span

PIECES = (
    *"武进召开会议，。！？；：、“”《》()…—",
    *"ab Z09.,;:?!'\"#-*\n\n\n \t\u3000\u00a0\u2028\x1c\r",
    *"𠀀😀é\u0301한カ",
    "本报讯(记者 张三)", "1,879家", "3.7%", "\n\n", "\n# ", "2024年", "Wujin District", "汽车 下乡", "陆新 摄",
)  # fmt: skip
PAGES = st.lists(st.sampled_from(PIECES), max_size=400).map("".join)


def document(text: str) -> Document:
    return Document("page.txt", text, "utf-8", hashlib.sha256(text.encode()).hexdigest())


def passage(text: str, *, start: int = 0, end: int | None = None) -> Passage:
    return Passage("page.txt#1.1", "page.txt", "题", 1, 1, text, start, len(text) if end is None else end)


def visible(text: str) -> list[str]:
    return [character for character in text if not character.isspace()]


def quoted(text: str, marked: str, sentence: Span | None = None) -> Citation:
    at = text.index(marked)
    whole = sentence or Span(0, len(text))
    return cite(document(text), passage(text), whole, Span(at, at + len(marked)), n=1, score=0.5)


@given(page=PAGES, data=st.data())
def test_every_visible_character_of_a_quote_is_the_files_at_that_place(page: str, data: st.DataObject) -> None:
    whole = document(page)
    found = [piece for article in articles(whole) for piece in passages(article, page)]
    assume(found)
    chosen = data.draw(st.sampled_from(found))
    sentence = data.draw(st.sampled_from(sentences(chosen.text)))
    places = [i for i in range(sentence.start, sentence.end) if not chosen.text[i].isspace()]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    citation = cite(whole, chosen, sentence, Span(start, end + 1), n=1, score=0.5)

    there = page[citation.start : citation.end]
    assert visible(there) == visible(citation.quote)
    assert there == there.strip()
    assert citation.quote == citation.quote.strip()
    assert len(citation.quote) <= MAX_QUOTE
    assert citation.quote in chosen.text[sentence.start : sentence.end]
    assert chosen.text[start : end + 1].startswith(citation.marked)
    assert citation.marked == citation.marked.strip() != ""
    assert chosen.start <= citation.start < citation.end <= chosen.end
    check(citation, whole)


def test_all_fields() -> None:
    page = "题目\n\n武进区 的汽 车展开\n幕,近百辆参展。 天气很好。"
    chosen = replace(passage("武进区的汽车展开幕,近百辆参展。天气很好。"), start=4, end=len(page), paragraph=2)
    citation = cite(document(page), chosen, Span(0, 16), Span(10, 14), n=3, score=1.25, stale=True)
    assert citation == Citation(
        n=3,
        quote="武进区的汽车展开幕,近百辆参展。",
        answer_start=10,
        answer_end=14,
        source="page.txt",
        article="题",
        article_number=1,
        paragraph=2,
        page=None,
        start=4,
        end=23,
        score=1.25,
        stale=True,
        passage_id="page.txt#1.1",
    )
    assert citation.marked == "近百辆参"
    assert page[4:23] == "武进区 的汽 车展开\n幕,近百辆参展。"


def test_a_repeated_sentence_is_cited_where_it_stands() -> None:
    page = "会议召开。会议召开。"
    places = [cite(document(page), passage(page), span, span, n=1, score=0) for span in sentences(page)]
    assert [(c.quote, c.start, c.end) for c in places] == [("会议召开。", 0, 5), ("会议召开。", 5, 10)]


def test_offsets_count_code_points() -> None:
    page = "𠀀😀 前。𠮷野家开业。"
    citation = cite(document(page), passage(page), Span(5, 11), Span(5, 8), n=1, score=0)
    assert (citation.start, citation.end, citation.quote, citation.marked) == (5, 11, "𠮷野家开业。", "𠮷野家")


def test_white_space_around_sentence_and_mark_is_left_out() -> None:
    citation = quoted(" \n武进区 \u3000", "武进区 ")
    assert (citation.start, citation.end, citation.quote) == (2, 5, "武进区")
    assert (citation.answer_start, citation.answer_end) == (0, 3)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("武进有23家企业。", 0, 9, id="a character changed"),
        pytest.param("武进有15家企业,。", 0, 9, id="a character added"),
        pytest.param("武进有15家企业。", 1, 9, id="offsets moved"),
        pytest.param("武进有15家企业。", 0, 8, id="offsets shortened"),
        pytest.param("15家武进有企业。", 0, 9, id="another order"),
    ],
)
def test_a_passage_that_is_not_its_source_is_never_quoted(text: str, start: int, end: int) -> None:
    with pytest.raises(QuoteError, match=r"page\.txt#1\.1 no longer equals its source: run `rag index --rebuild`"):
        cite(document("武进有15家企业。"), passage(text, start=start, end=end), Span(0, 9), Span(3, 6), n=1, score=0)


def test_a_changed_document_is_never_quoted() -> None:
    before, after = "武进有15家企业。", "武进有16家企业。"
    citation = quoted(before, "15家")
    check(citation, document(before))
    with pytest.raises(QuoteError, match="differs from the source"):
        check(citation, document(after))
    with pytest.raises(QuoteError):
        cite(document(after), passage(before), Span(0, 9), Span(3, 6), n=1, score=0)


def test_another_source_with_the_same_text_is_not_quoted() -> None:
    text = "武进有15家企业。"
    with pytest.raises(QuoteError):
        cite(replace(document(text), source="b.txt"), passage(text), Span(0, 9), Span(3, 6), n=1, score=0)


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        pytest.param(Span(0, 3), Span(5, 6), id="outside the sentence"),
        pytest.param(Span(0, 3), Span(1, 1), id="nothing"),
        pytest.param(Span(0, 4), Span(3, 4), id="white space"),
        pytest.param(Span(3, 4), Span(3, 4), id="a sentence of white space"),
    ],
)
def test_a_mark_that_marks_nothing_is_refused(sentence: Span, marked: Span) -> None:
    text = "武进区 常州市。"
    with pytest.raises(QuoteError):
        cite(document(text), passage(text), sentence, marked, n=1, score=0)


def test_a_mark_outside_a_long_sentence_is_refused() -> None:
    text = "武" * 300 + "。进。"
    with pytest.raises(QuoteError):
        cite(document(text), passage(text), Span(0, 301), Span(301, 303), n=1, score=0)


def test_a_sentence_of_200_characters_is_quoted_whole() -> None:
    text = "武" * 99 + "," + "进" * 99 + "。"
    assert len(text) == MAX_QUOTE
    assert quoted(text, "武").quote == text


def test_a_long_sentence_is_cut_at_clauses_around_the_marked_part() -> None:
    """Nine clauses of 50: what stands before the marked one goes first, then what follows."""
    clauses = [chr(ord("一") + i) * 49 + "," for i in range(8)] + ["九" * 49 + "。"]
    text = "".join(clauses)
    assert quoted(text, clauses[0][:5]).quote == "".join(clauses[0:4])
    assert quoted(text, clauses[1][:5]).quote == "".join(clauses[0:4])
    assert quoted(text, clauses[5][10:20]).quote == "".join(clauses[2:6])
    assert quoted(text, clauses[8][:49]).quote == "".join(clauses[5:9])
    assert quoted(text, clauses[4] + clauses[5]).quote == "".join(clauses[2:6])


def test_a_long_clause_is_cut_between_words() -> None:
    text = " ".join(f"word{i:03}" for i in range(60)) + "."
    citation = quoted(text, "word040 word041")
    assert citation.marked == "word040 word041"
    assert citation.quote.split()[0] == "word017"
    assert citation.quote.split()[-1] == "word041"
    assert len(citation.quote) == 25 * 8 - 1


def test_a_clause_without_a_gap_is_cut_hard_around_the_marked_part() -> None:
    text = "字" * 300 + "二百字" + "符" * 300 + "。"
    citation = quoted(text, "二百字")
    assert citation.quote == "二百字" + "符" * 197
    near_the_end = quoted("字" * 300 + "二百字。", "二百字")
    assert near_the_end.quote == "字" * 196 + "二百字。"


def test_a_marked_part_that_is_too_long_ends_with_a_clause() -> None:
    text = "武" * 99 + "," + "进" * 79 + "," + "区" * 99 + "。"
    assert quoted(text, text).marked == "武" * 99 + "," + "进" * 79 + ","
    unbroken = "武" * 300 + "。"
    assert quoted(unbroken, unbroken).marked == "武" * 200
