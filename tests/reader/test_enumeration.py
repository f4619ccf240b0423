from __future__ import annotations

from rag.reader.enumeration import enumerations
from rag.types import Passage

OPENING = "会议明确了工作。"


def article(*texts: str, part_of_last: str = "") -> list[Passage]:
    found = [Passage(f"a#1.{n}", "a", "题", 1, n, text, 0, len(text)) for n, text in enumerate(texts, 1)]
    if part_of_last:
        last = found.pop()
        found += [last, Passage(f"{last.passage_id}/2", "a", "题", 1, last.paragraph, part_of_last, 0, 1)]
    return found


def read(*texts: str, part_of_last: str = "") -> list[list[str]]:
    return [[item.text for item in run] for run in enumerations(article(*texts, part_of_last=part_of_last))]


def test_paragraphs_that_begin_alike_are_a_list_of_their_first_sentences() -> None:
    texts = ["坚持先立后破,答好题。深入研究。", "坚持统筹协调。", "坚持量质并举!加快。"]
    assert read(OPENING, *texts, "会议要求落实。") == [["坚持先立后破,答好题。", "坚持统筹协调。", "坚持量质并举!"]]


def test_numbered_paragraphs_are_a_list_whatever_follows_the_number() -> None:
    texts = ["一是抓创新。", "二是抓产业。", "三要优环境。"]
    assert read(OPENING, *texts) == [texts]
    texts = ["首先,抓创新。", "其次,抓产业。", "最后,优环境。"]
    assert read(*texts, OPENING) == [texts]
    texts = ["(1)抓创新。", "2.抓产业。", "（三）优环境。"]
    assert read(*texts) == [texts]


def test_two_lists() -> None:
    texts = ["全力抓。", "全力干。", "全力拼。", "推进甲。", "推进乙。", "推进丙。"]
    assert read(*texts) == [texts[:3], texts[3:]]


def test_fewer_than_three_are_no_list() -> None:
    assert read("坚持先立后破。", "坚持统筹协调。", "会议要求。", "坚持量质并举。") == []
    assert read() == []


def test_parts_of_one_paragraph_count_once() -> None:
    texts = ["坚持一。", "坚持二。", "坚持三。"]
    assert read(*texts, part_of_last="坚持四。") == [texts]


def test_width_and_script_do_not_part_a_list() -> None:
    texts = ["堅持一。", "坚持二。", "坚 持三。"]
    assert read(*texts) == [texts]
