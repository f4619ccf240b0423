# ruff: noqa: E501  (a template is easier to read on one line)
"""Stories in Chinese for the invented pages, each of one kind of question."""

from __future__ import annotations

from collections.abc import Callable

from rag.training.invented_story import Story, UnclearError
from rag.training.invented_words import Name, Words, in_chinese, year_in_chinese

DAYS = "一二三四五六日"
DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
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
GAMES = ["农民运动会", "龙舟赛", "广场舞大赛", "拔河比赛", "篮球联赛", "插秧比赛", "民歌会", "乡村马拉松", "插花比赛"]
MEASURES = [
    "修建蓄水池", "硬化村道", "安装太阳能路灯", "新建老年食堂", "改造农贸市场", "增设校车站点", "疏浚灌溉渠", "开通夜间急诊",
    "建设口袋公园", "更换老旧水管", "加装电梯", "开办暑期托管班", "推广滴灌技术", "设立法律咨询点", "补种行道树", "清理河道垃圾",
    "免费体检", "发放助听器", "维修危桥", "铺设光纤",
]  # fmt: skip
GOODS = [
    "脐橙",
    "黄桃",
    "茶叶",
    "莲藕",
    "香菇",
    "花椒",
    "核桃",
    "葡萄",
    "蓝莓",
    "土豆",
    "大闸蟹",
    "山药",
    "荔枝",
    "红枣",
    "百合",
]
BUILDINGS = [
    ("养老院", "nursing home"), ("污水处理厂", "sewage plant"), ("体育公园", "sports park"), ("冷库", "cold store"),
    ("职业学校", "vocational school"), ("客运站", "coach station"), ("粮库", "granary"), ("卫生院", "health centre"),
    ("中心小学", "central primary school"), ("农贸市场", "market"), ("消防站", "fire station"),
]  # fmt: skip
EVENTS = [
    ("读书会", "book club"), ("摄影展", "photo exhibition"), ("美食节", "food festival"), ("诗歌朗诵会", "poetry reading"),
    ("音乐会", "concert"), ("书法展", "calligraphy show"), ("志愿者行动", "volunteer drive"), ("讲座", "lecture"),
]  # fmt: skip
EVENT_TITLES = [
    "春到田野", "灯下共读", "我家门前那条河", "一碗热汤", "风从山里来", "老街新声", "种一棵会说话的树", "听见四季", "把故乡写给你",
    "月光下的集市", "小手牵大手", "百年码头", "墨香满园", "与鸟为邻", "慢一点也很好", "故纸堆里的春天", "归来仍少年",
]  # fmt: skip
REMARKS = [
    "家住{village}村的{person}说，消息传来，大家都很高兴。", "{village}村的乡亲们早早赶来看热闹。",
    "村民{person}连声说好。", "这件事在当地引起不小的反响。", "据了解，有关工作还在进行中。", "{person}说，盼这一天盼了很久。",
    "更多消息请留意本报后续报道。", "来自{village}的{person}一家也来到现场。", "不少人当场拍照留念。",
    "虽然天气寒冷，现场气氛却很热烈。", "“以前想都不敢想。”{person}笑着说。", "有关方面表示，将继续听取群众意见。",
]  # fmt: skip


def _amount(words: Words, low: int, high: int) -> str:
    """A number as a newspaper prints it: in digits, or sometimes written out."""
    number = words.number(low, high)
    return str(number) if words.rng.random() < 0.75 else in_chinese(number)


def _one_or_two_days(words: Words) -> list[str]:
    return words.rng.sample(list(DAYS), words.rng.choice((1, 1, 2)))


def _day_word(days: list[str], form: str) -> str:
    return "、".join(form + day for day in sorted(days, key=DAYS.index))


def _rounded(words: Words, low: int, high: int, unit: str) -> str:
    """A figure with the word that makes it rough, if it has one, and its unit."""
    before = words.pick("", "", "", "约", "近", "超过", "不少于")
    number = words.number(low, high)
    whole = unit == "个" or words.rng.random() < 0.7
    text = str(number) if whole else f"{number}.{words.rng.randint(1, 9)}"
    after = "余" if not before and "." not in text and words.rng.random() < 0.15 else ""
    return f"{before}{text}{after}{unit}"


def opening(words: Words) -> Story:
    first, second, third = words.sample(SITES, 3)
    town, rng = words.village(), words.rng
    form = words.pick("周", "周", "星期", "礼拜")
    closed, other = (_day_word(_one_or_two_days(words), form) for _ in range(2))
    opens, closes = f"上午{rng.randint(7, 10)}时", f"下午{rng.randint(4, 6)}时"
    late = f"晚上{rng.randint(7, 10)}时"
    seats = _amount(words, 40, 900) + "个"
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
    numbers = [f"{low}{high}", *{str(n) for n in rng.sample(range(10, 99), 4)} - {f"{low}{high}", f"{high}{low}"}][:3]
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
    price, old_price = _rounded(words, 2, 60, "万元"), f"{words.number(2, 60)}万元"
    speed, weight = _rounded(words, 5, 90, "亩"), f"{words.number(100, 990)}公斤"
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
    plan, actual = _rounded(words, 20, 900, "万元"), _rounded(words, 20, 900, "万元")
    land, floor = _rounded(words, 10, 95, "亩"), _rounded(words, 1000, 9900, "平方米")
    first, second = _rounded(words, 50, 480, "个"), _rounded(words, 50, 480, "个")
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
    now, before = _rounded(words, 20, 900, "吨"), _rounded(words, 20, 900, "吨")
    price, price_before = f"每斤{words.number(2, 30)}元", f"{words.number(2, 30)}元"
    fields, households = _rounded(words, 100, 9000, "亩"), _amount(words, 12, 460) + "户"
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


_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip


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
    second = f"守着{what}的{speaker.zh}说，这里每天要接待{_amount(words, 20, 300)}人。"
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


CHINESE: list[Callable[[Words], Story]] = [
    opening, clinic, fault_codes, models, delegations, project, harvest, tickets, chronicle, posts, byline, measures, notice,
    reasons, table,
]  # fmt: skip
