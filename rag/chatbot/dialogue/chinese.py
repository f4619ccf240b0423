"""What a Chinese question leaves out.

Only closed classes decide: words that ask, pronouns and demonstratives, particles, and words too general to be a topic.
All patterns are for folded text, so that width and script do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.chatbot.dialogue.reference import Reference, ReferenceKind
from rag.reader.question import ASKING_ZH
from rag.text import fold
from rag.types import Span

#: Nouns so general that they name nothing without something that they belong to.
HEADS = """
报道 新闻 文章 评论 会议 大会 全会 活动 仪式 展览 展会 车展 比赛 演出 讲座 论坛 项目 工程 公司 企业 集团 工厂
单位 部门 机构 学校 医院 电影 影片 短片 城市 国家 地区 产品 品牌 计划 行动 事件 政策 措施 改革 案件 建筑 景区
馆 会 展 校 片 剧 书 院 厂 镇 村 市 县 区 省 国 站 线 路 桥 岛 山 湖 河 党 队 人 案 店
""".split()  # noqa: SIM905 - a list of words is read, not brackets and commas
GENERAL = """
时间 地点 地方 地址 位置 原因 目的 意义 作用 主题 内容 结果 情况 进展 效果 特点 名称 名字 姓名 人数 数量 总数
规模 金额 面积 价格 费用 比例 增幅 降幅 方式 方法 要求 任务 目标 安排 步骤 领导 嘉宾 代表 人员 人士 人物 成员
作者 记者 导演 主角 细节 问题 影响 成果 成绩 重点 要点 同期 书记 主任 总经理 总裁 董事长 创始人 校长 院长 馆长 市长 区长
县长 镇长 村长 局长 厂长 部长 会长 冠军 亚军 季军 得主 主持人 负责人 参加者 参与者 主办方 参会者 参加 参展 参赛 参会
出席 列席 主持 召开 举行 举办 开始 结束 开幕 闭幕 启动 发生 进行 开展 成立 位于 坐落 组织 主办 承办 负责 完成
公布 宣布 发布 发表 提出 强调 指出 表示 讲话 发言 致辞 介绍 讨论 研究 听取 通过 部署 通报 走访 拜访 看望 考察
调研 视察 访问 慰问 增加 减少 增长 下降 上升 提高 达到 超过 获得 得到 出现 使用 需要 包括 包含 涉及 导致 造成
建成 投用 开放 上映 播放 放映 展出 销售 花费 持续 同比 环比 新增 累计 总共 一共 其他 其它 别的 更多 具体 大概
大约 分别 主要 最后 首先 后来 之后 之前 以后 以前 然后 接着 现在 目前 已经 曾经 可以 应该 除此之外 除此以外
""".split()  # noqa: SIM905 - as above
_PARTICLES = (
    "的了着过在于到从由被把将给和与及跟同对向为以是有没不还也又都就才再已曾会能可要这那其个些位名人家次场天年月日时去来说讲用做干叫称共"
    "上里中内前后下间么"
)
_CLASSIFIER = "[个次场届家位部项座种名所篇条款支本段张幅首份批类起轮处]"
_LEAD = re.compile(
    rf"(?:(?:那么|那(?!{_CLASSIFIER}|[里天年时些边儿样])|请问|对了|好的?|嗯|哦)[,、\s]*)+|(?:另外|此外|还有)[,、\s]+"
)
_FINAL = re.compile(r"[\s?。!.;,~]*$")
TIME = re.compile(
    r"(?:\d{4}年|[去今明前]年)?(?:[上下]半年|前?[一二三四1-4]个?季度|第[一二三四1-4]季度|\d{1,2}月(?:份|底|初)?(?:\d{1,2}[日号])?)"
    r"|\d{4}年(?:全年|底|初)?|[去今明前]年(?:全年|底|初)?|[昨今明前]天(?:[上下]午|晚上?)?|[上本下]个?[周月]|全年|年[初底]|十[一二三四五]五"
)
# "1792年发生了什么?" is about that year.
_DATED = re.compile(r"\d{3,4}年|\d月\d{1,2}[日号]")
_WORDS = sorted([*HEADS, *GENERAL], key=len, reverse=True)
_EMPTY = re.compile("|".join([ASKING_ZH.pattern, *_WORDS, f"[{_PARTICLES}]", r"[^\w%]+"]))
_LONG_HEADS = "|".join(word for word in _WORDS if word in HEADS and len(word) > 1)
_SHORT_HEADS = "".join(word for word in HEADS if len(word) == 1)
#: Where a noun may end: 该校的, 这个会通报了, but not 该会员.
NOUN_END = rf"(?=$|[{_PARTICLES}何谁哪什多几怎]|\W|{'|'.join(GENERAL)})"
_HEAD = rf"{_LONG_HEADS}|[{_SHORT_HEADS}]{NOUN_END}"
_PERSON = re.compile(r"(?<![其吉维])[他她]们?(?![人乡国杀汀])")
_THING = re.compile(
    rf"(?<!其)它们?|(?:(?:这|那|该|此)(?:些|[几两三]?{_CLASSIFIER})?|[本此]次)(?P<head>{_HEAD})|(?:这|那){_CLASSIFIER}(?=[的是在由有]|$)"
)
_PLACE = re.compile(r"[这那][里儿]|当地(?!人)|此地")
_THERE = re.compile(
    r"(?P<meeting>会议?[上后前中]|会议期间)|活动[上中]|仪式上|现场|当[天日时]|同一天|届时|期间|随后|其中|其(?![他它实余次间])"
)
_LONGEST_FRAGMENT = 14
#: What a question that opens with 现场 or 当天 may name itself and still lean on what was said.
_FEW = 4
#: From this many characters on, something is named.
_NAMED = 2


def lead_end(text: str) -> int:
    """Where a question begins behind the words that only link it with what was said."""
    lead = _LEAD.match(fold(text))
    return lead.end() if lead else 0


def own(text: str) -> str:
    """What a text names itself: folded, without times and without words that ask, join or are too general.

    >>> own("还去了哪里?"), own("谁参加了会议?"), own("谁发明了电话?")
    ('', '', '发明电话')
    """
    return _EMPTY.sub("", TIME.sub("", fold(text)))


def fragment(text: str) -> Span | None:
    """What is asked about, of a question that leaves out what is asked of it.

    >>> fragment("那上半年呢?"), fragment("那谁主持呢?"), fragment("上半年新增多少家?")
    (Span(start=1, end=4), None, None)
    """
    folded, start = fold(text), lead_end(text)
    rest = folded[start : _FINAL.search(folded).start()]  # type: ignore[union-attr] # it matches the empty end
    asked = re.sub(r"(?:呢|怎么样|怎样|如何)+$", "", rest)
    marked = rest[len(asked) :].startswith("呢") or (start > 0 and folded[0] == "那")
    if not asked or not marked or len(asked) > _LONGEST_FRAGMENT or ASKING_ZH.search(asked):
        return None
    return Span(start, start + len(asked))


def references(text: str) -> Iterator[Reference]:
    """Pronouns and demonstratives that nothing before them in the question explains, the surest first.

    >>> [(r.kind, text[r.span.start : r.span.end], r.head) for text in ["该公司供应什么?"] for r in references(text)]
    [('thing', '该公司', '公司')]
    >>> list(references("乔俊杰和他的同事去了哪里?")), list(references("其他企业有哪些?"))
    ([], [])
    """
    folded, start = fold(text), lead_end(text)
    patterns: tuple[tuple[ReferenceKind, re.Pattern[str]], ...] = (
        ("person", _PERSON),
        ("thing", _THING),
        ("place", _PLACE),
    )
    for kind, pattern in patterns:
        match = pattern.search(folded, start)
        if match and len(own(folded[start : match.start()])) < _NAMED:
            head = match.groupdict().get("head") or ""
            yield Reference(kind, Span(match.start(), match.end()), head, many=match.group().endswith("们"))
    if (match := _THERE.match(folded, start)) and len(own(folded[match.end() :])) <= _FEW:
        yield Reference("there", Span(match.start(), match.start()), "会议" if match["meeting"] else "")


def is_topicless(text: str) -> bool:
    """Whether a question names nothing that it is about.

    >>> is_topicless("在哪里举行?"), is_topicless("还有谁参加?"), is_topicless("怎么做红烧肉?")
    (True, True, False)
    """
    folded = fold(text)
    dated = _DATED.search(folded) is not None and "发生" in folded
    return ASKING_ZH.search(folded) is not None and not own(text) and not dated


def general_noun(text: str) -> tuple[Span, str] | None:
    """The noun of a topicless question that its topic stands for: 会议在哪里召开?"""
    folded, start = fold(text), lead_end(text)
    match = re.compile(rf"(?:{_LONG_HEADS})").match(folded, start)
    return (Span(match.start(), match.end()), match.group()) if match else None


def asks_place(text: str) -> bool:
    """Whether a question is answered by a place."""
    return re.search(r"哪里|哪儿|何处|何地|什么地方|哪[一个座]*[镇村市县区省国城地]", fold(text)) is not None
