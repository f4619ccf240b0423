"""The chat in real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .fakebot import (
    BROKEN,
    HOSTILE,
    HOSTILE_TITLE,
    LAW_ZH,
    PERHAPS_EN,
    PERHAPS_TRADITIONAL,
    PERHAPS_ZH,
    SHOW,
    SIZE_ZH,
    STALE_ZH,
    UNKNOWN_EN,
    UNKNOWN_ZH,
    YEAR_EN,
    YEAR_ZH,
    FakeBot,
)

pytestmark = pytest.mark.browser

CHIP = '#wb-chat a[href^="#cite-"]'


def ask(page: Page, question: str) -> Locator:
    """Type and send a question; returns the message that answers it."""
    before = page.locator("#wb-chat .bot.message").count()
    page.fill("#wb-question textarea", question)
    page.press("#wb-question textarea", "Enter")
    reply = page.locator("#wb-chat .bot.message").nth(before)
    expect(reply.locator("p").first).to_be_visible()
    expect(page.locator("#wb-chat .wb-wait")).to_have_count(0)
    return reply


def in_view(locator: Locator) -> bool:
    """Whether an element lies inside the window and nothing covers its middle."""
    return bool(
        locator.evaluate(
            """e => {
                const b = e.getClientRects()[0], x = b.x + b.width / 2, y = b.y + b.height / 2;
                const top = document.elementFromPoint(x, y);
                return top !== null && (e.contains(top) || top.contains(e));
            }"""
        )
    )


def test_first_screen_says_what_this_is_and_how_much_it_knows(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("h1")).to_have_text("问报")
    expect(page.locator(".wb-knows")).to_have_text("收录 3 个版面 · 7 篇文章 · 62 个段落")
    expect(page.locator(".wb-example")).to_have_text([YEAR_ZH, SIZE_ZH, LAW_ZH])
    expect(page.get_by_label("你的问题")).to_be_focused()
    expect(page.get_by_role("button", name="提问", exact=True)).to_be_visible()
    expect(page.locator("footer")).to_be_hidden()
    headlines = page.locator("#wb-sources .wb-page button")
    expect(headlines.first).to_have_text("全区经济运行分析会召开")
    headlines.nth(2).click()
    expect(page.locator(".wb-article h3")).to_have_text("2024武进区新能源汽车展启动")
    page.get_by_role("button", name="返回目录").click()
    expect(headlines).to_have_count(7)


def test_answer_cites_its_sentence_and_opens_the_article(open_page: OpenPage) -> None:
    page = open_page()
    reply = ask(page, YEAR_ZH)
    expect(reply.locator(".wb-short")).to_have_text("2018年")
    expect(reply.locator("blockquote mark")).to_have_text("2018年")
    expect(reply.locator(".wb-confidence")).to_have_text("把握：高 · 93%")
    expect(page.locator("#wb-question textarea")).to_have_value("")
    card = page.locator("#wb-card-1-1")
    expect(card.locator("h3")).to_have_text("12024武进区新能源汽车展启动")
    expect(card.locator(".wb-place span")).to_have_text([SHOW, "第 3 段", "第 2491–2513 字"])
    expect(card.locator("mark")).to_have_text("2018年,新能源汽车开始出现在巡展车队中,")
    expect(card.locator("mark strong")).to_have_text("2018年")
    page.locator(CHIP).click()
    expect(card).to_be_focused()
    page.get_by_role("button", name="阅读全文").click()
    expect(page.locator(".wb-article .wb-text p")).to_have_count(6)
    expect(page.locator(".wb-byline")).to_have_text("本报讯(记者 黄雅婷)")
    here = page.locator(".wb-article mark.wb-here")
    expect(here).to_have_text("2018年,新能源汽车开始出现在巡展车队中,")
    assert in_view(here)
    assert in_view(page.locator(".wb-article h3"))
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="返回出处").click()
    expect(card).to_be_visible()


def test_chip_of_an_older_turn_opens_its_own_source(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SIZE_ZH)
    ask(page, YEAR_ZH)
    expect(page.locator(".wb-asked")).to_have_text(YEAR_ZH)
    page.locator('#wb-chat a[href="#cite-1-2"]').click()
    expect(page.locator(".wb-asked")).to_have_text(SIZE_ZH)
    active = page.locator(".wb-card.wb-active")
    expect(active).to_have_attribute("id", "wb-card-1-2")
    expect(active.locator("mark strong")).to_have_text("48班")
    expect(page.locator("#wb-chat a.wb-on")).to_have_attribute("href", "#cite-1-2")


def test_citations_within_a_turn_switch_without_asking_the_server(open_page: OpenPage) -> None:
    page = open_page()
    reply = ask(page, SIZE_ZH)
    expect(reply.locator(".wb-short")).to_have_text(["约1.6万平方米", "48班"])
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url))
    page.locator('#wb-chat a[href="#cite-1-2"]').click()
    expect(page.locator("#wb-card-1-2")).to_have_class(re.compile("wb-active"))
    assert sent == []


@pytest.mark.parametrize(
    ("question", "said"),
    [(UNKNOWN_ZH, "报上没有找到可靠的答案。"), (UNKNOWN_EN, "The paper gives no reliable answer to this.")],
)
def test_abstention_in_the_language_of_the_asker(open_page: OpenPage, question: str, said: str) -> None:
    page = open_page()
    reply = ask(page, question)
    expect(reply.locator(".wb-abstained")).to_have_text(said)
    expect(page.locator(CHIP)).to_have_count(0)
    expect(reply.locator("li")).to_have_count(3)
    expect(page.locator("#wb-sources h2")).to_have_text("最接近的段落")
    expect(page.locator(".wb-card")).to_have_count(3)
    expect(page.locator(".wb-card .wb-number")).to_have_count(0)
    page.locator(".wb-more").nth(1).click()
    expect(page.locator("mark.wb-here")).to_have_text('"以旧换新"政策同时进行,消费者选择更多,价格也更优惠。')
    page.locator('#wb-chat a[href="#near-1-3"]').click()
    expect(page.locator(".wb-card")).to_have_count(3)
    expect(page.locator(".wb-card.wb-active")).to_have_attribute("id", "wb-card-1-p3")
    expect(reply.locator(".wb-example")).to_have_text([YEAR_ZH, SIZE_ZH])
    reply.locator(".wb-example").first.click()
    expect(page.locator("#wb-chat .wb-short")).to_have_text("2018年")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (PERHAPS_ZH, "不确定，可能是这句："),
        (PERHAPS_EN, "Not sure, but perhaps:"),
        (PERHAPS_TRADITIONAL, "不確定，可能是這句："),
    ],
)
def test_a_tentative_answer_is_shown_as_one_and_opens_its_place(open_page: OpenPage, question: str, said: str) -> None:
    page = open_page()
    reply = ask(page, question)
    expect(reply.locator(".wb-tentative")).to_have_text(said)
    expect(reply.locator("blockquote mark")).to_have_text(["武进吾悦广场", "巡展车队"])
    expect(reply.locator(".wb-short, .wb-confidence, .wb-abstained")).to_have_count(0)
    expect(reply.locator('li a[href^="#near-"]')).to_have_count(3)
    # Quieter than an answer: dashed beside the quote, no colour behind the mark.
    quote, mark = reply.locator("blockquote").first, reply.locator("blockquote mark").first
    expect(quote).to_have_css("border-left-style", "dashed")
    expect(mark).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(page.locator("#wb-sources h2")).to_have_text("可能的出处")
    expect(page.locator(".wb-card")).to_have_count(5)
    expect(page.locator(".wb-card.wb-active")).to_have_count(0)
    page.locator(CHIP).nth(1).click()
    expect(page.locator("#wb-card-1-2")).to_be_focused()
    expect(page.locator("#wb-card-1-2 mark strong")).to_have_text("巡展车队")
    page.locator(CHIP).first.click()
    card = page.locator("#wb-card-1-1")
    expect(card).to_be_focused()
    card.get_by_role("button", name="阅读全文").click()
    here = page.locator(".wb-article mark.wb-here")
    expect(here).to_have_text("2024武进区新能源汽车展在武进吾悦广场启动,")
    expect(here.locator("strong")).to_have_text("武进吾悦广场")
    assert in_view(here)
    page.locator('#wb-chat a[href="#near-1-2"]').click()
    expect(page.locator(".wb-card.wb-active")).to_have_attribute("id", "wb-card-1-p2")


def test_example_is_asked_with_a_click_and_new_chat_forgets(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".wb-example", has_text=SIZE_ZH).click()
    expect(page.locator("#wb-chat .user.message")).to_have_text(SIZE_ZH)
    expect(page.locator(CHIP)).to_have_count(2)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".wb-example")).to_have_count(3)
    expect(page.locator("#wb-sources h2")).to_have_text("目录")
    ask(page, YEAR_ZH)
    expect(page.locator(CHIP)).to_have_attribute("href", "#cite-1-1")


def test_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_label("你的问题").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("请先写下问题。")
    expect(page.locator("#wb-sources .wb-page")).to_have_count(3)
    ask(page, YEAR_ZH)
    expect(page.get_by_role("alert")).to_have_count(0)
    chip = page.locator(CHIP)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if chip.evaluate("e => e === document.activeElement"):
            break
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#wb-card-1-1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-article")).to_be_visible()
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()


def test_sheet_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    sheet = page.locator("#wb-sources")
    expect(sheet).to_be_hidden()
    ask(page, SIZE_ZH)
    expect(sheet).to_be_hidden()
    assert in_view(page.locator("#wb-question textarea"))
    page.locator('#wb-chat a[href="#cite-1-1"]').tap()
    expect(page.locator("#wb-card-1-1 mark")).to_be_visible()
    page.wait_for_function("document.querySelector('#wb-sources').getBoundingClientRect().bottom <= innerHeight + 1")
    assert in_view(page.locator("#wb-card-1-1 mark"))
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator('#wb-chat a[href="#cite-1-1"]')).to_be_focused()
    page.locator('#wb-chat a[href="#cite-1-2"]').tap()
    page.get_by_role("button", name="关闭").tap()
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="目录")).to_be_hidden()
    page.get_by_role("button", name="更多").tap()
    expect(page.get_by_role("button", name="更多")).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="目录").tap()
    expect(page.get_by_role("button", name="目录")).to_be_hidden()
    expect(page.locator(".wb-page").first).to_be_visible()
    page.locator("#wb-chat .wb-short").first.tap()
    expect(sheet).to_be_hidden()


def test_language_follows_the_browser_and_the_switch(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    expect(page.locator("h1")).to_have_text("Wenbao")
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator(".wb-example")).to_have_text([YEAR_EN, UNKNOWN_EN])
    ask(page, YEAR_EN)
    expect(page.locator(".wb-confidence")).to_have_text("Confidence: medium · 64%")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="新对话")).to_be_visible()
    expect(page.get_by_label("你的问题")).to_be_visible()
    expect(page.get_by_placeholder("就报纸内容提问")).to_be_visible()
    expect(page.locator("#wb-send")).to_have_text("提问")
    expect(page.locator(".wb-confidence")).to_have_text("把握：中 · 64%")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#wb-sources h2")).to_have_text("出处")
    page.reload()
    expect(page.locator("h1")).to_have_text("问报")
    expect(page.locator(".wb-example")).to_have_text([YEAR_ZH, SIZE_ZH, LAW_ZH])


@pytest.mark.parametrize(
    ("query", "locale", "name"), [("?lang=en", "zh-CN", "Wenbao"), ("", "zh-TW", "问报"), ("", "fr", "Wenbao")]
)
def test_first_language(open_page: OpenPage, query: str, locale: str, name: str) -> None:
    expect(open_page(query, locale=locale).locator("h1")).to_have_text(name)


CONTRAST = """() => {
    const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const linear = (part) => part / 255 <= .03928 ? part / 255 / 12.92 : ((part / 255 + .055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
    const ground = (e) => {
        const colour = rgb(getComputedStyle(e).backgroundColor);
        return colour[3] === 0 ? ground(e.parentElement) : colour;
    };
    const found = [];
    for (const e of document.querySelectorAll('#wb-header *, #wb-chat *, #wb-ask *, #wb-sources *')) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const [dark, light] = [luminance(rgb(getComputedStyle(e).color)), luminance(ground(e))].sort((x, y) => x - y);
        found.push([(light + .05) / (dark + .05), e.textContent.slice(0, 20), e.className]);
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_aa(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    assert paper == {"light": "rgb(251, 250, 247)", "dark": "rgb(23, 24, 26)"}[scheme]
    measured = page.evaluate(CONTRAST)
    ask(page, UNKNOWN_ZH)
    measured += page.evaluate(CONTRAST)
    ask(page, PERHAPS_ZH)
    measured += page.evaluate(CONTRAST)
    ask(page, STALE_ZH)
    page.locator('#wb-chat a[href="#cite-3-1"]').click()
    measured += page.evaluate(CONTRAST)
    page.locator(".wb-more").click()
    expect(page.locator(".wb-article")).to_be_visible()
    measured += page.evaluate(CONTRAST)
    assert len(measured) > 60
    assert [m for m in measured if m[0] < 4.5] == []


def test_hostile_text_is_shown_as_it_is(open_page: OpenPage) -> None:
    page = open_page()
    question = HOSTILE
    reply = ask(page, question)
    expect(page.locator("#wb-chat .user.message")).to_have_text(question)
    expect(reply.locator("blockquote mark")).to_have_text("${window.hacked=1} {{7*7}}")
    expect(page.locator("#wb-card-1-1 mark")).to_have_text(question)
    expect(page.locator("#wb-card-1-1 h3")).to_have_text("1" + HOSTILE_TITLE)
    page.locator(CHIP).click()
    page.locator(".wb-more").click()
    expect(page.locator(".wb-article mark.wb-here")).to_have_text(question)
    page.locator("#wb-header [data-view=contents]").click()
    expect(page.locator(".wb-page button").last).to_have_text(HOSTILE_TITLE)
    for other in (
        "<script>window.hacked=1</script>",
        "# a\n\n1. b\n> c\n\n    d",
        "'; DROP TABLE x; -- $HOME",
        "<!-- </textarea>",
    ):
        ask(page, other)
        expect(page.locator("#wb-chat .user.message").last).to_have_text(" ".join(other.split()))
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator("#wb-chat img, #wb-sources img, #wb-chat .katex, #wb-chat code, #wb-chat h1, #wb-chat ol").count()
        == 0
    )


def test_stale_source_says_so(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, STALE_ZH)
    expect(page.locator(".wb-stale")).to_have_text("建立索引之后，这个文件改动过。这里显示的是建立索引时的原文。")


def test_mistake_in_the_program_does_not_stick_or_tell(open_page: OpenPage, bot: FakeBot) -> None:
    page = open_page()
    page.fill("#wb-question textarea", BROKEN)
    page.press("#wb-question textarea", "Enter")
    expect(page.get_by_role("alert")).to_have_text("程序出错，没有得到结果。请再试一次。")
    expect(page.locator(".wb-example")).to_have_count(3)
    expect(page.get_by_label("你的问题")).to_have_value(BROKEN)
    expect(page.get_by_text(re.compile("secret|错误|Error")).filter(visible=True)).to_have_count(0)
    ask(page, YEAR_ZH)


@pytest.mark.parametrize("width", [360, 769, 1920])
def test_nothing_is_cut_off(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width, height=740, locale="en-GB")
    ask(page, YEAR_EN)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    last = ".wb-fold" if width <= 768 else "#wb-menu button:last-child"
    for selector in (last, ".wb-tabs", "#wb-send", "#wb-question textarea", CHIP):
        box = page.locator(selector).last.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 740
    assert page.locator("#wb-card-1-1").is_visible() is (width > 768)
