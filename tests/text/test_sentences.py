import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import clauses, sentences

MARKS = st.text(
    st.sampled_from(list("。！？；…，、：:.,;!?\"'“”‘’」（）()\n \u30001a中B😀\ud800\u2028"))
    | st.characters(codec=None, categories=None)
)


def cut(text, how=sentences):
    return [text[span.start : span.end] for span in how(text)]


@given(MARKS, st.sampled_from([sentences, clauses]))
def test_spans_cover_the_text_in_order_without_overlap(text, how):
    spans = how(text)
    assert "".join(cut(text, how)) == text
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])] if text else spans == []


@given(MARKS)
def test_no_sentence_is_white_space_alone_unless_the_text_is(text):
    assert all(part.strip() for part in cut(text)) or not text.strip()


#: Sentences are divided by |.
CASES = {
    "Chinese": "会议召开。|会议强调，要抓落实！|谁来做？|大家做；|一起做。",
    "OCR wrote ASCII marks": "会议强调,要抓落实.|下阶段,全区要冲刺!|怎么干?|实干;|苦干.",
    "closing quotes stay with their sentence": "他说：“要快。”|大家鼓掌。|",
    "corner brackets": "他說：「好。」|大家笑了。",
    "straight quotes close only what is open": '他说:"要快。"|"好。"|大家鼓掌。',
    "a straight quote that opens": '会议召开。|"十大行动"启动。',
    "a quoted question inside a sentence": "“怎么办？”他问。|没人回答。",
    "quotation mid-sentence": "围绕“谁来干？”展开讨论。",
    "two questions quoted inside a sentence": "围绕“谁来干？怎么干？”展开讨论。|会议开完了。",
    "questions in a speech": "他说：“谁来干？|大家一起干。”|掌声响起。",
    "decimals": "增长9.5%，空气PM2.5浓度下降0.3。|产值1858.3亿元。",
    "numbered points": "1.加强领导。|2.降低成本。",
    "a lone ellipsis goes on": "他想了想…还是去了。",
    "a full ellipsis before a new sentence": "他走了…… |雨还在下。",
    "marks of other scripts": "नगर में मेला लगा। |सौ लोग आए। |كم عددهم؟ |مائة. |شہر میں میلہ لگا۔ |لوگ آئے۔",
    "brackets": "会议召开（已经闭幕）。|（记者张三）",
    "ASCII full stop after a figure": "同比增长9.5%.|总量第一.",
    "web address": "请访问www.gov.cn查询。|谢谢。",
    "Latin word before the mark": "他用的是AI?|她用的是Python.|都行。",
    "a name with an exclamation mark": "该节目与Yahoo!奇摩合作。",
    "line breaks end sentences": "稳扎稳打 强实体\n|重大项目攻坚有力。",
    "English": "It rained. |Nobody came! |Why? |“Late,” she said. |Done.",
    "English abbreviations": "Mr. Li met Dr. Wang at 3 p.m. on Friday. |They paid 3.5 yuan, i.e. half.",
    "an acronym at the end of a sentence": "They moved to the U.S. |It was 1999. |He rose at 5 a.m. |The sun was up.",
    "an acronym inside a sentence": "The U.S. Congress met at 9 p.m. Tuesday. |John F. Kennedy saw J. The Great.",
    "a short form behind a name": "He sold Apple Inc. |However, Ford Motor Co. Chairman Jim Farley stayed.",
    "a title never ends a sentence": "We met Dr. Who and Mr. So yesterday.",
    "English initials": "John Q. Public and J. K. Rowling came. |So did we.",
    "English without space after the stop": "See e.g.this file.txt and node.js now. |Ok.",
    "English quotes": "\"It's late.\" |'Yes.' |He left.",
    "semicolon and code in English": "a; b;c(d)?x:y; done!",
    "mixed": "公司名为Apple Inc. 总部在美国。|CEO是Tim Cook。",
    "repeated marks": "真的吗？？！！|真的。。。|",
    "white space goes to the sentence before": "一。 \u3000\n |二。",
}


@pytest.mark.parametrize("name", CASES)
def test_sentences(name):
    want = [part for part in CASES[name].split("|") if part]
    assert cut("".join(want)) == want


CLAUSES = {
    "Chinese": "全区累计1879家，|总数、|增速第一。",
    "ASCII commas of OCR text": "要抬高标杆,|全力推动;要加快节奏,|打好攻坚战。",
    "thousands and times are no clauses": "累计1,879家,|12:30开始",
    "colons and dashes": "他说：|好——|真好。",
    "closing quotes stay": "“基本盘”，|“先手棋，”|都要抓。",
    "English": "In 2024, |about 1,500 people came: |nobody left.",
}


@pytest.mark.parametrize("name", CLAUSES)
def test_clauses(name):
    want = CLAUSES[name].split("|")
    assert cut("".join(want), clauses) == want


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_to_cut(text):
    assert cut(text) == ([text] if text else [])
