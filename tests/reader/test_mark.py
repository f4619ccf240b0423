from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.mark import candidates, clauses_of, coverage, fresh_candidates, mark
from rag.reader.question import Kind, analyse
from rag.types import Span

SCHOOL = "建成后的校舍总面积将增加约1.6万平方米,办学规模16轨共48班。"
JOBS = "新增就业岗位10.8万个,新增企业养老保险参保人数近6万人。"
FIRMS = "国茂减速机、瑞声光电入选国家级5G工厂名录,23家企业获评国家级专精特新“小巨人”企业,总数连续6年位列首位。"
FILMS = "8月至11月,我区将把20部红色电影送到基层,共放映200场次。"
CHAIR = "市委常委、区委书记乔俊杰主持会议,区人大常委会主任石伟东列席会议。"
TOURISM = "上半年全区旅游接待815万人次,实现旅游总收入95.37亿元。"

CASES = [
    ("校舍总面积将增加多少?", SCHOOL, "约1.6万平方米"),
    ("办学规模多少轨?", SCHOOL, "16轨"),
    ("办学规模共多少班?", SCHOOL, "48班"),
    ("预计新增学位多少?", "7所新校即将投用,预计新增学位超1万个。", "超1万个"),
    ("新增就业岗位多少?", JOBS, "10.8万个"),
    ("参保人数新增多少?", JOBS, "近6万人"),
    ("优良断面占比是多少?", "优良断面占比达89.5%,居全市前列。", "89.5%"),
    ("武进有多少家企业获评国家级专精特新“小巨人”企业?", FIRMS, "23家"),
    ("共放映多少场次?", FILMS, "200场次"),
    ("多少部电影送到基层?", FILMS, "20部"),
    ("接待游客多少人次?", TOURISM, "815万人次"),
    ("旅游总收入是多少?", TOURISM, "95.37亿元"),
    ("全区累计多少家?", "新增中小企业428家,全区累计1,879家。", "1,879家"),
    ("影片什么时候放映?", FILMS, "8月至11月"),
    ("新能源汽车哪一年开始出现?", "2018年,新能源汽车开始出现在巡展车队中。", "2018年"),
    ("会议什么时候召开?", "昨天下午,我区召开半年度民生实事调度会。", "昨天下午"),
    ("谁主持会议?", CHAIR, "市委常委、区委书记乔俊杰"),
    ("谁列席会议?", CHAIR, "区人大常委会主任石伟东"),
    (
        "现场播放了什么短片?",
        "现场还为3名放映员颁发“光影礼遇”,播放短片《红色武进 光荣之城》。",
        "《红色武进 光荣之城》",
    ),
    ("南院二期什么时候完工?", "人民医院南院二期工程即将完工,中医医院正式挂牌。", "人民医院南院二期工程即将完工"),
    ("创新研究院启用了吗?", "创新研究院正式启用。", "创新研究院正式启用"),
    ("展会是几号举行的?", "6月1日,展会举行,共30个品牌参展。", "6月1日"),
    ("共展出多少个品牌?", "6月1日,车展启动,共展出30多个品牌的近100辆车。", "30多个"),
    ("What share of the sections met the standard?", "全区19个断面优良占比达89.5%。", "89.5%"),
    ("How many visitors came?", "The show drew 12,500 visitors in June.", "12,500 visitors"),
    ("How much did exports grow?", "Exports grew by 3.7% in May, the ministry said.", "3.7%"),
    ("When did the show open?", "The show opened on June 3rd, 2024 in Wujin.", "June 3rd, 2024"),
]


def words(text: str, spans: list[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(("question", "sentence", "answer"), CASES)
def test_marked_part(question: str, sentence: str, answer: str) -> None:
    span = mark(analyse(question), sentence)
    assert sentence[span.start : span.end] == answer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("约1.6万平方米,超1万个,达89.5%", ["约1.6万平方米", "超1万个", "89.5%"]),
        ("累计1,879家,近35万套,23家,第六届", ["1,879家", "近35万套", "23家", "第六届"]),
        ("3—5公里,５万元", ["3—5公里", "５万元"]),
        ("over 1,200 cars, nearly 3.5%", ["over 1,200 cars", "nearly 3.5%"]),
        ("区委书记", []),
        ("", []),
    ],
)
def test_numbers_keep_units_and_qualifiers(text: str, found: list[str]) -> None:
    assert words(text, candidates(Kind.NUMBER, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2018年6月1日,6月1日至3日,8月至11月", ["2018年6月1日", "6月1日至3日", "8月至11月"]),
        ("昨天下午,去年,80年代,公元前221年", ["昨天下午", "去年", "80年代", "公元前221年"]),
        ("二〇二四年六月一日,2024-06-01,19世纪", ["二〇二四年六月一日", "2024-06-01", "19世纪"]),
        ("June 3rd, 2024 and in 1998", ["June 3rd, 2024", "1998"]),
        ("23家企业,89.5%", []),
    ],
)
def test_dates(text: str, found: list[str]) -> None:
    assert words(text, candidates(Kind.DATE, text)) == found


def test_nothing_has_the_shape_of_a_name() -> None:
    assert candidates(Kind.OTHER, "2018年23家") == []


def test_what_the_question_names_itself_is_no_answer() -> None:
    text = "新增23家,累计50家。"
    assert words(text, fresh_candidates(analyse("新增23家后累计多少家?"), text)) == ["50家"]


def test_clauses_keep_enumerations_and_numbers_whole() -> None:
    text = "区领导甲、乙参加,累计1,879家;会议强调:抓落实——加油。"
    assert words(text, clauses_of(text)) == ["区领导甲、乙参加,", "累计1,879家;", "会议强调:", "抓落实——", "加油。"]
    assert clauses_of("。") == [Span(0, 1)]


def test_coverage_marks_pairs_of_characters_and_words() -> None:
    assert coverage(analyse("会议在哪里召开?"), "本会开会议,人会") == [False] * 3 + [True] * 2 + [False] * 3
    assert coverage(analyse("Which cars came?"), "a car!") == [False, False, True, True, True, False]


def test_a_likely_clause_is_taken_where_words_do_not_overlap() -> None:
    span = mark(analyse("Who was there?"), CHAIR, Span(17, len(CHAIR)))
    assert CHAIR[span.start : span.end] == "区人大常委会主任石伟东列席会议"


@given(
    question=st.lists(st.sampled_from("武进会议召开多少家何时谁在哪里? when who how many 2024年23"), max_size=30).map(
        "".join
    ),
    sentence=st.lists(
        st.sampled_from("武进会议召开23家2024年。,、;:《》“”\"'()（ ） the 1.6%万𠀀"), min_size=1, max_size=60
    ).map("".join),
)
def test_a_mark_lies_in_its_sentence_and_is_never_empty(question: str, sentence: str) -> None:
    span = mark(analyse(question), sentence)
    assert 0 <= span.start < span.end <= len(sentence)
