"""Refuse files of questions that are tables or JSON arrays: their lines would be asked as if they were questions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rag.errors import InputError

#: What the column of the questions is called in tables that people make.
_HEADS = frozenset(
    [
        "question",
        "questions",
        "query",
        "queries",
        "prompt",
        "问题",
        "提问",
        "题目",
        "问句",
        "問題",
        "提問",
        "題目",
        "問句",
        "質問",
        "질문",
        "frage",
        "pregunta",
        "domanda",
        "pergunta",
        "вопрос",
    ]
)
_SEPARATOR = re.compile(r"[,;\t|]")
_HEAD_WITHIN = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(_HEADS))})(?![a-z])")
#: What Excel writes above a table to say which separator it uses.
_EXCEL = re.compile(r"sep=.", re.IGNORECASE)
_CELL = r'"(?:[^"]|"")*"'
_QUOTED = re.compile(rf"(?P<cell>{_CELL})(?P<rest>(?:\s*[,;\t]\s*(?:{_CELL}|[^\",;\t]*))*)")
#: A cell that follows the question mark at once, and asks nothing itself.
_ROW = re.compile(r"[^?？]*[?？]\s*[,;\t|]\s*[^\s?？][^?？]*")
#: A number of a row before its question; 1,5 million is none.
_NUMBERED_ROW = re.compile(r"\d{1,3}(?:,(?=[^\s\d])|\s*[;\t|]\s*)\S.*")
#: What other columns of such tables are called.
_OTHER_HEADS = frozenset((
    "id", "no", "nr", "num", "number", "index", "answer", "answers", "a", "source", "label",
    "编号", "序号", "题号", "答案", "回答", "来源", "类别",
))  # fmt: skip
#: A line that stands in other quotation marks as a whole.
_IN_QUOTES = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』|'[^']*[?？]'")
#: How an array of objects or texts begins whose rest is on other lines.
_ARRAY = re.compile(r'\[\s*[{"]')
_INSTEAD = 'give one question a line, or JSON Lines with a "question"'


def refuse_other_file(name: str, number: int, line: bytes) -> None:
    """``InputError`` if the first line of a file shows that the file is a table or a JSON array."""
    text = line.decode("utf-8-sig", "replace").strip()
    cells = [cell.strip().strip("\"'").strip().lower() for cell in _SEPARATOR.split(text)]
    if _EXCEL.fullmatch(text) or not _HEADS.isdisjoint(cells) or _are_heads(cells):
        raise InputError(f"{name} is a table, of which line {number} is the header: {_INSTEAD}")
    if text == "[" or _is_array(text) or (_ARRAY.match(text) and not _asks(text[-1])):
        raise InputError(f"{name} is a JSON array: {_INSTEAD}")
    if text == "{":
        raise InputError(f"{name} is a JSON object over several lines: {_INSTEAD}")


def _are_heads(cells: Sequence[str]) -> bool:
    """Whether the cells of a line are names of columns, one of them of the questions: 编号, 问题内容, 答案."""
    others = [cell for cell in cells if cell not in _OTHER_HEADS]
    return 0 < len(others) < len(cells) and any(cell == "q" or _HEAD_WITHIN.search(cell) for cell in others)


def refuse_other_line(text: str) -> None:
    """``InputError`` for a line, without the white space around it, that is more or less than a question."""
    if len(text.splitlines()) > 1:
        raise InputError("it has line ends that are neither LF nor CRLF in it: save the file with one of these")
    if _is_array(text):
        raise InputError(f"it is a JSON array: {_INSTEAD}")
    quoted = _QUOTED.fullmatch(text)
    if quoted and (not quoted["rest"] or (_asks(quoted["cell"]) and not _asks(quoted["rest"]))):
        raise InputError(f"it is in quotation marks, as a cell of a table is: {_INSTEAD}")
    has_words = any(map(str.isalnum, text))  # a line without words is refused for that
    if has_words and (_IN_QUOTES.fullmatch(text) or _is_json(text, str)):
        raise InputError(f"it is in quotation marks: {_INSTEAD}")
    if _NUMBERED_ROW.fullmatch(text):
        raise InputError(f"a number stands before the question, as in a row of a table: {_INSTEAD}")
    if _ROW.fullmatch(text):
        raise InputError(f"something stands behind the question, as in a row of a table: {_INSTEAD}")


def _is_array(text: str) -> bool:
    return _is_json(text, list)


def _is_json(text: str, kind: type) -> bool:
    if not text.startswith(("[", '"')):
        return False
    try:
        return isinstance(json.loads(text), kind)
    except (ValueError, RecursionError):
        return False


def _asks(text: str) -> bool:
    return "?" in text or "？" in text
