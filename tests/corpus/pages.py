"""Pages made for these tests, in the shapes that newspapers, OCR and editors give them, and what is to be read.

``want`` has one line an article: ``kind | title | byline``, then one indented line a paragraph.
A paragraph is given whole or as its beginning and end around `` … ``; ``⏎`` stands for a line break in it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    text: str
    want: str


PLAIN_ARTICLE = Page(
    "headline directly above the text, one paragraph a line",
    """东城大桥建成通车
6月18日上午，东城大桥正式通车。大桥全长1.2公里，双向六车道。
据介绍，大桥于2021年3月开工，总投资4.6亿元。
通车以后，从东城到开发区的路程由半小时缩短到八分钟。
""",
    """article | 东城大桥建成通车 | -
  6月18日上午，东城大桥正式通车。大桥全长1.2公里，双向六车道。
  据介绍，大桥于2021年3月开工，总投资4.6亿元。
  通车以后，从东城到开发区的路程由半小时缩短到八分钟。""",
)

INDENTED = Page(
    "ideographic indents, no blank lines, CRLF",
    "西山林场新增造林三千亩\r\n"
    "　　本报讯　记者从市林业局获悉，今年以来，西山林场新增造林三千亩，\r\n"
    "成活率达到百分之九十五。\r\n"
    "　　林场场长周广林说：“树苗是我们自己育的，不怕旱。”\r\n"
    "　　明年，林场还将新建两处苗圃。\r\n",
    """article | 西山林场新增造林三千亩 | 本报讯
  记者从市林业局获悉，今年以来，西山林场新增造林三千亩，成活率达到百分之九十五。
  林场场长周广林说：“树苗是我们自己育的，不怕旱。”⏎明年，林场还将新建两处苗圃。""",
)

NARROW_COLUMNS = Page(
    "narrow columns: lines broken inside words, blank lines where a column ends",
    """南湖小学启用新校舍

本报讯（记者 林小雨）9月1
日，南湖小学新校舍启用，一
千二百名学生搬进新教室。新
校舍建筑面积2.3万平方米，
设有36个班。

校长何建国说，学校还建
了一座能容纳八百人的报告

厅和两间科学实验室。操场下
面是停车场，接送孩子的车辆
不再占用马路。

家长们对新校舍表示满意。
""",
    """article | 南湖小学启用新校舍 | 本报讯（记者 林小雨）
  9月1日，南湖小学新校舍启用，一千二百名学生搬进新教室。新校舍建筑面积2.3万平方米，设有36个班。
  校长何建国说，学校还建了一座能容纳八百人的报告厅和两间科学实验室。操场下面是停车场，接送孩子的车辆不再占用马路。⏎家长们对新校舍表示满意。""",
)

MARKDOWN_ONE = Page(
    "Markdown: one article with sections",
    """# 老街改造记

*本报记者 沈青*

老街有三百年历史，住着四百多户人家。

## 修旧如旧

工匠们用的是老砖老瓦。每一块砖都编了号。

## 留住居民

改造以后，八成居民搬了回来。

- 房租三年不涨
- 水电全部入户
- 每户补助五万元
""",
    """article | 老街改造记 | 本报记者 沈青
  老街有三百年历史，住着四百多户人家。
  修旧如旧⏎工匠们用的是老砖老瓦。每一块砖都编了号。
  留住居民⏎改造以后，八成居民搬了回来。⏎- 房租三年不涨⏎- 水电全部入户⏎- 每户补助五万元""",
)

MARKDOWN_SEVERAL = Page(
    "Markdown: several articles at one level, one with a sub-section",
    """## 河西水厂扩建完工

扩建后的河西水厂日供水能力达到30万吨。

### 水价不变

市水务局表示，水价不作调整。

## 夜间公交增开三条线路

从下周一起，夜间公交增开三条线路，末班车延长到零点。

## 图书馆周末延时开放

市图书馆周末开放到晚上九点半。
""",
    """article | 河西水厂扩建完工 | -
  扩建后的河西水厂日供水能力达到30万吨。
  水价不变⏎市水务局表示，水价不作调整。
article | 夜间公交增开三条线路 | -
  从下周一起，夜间公交增开三条线路，末班车延长到零点。
article | 图书馆周末延时开放 | -
  市图书馆周末开放到晚上九点半。""",
)

AGENCIES = Page(
    "news agency datelines, a page header, articles without sign-off",
    """2024年6月2日 星期日 第01版

我国成功发射一颗通信卫星

新华社西昌6月1日电（记者李国利、张未）6月1日晚，我国在西昌卫星发射中心用长征三号乙运载火箭，成功将一颗通信卫星发射升空，卫星顺利进入预定轨道。

这是长征系列运载火箭的第523次飞行。

五月制造业采购经理指数为49.5%

新华社北京6月1日电 国家统计局1日发布数据，5月份，制造业采购经理指数为49.5%，比上月下降0.9个百分点。

专家表示，经济恢复的基础仍需巩固。
""",
    """article | 我国成功发射一颗通信卫星 | 新华社西昌6月1日电（记者李国利、张未）
  6月1日晚，我国在西昌卫星发射中心用长征三号乙运载火箭，成功将一颗通信卫星发射升空，卫星顺利进入预定轨道。
  这是长征系列运载火箭的第523次飞行。
article | 五月制造业采购经理指数为49.5% | 新华社北京6月1日电
  国家统计局1日发布数据，5月份，制造业采购经理指数为49.5%，比上月下降0.9个百分点。
  专家表示，经济恢复的基础仍需巩固。""",
)

SIGN_OFFS = Page(
    "sign-offs at the end of the last paragraph, no bylines in front",
    """社区食堂开到家门口

中午十一点，和平社区食堂里坐满了老人。两荤两素一碗汤，十二块钱。

食堂由街道出房子、企业来经营，今年已经服务老人三万人次。（记者 张三）

流动图书车进山村

每个星期三，一辆装着两千册图书的大巴车开进柳树沟村。孩子们早早等在村口。

图书车已经跑了五年，行程六万公里。（通讯员 王小明 李娟）
""",
    """article | 社区食堂开到家门口 | （记者 张三）
  中午十一点，和平社区食堂里坐满了老人。两荤两素一碗汤，十二块钱。
  食堂由街道出房子、企业来经营，今年已经服务老人三万人次。
article | 流动图书车进山村 | （通讯员 王小明 李娟）
  每个星期三，一辆装着两千册图书的大巴车开进柳树沟村。孩子们早早等在村口。
  图书车已经跑了五年，行程六万公里。""",
)

BYLINE_LINES = Page(
    "bylines on lines of their own; a kicker, a headline and a deck",
    """乡村振兴一线见闻

小柑橘做成大产业

——来自青溪县的报告

□ 本报记者 陈晓燕 通讯员 刘洋

深秋的青溪县，漫山柑橘金黄。柑橘产业带动全县两万户农民增收。

合作社理事长罗志强算了一笔账：一亩柑橘收入过万元。

让老手艺活起来

本报记者 赵丽

六十岁的孙师傅做了四十年竹编。如今，他的徒弟遍布三个省。

竹编厂去年销售额达到八百万元。
""",
    """article | 小柑橘做成大产业 ——来自青溪县的报告 乡村振兴一线见闻 | □ 本报记者 陈晓燕 通讯员 刘洋
  深秋的青溪县，漫山柑橘金黄。柑橘产业带动全县两万户农民增收。
  合作社理事长罗志强算了一笔账：一亩柑橘收入过万元。
article | 让老手艺活起来 | 本报记者 赵丽
  六十岁的孙师傅做了四十年竹编。如今，他的徒弟遍布三个省。
  竹编厂去年销售额达到八百万元。""",
)

CAPTIONS = Page(
    "captions: credit in the block, on a line of its own, in the middle of an article",
    """港口吞吐量再创新高

本报讯（记者 马骏）前三季度，全市港口货物吞吐量达到1.8亿吨，同比增长7.2%。

图为繁忙的三号码头，集装箱货轮正在装卸。
李明 王芳 摄

市港航局负责人介绍，增长主要来自外贸集装箱。

昨日，市民在滨江公园赏菊。本届菊展共展出菊花三万盆，将持续到下月十日。记者 高远 摄

明年，港口还将新增两条远洋航线。
""",
    """article | 港口吞吐量再创新高 | 本报讯（记者 马骏）
  前三季度，全市港口货物吞吐量达到1.8亿吨，同比增长7.2%。
  市港航局负责人介绍，增长主要来自外贸集装箱。
  明年，港口还将新增两条远洋航线。
caption | 图为繁忙的三号码头 | 李明 王芳 摄
  图为繁忙的三号码头，集装箱货轮正在装卸。
caption | 昨日，市民在滨江公园赏菊 | 记者 高远 摄
  昨日，市民在滨江公园赏菊。本届菊展共展出菊花三万盆，将持续到下月十日。""",
)

CAPTION_BLOCK = Page(
    "a caption with its credit in a block of its own, then a new article; credits in brackets",
    """图为施工人员在新地铁站内铺设轨道，这条线路计划明年底通车。

（记者 李想 摄）

城北将建体育公园

本报讯（记者 周扬）城北体育公园10日开工，占地二十公顷，预计后年建成。

运动员在市民马拉松赛起点出发（记者 李想 摄）
""",
    """caption | 图为施工人员在新地铁站内铺设轨道 | （记者 李想 摄）
  图为施工人员在新地铁站内铺设轨道，这条线路计划明年底通车。
article | 城北将建体育公园 | 本报讯（记者 周扬）
  城北体育公园10日开工，占地二十公顷，预计后年建成。
caption | 运动员在市民马拉松赛起点出发 | （记者 李想 摄）
  运动员在市民马拉松赛起点出发""",
)

SUBHEADINGS = Page(
    "sub-headings between paragraphs, a question as headline",
    """网购的“纯棉”衬衫真的是棉的吗？

本报记者 郑好

近日，有读者反映，网购的“纯棉”衬衫洗过一次就起球。记者展开调查。

检测：三件里有一件不合格

记者送检了十二件衬衫，四件的棉含量低于标称值。

律师：可以要求退一赔三

律师吴越表示，商家的行为涉嫌欺诈。
""",
    """article | 网购的“纯棉”衬衫真的是棉的吗？ | 本报记者 郑好
  近日，有读者反映，网购的“纯棉”衬衫洗过一次就起球。记者展开调查。
  检测：三件里有一件不合格⏎记者送检了十二件衬衫，四件的棉含量低于标称值。
  律师：可以要求退一赔三⏎律师吴越表示，商家的行为涉嫌欺诈。""",
)

LOST_END = Page(
    "paragraphs that lost their last mark, before a new paragraph and before their own rest",
    """全市防汛工作会议召开

本报讯（记者 何平）昨天，全市防汛工作会议召开，部署今年防汛工作。市领导李建军、王海涛参加会议

会议指出，今年汛期雨量偏多，防汛形势严峻。各地要压实责任，备足物资，加强巡查，确

保水库和堤防安全度汛。

会议要求，要加强值班值守，及时发布预警信息
""",
    """article | 全市防汛工作会议召开 | 本报讯（记者 何平）
  昨天，全市防汛工作会议召开，部署今年防汛工作。市领导李建军、王海涛参加会议
  会议指出，今年汛期雨量偏多，防汛形势严峻。各地要压实责任，备足物资，加强巡查，确保水库和堤防安全度汛。
  会议要求，要加强值班值守，及时发布预警信息""",
)

TRADITIONAL = Page(
    "traditional Chinese with corner brackets and a reporter line",
    """捷運新線明年通車　沿線房價看漲

記者陳怡君／台北報導

捷運局昨天表示，新線土建工程已完成九成五，預計明年六月通車。沿線居民期待已久，「以後上班不用再轉三趟公車了」，住在河岸的林先生說。

房仲業者指出，沿線房價一年來漲了一成二。
""",
    """article | 捷運新線明年通車 沿線房價看漲 | 記者陳怡君／台北報導
  捷運局昨天表示，新線土建工程已完成九成五，預計明年六月通車。沿線居民期待已久，「以後上班不用再轉三趟公車了」，住在河岸的林先生說。
  房仲業者指出，沿線房價一年來漲了一成二。""",
)

ENGLISH_WRAPPED = Page(
    "English, wrapped lines, a byline, a dateline, a second article",
    """Harbour Bridge Reopens After Two-Year Repair
By Jane Doe

LONDON, Nov. 5 (Reuters) - The harbour bridge reopened to traffic on
Monday after two years of repairs that cost 48.5 million pounds, the
city council said.

About 60,000 vehicles a day are expected to use the bridge. Mr. Smith,
who runs a cafe nearby, said business had already picked up.

Library to Stay Open Late
By John Q. Public and Mary Major

The central library will stay open until 10 p.m. on weekdays from
next month. "Students asked for it," the librarian said.
""",
    """article | Harbour Bridge Reopens After Two-Year Repair | By Jane Doe
  The harbour bridge reopened to traffic on Monday … 48.5 million pounds, the city council said.
  About 60,000 vehicles a day are expected to use the bridge. Mr. Smith, … had already picked up.
article | Library to Stay Open Late | By John Q. Public and Mary Major
  The central library will stay open until 10 p.m. … "Students asked for it," the librarian said.""",
)

ENGLISH_MARKDOWN = Page(
    "English Markdown with sections",
    """# A short history of the canal

The canal was dug between 1792 and 1799.

## Decline

Railways took its traffic in the 1850s. By 1912 it was closed.

## Restoration

Volunteers began to clear it in 1974.
""",
    """article | A short history of the canal | -
  The canal was dug between 1792 and 1799.
  Decline⏎Railways took its traffic in the 1850s. By 1912 it was closed.
  Restoration⏎Volunteers began to clear it in 1974.""",
)

NO_HEADLINE = Page(
    "no headline at all",
    """春分刚过，田野里一片新绿。村民们抢抓农时，忙着给小麦追肥。

今年全县小麦面积稳定在六十万亩。
""",
    """article | 春分刚过，田野里一片新绿 | -
  春分刚过，田野里一片新绿。村民们抢抓农时，忙着给小麦追肥。
  今年全县小麦面积稳定在六十万亩。""",
)

SHORT_LINES = Page(
    "a table and a list of short lines inside an article",
    """本周菜价

本报讯（记者 孙悦）市发改委昨天发布本周主要蔬菜平均价格，总体稳中有降。

品种 价格（元/斤）
大白菜 0.85
西红柿 3.20
黄瓜 2.60

下周气温回升，预计叶菜价格继续下降。
""",
    """article | 本周菜价 | 本报讯（记者 孙悦）
  市发改委昨天发布本周主要蔬菜平均价格，总体稳中有降。
  品种 价格（元/斤）⏎大白菜 0.85⏎西红柿 3.20⏎黄瓜 2.60⏎下周气温回升，预计叶菜价格继续下降。""",
)

NUMBERED = Page(
    "numbered points, and a line that begins with a number inside a sentence",
    """办理居住证须知

申请居住证需要下列材料：

1.本人身份证；

2.近期照片一张；

3.居住地住址证明。

受理时间为每周一至周五，全年共办理
1.2万人次。
""",
    """article | 办理居住证须知 | -
  申请居住证需要下列材料：⏎1.本人身份证；⏎2.近期照片一张；⏎3.居住地住址证明。
  受理时间为每周一至周五，全年共办理1.2万人次。""",
)

WEB_EXPORT = Page(
    "exported from the web: source, date and editors on lines of their own",
    """标题：全市经济工作会议召开
来源：市融媒体中心
发布时间：2024-06-01 10:20

6月1日，全市经济工作会议召开，总结上半年工作，部署下半年任务。

会议强调，要稳中求进。

编辑：李四
责任编辑：王五
""",
    """article | 标题：全市经济工作会议召开 | 来源：市融媒体中心
  6月1日，全市经济工作会议召开，总结上半年工作，部署下半年任务。⏎会议强调，要稳中求进。""",
)

NO_BLANK_LINES = Page(
    "several articles with datelines and no blank line anywhere",
    """东城新桥通车
本报讯 6月1日，东城新桥通车，全长一公里，往来两岸更加方便快捷。
西城公园开放
本报讯 6月2日，西城公园向市民免费开放，占地二十公顷，每天开放到晚上十点。
""",
    """article | 东城新桥通车 | 本报讯
  6月1日，东城新桥通车，全长一公里，往来两岸更加方便快捷。
article | 西城公园开放 | 本报讯
  6月2日，西城公园向市民免费开放，占地二十公顷，每天开放到晚上十点。""",
)

SET_APART = Page(
    "unsigned articles, told apart by the wider gap above a headline",
    """头条新闻标题一

正文第一段，讲述了一件发生在昨天的事情。

正文第二段，继续讲述。



第二条新闻标题

第二条新闻的正文第一段，也讲述了一件事情。

正文第二段。
""",
    """article | 头条新闻标题一 | -
  正文第一段，讲述了一件发生在昨天的事情。⏎正文第二段，继续讲述。
article | 第二条新闻标题 | -
  第二条新闻的正文第一段，也讲述了一件事情。⏎正文第二段。""",
)

UNSIGNED_NEWS = Page(
    "unsigned news, told apart by leads that say the headline again",
    """南湖大道提升工程完工

6月18日，南湖大道提升工程完工通车，路面拓宽到六车道。

施工历时八个月。

沿线新增三处停车场

三处停车场共有六百个车位，白天免费。

市图书馆延长开放时间

记者从市文旅局获悉，市图书馆从7月1日起延长开放时间，每天开放到晚上十点。

读者对此表示欢迎。
""",
    """article | 南湖大道提升工程完工 | -
  6月18日，南湖大道提升工程完工通车，路面拓宽到六车道。⏎施工历时八个月。
  沿线新增三处停车场⏎三处停车场共有六百个车位，白天免费。
article | 市图书馆延长开放时间 | -
  记者从市文旅局获悉，市图书馆从7月1日起延长开放时间，每天开放到晚上十点。⏎读者对此表示欢迎。""",
)

PHOTO_FIRST = Page(
    "a photograph between a headline and its article",
    """大桥合龙

图为大桥合龙现场。张三 摄

本报讯（记者 李四）昨天，大桥合龙，这是我市第三座跨江大桥，计划明年通车。
""",
    """article | 大桥合龙 | 本报讯（记者 李四）
  昨天，大桥合龙，这是我市第三座跨江大桥，计划明年通车。
caption | 图为大桥合龙现场 | 张三 摄
  图为大桥合龙现场。""",
)

INTERVIEW = Page(
    "questions and answers",
    """对话院士

本报记者 赵六

记者：您怎么看人工智能？

王院士：它会改变科研。

记者：年轻人该做什么准备？

王院士：学好数学。
""",
    """article | 对话院士 | 本报记者 赵六
  记者：您怎么看人工智能？⏎王院士：它会改变科研。
  记者：年轻人该做什么准备？⏎王院士：学好数学。""",
)

ONE_LINE = Page(
    "a single line",
    """武进区政府电话 0519-86310000""",
    """article | 武进区政府电话 0519-86310000 | -
  武进区政府电话 0519-86310000""",
)

ENGLISH_DATELINES = Page(
    "English datelines without a date",
    """Storm Hits Coast

MANILA — A storm hit the coast on Monday, killing two people.

More rain is expected. "Stay home," officials said.

Markets Rise

NEW YORK (AP) — Stocks rose on Tuesday.
""",
    """article | Storm Hits Coast | MANILA —
  A storm hit the coast on Monday, killing two people.
  More rain is expected. "Stay home," officials said.
article | Markets Rise | NEW YORK (AP) —
  Stocks rose on Tuesday.""",
)

REPORTER_IN_BRACKETS = Page(
    "traditional Chinese, the reporter in brackets in front of the text, no headline",
    """【記者陳怡君台北報導】捷運新線明年六月通車，沿線居民期待已久。

房仲業者指出，房價漲了一成二。
""",
    """article | 捷運新線明年六月通車 | 【記者陳怡君台北報導】
  捷運新線明年六月通車，沿線居民期待已久。
  房仲業者指出，房價漲了一成二。""",
)

SETEXT = Page(
    "Markdown headings underlined",
    """Title of the Piece
==================

Text of the piece goes here. It is short.

Section
-------

More text here.
""",
    """article | Title of the Piece | -
  Text of the piece goes here. It is short.
  Section
  More text here.""",
)

TABLE = Page(
    "a Markdown table",
    """# 菜价

| 品种 | 价格 |
|---|---|
| 白菜 | 0.85 |
| 黄瓜 | 2.60 |

下周预计下降，市民可以放心购买各种蔬菜。
""",
    """article | 菜价 | -
  | 品种 | 价格 |
  | 白菜 | 0.85 |⏎| 黄瓜 | 2.60 |
  下周预计下降，市民可以放心购买各种蔬菜。""",
)

NUMBERED_SECTIONS = Page(
    "numbered sections right below the headline",
    """工作要点

一、总体要求

坚持稳中求进，全面完成全年各项目标任务。

二、重点任务

（一）抓项目。全年开工项目三百个。
（二）抓环境。优化营商环境。
""",
    """article | 工作要点 | -
  一、总体要求⏎坚持稳中求进，全面完成全年各项目标任务。
  二、重点任务⏎（一）抓项目。全年开工项目三百个。⏎（二）抓环境。优化营商环境。""",
)

BULLETS = Page(
    "a headline and bullets, no sentence at all",
    """News in brief

• Shop opens on High Street
• Road closed for repairs
• Team wins final
""",
    """article | News in brief | -
  • Shop opens on High Street
  • Road closed for repairs⏎• Team wins final""",
)

NO_SPACE = Page(
    "an agency's dateline without a space behind it, under its headline",
    """我国成功发射卫星
新华社北京6月1日电国家航天局1日宣布，我国成功发射一颗卫星，将用于国土普查。
""",
    """article | 我国成功发射卫星 | 新华社北京6月1日电
  国家航天局1日宣布，我国成功发射一颗卫星，将用于国土普查。""",
)

ENGLISH_CREDIT = Page(
    "an English photographer's credit",
    """Workers repair the bridge on Monday. Photo by Jane Doe

Bridge work goes on

By John Smith

The work goes on until May.
""",
    """caption | Workers repair the bridge on Monday | Photo by Jane Doe
  Workers repair the bridge on Monday.
article | Bridge work goes on | By John Smith
  The work goes on until May.""",
)

CAPTION_FIRST = Page(
    "a caption without an end mark, its credit below, then an article",
    """6月1日，孩子们在少年宫参加活动，庆祝“六一”国际儿童节

新华社记者 张三 摄

全市开展安全检查

本报讯 昨天，全市开展安全生产大检查，共检查企业三百家。
""",
    """article | 6月1日，孩子们在少年宫参加活动，庆祝“六一”国际儿童节 | 新华社记者 张三 摄
  6月1日，孩子们在少年宫参加活动，庆祝“六一”国际儿童节
article | 全市开展安全检查 | 本报讯
  昨天，全市开展安全生产大检查，共检查企业三百家。""",
)

PAGES = tuple(value for value in list(globals().values()) if isinstance(value, Page))
