from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.answers import (
    CMRC,
    CMRC_OCR,
    SQUAD,
    SQUAD_OCR,
    cmrc_segments,
    contains,
    longest_common_run,
)

DEFINITIONS = [CMRC, CMRC_OCR, SQUAD, SQUAD_OCR]


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("光荣和ω-force", ["光", "荣", "和", "ωforce"]),
        ("2010-2011年", ["20102011", "年"]),  # the punctuation goes first and joins what it parted
        ("89.5%", ["89.5", "%"]),
        ("3,000 km, U.S.", ["3,000", "km", ",", "u.s", "."]),
        ("don't (OK)", ["do", "n't", "(", "ok", ")"]),
        ("《三国志》……·", ["三", "国", "志", "……"]),  # the list's two-character …… matches no character
        ("のレスリーと", ["のレスリーと"]),  # kana is no Chinese character: a run
    ],
)
def test_cmrc_mixed_segmentation(text, segments):
    assert cmrc_segments(text) == segments


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [("", "a", 0), ("abc", "abc", 3), ("abcde", "abxde", 2), ("abc", "zbcab", 2), ("ab", "ba", 1)],
)
def test_the_longest_common_run_is_contiguous(one, other, length):
    assert longest_common_run(one, other) == length


@pytest.mark.parametrize(
    ("prediction", "golds", "em", "f1"),
    [
        ("2018年", ["2018年"], 1, 1),
        ("于2018年", ["2018年"], 0, 2 * 2 / (3 + 2)),
        ("《村雨城》", ["村雨城"], 1, 1),  # its punctuation does not count
        ("任天堂游戏谜之村雨城", ["村雨城"], 0, 2 * 3 / (10 + 3)),
        ("甲乙丙丁戊", ["甲乙己丁戊"], 0, 2 * 2 / 10),  # contiguous: 2 of 5, a subsequence would have 4
        ("89.5%", ["9.5%"], 0, 2 * 1 / 4),  # shares the token %
        ("Windows 10", ["windows"], 0, 2 * 1 / 3),
        ("别的", ["2018年", "于2018年"], 0, 0),
        ("约16万", ["16万", "约16万"], 1, 1),  # the best gold answer counts
        ("臺北市", ["台北市"], 0, 2 * 2 / 6),  # traditional and simplified are different characters
        ("《三国志·曹操传》", ["三国志曹操传"], 1, 1),
        ("GDP增长5.2%", ["gdp增长5.2%"], 1, 1),
        ("1,000米", ["1000米"], 0, 2 * 1 / 4),  # an ASCII comma stays, so 1,000 is another token
        ("1，000米", ["1000米"], 1, 1),  # a full-width one goes
        ("", ["甲"], 0, 0),
        ("甲", [], 0, 0),
    ],
)
def test_cmrc_em_and_f1(prediction, golds, em, f1):
    assert CMRC.em(prediction, golds) == em
    assert CMRC.f1(prediction, golds) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("prediction", "golds", "em", "f1"),
    [
        ("the Denver Broncos", ["Denver Broncos"], 1, 1),
        ("Denver", ["Denver Broncos"], 0, 2 / 3),
        ("in 1998, the end", ["1998"], 0, 2 * 1 / (3 + 1)),
        ("to be to", ["to be or not to be"], 0, 2 * 3 / (3 + 6)),  # a bag: both to, one be
        ("9.5", ["95"], 1, 1),  # the published definition drops the point
        ("A theater", ["theater"], 1, 1),
        ("10–6", ["10-6"], 0, 0),  # the dash is not ASCII and stays, the hyphen goes: 10–6 against 106
        ("well-known man", ["wellknown man"], 1, 1),
        ("Santa Clara, California", ["Levi's Stadium in Santa Clara", "Santa Clara"], 0, 2 * 2 / (3 + 2)),
    ],
)
def test_squad_em_and_f1(prediction, golds, em, f1):
    assert SQUAD.em(prediction, golds) == em
    assert SQUAD.f1(prediction, golds) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("definition", "prediction", "golds", "em"),
    [
        (CMRC_OCR, "洛 阳镇", ["洛阳镇"], 1),
        (CMRC_OCR, "“厂中厂”", ['"厂中厂"'], 1),
        (CMRC_OCR, "８９.５％", ["89.5%"], 1),
        (CMRC_OCR, "89.5", ["89.5%"], 0),
        (SQUAD_OCR, "The ‘9.5％’ rise.", ["9.5% rise"], 1),
        (SQUAD_OCR, "9.5", ["95"], 0),
        (SQUAD_OCR, "9.5", ["9.5%"], 0),
    ],
)
def test_on_ocr_text_space_width_and_quotes_do_not_count_but_numbers_do(definition, prediction, golds, em):
    assert definition.em(prediction, golds) == em


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("占比达 89 .5%。", "89.5%"),
        ("增长5%。", "5%"),
        ("引进人才3.7万人", "3.7万人"),
        ("播放短片《红色武进 光荣之城》", "“红色武进光荣之城”"),
        ("达10%,增长9.5%", "9.5%"),
        ("收入3,000元", "3,000元"),
        ("2018年,30家企业", "30家"),
        ("第二十四次会议", "第二十四次"),
        ("9.5%不如89.5%,但9.5%也不少", "9.5%"),
        ("it was 1066.", "1066"),
    ],
)
def test_contains(text, gold):
    assert contains(text, [gold])


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("占比达89.5%", "9.5%"),
        ("增长15%", "5%"),
        ("引进人才3.7万人", "3"),
        ("引进人才3.7万人", "7万人"),
        ("收入13,000元", "3,000元"),
        ("收入3,000元", "3"),
        ("共1200场次", "200场次"),
        ("共200.5公里", "200"),
        ("第二十四次会议", "四次"),
        ("十三人", "三人"),
        ("甲乙", ""),
        ("", "甲"),
    ],
)
def test_a_number_inside_another_is_not_contained(text, gold):
    assert not contains(text, [gold])


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("2021年，Apple发布了新品", "A"),
        ("It is known to all.", "no"),
        ("They came by bus.", "US"),
        ("a cup of Vitamin Cream", "Vitamin C"),
        ("排放了大量CO2", "CO"),
        ("this is illegal", "legal"),
        ("he was unknown", "known"),
        ("用ＡＢ两种方法", "Ａ"),
        ("选项AB", "选项A"),
        ("это было когда-то", "да"),
        ("ﬁve men", "ve"),
        ("Ann went home", "Ann W"),
    ],
)
def test_a_short_word_inside_another_is_not_contained(text, gold):
    assert not contains(text, [gold])


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("选A的人最多", "A"),
        ("The US economy grew.", "US"),
        ("US-based firms", "us"),
        ("No, it is not known.", "no"),
        ("the bus of the U S", "US"),
        ("Apple's results", "Apple"),
        ("two engineers", "engineer"),
        ("重30kg的包裹", "kg"),
        ("采用5G网络", "5G"),
        ("维生素C含量高", "维生素C"),
        ("New\nYork City", "New York"),
        ("用“A”标出", "A"),
        ("Ann went home", "went"),
    ],
)
def test_a_word_by_itself_is_contained(text, gold):
    assert contains(text, [gold])


def test_any_gold_answer_will_do_and_none_is_never_held():
    assert contains("约1.6万平方米", ["2万", "1.6万"])
    assert not contains("约1.6万平方米", [])


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
@given(gold=st.text(min_size=1, max_size=20))
def test_a_gold_answer_scores_full_against_itself(definition, gold):
    assert definition.em(gold, [gold]) == 1
    assert definition.f1(gold, [gold]) == (1 if definition.tokens(gold) else 0)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
@given(one=st.text("甲乙丙ab 1.5%，", max_size=12), other=st.text("甲乙丙ab 1.5%，", max_size=12))
def test_f1_is_symmetric_and_a_share(definition, one, other):
    assert 0 <= definition.f1(one, [other]) <= 1
    assert definition.f1(one, [other]) == pytest.approx(definition.f1(other, [one]))
