"""Every word of the interface, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Strings:
    """The interface in one language; ``{names}`` are filled with ``str.format``."""

    lang: Lang
    html_lang: str
    title: str
    tagline: str
    # header
    switch: str
    switch_lang: Lang
    switch_html_lang: str
    contents: str
    new_chat: str
    # first screen
    welcome: str
    about: str
    knows: str
    try_asking: str
    # question box
    question: str
    hint: str
    send: str
    conversation: str
    # answers
    searching: str
    confidence: str
    confidence_words: tuple[str, str, str]
    abstained: str
    abstained_hint: str
    nearest: str
    see_nearest: str
    # sources
    sources: str
    nearest_title: str
    nearest_note: str
    nothing_near: str
    paragraph: str
    characters: str
    whole_article: str
    back: str
    back_to_contents: str
    close: str
    caption: str
    untitled: str
    stale: str
    no_contents: str
    # one clear line each
    empty_question: str
    long_question: str
    wordless_question: str
    failed: str
    gone: str
    source_gone: str


ZH = Strings(
    lang="zh",
    html_lang="zh-CN",
    title="问报",
    tagline="问报纸，答原文",
    switch="English",
    switch_lang="en",
    switch_html_lang="en",
    contents="目录",
    new_chat="新对话",
    welcome="向报纸提问",
    about="中文、英文都可以问。回答逐字摘自报纸原文，每一处都注明出处，点开便是原文；报上没有的，就说没有。",
    knows="收录 {sources} 个版面 · {articles} 篇文章 · {passages} 个段落",
    try_asking="不妨这样问",
    question="你的问题",
    hint="就报纸内容提问",
    send="提问",
    conversation="对话",
    searching="正在翻报",
    confidence="把握：{word} · {percent}%",
    confidence_words=("高", "中", "低"),
    abstained="报上没有找到可靠的答案。",
    abstained_hint="换个说法，或问得更具体些，也许能找到。",
    nearest="最接近的段落（不是答案）",
    see_nearest="查看这些段落",
    sources="出处",
    nearest_title="最接近的段落",
    nearest_note="这些段落与问题最接近，但没有可靠地回答它。",
    nothing_near="没有相近的段落。",
    paragraph="第 {n} 段",
    characters="第 {start}–{end} 字",
    whole_article="阅读全文",
    back="返回出处",
    back_to_contents="返回目录",
    close="关闭",
    caption="图片说明",
    untitled="（无标题）",
    stale="建立索引之后，这个文件改动过。这里显示的是建立索引时的原文。",
    no_contents="提问之后，出处会显示在这里。",
    empty_question="请先写下问题。",
    long_question="问题太长，请缩短到 {limit} 字以内。",
    wordless_question="问题里没有文字，请用文字提问。",
    failed="程序出错，没有得到结果。请再试一次。",
    gone="这一轮对话已经过期，请重新提问。",
    source_gone="索引里已经没有这篇文章，请重新提问。",
)

EN = Strings(
    lang="en",
    html_lang="en",
    title="Wenbao",
    tagline="Ask the newspaper, read its own words",
    switch="中文",
    switch_lang="zh",
    switch_html_lang="zh-CN",
    contents="Contents",
    new_chat="New chat",
    welcome="Ask the newspaper",
    about=(
        "Ask in English or Chinese. Every answer is quoted word for word from the paper, with its place one click "
        "away. What the paper does not say, you will not be told."
    ),
    knows="{sources} pages · {articles} articles · {passages} passages",
    try_asking="For example",
    question="Your question",
    hint="Ask about the paper",
    send="Ask",
    conversation="Conversation",
    searching="Searching the pages",
    confidence="Confidence: {word} · {percent}%",
    confidence_words=("high", "medium", "low"),
    abstained="The paper gives no reliable answer to this.",
    abstained_hint="Other words, or a more specific question, may find one.",
    nearest="Nearest passages (not an answer)",
    see_nearest="Show these passages",
    sources="Sources",
    nearest_title="Nearest passages",
    nearest_note="These passages come closest to the question, but do not reliably answer it.",
    nothing_near="No passage comes close.",
    paragraph="paragraph {n}",
    characters="characters {start}–{end}",
    whole_article="Whole article",
    back="Back to sources",
    back_to_contents="Back to contents",
    close="Close",
    caption="Photo caption",
    untitled="(no headline)",
    stale="This file has changed since it was indexed. The text shown is the one that was indexed.",
    no_contents="Sources appear here once you have asked.",
    empty_question="Write a question first.",
    long_question="The question is too long; shorten it to {limit} characters.",
    wordless_question="The question has no words; write it in words.",
    failed="Something went wrong on our side; please try again.",
    gone="This part of the conversation has expired; ask again.",
    source_gone="This article is no longer in the index; ask again.",
)


def strings(lang: Any) -> Strings:
    """The strings of an interface or answer language: Chinese for ``"zh"``, English for everything else."""
    return ZH if lang == "zh" else EN
