"""What an earlier turn was about, in Chinese: its topic, its persons, its things by their noun.

Without a tagger: a topic is a run of the question that the cited article has, too, or else its longest run between
words that ask or join; a name begins with a surname and stands where names stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.chatbot.dialogue.chinese import GENERAL, TIME, own
from rag.chatbot.dialogue.cut import words
from rag.chatbot.dialogue.turn import Turn
from rag.reader.question import ASKING_ZH
from rag.text import fold
from rag.types import Span

# The 300 most frequent ones and some rarer ones; those of two characters.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆"
    "郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳齐沿梅莫庄辛管祝"
    "左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑"
    "邬臧畅宫苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原衣楚佟栗匡宗应台巫鞠方桑荆谌"
    "银扬明沙伏岑习胥蔺恽信"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木"
_NAME = (
    rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
    r"|[\u4e00-\u9fff]{2,6}(?:·[\u4e00-\u9fff]{1,6})+)"
)
_BEHIND = (
    r"(?=$|[、,]|等|一行|[到在去来是的对和与向为被把将说提还曾都哪什谁何如怎获]|表示|指出|强调|要求|主持|出席|参加|调研|担任|出生|看望|走访|拜访|带队|会见"
    r"|宣讲|同志|先生|女士|教授)"
)
_TITLE = (
    "(?:书记|区长|市长|县长|省长|镇长|部长|局长|校长|院长|厂长|主任|主席|总统|总理|总裁|经理|董事长|教授|医生|老师|先生|女士|记者|队长|馆长|会长"
    "|委员|演员|导演|作家|选手|志愿者|工程师)"
)
_IN_QUESTION = re.compile(rf"(?:^|\W|[的和与、由])(?P<name>{_NAME}){_BEHIND}")
_TITLED = re.compile(rf"{_TITLE}(?P<name>{_NAME}){_BEHIND}")
_ANSWERED = re.compile(rf"(?:^|{_TITLE}|选手|[、,\s])(?P<name>{_NAME})(?:$|(?={'|'.join(GENERAL)}))")
_ASKS_PERSON = re.compile(
    r"谁|哪[一几两]?位|什么人|何人|哪[些几].{0,4}(?:人|领导|嘉宾|代表|专家|成员|员|者)|\bwho(?:m|se)?\b"
)
#: What stands behind 哪家, 多少个, 什么, up to the next word that joins.
_ASKED_FOR = re.compile(r"(?:哪|什么|多少|几)[\u4e00-\u9fff]+")
_CUT = re.compile(
    rf"{ASKING_ZH.pattern}|[了在于是由将被从到着过由把还也都又曾,。?!;:]|参加|出席|主持|举行|召开|举办|作为"
)
_EDGE = "的了着过在于到从由被把将给和与及跟同对向为以是有共也还又都就才再已曾、,，.。:：;；?？!！ "
_FRONT = _EDGE + "会能可要这那其个位家名"
_LEAST, _LONG, _VARIETY = 2, 4, 3
_ANYTHING = frozenset("活动 项目 工程 事件 计划 行动 仪式 报道 文章 新闻 措施 政策 改革".split())  # noqa: SIM905
#: Nouns for the same kind of thing; a name may end with another of them than its pronoun has.
_ALIKE = tuple(
    tuple(group.split())
    for group in (
        "会议 大会 全会 会",
        "公司 企业 集团 工厂 厂",
        "学校 校 中学 小学 大学 学院",
        "电影 影片 短片 片",
        "活动 仪式 比赛 赛",
        "展览 展会 车展 展",
        "项目 工程",
        "报道 文章 新闻",
    )
)


def asks_person(turn: Turn) -> bool:
    """Whether a turn's question is answered by a person."""
    return _ASKS_PERSON.search(fold(turn.question)) is not None


def person(turn: Turn) -> str | None:
    """The person that a turn was about: who answered it, who is named in it, or who has a title in what it quoted.

    >>> person(Turn("谁主持了会议?", ("区委副书记、区长恽淇丞",), "", ()))
    '恽淇丞'
    >>> person(Turn("乔俊杰到哪个镇调研?", ("洛阳镇",), "", ()))
    '乔俊杰'
    """
    question = fold(turn.question)
    if turn.marked and asks_person(turn):
        match = _ANSWERED.search(turn.marked[0].strip())
        return match["name"] if match else turn.marked[0].strip() or None
    if match := _IN_QUESTION.search(question):
        return turn.question[match.start("name") : match.end("name")]
    found = next((m for quote in turn.quotes for m in [_TITLED.search(quote)] if m), None)
    return found["name"] if found else None


def thing(turn: Turn, head: str) -> str | None:
    """The thing of a turn whose name ends with ``head``, or that was asked for by it.

    >>> thing(Turn("谁主持了全区经济运行分析会?", ("恽淇丞",), "", ()), "会议")
    '全区经济运行分析会'
    >>> thing(Turn("作为代表企业发言的是哪家企业?", ("理想汽车",), "", ()), "公司")
    '理想汽车'
    """
    asked = ASKING_ZH.split(fold(turn.question))
    alike = _alike(head)
    if turn.marked and any(part.strip().startswith(alike) for part in asked[1:] if part):
        return turn.marked[0].strip()
    for text in (turn.question, *turn.marked, turn.headline.partition(" ")[0], *turn.quotes):
        for end in alike:
            if found := _ending_with(text, end):
                return found
    return None


def is_one_of_many(head: str) -> bool:
    """Whether a noun can stand for nearly anything that happens or is planned: 这个项目, 这次活动."""
    return head in _ANYTHING


def topic(turn: Turn) -> str | None:
    """What a turn was about: what its question has in common with the headline, or with what was quoted.

    >>> topic(Turn("春季车展共展出多少个品牌?", ("30多个",), "2024春季车展启动", ("车展打造平台",)))
    '春季车展'
    """
    runs = [run for run in _shared(turn.question, turn.headline) if len(run) >= _LONG]
    if not runs:
        runs = [_free(run, turn.nearby) for run in _shared(turn.question, turn.evidence)]
    if not runs:
        runs = [run for run in map(_trimmed, _CUT.split(TIME.sub(",", turn.question))) if len(own(run)) >= _LEAST]
    asked = _ASKED_FOR.findall(fold(turn.question))
    named = [run for run in runs if not any(fold(run) in part for part in asked)]
    return max(named or runs, key=len, default=None)


def _free(run: str, texts: Sequence[str]) -> str:
    """The run without what only sometimes follows it: its longest beginning that is followed by three other things.

    By accessor variety (Feng, Chen, Deng and Zheng 2004, "Accessor variety criteria for Chinese word extraction").
    """
    folded, everything = fold(run), "\n".join(map(fold, texts))
    for end in range(len(run), _LONG - 1, -1):
        beginning = re.escape(folded[:end])
        if len(set(re.findall(rf"{beginning}(.)", everything, re.DOTALL))) >= _VARIETY:
            return run[:end]
    return run


def _alike(head: str) -> tuple[str, ...]:
    """Words that a noun may stand for, the noun first."""
    for group in _ALIKE:
        if head in group:
            return (head, *(word for word in group if word != head))
    return (head,)


def _ending_with(text: str, head: str) -> str | None:
    """The last run of a text that ends with the word ``head``, or a word that ends so, and has more than it."""
    folded = fold(text)
    for word in reversed(words(text)):
        if not folded[word.start : word.end].endswith(head):
            continue
        cuts = [m.end() for m in _CUT.finditer(folded, 0, word.end - len(head))]
        run = _trimmed(text[max(cuts, default=0) : word.end])
        if run.endswith(text[word.end - len(head) : word.end]) and len(own(run)) >= _LEAST:
            return run
    return None


def _shared(question: str, text: str) -> Iterator[str]:
    """Runs of the question that the text has, without what joins or asks at their edges."""
    if not text:
        return
    matcher = SequenceMatcher(None, fold(question), fold(text), autojunk=False)
    for block in matcher.get_matching_blocks():
        for part in _CUT.split(question[block.a : block.a + block.size]):
            run = _trimmed(part)
            if len(own(run)) >= _LEAST and not run.isdigit():
                yield run


def _trimmed(run: str) -> str:
    return run.rstrip(_EDGE).lstrip(_FRONT)


def time_of(question: str) -> Span | None:
    """Where a question names a time."""
    match = TIME.search(fold(question))
    return Span(match.start(), match.end()) if match else None
