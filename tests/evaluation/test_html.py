from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from scripted import Line, ScriptedBot

from rag.evaluation import Question, QuestionSet, Report, Row, compare, evaluate
from rag.evaluation.html import html_page


def rows(page: str) -> list[ET.Element]:
    found = re.findall(r"<article .*?</article>", page.replace("<br>", "<br/>"), re.DOTALL)
    return [ET.fromstring(row) for row in found]


def text(element: ET.Element) -> str:
    return "".join(element.itertext())


def test_the_page_stands_alone_and_says_so(report):
    page = html_page(report)
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page) == []
    assert "{{" not in page


def test_each_question_says_what_went_wrong(report, other):
    assert [row.get("data-failure") for row in rows(html_page(report))] == ["right", "abstained", "right"]
    assert [row.find(".//span").text for row in rows(html_page(other))] == [
        "not retrieved",
        "wrongly abstained",
        "wrongly answered",
    ]
    assert [(row.get("data-lang"), row.get("data-type")) for row in rows(html_page(report))] == [
        ("zh", "where"),
        ("en", "where"),
        ("zh", "unanswerable"),
    ]


def test_a_citation_stands_in_its_passage_with_the_answer_marked(report):
    right, unsure, _ = rows(html_page(report))
    assert text(right.find("h3")) == "甲<b>在哪?"
    quote = right.find("blockquote")
    assert text(quote).startswith("甲<b>在东&西。")
    assert text(quote.find("b")) == "甲<b>在东&西。"
    assert text(quote.find("b/mark")) == "东&西"
    assert "a.txt, article 1, paragraph 1" in text(quote)
    assert unsure.find("blockquote") is None
    assert "no answer confidence 0.30" in text(unsure)
    assert "gold: none: abstaining is right" in text(rows(html_page(report))[2])


def test_a_tentative_answer_shows_its_candidates(report):
    bot = ScriptedBot(
        {"a.txt": "塔<b>高5米。\n门在城东。"},
        {
            "塔多高?": Line(
                ("a.txt#1.1",), "a.txt#1.1", "塔<b>高5米。", "5米", 0.45, (("a.txt#1.2", "门在城东。", 0.2),)
            )
        },
    )
    asked = QuestionSet("g", "jsonl", (Question("1", "塔多高?", "zh", None, ("5米",), "a.txt", "塔<b>高5米"),))
    made = evaluate(bot, asked)
    (row,) = rows(html_page(made))
    assert "tentative answer confidence 0.45" in text(row)
    assert [text(quote).partition("。")[0] for quote in row.findall("blockquote")] == ["塔<b>高5米", "门在城东"]
    assert "perhaps: 5米 confidence 0.45" in text(row)
    assert row.get("data-failure") == "abstained"
    assert re.search(r"<td>answered_or_tentative</td><td>1\.000", html_page(made))
    assert re.search(r"<td>false_tentative_rate</td><td>0\.000", html_page(report))


def test_tables_and_drawings(report):
    page = html_page(report)
    assert re.search(r"<td>contains</td><td>0\.500 <small>0\.00–1\.00</small></td><td>0\.000", page)
    assert "By type of question" in page
    assert page.count("<svg ") == 2


def test_a_comparison_tells_what_was_won_and_lost(report, other):
    page = html_page(report, compare(report, other))
    assert "3 questions in common; 2 won, 0 lost, 0 marked better, 0 marked worse" in page
    assert [row.get("data-change") for row in rows(page)] == ["won", "", "won"]


def test_a_right_sentence_that_is_marked_otherwise_can_be_found(report):
    first, unsure, _ = report.rows
    page = html_page(replace(report, rows=(replace(first, scores={"em": 0.0, "f1": 0.4}), unsure)))
    marked, withheld = rows(page)
    assert marked.get("data-failure") == "right, marked otherwise"
    assert "1 · EM 0, F1 0.40" in text(marked)
    assert "stands in" not in text(marked)
    assert "2 · F1 of what was withheld 1.00" in text(withheld)
    assert "stands in: a.txt · 乙在西" in text(withheld)
    assert [option.get("value") for option in ET.fromstring(f"<s>{_options(page)}</s>")][:3] == [
        "right",
        "right, marked otherwise",
        "not retrieved",
    ]


def test_what_was_misread_shows_what_it_should_have_been_read_from(report):
    misread = replace(report.rows[0], failure="misread")
    [shown] = rows(html_page(Report.of([misread])))
    assert shown.get("data-failure") == "misread"
    assert "stands in: a.txt · 甲<b>在东" in text(shown)


def _options(page: str) -> str:
    return re.findall(r"all failures</option>(.*?)</select>", page)[0]


def test_of_retrieval_alone_the_ranking_is_shown_and_what_it_lacks():
    ranking = tuple((f"d<{rank}>", 1 / rank) for rank in range(1, 13))
    judged = Question("1", "塔多高?", "zh", None, (), relevant=(("d<1>", 2), ("d9", 1)))
    ours = Question("2", "门在哪?", "zh", None, ("城东",), "a.txt", "门在<城东>")
    squad = Question("3", "河多长?", "zh", None, ("9里",), context="河长9里。")
    found, missed, empty = rows(
        html_page(
            Report.of(
                [
                    Row(judged, None, {"recall@1": 0.5}, None, ranking=ranking),
                    Row(ours, None, {"recall@1": 0.0}, "not retrieved", ranking=(("a.txt#1.2", 0.25),)),
                    Row(squad, None, {"recall@1": 0.0}, "not retrieved"),
                ]
            )
        )
    )
    assert [text(item) for item in found.findall(".//li")][:2] == ["d<1> 1.0000", "d<2> 0.5000"]
    assert len(found.findall(".//li")) == 10  # as deep as it is scored
    assert "gold: d<1>, d9" in text(found)
    assert "stands in" not in text(found)
    assert "stands in: a.txt · 门在<城东>" in text(missed)
    assert [text(item) for item in missed.findall(".//li")] == ["a.txt#1.2 0.2500"]
    assert "stands in: 河长9里。" in text(empty)
    assert empty.find("details") is None


def test_what_is_not_known_of_a_run_is_left_out(report, other):
    unknown = [replace(each, run={}) for each in (report, other)]
    page = html_page(unknown[0], compare(*unknown))
    assert "<p>1 of 3 went wrong</p>" in page
    assert "<h2>Compared with another run</h2>" in page
    assert "None" not in page
    assert "How this was made" not in page


def test_what_a_run_says_of_itself_is_shown(report, other):
    this, that = (replace(each, run={"model": f"m@{n}", "started": "noon"}) for n, each in enumerate((report, other)))
    page = html_page(this, compare(this, that))
    assert "<p>1 of 3 went wrong · model m@0 · started noon</p>" in page
    assert "<h2>Compared with model m@1, started noon</h2>" in page
    assert "<summary>How this was made</summary><dl><dt>model</dt><dd>m@0</dd>" in page


def test_what_a_run_says_of_itself_is_escaped(report):
    shown = html_page(replace(report, run={"command": "rag evaluate <x>"}, skipped=("line 2: <y>",)))
    assert "rag evaluate &lt;x&gt;" in shown
    assert "skipped: line 2: &lt;y&gt;" in shown


@pytest.mark.parametrize("page", [html_page(Report.of([]))])
def test_no_questions_at_all(page):
    assert rows(page) == []
