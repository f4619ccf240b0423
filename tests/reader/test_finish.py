from __future__ import annotations

import pytest
from fake_store import passage

from rag.reader import Finding, Reading
from rag.reader.amounts import whole_amount
from rag.reader.finish import finished
from rag.reader.parts import parts
from rag.text import sentences
from rag.types import Span


def marks(question: str, text: str, marked: str) -> list[str]:
    part = passage(1, text)
    at = text.index(marked)
    sentence = next(span for span in sentences(text) if span.start <= at < span.end)
    reading = Reading((Finding(part, sentence, Span(at, at + len(marked)), 1.0),), 0.7)
    done = finished(question, reading)
    assert done.confidence == 0.7
    return [text[finding.marked.start : finding.marked.end] for finding in done.findings]


def test_numbers_keep_what_qualifies_and_counts_them() -> None:
    assert marks("总面积将增加多少?", "总面积将增加约1.6万平方米,很大。", "1.6") == ["约1.6万平方米"]
    assert marks("How much did it cost?", "It cost about 4.2 million pounds.", "4.2") == ["about 4.2 million pounds"]


@pytest.mark.parametrize(
    ("text", "piece", "whole"),
    [
        ("服务企业超427户(次),很多", "427户", "超427户(次)"),
        ("占比达89.5%", "89", "89.5%"),
        ("累计1,879家", "879", "1,879家"),
        ("30多个品牌", "30", "30多个"),
        ("在武进召开", "武进", "武进"),
        ("3月5日和7家", "7", "7家"),
    ],
)
def test_amounts(text: str, piece: str, whole: str) -> None:
    at = text.index(piece)
    span = whole_amount(text, Span(at, at + len(piece)))
    assert text[span.start : span.end] == whole


@pytest.mark.parametrize(
    ("text", "piece", "whole"),
    [
        ("不少于500人参加", "500人", "不少于500人"),
        ("不超过30天", "30", "不超过30天"),
        ("不低于60%", "60", "不低于60%"),
        ("不到3万元", "3万", "不到3万元"),
        ("少于5个", "5", "少于5个"),
        ("多于5个", "5", "多于5个"),
        ("低于20度", "20", "低于20度"),
        ("超过30家", "30", "超过30家"),
        ("less than 20 percent of", "20 percent", "less than 20 percent"),
        ("at least 300 people", "300", "at least 300"),
        ("at most 5 days", "5", "at most 5 days"),
        ("more than 2,000", "2,000", "more than 2,000"),
        ("no fewer than 12", "12", "no fewer than 12"),
        ("up to 40 km", "40", "up to 40 km"),
        ("approximately 7.5%", "7.5", "approximately 7.5%"),
        ("roughly 90 tons", "90", "roughly 90 tons"),
        ("under 18 years", "18", "under 18 years"),
        ("over $4.2 million now", "4.2 million", "over $4.2 million"),
        ("cost $4.2 million", "4.2", "$4.2 million"),
        ("£30 in all", "30", "£30"),
        ("达60%以上", "60%", "60%以上"),
        ("约30人左右,", "30人", "约30人左右"),
        ("60岁以下的", "60岁", "60岁以下"),
        ("5至8万人", "5", "5至8万人"),
        ("5至8万人", "8万", "5至8万人"),
        ("增长5%-8%", "5%", "5%-8%"),
        ("2018—2020年间", "2018", "2018—2020年"),
        ("2018—2020年间", "2020年", "2018—2020年"),
        ("近三十家企业", "三十", "近三十家"),
        ("三十多家企业", "三十", "三十多家"),
        ("百余名", "百", "百余名"),
        ("数十个", "十", "数十个"),
        ("百分之三十以上", "三十", "百分之三十以上"),
        ("三分之一", "三", "三分之一"),
        ("3年多的努力", "3", "3年多"),
        ("500+ firms", "500", "500+"),
        ("20 to 30 people", "20", "20 to 30"),
        ("$20-30 million", "20", "$20-30 million"),
        ("约3-5家", "3", "约3-5家"),
        ("200米至300米", "200米", "200米至300米"),
        ("5万至8万人", "5万", "5万至8万人"),
        ("6月1-3日", "6月1", "6月1-3日"),
        ("二十余家", "二十", "二十余家"),
        ("30余家", "30", "30余家"),
        ("十几个", "十", "十几个"),
        ("1 or more", "1", "1 or more"),
    ],
)
def test_qualifiers_and_ranges_belong_to_the_amount(text: str, piece: str, whole: str) -> None:
    at = text.index(piece)
    span = whole_amount(text, Span(at, at + len(piece)))
    assert text[span.start : span.end] == whole


@pytest.mark.parametrize(
    ("text", "piece", "whole"),
    [
        ("签约30个项目", "30", "30个"),
        ("附近3家店", "3", "3家"),
        ("最近5年", "5", "5年"),
        ("turnover 20 percent", "20", "20 percent"),
        ("李四名列第一", "李四", "李四"),
        ("在武进召开", "武进", "武进"),
        ("3家多次获奖", "3家", "3家"),
        ("6月1日至3日", "1日", "1日"),
        ("from 20 to 30 percent", "20", "20"),
        ("从5%到8%", "5%", "5%"),
        ("1人到3家企业", "1人", "1人"),
        ("(1879–1955)", "1879", "1879"),
        ("2018-05-01", "2018", "2018"),
        ("2018年至2020年", "2018年", "2018年"),
        ("16个部门上下联动", "16个", "16个"),
        ("36支队伍、820名选手", "36支", "36支"),
        ("30来自各地", "30", "30"),
        ("五四运动", "五四运动", "五四运动"),
        ("第三届", "三", "第三届"),
        ("1939–45", "1939", "1939"),
        ("统一部署", "统一", "统一"),
        ("the 300 over there", "300", "300"),
        ("约翰3次", "3", "3次"),
        ("不超过规定,5人", "5人", "5人"),
    ],
)
def test_what_only_looks_like_a_qualifier_or_a_range_is_not_added(text: str, piece: str, whole: str) -> None:
    at = text.index(piece)
    span = whole_amount(text, Span(at, at + len(piece)))
    assert text[span.start : span.end] == whole


def test_a_qualifier_is_marked_whatever_is_asked_but_for_a_date() -> None:
    assert marks("会场有什么限制?", "会场不超过500人。", "500人") == ["不超过500人"]
    assert marks("What does it need?", "It needs at least 300 seats.", "300 seats") == ["at least 300 seats"]
    assert marks("When did it end?", "The war was over 1945 or so.", "1945") == ["1945"]


def test_a_mark_grows_only_inside_its_sentence() -> None:
    assert marks("有多少人?", "规定不超过。500人参加。以上是全部。", "500") == ["500人"]


def test_numbered_items_are_found_each_for_itself() -> None:
    text = "会议提出三点。一是抓创新;二是抓产业;三是优环境。会后参观。"
    assert marks("会议提出哪三点?", text, "三点") == ["一是抓创新", "二是抓产业", "三是优环境"]
    assert marks("会议提出哪些要求?", text, "抓产业") == ["一是抓创新", "二是抓产业", "三是优环境"]
    assert marks("会议提出哪两点?", text, "三点") == ["三点"]
    assert marks("会后去做什么?", text, "参观") == ["参观"]


def test_a_reading_of_nothing_or_of_several_stays() -> None:
    nothing = Reading((), 0.0)
    assert finished("哪三点?", nothing) is nothing


def test_no_two_marks_overlap() -> None:
    """The first of two that cross stays; one that holds earlier ones takes their place."""
    part, other = passage(1, "甲乙丙丁戊己庚"), passage(2, "甲乙丙丁戊己庚")
    spans = [(part, 0, 2), (part, 1, 3), (part, 4, 5), (other, 0, 2), (part, 4, 7), (part, 5, 6)]
    findings = [Finding(where, Span(0, 7), Span(start, end), 1.0) for where, start, end in spans]
    kept = finished("谁?", Reading(tuple(findings), 0.5)).findings
    assert kept == (findings[0], findings[4], findings[3])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("谁主持,在哪里召开,何时召开,多少人参加?", ("谁主持?", "在哪里召开?", "何时召开?", "多少人参加?")),
        ("谁主持,在哪里召开?", ("谁主持?", "在哪里召开?")),
        ("大桥何时动工,何时完工?", ("大桥何时动工?", "何时完工?")),
        ("《谁,在哪里》是谁写的?", ("《谁,在哪里》是谁写的?",)),
        ("2018年,谁获得了冠军?", ("2018年,谁获得了冠军?",)),
        ("Who chaired it and where was it held?", ("Who chaired it?", "where was it held?")),
        ("When the war ended, who came back?", ("When the war ended, who came back?",)),
        ("What did Bell find, which broke it?", ("What did Bell find, which broke it?",)),
        ("Who likes cats and dogs?", ("Who likes cats and dogs?",)),
    ],
)
def test_parts_of_a_question(question: str, found: tuple[str, ...]) -> None:
    assert parts(question) == found
