import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import Alignment, clean, is_noisy, squeeze
from rag.types import Span

TEXT = st.text(
    st.sampled_from(list("中文,，。“”\"'()-aB1 \t\n\r\u3000\u00a0\u2028한あ😀\ud800"))
    | st.characters(codec=None, categories=None)
)


@given(TEXT, st.sampled_from([True, False, None]))
def test_cleaning_changes_white_space_alone_and_only_once(text, noisy):
    once = clean(text, noisy=noisy)
    assert squeeze(once) == squeeze(text)
    assert clean(once, noisy=noisy) == once
    assert once == once.strip()


#: label, original, cleaned; None lets the text itself decide whether its spaces are noise.
CASES = [
    ("a word broken by the line", "推动在建项目提速、储备项\n\n目落地", "推动在建项目提速、储备项目落地", None),
    ("figures broken by the line", "9月1\n日,共48.5\n亿元", "9月1日,共48.5亿元", None),
    ("Windows line ends", "上半\r\n年", "上半年", None),
    ("OCR spaces", "会议召 开, 研究 GDP 增长", "会议召开,研究GDP增长", True),
    ("a headline's separator", "实干争先 首位强区勇挑大梁", "实干争先 首位强区勇挑大梁", None),
    ("names", "记者 李明 王芳", "记者 李明 王芳", None),
    ("Latin words in clean Chinese", "打造 A 股 GDP 万亿", "打造 A 股 GDP 万亿", False),
    ("English", "the  quick\nbrown\tfox ", "the quick brown fox", None),
    ("a hyphen at the end of a line", "a state-\nowned firm -\nand more", "a state-owned firm - and more", None),
    ("Korean has spaces", "서울\n시민 여러분", "서울 시민 여러분", None),
    ("Japanese has none", "東京タ\nワー", "東京タワー", None),
    ("nothing", " \n\u3000", "", None),
]


@pytest.mark.parametrize(("label", "text", "cleaned", "noisy"), CASES, ids=[case[0] for case in CASES])
def test_clean(label, text, cleaned, noisy):
    assert clean(text, noisy=noisy) == cleaned


@pytest.mark.parametrize(
    ("text", "noisy"),
    [
        ("6月 1日,全区经济运行分析会召 开,分析查找短板不足,研究部 署下阶段重点工 作。", True),
        ("6月1日,全区经济运行分析会召开,分析查找短板不足,研究部署下阶段重点工作。", False),
        ("本报讯(记者 李明 王芳)昨天,会议召开。\n\n本报讯(记者 张三)昨天,会议闭幕。", False),
        ("品种 价格\n白菜 一元\n黄瓜 两元\n西红柿 三元", False),
        ("春 夏 秋 冬", False),
        ("서울 시민 여러분, 안녕 하십 니까.", False),
        ("plain English, with spaces.", False),
        ("", False),
    ],
)
def test_is_noisy(text, noisy):
    assert is_noisy(text) is noisy


@given(TEXT, st.booleans(), st.data())
def test_offsets_survive_the_way_there_and_back(raw, noisy, data):
    text = clean(raw, noisy=noisy)
    align = Alignment(raw, text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    place = align.to_raw(Span(start, end))
    assert squeeze(raw[place.start : place.end]) == squeeze(text[start:end])
    back = align.to_clean(place)
    assert start <= back.start <= back.end <= end or not text[start:end].strip()
    assert squeeze(text[back.start : back.end]) == squeeze(text[start:end])


@given(TEXT, st.data())
def test_offsets_never_go_backwards(raw, data):
    text = clean(raw)
    align = Alignment(raw, text)
    points = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = [align.to_raw(Span(a, a + 1)) for a in points if text[a : a + 1].strip()]
    assert [span.start for span in spans] == sorted(span.start for span in spans)


def test_alignment_refuses_other_texts():
    with pytest.raises(ValueError, match="white space"):
        Alignment("会议召开", "会议闭幕")


def test_alignment_of_nothing():
    assert Alignment("  ", "").to_raw(Span(0, 0)) == Span(0, 0)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("渡 船 停 航 通 知", "渡船停航通知"),
        ("渡\u3000船\u3000始\u3000于\u30001\u30009\u30003\u30002\u3000年", "渡船始于1932年"),
        ("渡  船  因\t大\xa0雾\n停 航 。", "渡船因大雾停航。"),
        ("T h e  f e r r y  r u n s  d a i l y .", "The ferry runs daily."),
        ("T h e f e r r y r u n s d a i l y", "T h e f e r r y r u n s d a i l y"),
        ("春 夏 秋 冬", "春 夏 秋 冬"),
        ("1 2 3 4 5 6 7 8", "1 2 3 4 5 6 7 8"),
        ("渡船 停航 通知 请 看", "渡船 停航 通知 请 看"),
    ],
)
def test_characters_that_all_stand_apart_are_set_so_for_looks(text, cleaned):
    assert clean(text, noisy=False) == cleaned
    assert clean(cleaned, noisy=False) == cleaned
