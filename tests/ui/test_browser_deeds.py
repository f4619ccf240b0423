"""What can be done with answers and sources, in real Chromium."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from rag.ui.feedback import Feedback

from .conftest import OpenPage
from .fakebot import SHOW, SIZE_ZH, UNKNOWN_ZH, YEAR_EN, YEAR_ZH
from .test_browser import CHIP, ask, in_view

pytestmark = pytest.mark.browser

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
READ = "navigator.clipboard.readText()"


def test_answer_is_copied_with_its_citation_and_a_link_that_opens_it(open_page: OpenPage, site: str) -> None:
    page = open_page(**CLIPBOARD)
    ask(page, YEAR_ZH)
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.locator(".wb-toast")).to_have_text("已复制")
    lines = page.evaluate(READ).split("\n")
    assert lines[:4] == [
        "2018年",
        "",
        "“2018年,新能源汽车开始出现在巡展车队中,”",
        f"——《2024武进区新能源汽车展启动》，{SHOW}，第 3 段",
    ]
    page.get_by_role("link", name="复制链接").click()
    assert page.evaluate(READ) == lines[4]
    assert lines[4] == f"{site}?source={SHOW}&start=2491&end=2513&check=c3077dce"
    later = open_page("?" + urlsplit(lines[4]).query, locale="en-GB")
    expect(later.locator(".wb-article h3")).to_have_text("2024武进区新能源汽车展启动")
    here = later.locator("mark.wb-here")
    expect(here).to_have_text("2018年,新能源汽车开始出现在巡展车队中,")
    assert in_view(here)
    expect(later.locator("#wb-sources h2")).to_have_text("Sources")
    later.get_by_role("button", name="中文").click()
    expect(later.locator("#wb-sources h2")).to_have_text("出处")
    expect(here).to_be_visible()


def test_link_opens_the_sheet_on_a_phone(open_page: OpenPage) -> None:
    query = f"?source={SHOW}&start=2491&end=2513"
    page = open_page(query, width=390, height=844, has_touch=True, is_mobile=True)
    expect(page.locator("mark.wb-here")).to_be_visible()
    page.wait_for_function("document.querySelector('#wb-sources').getBoundingClientRect().bottom <= innerHeight + 1")
    assert in_view(page.locator("mark.wb-here"))


def test_wrong_link_says_so_in_one_line(open_page: OpenPage) -> None:
    page = open_page("?source=gone.txt&start=1&end=2")
    expect(page.locator("#wb-sources .wb-note")).to_have_text("这个链接指向的文件已不在索引里。")
    page.get_by_role("button", name="返回目录").click()
    expect(page.locator(".wb-page")).to_have_count(3)


def test_the_bar_says_what_is_read_once_its_headline_is_out_of_sight(open_page: OpenPage) -> None:
    page = open_page(height=420)
    ask(page, YEAR_ZH)
    page.get_by_role("button", name="阅读全文").last.click()
    running = page.locator(".wb-running")
    expect(page.locator("mark.wb-here")).to_be_visible()
    page.locator("#wb-sources").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(running).to_be_visible()
    expect(running).to_contain_text("2024武进区新能源汽车展启动")
    page.locator("#wb-sources").evaluate("e => e.scrollTo(0, 0)")
    expect(running).to_be_hidden()


def test_rating_with_a_word_is_kept_on_the_server(open_page: OpenPage, ratings: Feedback) -> None:
    page = open_page()
    ask(page, YEAR_ZH)
    page.get_by_role("button", name="不对").click()
    expect(page.get_by_role("button", name="✓ 不对")).to_be_focused()
    page.get_by_label("正确的答案是什么").fill("2017年")
    page.keyboard.press("Enter")
    expect(page.locator("#wb-notice")).to_have_text("已记下，谢谢。")
    page.get_by_role("button", name="有用").click()
    expect(page.get_by_role("button", name="✓ 有用")).to_be_visible()
    page.get_by_role("button", name="不填了").click()
    expect(page.locator("#wb-notice form")).to_have_count(0)
    kept = [r for r in ratings.ratings() if r.question == YEAR_ZH]
    assert [(r.good, r.word) for r in kept] == [(True, "")]


def test_question_is_asked_again(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, UNKNOWN_ZH)
    ask(page, YEAR_ZH)
    page.locator("#wb-again-2").click()
    expect(page.locator("#wb-chat .wb-wait")).to_have_count(0)
    expect(page.locator("#wb-chat .user.message")).to_have_text([UNKNOWN_ZH, YEAR_ZH])
    page.locator("#wb-again-1").click()
    expect(page.locator("#wb-chat .user.message")).to_have_text([UNKNOWN_ZH, YEAR_ZH, UNKNOWN_ZH])


def test_conversation_is_saved_as_markdown(open_page: OpenPage, site: str) -> None:
    page = open_page()
    expect(page.get_by_role("button", name="导出")).to_be_hidden()
    ask(page, YEAR_ZH)
    ask(page, UNKNOWN_ZH)
    with page.expect_download() as started:
        page.get_by_role("button", name="导出").click()
    assert started.value.suggested_filename.endswith(".md")
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert text.startswith(f"# 问报对话\n\n## {YEAR_ZH}\n\n**2018年**\n\n> **2018年**,新能源汽车开始出现在巡展车队中,")
    assert f"({site}?source={SHOW}&start=2491&end=2513&check=c3077dce)" in text
    assert f"## {UNKNOWN_ZH}\n\n报上没有找到可靠的答案。" in text


def test_search_tab_ranks_and_opens_passages(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.get_by_role("button", name="Search", exact=True).click()
    box = page.get_by_label("Words or a question")
    expect(box).to_be_focused()
    expect(page.locator("#wb-chat")).to_be_hidden()
    box.fill(YEAR_EN)
    box.press("Enter")
    expect(page.locator(".wb-verdict")).to_have_text(
        "Confidence 0.64 reaches the threshold 0.50: would answer “2018年”"
    )
    expect(page.locator(".wb-ranks li")).to_have_count(10)
    expect(page.locator(".wb-ranks li").first.locator("dl")).to_have_text(
        "fusedrank 1 0.500meaningrank 1 0.500wordsrank 1"
    )
    expect(box).to_have_value(YEAR_EN)
    page.locator(".wb-ranks li button").first.click()
    expect(page.locator("mark.wb-here")).to_be_visible()
    page.get_by_role("button", name="Chat", exact=True).click()
    expect(page.locator("#wb-chat")).to_be_visible()


def test_the_newest_question_stays_in_sight_above_a_long_answer(open_page: OpenPage) -> None:
    page = open_page(width=390, height=600, has_touch=True, is_mobile=True)
    for question in (SIZE_ZH, UNKNOWN_ZH):
        ask(page, question)
    page.wait_for_timeout(200)
    assert in_view(page.locator("#wb-chat .user.message").last)
    assert in_view(page.locator("#wb-chat .wb-abstained"))


def test_a_word_being_composed_is_not_sent(open_page: OpenPage) -> None:
    page = open_page()
    page.fill("#wb-question textarea", "nihao")
    page.locator("#wb-question textarea").evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    page.wait_for_timeout(300)
    expect(page.locator("#wb-chat .user.message")).to_have_count(0)
    page.press("#wb-question textarea", "Enter")
    expect(page.locator("#wb-chat .user.message")).to_have_text("nihao")


def test_menu_closes_with_escape_and_chips_are_reached_by_tab(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844)
    page.get_by_role("button", name="更多").press("Enter")
    expect(page.get_by_role("button", name="目录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="目录")).to_be_hidden()
    ask(page, YEAR_ZH)
    expect(page.locator(CHIP)).to_be_visible()
