# ruff: noqa: E501  (a template is easier to read on one line)
"""The makers of stories in Chinese for the invented pages, and sentences that may follow any of them."""

from __future__ import annotations

from collections.abc import Callable

from rag.training.invented_figures import chronicle, delegations, harvest, project, tickets
from rag.training.invented_people import byline, measures, posts, reasons
from rag.training.invented_services import clinic, fault_codes, models, notice, opening, table
from rag.training.invented_story import Story
from rag.training.invented_words import Words

CHINESE: list[Callable[[Words], Story]] = [
    opening, clinic, fault_codes, models, delegations, project, harvest, tickets, chronicle, posts, byline, measures,
    notice, reasons, table,
]  # fmt: skip
REMARKS = [
    "家住{village}村的{person}说，消息传来，大家都很高兴。", "{village}村的乡亲们早早赶来看热闹。",
    "村民{person}连声说好。", "这件事在当地引起不小的反响。", "据了解，有关工作还在进行中。", "{person}说，盼这一天盼了很久。",
    "更多消息请留意本报后续报道。", "来自{village}的{person}一家也来到现场。", "不少人当场拍照留念。",
    "虽然天气寒冷，现场气氛却很热烈。", "“以前想都不敢想。”{person}笑着说。", "有关方面表示，将继续听取群众意见。",
]  # fmt: skip
