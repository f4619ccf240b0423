"""Questions drafted from an article by templates: its events, dates, places and figures, and its headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text import clauses, language, sentences
from rag.types import Article

_FIGURE = re.compile(
    r"(?P<about>约|近|超过?|逾|共计?|累计|达到?)?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<many>[多余]?[百千万亿]*[多余]?)"
    r"(?P<unit>人次|平方米|公里|场次|个|家|人|名|位|项|件|辆|所|吨|亩|次|场|篇|部|座|条|类|元|天|户|%)(?![\u4e00-\u9fff]?\d)"
)
_LONG, _SHORT = 34, 12
_EVENT = re.compile(
    r"^(?:(?P<date>\d{1,2}月\d{1,2}日)(?:[上下]午)?[,，]\s*)?(?:(?:昨|今|前)天(?:[上下]午)?[,，]\s*)?"
    r"(?P<name>(?:[\u4e00-\u9fff\d]|“[^”]{2,20}”|[(（][^()（）]{1,10}[)）]){4,24}?)"
    r"(?:在(?P<place>[\u4e00-\u9fff]{2,16}))?(?P<verb>召开|举行|启动|开幕|举办|启航|揭牌|成立|开跑|合龙)"
)
_NAME_ENDS = re.compile(r"(?:会|会议|仪式|展|展览|论坛|活动|音乐节|马拉松|比赛|中心|大桥|园区|公园)$")
_JOINS = re.compile(r"[,，、]|^(?:我区|我市|本市|为|在|和)")
_ENGLISH = re.compile(
    r"^(?P<subject>(?:The |A )?[A-Z][\w' -]{2,40}?) (?:now |also )?"
    r"(?P<verb>has|holds|employs|owns|serves|attracted|received|built|sold|opened) (?:about |nearly |over |more than )?"
    r"(?P<number>\d[\d,.]*) (?P<noun>[a-z]+(?: (?!and\b|to\b|in\b|of\b|by\b|on\b)[a-z]+)?)\b"
)
_BASE = {"has": "have", "holds": "hold", "employs": "employ", "owns": "own", "serves": "serve"}
_BASE |= {"attracted": "attract", "received": "receive", "built": "build", "sold": "sell", "opened": "open"}
_SINGLE = str.maketrans("“”", "‘’")
_WIDE = 70


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, where its answer stands, and what the answering quote must hold."""

    question: str
    source: str
    article_number: int
    held: str


def drafts(article: Article, lang: str) -> Iterator[Draft]:
    """Questions about an article in a language, the best kinds first."""
    texts = [paragraph.text for paragraph in article.paragraphs]
    asked = [pair for text in texts[:1] for pair in _of_event(text, lang)]
    if article.kind == "article":
        asked += [(question, "") for question in _of_headline(article.title, lang)]
    for text in texts:
        if language(text) == lang:
            asked += _of_figures(text) if lang == "zh" else _of_english(text)
    return (Draft(question, article.source, article.number, held) for question, held in asked)


def figure_question(clause: str) -> tuple[str, str] | None:
    """Ask for the only figure of a clause; returns the question and the figure.

    >>> figure_question("上半年全区旅游接待815万人次")
    ('上半年全区旅游接待多少人次?', '815')
    >>> figure_question("新增上市企业2家、院士团队4个") is None
    True
    """
    figures = list(_FIGURE.finditer(clause))
    if len(figures) != 1 or len(re.findall(r"\d+", clause)) != len(re.findall(r"\d+", figures[0].group())):
        return None
    figure = figures[0]
    before, after = clause[: figure.start()], clause[figure.end() :]
    unit = "" if figure["unit"] == "%" else figure["unit"]
    question = f"{before}多少{unit}{after}".strip()
    if len(before) < 4 or not _SHORT <= len(question) <= _LONG:
        return None
    return question + "?", figure["number"]


def _of_event(text: str, lang: str) -> Iterator[tuple[str, str]]:
    """When and where what opens a Chinese article took place; its name stays Chinese in an English question.

    >>> list(_of_event("6月1日,春季汽车展在中心广场举行。", "en"))
    [('When was “春季汽车展” held?', '6月1日'), ('Where was “春季汽车展” held?', '中心广场')]
    """
    match = _EVENT.match(text)
    if match is None or not _NAME_ENDS.search(match["name"]) or _JOINS.search(match["name"]):
        return
    name, verb = match["name"].translate(_SINGLE), match["verb"]
    held = verb in {"召开", "举行", "举办", "开幕", "开跑"}
    for key, zh, en in (("date", f"{name}是什么时候{verb}的?", "When"), ("place", f"{name}在哪里{verb}?", "Where")):
        if match[key]:
            yield zh if lang == "zh" else f"{en} was “{name}” {'held' if held else 'launched'}?", match[key]


def _of_headline(title: str, lang: str) -> Iterator[str]:
    """What an article says; of a Chinese headline the name of its event, if it has one."""
    subject = headline(title)
    if not 0 < len(subject) <= _WIDE:
        return
    event = re.sub(r"(?:召开|举行|启动|开幕|举办|启航)$", "", subject)
    if lang == "zh":
        if event != subject and _NAME_ENDS.search(event) and not _JOINS.search(event):
            yield f"{event}讲了什么?"
        else:
            yield f"《{subject}》讲了什么?"
    else:
        yield f"What does the paper say about “{subject}”?"


def _of_figures(text: str) -> list[tuple[str, str]]:
    questions = []
    for sentence in sentences(text):
        part = text[sentence.start : sentence.end]
        for clause in clauses(part):
            if question := figure_question(part[clause.start : clause.end].strip(" ,，、:：。;；\n")):
                questions.append(question)
    return questions


def _of_english(text: str) -> list[tuple[str, str]]:
    """*How many* of what an English sentence counts.

    >>> _of_english("Bluewater employs 140 people and owns three ships.")
    [('How many people does Bluewater employ?', '140')]
    """
    questions = []
    for sentence in sentences(text):
        if match := _ENGLISH.match(text[sentence.start : sentence.end]):
            does = "did" if match["verb"].endswith("ed") or match["verb"] in {"built", "sold"} else "does"
            subject = re.sub(r"^(The|A)\b", lambda article: article[1].lower(), match["subject"])
            questions.append((f"How many {match['noun']} {does} {subject} {_BASE[match['verb']]}?", match["number"]))
    return questions


def headline(title: str) -> str:
    """The main headline as it stands between quotation marks: without a colon at its end, its own marks single.

    >>> headline("“光影聚力”放映活动启动: 副题"), headline("Economy grows")
    ('‘光影聚力’放映活动启动', 'Economy grows')
    """
    main = title if language(title) == "en" else title.partition(" ")[0]
    quoted = main.rstrip(":：").translate(_SINGLE)
    is_one_quotation = quoted.startswith("‘") and quoted.find("’") == len(quoted) - 1
    return quoted[1:-1] if is_one_quotation else quoted
