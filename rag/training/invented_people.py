# ruff: noqa: E501  (a template is easier to read on one line)
"""Stories in Chinese for the invented pages: posts, writers, lists of measures, reasons."""

from __future__ import annotations

from rag.training.invented_story import Story
from rag.training.invented_words import DAYS, GOODS, Name, Words, amount, in_chinese

BODIES = [
    "水务局",
    "住建局",
    "教育局",
    "林业局",
    "交通局",
    "文旅局",
    "民政局",
    "气象局",
    "农业农村局",
    "体育局",
    "市场监管局",
]
POSTS = [
    ("局长", "director"), ("副局长", "deputy director"), ("办公室主任", "office manager"), ("总工程师", "chief engineer"),
    ("党组书记", "party secretary"), ("新闻发言人", "spokesperson"), ("副调研员", "deputy researcher"),
    ("规划科科长", "section chief"), ("财务科副科长", "deputy section chief"), ("执法大队大队长", "brigade leader"),
]  # fmt: skip
OTHER_POSTS = [
    "{firm}公司董事长", "{firm}集团总经理", "{village}村党支部书记", "{village}村村委会主任", "{village}小学校长",
    "{village}中学数学教师", "{village}卫生院院长", "{firm}合作社理事长", "{firm}律师事务所律师", "{village}社区网格员",
    "{firm}设计院高级工程师", "{village}大学历史系教授", "{firm}医院护士长", "{village}河长办专职巡河员",
]  # fmt: skip
SUBJECTS = [
    "节水改造",
    "供水管网更换",
    "冬季防火",
    "校车安全",
    "秋粮收购",
    "河道清淤",
    "电梯加装",
    "夜间公交",
    "老旧小区改造",
]
MEASURES = [
    "修建蓄水池", "硬化村道", "安装太阳能路灯", "新建老年食堂", "改造农贸市场", "增设校车站点", "疏浚灌溉渠", "开通夜间急诊",
    "建设口袋公园", "更换老旧水管", "加装电梯", "开办暑期托管班", "推广滴灌技术", "设立法律咨询点", "补种行道树", "清理河道垃圾",
    "免费体检", "发放助听器", "维修危桥", "铺设光纤",
]  # fmt: skip
REASONS = [
    ("上游连降暴雨", "水位猛涨"), ("零件运输延误", "设备迟迟没有到货"), ("地下发现古墓", "施工一度停止"), ("电缆被挖断", "停电近半天"),
    ("用工紧缺", "进度落后"), ("老师傅相继退休", "手艺无人接班"), ("路面结冰", "车辆无法通行"), ("原料价格上涨", "成本增加"),
    ("台风提前登陆", "航班停飞"), ("桥墩出现裂缝", "桥面封闭"), ("水管冻裂", "居民用水困难"), ("山体滑坡", "道路中断"),
]  # fmt: skip
AIMS = [
    "方便老人看病", "减少运输损耗", "给候鸟留出觅食地", "保护古树根系", "让孩子安全过马路", "节约用水", "防止游客走散",
    "避开早高峰", "降低噪声", "留住年轻人",
]  # fmt: skip
DEEDS = [
    ("把门诊搬到村口", "把门诊搬到村口", "move its clinic to the village gate"), ("改用小船运货", "改用小船运货", "carry goods by boat"), ("推迟了收割时间", "推迟收割时间", "put off the harvest"),
    ("架起一座木栈道", "架木栈道", "build a boardwalk"), ("增加了两名协管员", "增加协管员", "hire more wardens"), ("换上感应水龙头", "换感应水龙头", "fit sensor taps"),
    ("给队员配了红帽子", "给队员配红帽子", "give its team red caps"), ("把开工时间改到中午", "把开工时间改到中午", "start work at noon"),
]  # fmt: skip
MANNERS = [
    "借助卫星定位",
    "靠人工一筐一筐往外背",
    "用旧轮胎改造",
    "通过手机小程序",
    "采用无人船巡查",
    "靠邻里轮流值班",
    "利用屋顶光伏发电",
]
GOALS = [
    ("找到走失的羊群", "找到走失的羊群", "find the lost sheep"),
    ("把货送下山", "把货送下山", "bring goods down the mountain"),
    ("解决了灌溉难题", "解决灌溉难题", "solve the problem of watering"),
    ("完成了登记", "完成登记", "complete the registration"),
    ("守住了鱼塘", "守住鱼塘", "save the fish pond"),
]


def posts(words: Words) -> Story:
    rng = words.rng
    body, subject, area = words.pick(*BODIES), words.pick(*SUBJECTS), words.pick("区", "市", "县")
    first_post, second_post, missing_post = words.sample(POSTS, 3)
    third_post = words.pick(*OTHER_POSTS).format(firm=words.firm().zh, village=words.village().zh)
    guest_post = words.pick(*OTHER_POSTS).format(firm=words.firm().zh, village=words.village().zh)
    first, second, third, guest, nobody = (words.person() for _ in range(5))
    full_first, full_second = f"{area}{body}{first_post.zh}", f"{body}{second_post.zh}"
    one = words.pick(
        f"{full_first}{first.zh}介绍，{subject}将于下月启动。", f"{full_first}{first.zh}在会上通报了{subject}的进展。",
        f"日前，{full_first}{first.zh}就{subject}答记者问。",
    )  # fmt: skip
    two = words.pick(
        f"会议由{full_second}{second.zh}主持，{third_post}{third.zh}、{guest_post}{guest.zh}先后发言。",
        f"主持会议的是{full_second}{second.zh}，{third_post}{third.zh}和{guest_post}{guest.zh}也参加了讨论。",
        f"出席会议的有{full_second}{second.zh}、{third_post}{third.zh}和{guest_post}{guest.zh}。",
    )
    three = words.pick(f"{nobody.zh}也到场旁听。", f"市民{nobody.zh}提问最多。")
    story = Story(
        "posts",
        words.pick(f"{subject}工作会召开", f"{body}谈{subject}", f"关于{subject}的座谈"),
        [[one], [two, three]] if rng.random() < 0.5 else [[one, two, three]],
    )
    rows: list[tuple[str, Name, list[str]]] = [
        (one, first, [first_post.zh, full_first]), (two, second, [second_post.zh, full_second]),
        (two, third, [third_post]), (two, guest, [guest_post]),
    ]  # fmt: skip
    for sentence, person, answers in rows:
        story.ask(
            sentence, "role", answers,
            zh=words.pick(
                f"{person.zh}是谁", f"谁是{person.zh}？", f"{person.zh}是什么职务", f"{person.zh}是干什么的", f"{person.zh}担任什么职务？",
                f"{person.zh}什么身份",
            ),
            en=words.pick(f"Who is {person.en}?", f"What is {person.en}'s job?", f"What post does {person.en} hold?"),
        )  # fmt: skip
    story.ask(
        one, "who", first.zh, zh=words.pick(f"{body}{first_post.zh}叫什么", f"{body}的{first_post.zh}是谁？", f"谁是{body}{first_post.zh}"),
        en=f"Who is the {first_post.en} of the bureau?" if second_post.en != first_post.en else "",
    )  # fmt: skip
    story.ask(two, "who", third.zh, zh=words.pick(f"{third_post}是谁", f"{third_post}叫什么名字？"))
    story.ask(two, "who", second.zh, zh=words.pick(f"{body}{second_post.zh}叫什么名字", f"{body}{second_post.zh}是谁"))
    if "主持" in two:
        story.ask(two, "who", second.zh, zh=words.pick("谁主持的会议", "会是谁主持的？"), en="Who chaired the meeting?")
    else:
        story.ask_in_vain("会议由谁主持", "Who chaired the meeting?")
    story.ask_in_vain(
        words.pick(f"{body}{missing_post.zh}是谁", f"{body}{missing_post.zh}叫什么"), f"Who is the {missing_post.en}?"
    )
    story.ask_in_vain(
        words.pick(f"{nobody.zh}是什么职务", f"{nobody.zh}担任什么职务？"), f"What post does {nobody.en} hold?"
    )
    return story


def byline(words: Words) -> Story:
    rng = words.rng
    writer, helper, camera = words.person(), words.person(), words.person()
    village, what, speaker = (
        words.village(),
        words.pick("泵站", "渡口", "邮局", "老茶馆", "砖窑", "鱼市", "修表铺", "竹编坊"),
        words.person(),
    )
    space = words.pick(" ", "", "  ")
    has_helper, has_camera = rng.random() < 0.6, rng.random() < 0.5
    helping = f" 通讯员{space}{helper.zh}" if has_helper else ""
    head = words.pick(
        f"本报讯(记者{space}{writer.zh}{helping})",
        f"本报讯（记者{space}{writer.zh}{helping}）",
        f"（本报记者{space}{writer.zh}{helping}）",
        f"记者{space}{writer.zh}{helping}报道：",
    )
    first = f"{head}{words.pick('清晨六点', '天刚亮', '傍晚时分', '上周末')}，{village.zh}村的{what}{words.pick('又热闹起来', '重新开张', '迎来一批客人')}。"
    second = f"守着{what}的{speaker.zh}说，这里每天要接待{amount(words, 20, 300)}人。"
    photo = words.pick(f"（本报记者{space}{camera.zh}{space}摄）", f"图片由{camera.zh}拍摄。", f"{camera.zh} 摄影")
    paragraphs = [[first, second], *([[photo]] if has_camera else [])]
    story = Story("bylines", words.pick(f"{village.zh}{what}见闻", f"走近{what}", f"{what}又开门了"), paragraphs)
    story.ask(
        first,
        "who",
        writer.zh,
        zh=words.pick("这篇报道是谁写的", f"{what}那篇稿子谁写的？", "写这篇报道的记者是谁", "作者叫什么"),
        en=words.pick("Who wrote this article?", f"Which reporter wrote about {village.en}?"),
    )
    story.ask(
        first,
        "who",
        writer.zh,
        zh=words.pick(f"采写{village.zh}{what}的记者是谁", f"哪位记者写了{village.zh}村的{what}"),
    )
    if has_helper:
        story.ask(
            first, "who", helper.zh, zh=words.pick("通讯员是谁", "通讯员叫什么？"), en="Who is the correspondent?"
        )
    else:
        story.ask_in_vain("通讯员叫什么", "Who is the correspondent?")
    if has_camera:
        story.ask(
            photo, "who", camera.zh, zh=words.pick("照片是谁拍的", f"{what}的图片谁拍的？"), en="Who took the photo?"
        )
    else:
        story.ask_in_vain(words.pick("照片是谁拍的", "图是谁拍的？"), "Who took the photo?")
    story.ask(second, "who", speaker.zh, zh=words.pick(f"谁守着{what}", f"看守{what}的人叫什么"))
    story.ask_in_vain("这篇报道的责任编辑是谁", "Who edited the article?")
    return story


def measures(words: Words) -> Story:
    rng = words.rng
    village = words.village()
    items = rng.sample(MEASURES, rng.choice((3, 4, 4, 5)))
    later = rng.choice([item for item in MEASURES if item not in items])
    style = rng.randrange(4)
    count = in_chinese(len(items))
    body = {
        0: "、".join(items),
        1: words.pick("；", "，").join(f"{DAYS[at]}是{item}" for at, item in enumerate(items)),
        2: words.pick("；", "，", "").join(f"{'①②③④⑤'[at]}{item}" for at, item in enumerate(items)),
        3: "、".join(items[:-1]) + "和" + items[-1],
    }[style]
    intro = words.pick(
        f"{village.zh}镇今年要办{count}件实事：",
        f"{village.zh}镇公布年度民生清单，共{count}项{'：' if style in (1, 2) else '，包括'}",
        f"{village.zh}镇承诺年内做好{count}件事：",
    )
    text = f"{intro}{body}。"
    goods = rng.sample(GOODS, 3)
    fair = f"镇里还将举办农产品展销会，展出{'、'.join(goods)}{words.pick('', '等特产')}。"
    future = f"{later}则留到明年再办。"
    story = Story("lists", words.pick(f"{village.zh}镇今年办哪些事", "民生实事清单公布"), [[text], [fair, future]])
    story.ask(
        text,
        "list",
        items,
        zh=words.pick(
            f"{village.zh}镇今年要办哪几件实事", "民生实事有哪些？", "镇里今年要做哪些事", f"{count}件事都是啥"
        ),
        en=words.pick("What has the town promised to do this year?", "Which projects are on this year's list?"),
    )
    story.ask(
        fair,
        "list",
        goods,
        zh=words.pick("展销会上有哪些东西", "农产品展销会展出什么？"),
        en="What will be on show at the farm fair?",
    )
    story.ask(
        future,
        "which",
        later,
        zh=words.pick("哪件事要等到明年", "什么事留到明年办？"),
        en="What is put off until next year?",
    )
    story.ask_in_vain("去年办了哪几件实事", "What did the town do last year?")
    story.ask_in_vain("展销会哪天开始", "On what date does the farm fair begin?")
    return story


def reasons(words: Words) -> Story:
    rng = words.rng
    village, firm, other = words.village(), words.firm(), words.village()
    reason, outcome = rng.choice(REASONS)
    aim, manner = words.pick(*AIMS), words.pick(*MANNERS)
    (deed, asked_deed, deed_en), (goal, asked_goal, goal_en) = rng.choice(DEEDS), rng.choice(GOALS)
    one = words.pick(
        f"由于{reason}，{village.zh}一带{outcome}。",
        f"因{reason}，{village.zh}{outcome}。",
        f"{village.zh}{outcome}，是因为{reason}。",
        f"{village.zh}{outcome}，原因是{reason}。",
        f"受{reason}影响，{village.zh}{outcome}。",
    )
    two = words.pick(
        f"为了{aim}，{firm.zh}公司{deed}。", f"{firm.zh}公司为{aim}，{deed}。", f"{firm.zh}公司{deed}，为的是{aim}。"
    )
    three = words.pick(f"{other.zh}村村民{manner}，{goal}。", f"{other.zh}村的办法不同：{manner}，{goal}。")
    story = Story(
        "reasons",
        words.pick(f"{village.zh}见闻", "一线来信", f"{firm.zh}公司想新招"),
        [[one], [two, three]] if rng.random() < 0.5 else [[one, two, three]],
    )
    story.ask(
        one,
        "why",
        reason,
        zh=words.pick(
            f"{village.zh}为什么{outcome}",
            f"{village.zh}为啥{outcome}？",
            f"{village.zh}{outcome}是什么原因",
            f"什么原因使{village.zh}{outcome}",
        ),
    )
    story.ask(
        two,
        "why",
        aim,
        zh=words.pick(
            f"{firm.zh}公司为什么{asked_deed}",
            f"{firm.zh}公司{asked_deed}图什么？",
            f"{firm.zh}公司{asked_deed}是为了啥",
        ),
        en=f"Why did {firm.en} {deed_en}?",
    )
    story.ask(
        three,
        "how",
        manner,
        zh=words.pick(
            f"{other.zh}村怎么{asked_goal}的",
            f"{other.zh}村民用什么办法{asked_goal}？",
            f"{other.zh}村靠什么{asked_goal}",
        ),
        en=f"How did the people of {other.en} {goal_en}?",
    )
    story.ask_in_vain(f"{other.zh}村为什么{outcome}")
    story.ask_in_vain(
        f"{village.zh}什么时候{words.pick('恢复正常', '出的事')}", f"When did things return to normal in {village.en}?"
    )
    return story
