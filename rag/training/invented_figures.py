# ruff: noqa: E501  (a template is easier to read on one line)
"""Stories in Chinese for the invented pages: figures to compare, plans and results, harvests, dates of the past."""

from __future__ import annotations

from rag.training.invented_story import Story, UnclearError
from rag.training.invented_words import GOODS, Words, amount, in_chinese, rounded, year_in_chinese

GAMES = ["农民运动会", "龙舟赛", "广场舞大赛", "拔河比赛", "篮球联赛", "插秧比赛", "民歌会", "乡村马拉松", "插花比赛"]
BUILDINGS = [
    ("养老院", "nursing home"), ("污水处理厂", "sewage plant"), ("体育公园", "sports park"), ("冷库", "cold store"),
    ("职业学校", "vocational school"), ("客运站", "coach station"), ("粮库", "granary"), ("卫生院", "health centre"),
    ("中心小学", "central primary school"), ("农贸市场", "market"), ("消防站", "fire station"),
]  # fmt: skip
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip


def delegations(words: Words) -> Story:
    rng = words.rng
    villages = [words.village() for _ in range(rng.choice((3, 3, 4)))]
    missing, game, town = words.village(), words.pick(*GAMES), words.village()
    counts = [words.number(6, 99) for _ in villages]
    noun, unit, verb = rng.choice(
        [("运动员", "名", "派出"), ("选手", "人", "派出"), ("队员", "名", "选派"), ("志愿者", "名", "组织")]
    )
    figures = [f"{count}{unit}" for count in counts]
    clauses = [f"{place.zh}村{verb}{figure}" for place, figure in zip(villages, figures, strict=True)]
    if unit == "名":
        clauses[0 if rng.random() < 0.5 else -1] += noun
    text = "，".join(clauses) + "。"
    total, best = sum(counts), counts.index(max(counts))
    says_total, says_most, says_missing = rng.random() < 0.4, rng.random() < 0.4, rng.random() < 0.5
    intro = f"{town.zh}镇第{words.pick(*'二三四五六七八九')}届{game}{words.pick('昨天开赛', '日前举行', '在镇文化广场举行')}。"
    more = []
    if says_total:
        more.append(rng.choice([f"各村合计{total}{unit}。", f"几个村一共{total}{unit}，比往年都多。"]))
    if says_most:
        more.append(
            rng.choice([f"其中人数最多的是{villages[best].zh}村。", f"{villages[best].zh}村人数最多，排在队伍最前面。"])
        )
    if says_missing:
        more.append(rng.choice([f"唯一没有参加的是{missing.zh}村。", f"只有{missing.zh}村因农忙没有参加。"]))
    story = Story(
        "figures",
        words.pick(f"{town.zh}镇举办{game}", f"{game}热闹开场"),
        [[intro, text], more] if more else [[intro, text]],
    )
    for place, figure in zip(villages, figures, strict=True):
        story.ask(
            text, "howmany", figure,
            zh=words.pick(f"{place.zh}村{verb}多少{noun}", f"{place.zh}来了几个人", f"{place.zh}村有多少人参加{game}"),
            en=f"How many people did {place.en} Village send?",
        )  # fmt: skip
    most, least = villages[best], villages[counts.index(min(counts))]
    said = more[says_total] if says_most else text
    story.ask(
        said,
        "which",
        f"{most.zh}村",
        zh=words.pick(f"哪个村{verb}的人最多", "哪个村人数最多？"),
        en="Which village sent the most people?",
    )
    if not says_most:
        story.ask(
            text,
            "which",
            f"{least.zh}村",
            zh=words.pick("哪个村人最少", f"哪个村{verb}的{noun}最少？"),
            en="Which village sent the fewest?",
        )
    if says_total:
        story.ask(
            more[0],
            "howmany",
            f"{total}{unit}",
            zh=words.pick("几个村一共多少人", f"总共有多少{noun}"),
            en="How many are there in all?",
        )
    else:
        story.ask_in_vain(
            words.pick(f"几个村一共多少{noun}", "加起来总共多少人"), "How many people are there altogether?"
        )
    if says_missing:
        story.ask(
            more[-1],
            "which",
            f"{missing.zh}村",
            zh=words.pick("哪个村没有参加", "谁没来参加？"),
            en="Which village did not take part?",
        )
    else:
        story.ask_in_vain(words.pick("哪个村没有参加", "哪个村没来人？"), "Which village did not take part?")
    one, two = rng.sample(villages, 2)
    story.ask_in_vain(f"{one.zh}村比{two.zh}村多几{unit}", f"How many more people did {one.en} send than {two.en}?")
    if not says_missing:
        story.ask_in_vain(f"{missing.zh}村{verb}多少{noun}", f"How many people did {missing.en} Village send?")
    story.ask_in_vain(words.pick("谁不是冠军", "哪个村拿了冠军", "谁没拿到名次"), "Who won?")
    return story


def project(words: Words) -> Story:
    rng = words.rng
    village, what = words.village(), words.sample(BUILDINGS, 1)[0]
    plan, actual = rounded(words, 20, 900, "万元"), rounded(words, 20, 900, "万元")
    land, floor = rounded(words, 10, 95, "亩"), rounded(words, 1000, 9900, "平方米")
    first, second = rounded(words, 50, 480, "个"), rounded(words, 50, 480, "个")
    unit = {"养老院": "床位", "卫生院": "床位", "客运站": "车位", "农贸市场": "摊位", "体育公园": "车位"}.get(
        what.zh, "岗位"
    )
    unit_en = {"床位": "beds", "车位": "parking spaces", "摊位": "stalls", "岗位": "jobs"}[unit]
    name = f"{village.zh}{what.zh}"
    one = words.pick(
        f"{name}原计划投资{plan}，实际花费{actual}。", f"{name}预算为{plan}，建成后决算为{actual}。",
        f"{name}实际投入{actual}，比原计划的{plan}有所变化。",
    )  # fmt: skip
    two = words.pick(f"项目占地{land}，总建筑面积{floor}。", f"该项目总建筑面积{floor}，占地{land}，造型别致。")
    three = words.pick(
        f"一期提供{unit}{first}，二期提供{unit}{second}。", f"一期已有{first}{unit}，二期还将增加{second}{unit}。"
    )
    story = Story(
        "pairs",
        words.pick(f"{name}建成", f"{what.zh}项目传来新消息"),
        [[one, two], [three]] if rng.random() < 0.5 else [[one, two, three]],
    )
    story.ask(
        one,
        "howmany",
        plan,
        zh=words.pick(f"{name}原来打算花多少钱", f"{what.zh}计划投多少？"),
        en=f"How much was the {what.en} planned to cost?",
    )
    story.ask(
        one,
        "howmany",
        actual,
        zh=words.pick(f"{what.zh}实际花了多少钱", f"{name}到底用了多少钱？"),
        en=f"How much did the {what.en} actually cost?",
    )
    story.ask(
        two,
        "howmany",
        floor,
        zh=words.pick(f"{what.zh}建筑面积多大", f"{name}盖了多少平方米？"),
        en=f"What is the floor space of the {what.en}?",
    )
    story.ask(
        two,
        "howmany",
        land,
        zh=words.pick(f"{what.zh}占地多少", f"{name}占多大地方？"),
        en=f"How much land does the {what.en} take up?",
    )
    story.ask(three, "howmany", first, zh=f"一期有多少{unit}", en=f"How many {unit_en} does phase one provide?")
    story.ask(
        three,
        "howmany",
        second,
        zh=words.pick(f"二期有多少{unit}", f"二期能加几个{unit}"),
        en=f"How many {unit_en} does phase two provide?",
    )
    story.ask_in_vain(f"两期一共多少{unit}", f"How many {unit_en} do both phases provide together?")
    story.ask_in_vain(words.pick("三期什么时候开工", f"三期有多少{unit}"), "When does phase three start?")
    story.ask_in_vain("实际比计划多花了多少", "By how much did the cost exceed the plan?")
    return story


def harvest(words: Words) -> Story:
    village, good, other = words.village(), words.pick(*GOODS), words.pick(*GOODS)
    if good == other:
        raise UnclearError(good)
    now, before = rounded(words, 20, 900, "吨"), rounded(words, 20, 900, "吨")
    price, price_before = f"每斤{words.number(2, 30)}元", f"{words.number(2, 30)}元"
    fields, households = rounded(words, 100, 9000, "亩"), amount(words, 12, 460) + "户"
    one = words.pick(
        f"今年{village.zh}村{good}总产{now}，去年为{before}。", f"{village.zh}村去年产{good}{before}，今年达到{now}。"
    )
    two = f"眼下{good}收购价{price}，去年同期是{price_before}。"
    three = f"全村{households}种植{good}{fields}，{other}则种得不多。"
    story = Story("pairs", words.pick(f"{good}熟了", f"{village.zh}村{good}开摘"), [[three, one, two]])
    story.ask(
        one,
        "howmany",
        now,
        zh=words.pick(f"今年{good}产了多少", f"{village.zh}村今年{good}产量多少？"),
        en="What is this year's crop?",
    )
    story.ask(
        one,
        "howmany",
        before,
        zh=words.pick(f"去年{good}产量是多少", f"{good}去年收了多少？"),
        en="What was last year's crop?",
    )
    story.ask(two, "howmany", price, zh=words.pick(f"现在{good}多少钱一斤", f"{good}今年收购价多少"))
    story.ask(two, "howmany", price_before, zh=f"{good}去年收购价多少")
    story.ask(three, "howmany", fields, zh=words.pick(f"{good}种了多少亩", f"{village.zh}村{good}面积多大"))
    story.ask(three, "howmany", households, zh=words.pick(f"多少户种{good}", f"有几户人家种{good}？"))
    story.ask_in_vain(f"{other}种了多少亩")
    story.ask_in_vain(f"今年{good}比去年多收多少", "How much more was harvested than last year?")
    story.ask_in_vain(f"前年{good}产量是多少", "What was the crop two years ago?")
    return story


def chronicle(words: Words) -> Story:
    rng = words.rng
    village, what = (
        words.village(),
        words.pick("石拱桥", "水库", "古戏台", "烈士陵园", "灯塔", "藏书楼", "老粮站", "钟楼"),
    )
    years = sorted(rng.sample(range(1952, 2025), 3))
    dates = [(year, rng.randint(1, 12), rng.randint(11, 28)) for year in years]
    chinese = rng.random() < 0.6

    def date(at: int) -> str:
        year, month, day = dates[at]
        if chinese:
            return f"{year_in_chinese(year)}{in_chinese(month)}月{in_chinese(day)}日"
        return f"{year}年{month}月{day}日"

    def other_date(at: int) -> str:
        year, month, day = dates[at]
        if chinese:
            return words.pick(f"{year}年{month}月{day}日", f"{year}年{month}月{day}号", f"{year}-{month}-{day}")
        return f"{year_in_chinese(year)}{in_chinese(month)}月{in_chinese(day)}日"

    money, people = words.number(2, 90) * 10_000, words.number(3, 90) * 10
    cost = f"{in_chinese(money)}元" if chinese else f"{money // 10_000}万元"
    crowd = f"{in_chinese(people)}人" if chinese else f"{people}人"
    share = f"{in_chinese(rng.randint(3, 19))}分之一" if chinese else f"{rng.randint(3, 60)}%"
    events = rng.sample(
        [
            "因山洪受损",
            "重新开放",
            "列为县级文物保护单位",
            "装上电灯",
            "移交村集体管理",
            "发生火灾",
            "完成加固",
            "更名",
        ],
        3,
    )
    lines = [f"{date(at)}，{what}{event}。" for at, event in enumerate(events)]
    intro = f"{village.zh}村的{what}几经变迁。"
    repair = f"修缮共用去{cost}，其中{share}由村民自筹，先后有{crowd}参与施工。"
    story = Story("numerals", words.pick(f"{village.zh}{what}的故事", f"{what}获得新生"), [[intro, *lines], [repair]])
    for at, event in enumerate(events):
        story.ask(lines[at], "what", f"{what}{event}", zh=words.pick(f"{other_date(at)}发生了什么", f"{other_date(at)}{what}怎么了"),
            en=f"What happened on {dates[at][2]} {_MONTHS[dates[at][1] - 1]} {dates[at][0]}?")  # fmt: skip
        story.ask(
            lines[at],
            "when",
            date(at),
            zh=words.pick(f"{what}哪天{event}", f"{what}什么时候{event}的？", f"{what}是几月几号{event}"),
        )
    story.ask(
        repair,
        "howmany",
        cost,
        zh=words.pick(f"修{what}花了多少钱", "修缮用了几万？"),
        en="How much did the repairs cost?",
    )
    story.ask(
        repair,
        "howmany",
        share,
        zh=words.pick("村民自己出了几成", "自筹的占多少？"),
        en="What share did the villagers pay themselves?",
    )
    story.ask(
        repair,
        "howmany",
        crowd,
        zh=words.pick("多少人参与了施工", "有多少人干活？"),
        en="How many people took part in the work?",
    )
    wrong = next(year for year in range(years[0] + 1, 2030) if year not in years)
    story.ask_in_vain(f"{wrong}年{dates[0][1]}月{dates[0][2]}日发生了什么")
    story.ask_in_vain(f"{what}哪年拆除的", "In which year was it torn down?")
    return story


def tickets(words: Words) -> Story:
    rng = words.rng
    place = words.village().zh + words.pick("景区", "动物园", "海洋馆", "滑雪场", "温泉", "古镇", "水上乐园")
    child, group, adult = (f"{price}元" for price in sorted(words.number(15, 290) for _ in range(3)))
    height = f"{rng.choice((1, 1.1, 1.2, 1.3, 1.4))}米"
    opening_day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    one = words.pick(
        f"{place}成人票{adult}，儿童票{child}，团体票每人{group}。",
        f"门票方面，{place}成人票价{adult}，儿童票价{child}，团体票价{group}。",
    )
    two = words.pick(f"身高{height}以下的儿童免票。", f"{height}以下儿童可免费入园。")
    three = words.pick("遇到下雨天，园区照常开放。", "下雨天园区暂停开放，门票可以改期。")
    four = f"{opening_day}起，{place}对外营业，{words.pick('自带食物不收费', '停车不另收费', '可以带宠物入园', '不得携带宠物入园')}。"
    story = Story("rules", words.pick(f"{place}迎客", f"{place}票价公布", "门票多少钱"), [[four, one], [two, three]])
    story.ask(
        one,
        "howmany",
        adult,
        zh=words.pick("成人票多少钱", f"大人去{place}一张票多少？"),
        en="How much is an adult ticket?",
    )
    story.ask(
        one, "howmany", child, zh=words.pick("儿童票多少钱", "小孩票价多少？"), en="How much is a child's ticket?"
    )
    story.ask(one, "howmany", group, zh="团体票多少钱一个人", en="What does a group ticket cost per person?")
    deciding = "园区照常开放" if "照常" in three else "园区暂停开放"
    story.ask(
        three,
        "yesno",
        deciding,
        zh=words.pick("下雨还开吗", "下雨天能去吗？", "下雨开不开门"),
        en="Is it open when it rains?",
    )
    rule = four.rstrip("。").split("，")[-1]
    asks = {
        "自带食物不收费": ("自己带吃的要不要收费", "Is there a charge for bringing food?"),
        "停车不另收费": ("停车要钱吗", "Is parking free?"),
        "可以带宠物入园": ("能带狗进去吗", "Are pets allowed?"),
        "不得携带宠物入园": ("可以带宠物吗", "May visitors bring pets?"),
    }[rule]  # fmt: skip
    story.ask(four, "yesno", rule, zh=asks[0], en=asks[1])
    story.ask(
        four,
        "when",
        opening_day,
        zh=words.pick(f"{place}几号开始营业", f"{place}哪天开门迎客"),
        en="From which date is it open?",
    )
    story.ask(
        two,
        "which",
        two.split("儿童")[0].removesuffix("的"),
        zh=words.pick("多高的小孩免票", "小朋友多高以下不要钱？"),
        en="Up to what height do children enter free?",
    )
    story.ask_in_vain(words.pick("老人票多少钱", "学生票多少钱", "年卡多少钱"), "How much is a student ticket?")
    story.ask_in_vain("刮大风还开吗", "Is it open in high winds?")
    story.ask_in_vain("一张成人票加一张儿童票一共多少钱")
    return story
