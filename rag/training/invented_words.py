"""Words to fill invented newspaper pages with: names of people, places and firms, with their pinyin, and numerals."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field


def _table(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


SURNAMES = _table("""
    王:Wang 李:Li 张:Zhang 刘:Liu 陈:Chen 杨:Yang 赵:Zhao 黄:Huang 周:Zhou 吴:Wu 徐:Xu 孙:Sun 胡:Hu 朱:Zhu 高:Gao
    林:Lin 何:He 郭:Guo 马:Ma 罗:Luo 梁:Liang 宋:Song 郑:Zheng 谢:Xie 韩:Han 唐:Tang 冯:Feng 董:Dong 萧:Xiao 程:Cheng
    曹:Cao 袁:Yuan 邓:Deng 许:Xu 傅:Fu 沈:Shen 曾:Zeng 彭:Peng 吕:Lü 苏:Su 卢:Lu 蒋:Jiang 蔡:Cai 贾:Jia 丁:Ding 魏:Wei
    薛:Xue 叶:Ye 阎:Yan 余:Yu 潘:Pan 杜:Du 戴:Dai 夏:Xia 钟:Zhong 汪:Wang 田:Tian 任:Ren 姜:Jiang 范:Fan 石:Shi 姚:Yao
    谭:Tan 廖:Liao 邹:Zou 熊:Xiong 金:Jin 陆:Lu 郝:Hao 孔:Kong 白:Bai 崔:Cui 康:Kang 毛:Mao 邱:Qiu 秦:Qin 江:Jiang
    史:Shi 顾:Gu 侯:Hou 邵:Shao 孟:Meng 龙:Long 万:Wan 段:Duan 雷:Lei 钱:Qian 汤:Tang 尹:Yin 黎:Li 易:Yi 常:Chang
    武:Wu 乔:Qiao 贺:He 赖:Lai 龚:Gong 文:Wen 庞:Pang 樊:Fan 兰:Lan 殷:Yin 施:Shi 陶:Tao 洪:Hong 翟:Zhai 安:An
    颜:Yan 倪:Ni 严:Yan 牛:Niu 温:Wen 芦:Lu 季:Ji 俞:Yu 章:Zhang 鲁:Lu 葛:Ge 伍:Wu 韦:Wei 申:Shen 尤:You 毕:Bi
    聂:Nie 丛:Cong 焦:Jiao 向:Xiang 柳:Liu 邢:Xing 岳:Yue 齐:Qi 梅:Mei 莫:Mo 庄:Zhuang 辛:Xin 管:Guan 祝:Zhu 左:Zuo
    涂:Tu 谷:Gu 祁:Qi 舒:Shu 耿:Geng 牟:Mou 卜:Bu 路:Lu 詹:Zhan 关:Guan 苗:Miao 凌:Ling 费:Fei 纪:Ji 靳:Jin 盛:Sheng
    童:Tong 欧:Ou 甄:Zhen 项:Xiang 曲:Qu 成:Cheng 游:You 阳:Yang 裴:Pei 席:Xi 卫:Wei 查:Zha 屈:Qu 鲍:Bao 位:Wei
    覃:Qin 霍:Huo 翁:Weng 隋:Sui 植:Zhi 甘:Gan 景:Jing 薄:Bo 单:Shan 包:Bao 司:Si 柏:Bai 宁:Ning 柯:Ke 阮:Ruan 桂:Gui
    闵:Min 解:Xie 强:Qiang 柴:Chai 华:Hua 车:Che 冉:Ran 房:Fang 边:Bian 辜:Gu 吉:Ji 饶:Rao 刁:Diao 瞿:Qu 戚:Qi 丘:Qiu
    古:Gu 米:Mi 池:Chi 滕:Teng 晋:Jin 苑:Yuan 邬:Wu 臧:Zang 畅:Chang 宫:Gong 来:Lai 缪:Miao 苟:Gou 闻:Wen 郎:Lang
    宓:Mi 郗:Xi 乜:Nie 仇:Qiu 逄:Pang 厍:She 褚:Chu 娄:Lou 芮:Rui 羿:Yi 储:Chu 邴:Bing 糜:Mi 井:Jing 富:Fu 巫:Wu
    欧阳:Ouyang 司马:Sima 上官:Shangguan 诸葛:Zhuge 尉迟:Yuchi 皇甫:Huangfu 司徒:Situ 夏侯:Xiahou 慕容:Murong
    令狐:Linghu 端木:Duanmu 公孙:Gongsun 东方:Dongfang 澹台:Tantai 轩辕:Xuanyuan 宇文:Yuwen 长孙:Zhangsun 濮阳:Puyang
    淳于:Chunyu 申屠:Shentu
""")
GIVEN = _table("""
    伟:wei 芳:fang 秀:xiu 英:ying 敏:min 静:jing 丽:li 强:qiang 磊:lei 军:jun 洋:yang 勇:yong 艳:yan 杰:jie 娟:juan
    涛:tao 明:ming 超:chao 霞:xia 平:ping 刚:gang 桂:gui 兰:lan 玉:yu 萍:ping 毅:yi 浩:hao 宇:yu 轩:xuan 然:ran 博:bo
    文:wen 思:si 雨:yu 晨:chen 佳:jia 欣:xin 怡:yi 子:zi 涵:han 梓:zi 萱:xuan 若:ruo 愚:yu 之:zhi 恒:heng 小:xiao
    鹭:lu 知:zhi 远:yuan 望:wang 舒:shu 云:yun 帆:fan 青:qing 松:song 柏:bai 春:chun 生:sheng 秋:qiu 菊:ju 海:hai
    潮:chao 建:jian 国:guo 庆:qing 红:hong 卫:wei 东:dong 胜:sheng 利:li 大:da 山:shan 水:shui 根:gen 福:fu 祥:xiang
    满:man 仓:cang 守:shou 信:xin 义:yi 仁:ren 德:de 才:cai 俊:jun 峰:feng 岩:yan 石:shi 木:mu 林:lin 森:sen 禾:he
    苗:miao 穗:sui 麦:mai 谷:gu 竹:zhu 筠:yun 蓉:rong 芸:yun 荷:he 莲:lian 菱:ling 葵:kui 蕙:hui 薇:wei 芷:zhi
    珏:jue 琛:chen 瑾:jin 瑜:yu 璇:xuan 琳:lin 琪:qi 珂:ke 昊:hao 旻:min 昕:xin 晗:han 晖:hui 曦:xi 骁:xiao 骞:qian
    翀:chong 翎:ling 鸿:hong 雁:yan 鹏:peng 鲲:kun 奕:yi 弈:yi 衡:heng 铭:ming 锐:rui 钊:zhao 鑫:xin 淼:miao 沁:qin
    泓:hong 澄:cheng 澜:lan 溪:xi 湉:tian 岚:lan 嵩:song 峤:qiao 屹:yi 定:ding 安:an 宁:ning 康:kang 乐:le 悦:yue
""")
_PLACE_FIRST = _table("""
    东:Dong 西:Xi 南:Nan 北:Bei 上:Shang 下:Xia 前:Qian 后:Hou 大:Da 小:Xiao 新:Xin 老:Lao 金:Jin 银:Yin 石:Shi 青:Qing
    白:Bai 黑:Hei 红:Hong 黄:Huang 龙:Long 凤:Feng 虎:Hu 鹤:He 鹿:Lu 马:Ma 牛:Niu 羊:Yang 竹:Zhu 松:Song 柳:Liu 梅:Mei
    桃:Tao 杏:Xing 枫:Feng 榆:Yu 沙:Sha 云:Yun 霞:Xia 雾:Wu 清:Qing 甘:Gan 双:Shuang 高:Gao 平:Ping 长:Chang 瓦:Wa
""")
_PLACE_LAST = _table("""
    岭:ling 沟:gou 湾:wan 坡:po 塘:tang 桥:qiao 溪:xi 泉:quan 洼:wa 坪:ping 岗:gang 畈:fan 坝:ba 渡:du 埠:bu 港:gang
    洲:zhou 岛:dao 峪:yu 岩:yan 川:chuan 堰:yan 浦:pu 泾:jing 圩:wei 墩:dun 垭:ya 塬:yuan 庄:zhuang 屯:tun 井:jing
""")
_FIRM_FIRST = _table("""
    恒:Heng 泰:Tai 鼎:Ding 瑞:Rui 宏:Hong 盛:Sheng 嘉:Jia 华:Hua 远:Yuan 祥:Xiang 汇:Hui 聚:Ju 凯:Kai 锦:Jin 晟:Sheng
    昌:Chang 隆:Long 裕:Yu 和:He 星:Xing 澳:Ao 天:Tian 海:Hai 卓:Zhuo 励:Li 格:Ge 普:Pu 科:Ke 维:Wei 诚:Cheng
""")
_DIGITS = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    """A whole number below a hundred million as it is written out.

    >>> in_chinese(12), in_chinese(360), in_chinese(1205), in_chinese(90_000)
    ('十二', '三百六十', '一千二百零五', '九万')
    """
    if number >= 10_000:
        rest = number % 10_000
        zero = "零" if 0 < rest < 1000 else ""
        return in_chinese(number // 10_000) + "万" + (zero + _below(rest, "一十") if rest else "")
    return _below(number, "十")


def _below(number: int, ten: str) -> str:
    if number < 20 and number >= 10:
        return ten + (_DIGITS[number % 10] if number % 10 else "")
    text, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + unit
        gap = not digit
    return text or "零"


def year_in_chinese(year: int) -> str:
    """
    >>> year_in_chinese(2024)
    '二〇二四年'
    """
    return "".join(_DIGITS[int(digit)] for digit in str(year)) + "年"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Chinese and in the Latin script."""

    zh: str
    en: str


@dataclass(slots=True)
class Words:
    """Draws words for one page; no name or number is drawn twice for a page."""

    rng: random.Random
    _drawn: set[str] = field(default_factory=set)

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def person(self) -> Name:
        return self._new(self._person)

    def village(self) -> Name:
        """Without the word for village."""
        return self._new(self._place)

    def firm(self) -> Name:
        return self._new(self._firm)

    def number(self, low: int, high: int) -> int:
        """A whole number that the page does not hold yet."""
        while True:
            number = self.rng.randint(low, high)
            if str(number) not in self._drawn:
                self._drawn.add(str(number))
                return number
            high += 1

    def sample(self, options: list[tuple[str, str]], count: int) -> list[Name]:
        return [Name(zh, en) for zh, en in self.rng.sample(options, count)]

    def _new(self, draw: Callable[[], Name]) -> Name:
        while True:
            name = draw()
            if not any(name.zh in other or other in name.zh for other in self._drawn):
                self._drawn.add(name.zh)
                return name

    def _person(self) -> Name:
        surname = self.rng.choice(list(SURNAMES))
        given = self.rng.choices(list(GIVEN), k=self.rng.choice((1, 2, 2, 2)))
        spelt = "".join(GIVEN[sign] for sign in given).capitalize()
        return Name(surname + "".join(given), f"{SURNAMES[surname]} {spelt}")

    def _place(self) -> Name:
        first, last = self.rng.choice(list(_PLACE_FIRST)), self.rng.choice(list(_PLACE_LAST))
        return Name(first + last, _PLACE_FIRST[first] + _PLACE_LAST[last])

    def _firm(self) -> Name:
        signs = self.rng.sample(list(_FIRM_FIRST), 2)
        return Name("".join(signs), "".join(_FIRM_FIRST[sign] for sign in signs).capitalize())


DAYS = "一二三四五六日"
DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
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


def amount(words: Words, low: int, high: int) -> str:
    """A number as a newspaper prints it: in digits, or sometimes written out."""
    number = words.number(low, high)
    return str(number) if words.rng.random() < 0.75 else in_chinese(number)


def rounded(words: Words, low: int, high: int, unit: str) -> str:
    """A figure with the word that makes it rough, if it has one, and its unit."""
    before = words.pick("", "", "", "约", "近", "超过", "不少于")
    number = words.number(low, high)
    whole = unit == "个" or words.rng.random() < 0.7
    text = str(number) if whole else f"{number}.{words.rng.randint(1, 9)}"
    after = "余" if not before and "." not in text and words.rng.random() < 0.15 else ""
    return f"{before}{text}{after}{unit}"
