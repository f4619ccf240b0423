import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import fold, simplify

ANY_TEXT = st.text(
    st.characters(codec=None, categories=None) | st.sampled_from("\ud800\udfffＡ１「」经濟İßﬁ½㎡é́\U00020000😀")
)


def test_every_code_point_folds_to_one():
    wrong = [code for code in range(sys.maxunicode + 1) if len(fold(chr(code))) != 1]
    assert wrong == []


@given(ANY_TEXT)
def test_folding_keeps_the_length_and_every_offset(text):
    assert fold(text) == "".join(fold(c) for c in text)
    assert len(simplify(text)) == len(text)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
    assert simplify(simplify(text)) == simplify(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＧＤＰ增长５．２％", "gdp增长5.2%"),
        ("「經濟發展」", '"经济发展"'),
        ("“双碳”‘红线’", "\"双碳\"'红线'"),
        ("《紅樓夢》，第①回", "《红楼梦》,第1回"),
        ("\u3000全角空格", " 全角空格"),
        ("İstanbul ½ ﬁn ㎡", "İstanbul ½ ﬁn ㎡"),  # their folded forms are longer
        ("\U00020000😀\ud83d", "\U00020000😀\ud83d"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_simplify_leaves_width_case_and_quotes_alone():
    assert simplify("「臺灣」ＡＢＣ Abc") == "「台湾」ＡＢＣ Abc"
