"""English names in the characters that Chinese writes foreign names with, by how they are spelt.

After the table of syllables that Xinhua's handbook of names uses for English, much shortened: what is wanted is text
that looks as translated text does, and the same name written the same way each time.
"""

from __future__ import annotations

import re

_VOWELS = ("a", "e", "i", "o", "u", "an", "en", "in", "on")
#: By consonant: the syllables with each of the vowels, then the consonant without one.
_SYLLABLES = {
    "": "阿埃伊奥乌安恩因昂",
    "b": "巴贝比博布班本宾邦布",
    "p": "帕佩皮波普潘彭平蓬普",
    "d": "达德迪多杜丹登丁东德",
    "t": "塔特蒂托图坦滕廷通特",
    "g": "加格吉戈古甘根金贡格",
    "k": "卡克基科库坎肯金孔克",
    "v": "瓦韦维沃武万文温冯夫",
    "w": "瓦韦威沃伍万文温旺夫",
    "f": "法费菲福富凡芬芬丰夫",
    "z": "扎泽齐佐祖赞曾津宗兹",
    "s": "萨塞西索苏桑森辛松斯",
    "sh": "沙谢希肖舒尚申欣雄什",
    "j": "贾杰吉乔朱詹真金琼奇",
    "ch": "查切奇乔丘钱琴钦琼奇",
    "h": "哈赫希霍胡汉亨欣洪赫",
    "m": "马梅米莫穆曼门明蒙姆",
    "n": "纳内尼诺努南嫩宁农恩",
    "l": "拉莱利洛卢兰伦林朗尔",
    "r": "拉雷里罗鲁兰伦林朗尔",
    "y": "亚耶伊约尤扬延英永伊",
}
_SPELT = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tch|cz", "ch"),
        (r"sch|tion", "sh"),
        (r"ph", "f"),
        (r"ck|q(?=u)", "k"),
        (r"th", "t"),
        (r"wh", "w"),
        (r"gh(?=[^aeiouy]|$)", ""),
        (r"gh|dg", "g"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"q", "k"),
        (r"^x", "z"),
        (r"x", "ks"),
        (r"([b-df-hj-np-tv-z])\1", r"\1"),
        (r"(?<=[b-df-hj-np-tv-xz])y|ee|ea|ie|ei", "i"),
        (r"ai|ay|ey|ae|oe", "e"),
        (r"au|aw|ou|ow|oa", "o"),
        (r"oo|eu|ew|ue|ui", "u"),
        (r"(?<=[^aeiou])e(s?)$", r"\1"),
        (r"([aeiou])\1+", r"\1"),
    )
]
_SYLLABLE = re.compile(r"(sh|ch|[bpdtgkvwfzsjhmnlry])?(?:([aeiou])(n(?![aeiou]))?)?")


def transliterated(name: str) -> str:
    """A name of Latin letters in Chinese characters.

    >>> transliterated("Madison"), transliterated("Tolkien")
    ('马迪松', '托尔金')
    """
    sounds = name.lower()
    for pattern, sound in _SPELT:
        sounds = pattern.sub(sound, sounds)
    return "".join(_character(*found.groups()) for found in _SYLLABLE.finditer(sounds))


def _character(consonant: str | None, vowel: str | None, nasal: str | None) -> str:
    if vowel is None:
        return _SYLLABLES[consonant][-1] if consonant else ""
    sound = vowel + ("n" if nasal else "")
    return _SYLLABLES[consonant or ""][_VOWELS.index("on" if sound == "un" else sound)]
