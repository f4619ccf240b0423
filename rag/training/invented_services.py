# ruff: noqa: E501  (a template is easier to read on one line)
"""Stories in Chinese for the invented pages: opening hours, clinics, codes, models, tickets, notices and tables."""

from __future__ import annotations

from rag.training.invented_story import Story, UnclearError
from rag.training.invented_words import DAYS, Words, amount, rounded

WHICH_DAY = ["周几", "星期几", "礼拜几", "哪天", "一周里哪天"]
SITES = [
    ("图书馆", "library"), ("博物馆", "museum"), ("档案馆", "archive"), ("文化馆", "culture centre"),
    ("游泳馆", "swimming pool"), ("美术馆", "art gallery"), ("科技馆", "science museum"), ("体育馆", "sports hall"),
    ("少年宫", "children's palace"), ("植物园", "botanical garden"), ("规划馆", "planning hall"),
]  # fmt: skip
ROOMS = ["阅览座位", "储物柜", "停车位", "休息座椅", "自助借还机", "充电桩"]
CLINICS = [
    ("骨科", "orthopaedics"), ("眼科", "eye"), ("皮肤科", "skin"), ("儿科", "children's"), ("口腔科", "dental"),
    ("针灸科", "acupuncture"), ("心血管科", "heart"), ("内分泌科", "endocrinology"), ("耳鼻喉科", "ear, nose and throat"),
]  # fmt: skip
FAULTS = [
    ("排烟超温", "the exhaust gas is too hot"), ("缺水", "water is short"), ("点火失败", "ignition failed"),
    ("风机停转", "the fan has stopped"), ("水泵堵转", "the pump is jammed"), ("电压过低", "the voltage is too low"),
    ("门锁未关", "the door is not locked"), ("进水超时", "filling takes too long"), ("回水温度过高", "return water too hot"),
    ("通信中断", "the connection is lost"), ("滤网堵塞", "the filter is blocked"), ("压力传感器断路", "pressure sensor open"),
    ("电机过载", "motor overload"), ("制冷剂不足", "refrigerant is low"), ("气缸失火", "a cylinder misfires"),
]  # fmt: skip
MACHINES = ["壁挂炉", "热水器", "洗衣机", "空气源热泵", "中央空调", "洗碗机", "电梯", "充电桩", "净水机", "发动机"]
PRODUCTS = [
    ("插秧机", "rice transplanter"), ("无人机", "drone"), ("收割机", "harvester"), ("电动叉车", "electric forklift"),
    ("起重机", "crane"), ("微耕机", "small tiller"), ("水下机器人", "underwater robot"), ("喷灌机", "sprinkler"),
    ("扫雪车", "snow plough"), ("烘干机", "grain dryer"), ("电动轮椅", "electric wheelchair"), ("数控车床", "lathe"),
]  # fmt: skip
EVENTS = [
    ("读书会", "book club"), ("摄影展", "photo exhibition"), ("美食节", "food festival"), ("诗歌朗诵会", "poetry reading"),
    ("音乐会", "concert"), ("书法展", "calligraphy show"), ("志愿者行动", "volunteer drive"), ("讲座", "lecture"),
]  # fmt: skip
EVENT_TITLES = [
    "春到田野", "灯下共读", "我家门前那条河", "一碗热汤", "风从山里来", "老街新声", "种一棵会说话的树", "听见四季", "把故乡写给你",
    "月光下的集市", "小手牵大手", "百年码头", "墨香满园", "与鸟为邻", "慢一点也很好", "故纸堆里的春天", "归来仍少年",
]  # fmt: skip


def _one_or_two_days(words: Words) -> list[str]:
    return words.rng.sample(list(DAYS), words.rng.choice((1, 1, 2)))


def _day_word(days: list[str], form: str) -> str:
    return "、".join(form + day for day in sorted(days, key=DAYS.index))


def opening(words: Words) -> Story:
    first, second, third = words.sample(SITES, 3)
    town, rng = words.village(), words.rng
    form = words.pick("周", "周", "星期", "礼拜")
    closed, other = (_day_word(_one_or_two_days(words), form) for _ in range(2))
    opens, closes = f"上午{rng.randint(7, 10)}时", f"下午{rng.randint(4, 6)}时"
    late = f"晚上{rng.randint(7, 10)}时"
    seats = amount(words, 40, 900) + "个"
    room = words.pick(*ROOMS)
    every = words.pick("每", "每逢", "")
    closing = words.pick("闭馆", "不开放", "闭馆休整")
    one = words.pick(
        f"{town.zh}{first.zh}{every}{closed}{closing}，馆内有{room}{seats}。",
        f"{town.zh}{first.zh}馆内有{room}{seats}，{every}{closed}{closing}。",
        f"记者从{town.zh}{first.zh}了解到，该馆{every}{closed}{closing}，其余时间照常开放，现有{room}{seats}。",
    )
    two = words.pick(
        f"{second.zh}的开放时间是{opens}至{closes}，{every}{other}闭馆。",
        f"{second.zh}{opens}开门，{closes}关门，{every}{other}闭馆。",
        f"相邻的{second.zh}则在{every}{other}闭馆，平时{opens}开门，{closes}关门。",
    )
    three = f"{third.zh}全年开放，{words.pick('夏季', '周末', '节假日')}延长到{late}。"
    if closed == other:
        raise UnclearError(closed)
    sentences = [one, two, three] if rng.random() < 0.5 else [two, one, three]
    title = words.pick(
        f"{town.zh}公布场馆开放时间", "文化场馆开放时间有变", f"{first.zh}{second.zh}何时去？", "假期去哪儿"
    )
    story = Story("weekdays", title, [sentences] if rng.random() < 0.6 else [sentences[:1], sentences[1:]])
    which = words.pick(*WHICH_DAY)
    story.ask(
        one, "when", [closed, every + closed] if every else closed,
        zh=words.pick(f"{first.zh}{which}闭馆", f"{first.zh}是{which}不开门？", f"{which}不能去{first.zh}"),
        en=words.pick(f"On which day is the {first.en} closed?", f"Which day of the week does the {first.en} not open?"),
    )  # fmt: skip
    story.ask(
        two, "when", [other, every + other] if every else other,
        zh=words.pick(f"{second.zh}{which}闭馆？", f"{second.zh}{which}休息"),
        en=f"When is the {second.en} closed during the week?",
    )  # fmt: skip
    story.ask(
        one, "howmany", seats,
        zh=words.pick(f"{first.zh}有多少{room}", f"{first.zh}里{room}有几个？"),
    )  # fmt: skip
    story.ask(
        two, "when", opens,
        zh=words.pick(f"{second.zh}几点开门", f"{second.zh}早上几点可以进去？"),
        en=words.pick(f"What time does the {second.en} open?", f"When does the {second.en} open in the morning?"),
    )  # fmt: skip
    story.ask(two, "when", closes, zh=f"{second.zh}几点关门？", en=f"When does the {second.en} close for the day?")
    story.ask(three, "when", late, zh=words.pick(f"{third.zh}最晚开到几点", f"{third.zh}延长到几点？"))
    story.ask_in_vain(f"{third.zh}{which}闭馆", f"On which weekday is the {third.en} closed?")
    story.ask_in_vain(f"{first.zh}几点开门？", f"What time does the {first.en} open?")
    story.ask_in_vain(f"{second.zh}有多少{room}？")
    return story


def clinic(words: Words) -> Story:
    first, second, third, missing = words.sample(CLINICS, 4)
    hospital, doctor, rng = words.firm(), words.person(), words.rng
    form = words.pick("周", "星期")
    some = rng.sample(list(DAYS), 5)
    one_day, two_day, three_day = (_day_word(part, form) for part in (some[:2], some[2:3], some[3:]))
    fee = f"{rng.randint(12, 80)}元"
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    free = f"{month}月{day}日"
    text = words.pick(
        f"{hospital.zh}医院{first.zh}专家门诊设在每{one_day}上午，{second.zh}专家门诊设在{two_day}下午，"
        f"{third.zh}专家门诊为{three_day}全天。",
        f"从下月起，{hospital.zh}医院{first.zh}专家门诊安排在{one_day}，{second.zh}专家门诊安排在{two_day}，"
        f"{third.zh}专家门诊安排在{three_day}。",
    )
    price = f"专家号挂号费为{fee}，由{doctor.zh}医生坐诊的号需提前预约。"
    day_text = f"{free}，医院还将举办一次义诊，届时不收挂号费。"
    story = Story(
        "weekdays", words.pick("专家门诊时间调整", f"{hospital.zh}医院门诊有变化"), [[text, price], [day_text]]
    )
    which = words.pick(*WHICH_DAY[:3])
    for place, days in ((first, one_day), (second, two_day), (third, three_day)):
        story.ask(
            text, "when", days,
            zh=words.pick(f"{place.zh}专家门诊在{which}", f"想看{place.zh}专家，{which}去？", f"{place.zh}专家{which}坐诊"),
            en=f"On which days is the {place.en} specialist clinic held?",
        )  # fmt: skip
    story.ask(
        price, "howmany", fee, zh=words.pick("专家号多少钱", "挂个专家号要花多少"), en="How much is a specialist visit?"
    )
    story.ask(
        day_text,
        "when",
        free,
        zh=words.pick("义诊是几号", "哪天义诊？", "几月几号有义诊"),
        en="When are the free consultations?",
    )
    story.ask_in_vain(f"{missing.zh}专家门诊在{which}？", f"On which days is the {missing.en} specialist clinic held?")
    story.ask_in_vain("普通号挂号费多少钱", "How much is an ordinary visit?")
    return story


def fault_codes(words: Words) -> Story:
    rng = words.rng
    machine, firm = words.pick(*MACHINES), words.firm()
    letter, joint = words.pick(*"EFHPU"), words.pick("-", "", "")
    low, high = rng.sample(range(1, 10), 2)
    both_ways = f"{low}{high}", f"{high}{low}"
    others = [str(number) for number in rng.sample(range(10, 99), 4) if str(number) not in both_ways]
    numbers = [both_ways[0], *others[:2]]
    if letter == "P":
        numbers = [f"0{number}{rng.randint(0, 9)}" for number in numbers]
    codes = [f"{letter}{joint}{number}" for number in numbers]
    near = f"{letter}{joint}{numbers[0][::-1]}"
    faults = words.sample(FAULTS, 4)
    form = rng.choice(["{}表示{}", "{}为{}", "{} {}", "代码{}表示{}", "{}代表{}", "{}是{}", "显示{}说明{}"])
    end = words.pick("；", "，", "、")
    text = end.join(form.format(code, fault.zh) for code, fault in zip(codes, faults, strict=False)) + "。"
    intro = words.pick(
        f"{firm.zh}{machine}的屏幕会显示故障代码。", f"入冬以来，不少用户来电询问{machine}故障代码的含义。",
        f"{firm.zh}公司售后人员整理了{machine}常见代码。",
    )  # fmt: skip
    call = words.pick("遇到以上代码，请先断电再联系维修。", f"维修电话{rng.randint(400_000, 899_999)}，全天有人接听。")
    story = Story("codes", words.pick("故障代码怎么看", f"{machine}故障代码一览", "维修小常识"), [[intro, text, call]])
    for code, fault in zip(codes, faults, strict=False):
        asked = code if rng.random() < 0.6 else code.lower()
        if rng.random() < 0.2:
            asked = asked.replace("-", "")
        story.ask(
            text, "what", fault.zh,
            zh=words.pick(f"{asked}是什么故障", f"{machine}显示{asked}怎么回事", f"{asked}啥意思？", f"代码{asked}表示什么"),
            en=words.pick(f"What does {asked} mean?", f"What fault does code {asked} stand for?"),
        )  # fmt: skip
        story.ask(
            text, "which", code,
            zh=words.pick(f"哪个代码表示{fault.zh}", f"{fault.zh}是哪个代码？", f"{fault.zh}显示什么代码"),
            en=f"Which code means that {fault.en}?" if " " in fault.en else "",
        )  # fmt: skip
    if near not in codes:
        story.ask_in_vain(f"{near}是什么故障", f"What does {near} mean?")
    story.ask_in_vain(f"哪个代码表示{faults[3].zh}")
    return story


def models(words: Words) -> Story:
    rng = words.rng
    kind, firm = words.sample(PRODUCTS, 1)[0], words.firm()
    letters = "".join(rng.choices("ABCDFGHJKLMNQRSTWXYZ", k=2))
    size, old = rng.sample(range(2, 95), 2)
    new_model, old_model = f"{letters}-{size}{words.pick('', 'A', 'S')}型", f"{letters}-{old}型"
    price, old_price = rounded(words, 2, 60, "万元"), f"{words.number(2, 60)}万元"
    speed, weight = rounded(words, 5, 90, "亩"), f"{words.number(100, 990)}公斤"
    one = words.pick(
        f"{firm.zh}公司日前推出{new_model}{kind.zh}，售价{price}，每天可作业{speed}。",
        f"在新品发布会上，{firm.zh}公司的{new_model}{kind.zh}亮相，每天可作业{speed}，售价{price}。",
    )
    two = words.pick(
        f"上一代{old_model}重{weight}，售价{old_price}，将于年底停产。",
        f"与之相比，{old_model}售价{old_price}，机身重{weight}，已经停产。",
    )
    story = Story("codes", words.pick(f"新型{kind.zh}下线", f"{firm.zh}推出新品"), [[one, two]])
    story.ask(
        one, "which", new_model,
        zh=words.pick(f"{firm.zh}新推出的{kind.zh}是什么型号", f"新{kind.zh}叫什么型号？"),
        en=f"What is the model of the new {kind.en} of {firm.en}?",
    )  # fmt: skip
    story.ask(
        two,
        "which",
        old_model,
        zh=words.pick("停产的是哪个型号", "上一代是什么型号？"),
        en="Which model is discontinued?",
    )
    bare_new, bare_old = new_model.removesuffix("型"), old_model.removesuffix("型")
    story.ask(
        one,
        "howmany",
        price,
        zh=words.pick(f"{bare_new}卖多少钱", f"{bare_new.lower()}售价多少？"),
        en=f"How much is the {bare_new}?",
    )
    story.ask(
        two,
        "howmany",
        old_price,
        zh=f"{words.pick(bare_old, bare_old.lower())}多少钱",
        en=f"What does the {bare_old} cost?",
    )
    story.ask(two, "howmany", weight, zh=f"{old_model}有多重", en=f"How heavy is the {bare_old}?")
    story.ask_in_vain(f"{bare_new}有多重", f"How heavy is the {bare_new}?")
    story.ask_in_vain(f"{letters}-{size + 100}型多少钱")
    story.ask_in_vain("两个型号差多少钱", "How much more does the new model cost than the old one?")
    return story


def notice(words: Words) -> Story:
    event, place = (
        words.sample(EVENTS, 1)[0],
        words.village().zh + words.pick("广场", "公园", "社区中心", "码头", "礼堂"),
    )
    title = words.pick(*EVENT_TITLES)
    named = words.pick(f"“{title}”", f"《{title}》", f"“{title}”")
    book_title = words.pick(*(name for name in EVENT_TITLES if name != title))
    month, day = words.rng.randint(1, 12), words.rng.randint(1, 28)
    hour = words.pick("上午九点半", "下午两点", "晚上7点", "上午10点", "19:30")
    date = f"{month}月{day}日"
    one = words.pick(
        f"{date}{hour}，{named}{event.zh}将在{place}举行。",
        f"{named}{event.zh}定于{date}{hour}在{place}举办。",
        f"名为{named}的{event.zh}将于{date}{hour}在{place}与大家见面。",
    )
    rain, rain_yes = words.rng.choice(
        [
            ("如遇下雨，活动照常举行", "活动照常举行"),
            ("如遇下雨，活动取消", "活动取消"),
            ("如遇下雨，活动改到室内进行", "活动改到室内进行"),
            ("遇雨顺延一周", "遇雨顺延一周"),
        ]
    )
    fee, asked_fee = words.rng.choice(
        [
            ("免费入场", "要不要门票"),
            ("无需报名", "要不要提前报名"),
            ("需要提前报名", "用不用报名"),
            ("需凭身份证入场", "要带身份证吗"),
            ("全程不收费", "要不要收费"),
        ]
    )
    two = words.pick(f"{rain}，{fee}。", f"{fee}，{rain}。")
    writer = words.person()
    three = f"到场的前{words.number(20, 200)}位读者可获赠{writer.zh}的新书《{book_title}》。"
    story = Story("titles", words.pick(f"{event.zh}来了", f"{place}将办{event.zh}", "周末有约"), [[one, two, three]])
    story.ask(
        one,
        "which",
        named,
        zh=words.pick(f"{event.zh}叫什么名字", f"{event.zh}的名称是什么？", f"{place}办的{event.zh}叫啥"),
        en=f"What is the {event.en} called?",
    )
    story.ask(
        three,
        "which",
        f"《{book_title}》",
        zh=words.pick("送的是哪本书", f"{writer.zh}的新书叫什么", "新书书名是什么"),
        en=f"What is the title of {writer.en}'s new book?",
    )
    story.ask(
        one,
        "when",
        date,
        zh=words.pick(f"{event.zh}几号办", f"{event.zh}是哪天？", f"{event.zh}几月几号"),
        en=f"On what date is the {event.en}?",
    )
    story.ask(
        one,
        "when",
        hour,
        zh=words.pick(f"{event.zh}几点开始", f"{event.zh}几点？"),
        en=f"At what time does the {event.en} start?",
    )
    story.ask(
        one,
        "where",
        place,
        zh=words.pick(f"{event.zh}在哪儿办", f"{event.zh}在什么地方？"),
        en=f"Where does the {event.en} take place?",
    )
    story.ask(
        two,
        "yesno",
        rain_yes,
        zh=words.pick(f"{event.zh}下雨还办吗", f"要是下雨{event.zh}怎么办", f"下雨的话{event.zh}还搞吗"),
        en="Will it go ahead if it rains?",
    )
    story.ask(
        two, "yesno", fee, zh=asked_fee, en={"免费入场": "Is it free?", "全程不收费": "Is there a charge?"}.get(fee, "")
    )
    story.ask_in_vain(words.pick(f"{event.zh}几点结束", f"{event.zh}办几天"), f"When does the {event.en} end?")
    story.ask_in_vain(words.pick(f"{event.zh}星期几办", f"{event.zh}是周几"), f"On which weekday is the {event.en}?")
    return story


def table(words: Words) -> Story:
    rng = words.rng
    name = words.village()
    school = rng.random() < 0.5
    clock = [
        f"{rng.randint(5, 8)}:{rng.choice(('05', '15', '30', '40'))}",
        f"{rng.randint(19, 23)}:{rng.choice(('10', '20', '45', '50'))}",
    ]
    rows: list[tuple[str, str, str, str]]
    if school:
        title = f"{name.zh}学校概况"
        rows = [
            ("教师", f"{words.number(12, 190)}名", "学校有多少老师", "How many teachers are there?"),
            ("学生", f"{words.number(200, 1900)}名", "多少学生", "How many pupils are there?"),
            ("教学班", f"{words.number(6, 60)}个", "有几个教学班", "How many classes are there?"),
            ("建校时间", f"{rng.randint(1905, 2018)}年", f"{name.zh}学校哪年建的", "When was the school founded?"),
            ("校车", f"{words.number(2, 30)}辆", "校车有几辆", "How many school buses are there?"),
            ("占地面积", f"{words.number(11, 99)}亩", f"{name.zh}学校占地多大", "How much land does the school cover?"),
        ]  # fmt: skip
        vain = [
            ("食堂", "有几个食堂", "How many canteens are there?"),
            ("宿舍", "宿舍有多少间", "How many dormitory rooms are there?"),
        ]
    else:
        line = rng.randint(2, 199)
        title = f"{line}路公交线路调整"
        rows = [
            ("起点", f"{name.zh}站", f"{line}路从哪儿发车", f"Where does bus {line} start?"),
            ("终点", f"{words.village().zh}站", f"{line}路终点站是哪", f"Where does bus {line} end?"),
            ("首班车", clock[0], f"{line}路首班车几点", "When does the first bus leave?"),
            ("末班车", clock[1], f"{line}路末班车几点", "When does the last bus leave?"),
            ("票价", f"{rng.randint(1, 9)}元", f"坐{line}路多少钱", "What is the fare?"),
            ("发车间隔", f"{rng.randint(6, 40)}分钟", f"{line}路多久一班", "How often does the bus run?"),
        ]  # fmt: skip
        vain = [
            ("换乘站", f"{line}路在哪里换乘地铁", f"Where can one change from bus {line} to the metro?"),
            ("全程", f"{line}路全程多少公里", "How long is the route?"),
        ]
    rows = rng.sample(rows, rng.choice((4, 5, 6)))
    joint = words.pick(" ", "：", "  ", "\t")
    lines = [f"{label}{joint}{value}" for label, value, _, _ in rows]
    story = Story("tables", title, [lines], gap="\n")
    for line_text, (_, value, zh, en) in zip(lines, rows, strict=True):
        story.ask(line_text, "when" if ":" in value else "howmany", value, zh=zh, en=en)
    _, zh, en = rng.choice(vain)
    story.ask_in_vain(zh, en)
    return story
