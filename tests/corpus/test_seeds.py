"""The five pages of the repository, and what a reader of them found."""

from itertools import pairwise
from pathlib import Path

import pytest

from rag.corpus import articles, find_files, passages, read_document
from rag.corpus.passages import MAX_WEIGHT, weight
from rag.text import squeeze

SEEDS = Path(__file__).parents[2] / "seeds"

#: Headline, byline, and a few words of the first and of the last paragraph.
CAPTION = ""
ARTICLES = {
    "000_ab015541aeefb666.txt": [
        ("全区经济运行分析会召开", "本报讯(记者 张可馨)", "6月1日,全区经济运行分析会召开", "半年度各项目标任务。"),
        (
            '打造一流法治化营商环境 "十大行动"推进会召开',
            "本报讯(记者 徐梦 起)",
            "为深入学习贯彻习近平总书记关于政法工作",
            "对敌斗争、科技应用等能力。",
        ),
        ("2024武进区新能源汽车展启动", "本报讯(记者 黄雅婷)", "6月1日,2024", "走进干家万户。"),
        (CAPTION, "陆新 徐晶玮 摄", "作为我区2024年重点民生实事项目", "共48班。"),
    ],
    "001_2528c0b44543a3dd.txt": [
        ("区政府召开全体(扩大)会议", "本报讯 (记者 朱梦琪)", "12月28日", "风清气正的大会。"),
        (
            "区委十三届八次全会明确: 明年重点抓好六个方面工作",
            "本报讯 (记者 朱梦琪)",
            "锚定目标加油干",
            "“走在前、做示范”的磅礴力量。",
        ),
        ("实干争先 首位强区勇挑大梁", "□ 记者 朱梦琪", "2024年,面对", "良好局面持续巩固。"),
    ],
    "002_234e97dd3e42aa41.txt": [
        (
            "因地制宜发展新质生产力 谱写高质量发展的崭新篇章",
            "本报讯(记者 朱梦琪)",
            "昨天,在区委",
            "安全生产基层治理效能。",
        ),
        ("持之以恒奋力拼搏实干 拼出争先进位的过硬成果", "本报讯(记者 朱梦琪)", "奋进在高质量发展", "做出了重要贡献。"),
        ("用好改革“关键招” 向“新”求“质”启新程", "□ 本报评论员", "跋山涉水不改一往无前", "创造新的辉煌。"),
    ],
    "003_8f3f0b3e62074fa8.txt": [
        ("区领导开展“八一”拥军慰问", "本报讯(记者 黄雅婷)", "连日来,乔俊杰", "武进篇章。"),
        (
            "乔俊杰调研重点工业企业并宣讲党的二十届三中全会精神",
            "本报讯(记者 朱梦琪)",
            "昨天上午,市委常委",
            "的事做到最好。",
        ),
        ("我区召开半年度民生实事调度会", "本报讯(记者 朱梦琪)", "昨天下午,我区召开", "西园路小学初中项目。"),
        (
            "“强国复兴有我·光影聚力” 群众性主题放映活动启动",
            "本报讯(记者 黄雅婷)",
            "昨天下午,“强国复兴有我",
            "浓厚氛围。",
        ),
    ],
    "004_0021d8f3fb80396f.txt": [
        ("区委常委会召开会议", "本报讯(记者 张可馨)", "昨天,区委常委会召开会议", "会议还研究了其他事项。"),
        ("乔俊杰主持召开 区委深改委第二十四次会议", "本报讯(记者 张可馨)", "昨天,市委常委", "改革落地见效。"),
        ("武进(上海)国际创新中心启航", "本报讯(周茜 记者 吉宇)", "全面对接上海的科创资源", "武进“城市合伙人”。"),
        (
            "武进(上海)新能源汽车及核心零部件产业专题推介会在沪举行",
            "本报讯(记者 吉宇)",
            "昨天下午,武进(上海)",
            "深入交流。",
        ),
    ],
}


def bare(text):
    return squeeze(text).translate(dict.fromkeys(map(ord, "\"'“”‘’「」"), None))


@pytest.fixture(scope="module")
def pages():
    return {path.name: read_document(path, path.name) for path in find_files(SEEDS)}


def test_the_folder_holds_the_five_pages_alone(pages):
    assert sorted(pages) == sorted(ARTICLES)


@pytest.mark.parametrize("source", ARTICLES)
def test_every_article_with_its_headline_byline_and_text(pages, source):
    document = pages[source]
    found = articles(document)
    assert len(found) == len(ARTICLES[source])
    for article, (headline, byline, first, last) in zip(found, ARTICLES[source], strict=True):
        assert bare(article.title).startswith(bare(headline))
        assert article.byline is not None
        assert document.text[article.byline.start : article.byline.end] == byline
        assert article.kind == ("article" if headline else "caption")
        assert bare(article.paragraphs[0].text).startswith(bare(first))
        assert bare(article.paragraphs[-1].text).endswith(bare(last))


@pytest.mark.parametrize("source", ARTICLES)
def test_articles_do_not_overlap_and_leave_no_text_out(pages, source):
    document = pages[source]
    found = articles(document)
    assert all(a.end <= b.start for a, b in pairwise(found))
    rest = document.text
    for article in reversed(found):
        rest = rest[: article.start] + rest[article.end :]
    signed = [document.text[a.byline.start : a.byline.end] for a in found if a.byline and a.byline.start >= a.end]
    assert squeeze(rest).replace("#", "") == squeeze("".join(signed))


@pytest.mark.parametrize("source", ARTICLES)
def test_no_byline_is_in_a_passage(pages, source):
    for article in articles(pages[source]):
        for passage in passages(article, pages[source].text):
            assert "本报讯" not in passage.text
            assert "□" not in passage.text
            assert weight(passage.text) <= MAX_WEIGHT
            assert passage.text[-1] not in "，、"


def test_sentences_broken_by_a_column_are_whole(pages):
    texts = [p.text for page in pages.values() for a in articles(page) for p in a.paragraphs]
    for whole in ("储备项目落地另一方面", "发挥军队医疗资源优势", "绿色发展联动工作推进", "紧盯粮油肉蛋奶果蔬"):
        assert sum(bare(whole) in bare(text).replace("。", "") for text in texts) == 1
