import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus import articles, make_document, passages
from rag.corpus.passages import MAX_WEIGHT, weight
from rag.text import squeeze

WORDS = [
    "会议",
    "强调",
    "全区",
    "9.5%",
    "，",
    "。",
    "、",
    "“",
    "”",
    "召 开",
    "GDP",
    " ",
    "\n",
    "the firm",
    ". ",
    "！",
    "—",
    "😀",
]
LINES = [
    "全区经济运行分析会召开",
    "## 我区召开半年度民生实事调度会",
    "### 水价不变",
    "本报讯(记者 张三)昨天，会议召开。",
    "□ 本报记者 李四",
    "（通讯员 王五）",
    "图为施工现场。 赵六 摄",
    "记者 赵六 摄",
    "2024年6月2日 星期日 第01版",
    "　　缩进的一段，说的是今年的事。",
    "- 一条",
    "| 品种 | 价格 |",
    "---",
    "…",
    "会议指出，要抓好落实",
    "By Jane Doe",
    "LONDON, Nov. 5 (Reuters) - It rained.",
]
BLOCK = st.one_of(
    st.sampled_from(LINES),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map("".join),
    st.integers(1, 900).map(lambda n: "长" * n),
    st.integers(1, 90).map(lambda n: "全区重点工作，" * n + "完成。"),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30),
)
PAGE = st.lists(
    st.tuples(BLOCK, st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\n\n\n", " \n　\n"])), min_size=1, max_size=14
).map(lambda parts: "".join(text + gap for text, gap in parts))


def read(text):
    document = make_document(text.encode(), "page.txt")
    return document.text, articles(document)


@given(PAGE.filter(lambda page: page.strip()))
@settings(deadline=None)
def test_every_page_gives_sound_passages(text):
    page, found = read(text)
    ids, ends = [], {}
    for article in found:
        for paragraph in article.paragraphs:
            assert paragraph.text == paragraph.text.strip() != ""
            assert squeeze(paragraph.text) == squeeze(page[paragraph.start : paragraph.end])
        for passage in passages(article, page):
            key = (passage.article_number, passage.paragraph)
            assert squeeze(passage.text) == squeeze(page[passage.start : passage.end]) != ""
            assert weight(passage.text) <= MAX_WEIGHT
            assert passage.start >= ends.get(key, 0)
            ends[key] = passage.end
            ids.append(passage.passage_id)
        texts = [paragraph.text for paragraph in article.paragraphs]
        assert squeeze("".join(p.text for p in passages(article, page))) == squeeze("".join(texts))
    assert len(set(ids)) == len(ids)
    assert ids == [p.passage_id for article in read(text)[1] for p in passages(article, page)]


def test_ids_name_article_paragraph_and_part():
    long = "全区重点工作有序推进。" * 40
    short = "短的一段话，不到二百个词元，所以不分。"
    page, found = read(f"标题一\n\n本报讯 {short}\n\n{long}\n\n标题二\n\n本报讯 {short}")
    ids = [passage.passage_id for article in found for passage in passages(article, page)]
    assert ids == ["page.txt#1.1", "page.txt#1.2/1", "page.txt#1.2/2", "page.txt#2.1"]


def test_parts_are_cut_between_sentences_and_alike():
    page, found = read("标题\n\n" + "全区重点工作有序推进，取得成效。" * 40)
    parts = passages(found[0], page)
    assert all(part.text.endswith("。") for part in parts)
    assert max(len(p.text) for p in parts) - min(len(p.text) for p in parts) <= 32


def test_a_long_line_without_marks_is_cut_between_words():
    page, found = read("word " * 400)
    for part in passages(found[0], page):
        assert set(part.text.split()) == {"word"}


def test_title_goes_with_the_embedded_text_alone():
    page, found = read("标题\n\n正文在这里，一共有十五个字以上的内容。")
    passage = passages(found[0], page)[0]
    assert passage.embedded_text == "标题\n正文在这里，一共有十五个字以上的内容。"
    assert passage.text == "正文在这里，一共有十五个字以上的内容。"


def test_weight():
    assert weight("武进 GDP\n") == pytest.approx(2 * 0.7 + 3 * 0.35)
