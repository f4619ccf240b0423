"""Words of English questions by what they do: closed classes, and nouns and verbs too general to be a topic."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.types import Span

_TOKEN = re.compile(r"\w+(?:[-.&]\w+)*(?:['’]s\b|['’](?=\s))?|\([^()]*\)|[\"“”][^\"“”]*[\"“”]|\S")
ASKING = frozenset("what which who whom whose when where why how".split())  # noqa: SIM905 - words are read
AUXILIARY = frozenset(
    """
    is are was were be been being am do does did has have had will would can could shall should may might must
    """.split()  # noqa: SIM905
)
PREPOSITION = frozenset(
    """
    in on at by for with from to into of about during after before between among through over under against since
    until within without near as than per
    """.split()  # noqa: SIM905
)
DETERMINER = frozenset(
    """
    the a an this that these those its their his her our your my
    """.split()  # noqa: SIM905
)
JOINING = frozenset(
    """
    long far old big large high tall often soon
    and or but so then also too else other another more most many much any some all both each there here again still
    yet ever just only not no exactly please well ok okay first last next
    """.split()  # noqa: SIM905
)
PERSON = frozenset("he she him her his hers himself herself they them their theirs".split())  # noqa: SIM905
THING = frozenset("it its itself".split())  # noqa: SIM905
SUBJECT = frozenset("he she it they his her their its".split())  # noqa: SIM905
OWNING = frozenset("his hers its their theirs".split())  # noqa: SIM905
IRREGULAR = frozenset(
    """
    held took won made gave said kept brought led met went came saw became began sold built spent spoke chose wrote
    ran fell rose grew lost found left paid drew flew broke set put cut stood sent told taught thought
    """.split()  # noqa: SIM905
)
POINTING = frozenset("this that these those".split())  # noqa: SIM905
#: Nouns that name nothing without something that they belong to, or that point back at it.
HEADS = frozenset(
    """
    meeting conference session event ceremony activity campaign exhibition show fair festival race match game
    company firm enterprise business organisation organization project programme program plan school university
    college library hospital museum film movie article report story news paper book song album team club party city
    town village country state region district place building bridge road station product car vehicle man woman
    person leader official group
    """.split()  # noqa: SIM905
)
#: Verbs that a topic can follow.
TRANSITIVE = frozenset(
    "attend attended chair chaired host hosted join joined organise organised organize organized visit visited".split()  # noqa: SIM905
)
EVENTS = frozenset(
    "meeting conference session event ceremony exhibition show fair festival race match game marathon launch".split()  # noqa: SIM905
)
ANYTHING = frozenset("event activity campaign project program programme plan".split())  # noqa: SIM905
GENERAL = frozenset(
    """
    time date day year month place location venue reason purpose goal aim theme topic subject result outcome name
    number amount size area price cost percentage share rate total host chair chairman chairperson speaker speakers
    guest guests leaders officials people participants attendees author reporter director details part kind type
    sort attend attended attends attending join joined take took takes taken chaired hosted hosts hold held holds
    happen happened happens begin began begun begins start started starts end ended ends open opened opens close
    closed speak spoke say said says talk talked give gave given speech announce announced present participate
    participated organise organised organize organized launch launched come came go went visit visited costs last
    lasted lasts increase increased decrease decreased rise rose fall fell grow grew called located based involved
    included include includes mentioned discussed decided released published built founded made done become became
    exactly show shown shows showed
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a bracketed or quoted group, or a mark, with where it stands."""

    text: str
    span: Span

    @property
    def low(self) -> str:
        return self.text.lower()


def words(text: str) -> list[Word]:
    """The words of a text; what stands in brackets or quotation marks is one."""
    return [Word(m.group(), Span(m.start(), m.end())) for m in _TOKEN.finditer(text)]
