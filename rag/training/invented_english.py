# ruff: noqa: E501  (a template is easier to read on one line)
"""Stories in English for the invented pages."""

from __future__ import annotations

from collections.abc import Callable

from rag.training.invented_people import POSTS
from rag.training.invented_services import FAULTS, SITES, WHICH_DAY
from rag.training.invented_story import Story
from rag.training.invented_words import DAYS_EN, Words

ENGLISH_REMARKS = [
    "Many readers wrote to us about it.", "{Person} of {Village} said she had waited a long time for this.",
    "The news was welcomed in {Village}.", "“It is good to see,” said {Person}, who lives nearby.",
    "This newspaper will report again.", "Some people in {Village} had hoped for more.", "It was a cold but dry day.",
    "{Person} came all the way from {Village}.",
]  # fmt: skip


def opening(words: Words) -> Story:
    first, second, third = words.sample(SITES, 3)
    town, rng = words.village(), words.rng
    one_day, two_day, three_day = (DAYS_EN.index(day) for day in rng.sample(DAYS_EN, 3))
    seats, cards = words.number(40, 900), words.number(1000, 9000)
    opens, closes = f"{rng.randint(7, 11)} a.m.", f"{rng.randint(4, 9)} p.m."
    one = words.pick(
        f"The {town.en} {first.en} is closed on {DAYS_EN[one_day]}s and has {seats} seats.",
        f"With {seats} seats, the {town.en} {first.en} stays shut every {DAYS_EN[one_day]}.",
    )
    two = words.pick(
        f"The {second.en} opens from {opens} to {closes} and closes on {DAYS_EN[two_day]}s.",
        f"Visitors can enter the {second.en} from {opens} to {closes}, except on {DAYS_EN[two_day]}s.",
    )
    three = f"Guided tours of the {third.en} start on {DAYS_EN[three_day]}s; {cards} people joined one last year."
    story = Story("weekdays", words.pick(f"New hours in {town.en}", "When to go"), [[one, two], [three]])
    which = words.pick(*WHICH_DAY)
    for sentence, place, day in ((one, first, one_day), (two, second, two_day)):
        answer = DAYS_EN[day] if DAYS_EN[day] + "s" not in sentence else DAYS_EN[day] + "s"
        story.ask(
            sentence,
            "when",
            answer,
            zh=words.pick(f"{place.zh}{which}闭馆", f"{place.zh}{which}不开？"),
            en=words.pick(f"On which day is the {place.en} closed?", f"What day does the {place.en} not open?"),
        )
    story.ask(
        three,
        "when",
        DAYS_EN[three_day] + "s",
        zh=f"{third.zh}{which}有导览",
        en=f"On which day are there tours of the {third.en}?",
    )
    story.ask(
        one, "howmany", f"{seats} seats", zh=f"{first.zh}有多少座位", en=f"How many seats does the {first.en} have?"
    )
    story.ask(two, "when", opens, zh=f"{second.zh}几点开门", en=f"What time does the {second.en} open?")
    story.ask(two, "when", closes, zh=f"{second.zh}几点关门", en=f"What time does the {second.en} shut for the day?")
    story.ask_in_vain(f"{third.zh}{which}闭馆", f"On which day is the {third.en} closed?")
    story.ask_in_vain(f"{first.zh}几点开门", f"What time does the {first.en} open?")
    return story


def posts(words: Words) -> Story:
    first, second, third, nobody = (words.person() for _ in range(4))
    one_post, two_post, three_post, missing = words.sample(POSTS, 4)
    body = words.pick("Water Bureau", "Education Bureau", "Forestry Office", "Transport Bureau", "Weather Office")
    village = words.village()
    one = words.pick(
        f"{first.en}, {one_post.en} of the {body}, opened the meeting in {village.en}.",
        f"The meeting in {village.en} was opened by {first.en}, {one_post.en} of the {body}.",
    )
    two = words.pick(
        f"It was chaired by the {two_post.en}, {second.en}, while the {three_post.en}, {third.en}, took notes.",
        f"The {two_post.en}, {second.en}, was in the chair, and {third.en}, the {three_post.en}, answered questions.",
    )
    three = f"{nobody.en} listened from the back row."
    story = Story("posts", words.pick(f"Meeting at {village.en}", f"{body} meets residents"), [[one, two, three]])
    for sentence, person, post in ((one, first, one_post), (two, second, two_post), (two, third, three_post)):
        story.ask(
            sentence,
            "role",
            post.en,
            zh=words.pick(f"{person.zh}是什么职务", f"{person.zh}是谁", f"{person.zh}是干什么的"),
            en=words.pick(f"Who is {person.en}?", f"What is {person.en}'s job?", f"What post does {person.en} hold?"),
        )
        story.ask(
            sentence,
            "who",
            person.en,
            zh=words.pick(f"{post.zh}是谁", f"{post.zh}叫什么名字"),
            en=words.pick(f"Who is the {post.en}?", f"What is the name of the {post.en}?"),
        )
    story.ask_in_vain(f"{missing.zh}是谁", f"Who is the {missing.en}?")
    story.ask_in_vain(f"{nobody.zh}担任什么职务", f"What post does {nobody.en} hold?")
    return story


def fault_codes(words: Words) -> Story:
    rng = words.rng
    letter, joint = words.pick(*"EFHP"), words.pick("-", "")
    numbers = rng.sample(range(12, 98), 3)
    codes = [f"{letter}{joint}{number}" for number in numbers]
    faults = words.sample(FAULTS, 4)
    machine = words.pick("boiler", "washing machine", "lift", "heat pump", "dishwasher")
    text = (
        f"On this {machine}, "
        + "; ".join(
            f"{code} {words.pick('means', 'shows')} that {fault.en}"
            if " is " in fault.en
            else f"{code} stands for “{fault.en}”"
            for code, fault in zip(codes, faults, strict=False)
        )
        + "."
    )
    text = text.replace(";", words.pick(",", ";"))
    firm = words.firm()
    intro = f"{firm.en} has printed a list of fault codes for its {machine}s."
    story = Story("codes", words.pick("What the codes mean", f"{firm.en} explains its codes"), [[intro, text]])
    for code, fault in zip(codes, faults, strict=False):
        asked = words.pick(code, code.lower())
        story.ask(
            text,
            "what",
            fault.en,
            zh=words.pick(f"{asked}是什么故障", f"{asked}啥意思"),
            en=words.pick(f"What does {asked} mean?", f"What is wrong when {asked} is shown?"),
        )
        story.ask(text, "which", code, zh=f"哪个代码表示{fault.zh}")
    near = f"{letter}{joint}{str(numbers[0])[::-1]}"
    if near not in codes:
        story.ask_in_vain(f"{near}是什么故障", f"What does {near} mean?")
    story.ask_in_vain(f"哪个代码表示{faults[3].zh}", "")
    return story


def figures(words: Words) -> Story:
    rng = words.rng
    villages = [words.village() for _ in range(3)]
    missing, counts = words.village(), [words.number(6, 99) for _ in range(3)]
    noun = words.pick("runners", "singers", "players", "dancers")
    zh_noun = {"runners": "跑步选手", "singers": "歌手", "players": "球员", "dancers": "舞者"}[noun]
    one, two, three = villages
    text = words.pick(
        f"{one.en} sent {counts[0]} {noun}, {two.en} sent {counts[1]} and {three.en} sent {counts[2]}.",
        f"There were {counts[0]} {noun} from {one.en}, {counts[1]} from {two.en} and {counts[2]} from {three.en}.",
    )
    told = rng.random() < 0.5
    total = f"In all, {sum(counts)} {noun} took part." if told else "Nobody had expected so many."
    story = Story("figures", words.pick("A full field", "Villages meet for the day"), [[text, total]])
    for place, count in zip(villages, counts, strict=True):
        figure = f"{count} {noun}" if f"{count} {noun}" in text else str(count)
        story.ask(
            text,
            "howmany",
            figure,
            zh=words.pick(f"{place.zh}派了多少{zh_noun}", f"{place.zh}来了几个人"),
            en=f"How many {noun} came from {place.en}?",
        )
    most, least = villages[counts.index(max(counts))], villages[counts.index(min(counts))]
    story.ask(text, "which", most.en, zh="哪个村派的人最多", en=f"Which village sent the most {noun}?")
    story.ask(text, "which", least.en, zh="哪个村派的人最少", en=f"Which village sent the fewest {noun}?")
    if told:
        story.ask(
            total, "howmany", f"{sum(counts)} {noun}", zh="一共多少人参加", en=f"How many {noun} were there in all?"
        )
    else:
        story.ask_in_vain("一共多少人参加", f"How many {noun} were there in all?")
    story.ask_in_vain(f"{missing.zh}来了几个人", f"How many {noun} came from {missing.en}?")
    story.ask_in_vain(f"{one.zh}比{two.zh}多几个人", f"How many more {noun} did {one.en} send than {two.en}?")
    return story


def project(words: Words) -> Story:
    village, kind = words.village(), words.pick("bridge", "school", "market", "clinic", "reservoir")
    zh = {"bridge": "桥", "school": "学校", "market": "市场", "clinic": "诊所", "reservoir": "水库"}[kind]
    rough = [words.pick("", "", "about ", "nearly ", "more than ") for _ in range(4)]
    plan, actual = (f"{rough[at]}{words.number(2, 90)} million yuan" for at in range(2))
    child, adult = (f"{price} yuan" for price in sorted(words.number(5, 90) for _ in range(2)))
    dogs = words.pick("dogs are not allowed", "dogs are welcome", "dogs must stay outside", "dogs may come along")
    first, second = (f"{rough[at]}{words.number(20, 90)} weeks" for at in (2, 3))
    one = words.pick(
        f"The {kind} in {village.en} was planned to cost {plan} but cost {actual} in the end.",
        f"{village.en}'s {kind} cost {actual}, against a plan of {plan}.",
    )
    two = f"Phase one took {first}, phase two {second}."
    three = f"A tour of the site costs {adult} for adults and {child} for children, and {dogs}."
    story = Story(
        "pairs", words.pick(f"{village.en} gets its {kind}", f"The {kind} is finished"), [[one, two], [three]]
    )
    story.ask(
        one, "howmany", plan, zh=f"{village.zh}的{zh}原计划花多少钱", en=f"How much was the {kind} planned to cost?"
    )
    story.ask(one, "howmany", actual, zh=f"{village.zh}的{zh}实际花了多少", en=f"How much did the {kind} really cost?")
    story.ask(two, "howmany", first, zh="一期用了多久", en="How long did phase one take?")
    story.ask(two, "howmany", second, zh="二期用了多长时间", en="How long did phase two take?")
    story.ask(three, "howmany", adult, zh="成人参观多少钱", en="What does a tour cost for adults?")
    story.ask(three, "howmany", child, zh="小孩参观多少钱", en="What does a tour cost for a child?")
    story.ask(
        three,
        "yesno",
        dogs,
        zh="能带狗去吗",
        en=words.pick("May I bring my dog?", "Are dogs allowed?"),
    )
    story.ask_in_vain("三期用了多久", "How long did phase three take?")
    story.ask_in_vain("老人参观多少钱", "What does a tour cost for pensioners?")
    story.ask_in_vain(f"{zh}超支多少", "By how much did the costs differ?")
    return story


THINGS = [
    ("修旧桥", "mend the old bridge"), ("种树", "plant four hundred trees"), ("开夜间诊所", "open a night clinic"),
    ("给河边小路装灯", "light the river path"), ("挖井", "dig two wells"), ("拓宽学校门前的路", "widen the school road"),
    ("粉刷镇政府", "repaint the town hall"), ("买新渡船", "buy a new ferry"), ("培训木匠", "train young carpenters"),
]  # fmt: skip
CAUSES = [
    ("heavy rain had washed away the road", "a landslide had blocked the line"), ("the engine needed new parts", "the crew was ill"),
    ("a water pipe had burst", "the power had failed"), ("the hall roof was leaking", "the heating had broken down"),
]  # fmt: skip
TITLES = [
    "Songs of the Ferry",
    "A Winter of Lanterns",
    "The Potter's Year",
    "Bread and Rivers",
    "Under the Camphor Tree",
]


def plans(words: Words) -> Story:
    rng = words.rng
    things = words.sample(THINGS, 4)
    village, writer, camera = words.village(), words.person(), words.person()
    show, cause = words.pick(*TITLES), words.pick(*(cause for pair in CAUSES for cause in pair))
    free, asked, asked_zh = rng.choice(
        [
            ("admission is free", "Is it free?", "要买票吗"),
            ("visitors must book ahead", "Do I have to book?", "要提前预订吗"),
            ("parking costs extra", "Is parking included?", "停车要另外收费吗"),
        ]
    )
    head = f"By {writer.en}. " if rng.random() < 0.5 else ""
    one = f"This year {village.en} will {things[0].en}, {things[1].en} and {things[2].en}."
    two = f"The council meeting was put off by a day because {cause}."
    three = f"The exhibition “{show}” opens at the {words.pick('town hall', 'old mill', 'station')}, and {free}."
    paragraphs = [[head.strip(), one] if head else [one], [two, three, f"Photo by {camera.en}."]]
    story = Story("lists", words.pick(f"{village.en} plans its year", "What the council wants"), paragraphs)
    story.ask(
        one,
        "list",
        [thing.en for thing in things[:3]],
        zh=f"{village.zh}今年要做哪几件事",
        en=f"What will {village.en} do this year?",
    )
    story.ask(
        two,
        "why",
        cause,
        zh=words.pick("会议为什么推迟", "开会为啥晚了一天"),
        en="Why was the council meeting put off?",
    )
    story.ask(three, "which", f"“{show}”", zh="展览叫什么名字", en="What is the exhibition called?")
    story.ask(three, "yesno", free, zh=asked_zh, en=asked)
    story.ask(f"Photo by {camera.en}.", "who", camera.en, zh="照片是谁拍的", en="Who took the photo?")
    if head:
        story.ask(head.strip(), "who", writer.en, zh="这篇文章是谁写的", en="Who wrote the article?")
    else:
        story.ask_in_vain("这篇文章是谁写的", "Who wrote the article?")
    story.ask_in_vain("展览什么时候结束", "When does the exhibition end?")
    story.ask_in_vain(f"{village.zh}去年做了什么", f"What did {village.en} do last year?")
    return story


ENGLISH: list[Callable[[Words], Story]] = [opening, posts, fault_codes, figures, project, plans]
