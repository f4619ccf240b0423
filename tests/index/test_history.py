"""Whatever the history of an index, it is what a rebuild would make of its folders."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyword_embedder import KeywordEmbedder

from index.written import write
from rag.errors import InputError
from rag.index import Index, remove, repair, update
from rag.index.local import build_parts

SENTENCES = [
    "汽车展开幕了,来的人很多。",
    "新学校今天正式落成。",
    "经济继续增长3.7%。",
    "天气一直都很好。",
    "The economy grew, the weather was fine. ",
]
#: Never changed: an inverted file is trained with 16 sentences at least.
MANY = "\n\n".join(f"{SENTENCES[i % 4]}第{i}号报道。" for i in range(20))
texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map("\n\n".join) | st.just("")
places = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["1.txt", "2.txt", "新闻/3.md"]))
edits = st.dictionaries(places, texts | st.none(), max_size=4)
steps = st.lists(
    st.tuples(edits, st.sampled_from(["a", "b", "both", "interrupted", "repair", "remove"])), min_size=1, max_size=5
)
numbers = count()


def apply(root: Path, changes: dict[tuple[str, str], str | None]) -> None:
    for (folder, name), text in changes.items():
        if text is None:
            (root / folder / name).unlink(missing_ok=True)
        else:
            write(root / folder, {name: text})


def interrupted(index: Path, folders: Sequence[Path]) -> None:
    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "embed":
            raise KeyboardInterrupt

    try:
        update(index, folders, KeywordEmbedder(), progress=stop)
    except KeyboardInterrupt:
        return


def everything(index: Path) -> object:
    embedder = KeywordEmbedder()
    questions = ["汽车展什么时候开幕?", "How did the economy grow by 3.7%?", "学校"]
    with Index.open(index) as opened:
        rows = range(opened.size)
        return (
            opened.fingerprint,
            opened.documents(),
            opened.articles(),
            opened.passages(rows),
            [[(span, vector.tolist()) for span, vector in opened.sentences(row)] for row in rows],
            opened.dense(embedder.encode_queries(questions), opened.size, exact=True),
            opened.lexical(questions, opened.size),
            [opened.ceiling(question) for question in questions],
        )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("inverted", [False, True])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_an_update_equals_a_rebuild(
    tmp_path: Path, history: list[tuple[dict[tuple[str, str], str | None], str]], *, inverted: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if inverted:
            patch.setattr(build_parts, "EXACT_UP_TO", 10)
            patch.setattr(build_parts, "UNSORTED", 2)
        check_history(tmp_path, history)


def check_history(tmp_path: Path, history: list[tuple[dict[tuple[str, str], str | None], str]]) -> None:
    root = tmp_path / str(next(numbers))
    write(root, {"a/0.txt": MANY, "b/0.txt": SENTENCES[1]})
    folders = [root / "a", root / "b"]
    update(root / "index", folders, KeywordEmbedder())
    for changes, action in history:
        apply(root, changes)
        if action == "interrupted":
            interrupted(root / "index", folders)
        elif action == "repair":
            repair(root / "index")
        elif action == "remove":
            with suppress(InputError):  # nothing of the name is there
                remove(root / "index", ["*1.txt"], KeywordEmbedder())
        else:
            update(root / "index", [f for f in folders if action in ("both", f.name)], KeywordEmbedder())
    update(root / "index", folders, KeywordEmbedder())
    update(root / "fresh", folders[::-1], KeywordEmbedder())
    assert everything(root / "index") == everything(root / "fresh")
    assert repair(root / "index").mended == ()
    shutil.rmtree(root)


def test_folders_that_were_emptied(tmp_path: Path) -> None:
    write(tmp_path, {"a/0.txt": SENTENCES[0]})
    update(tmp_path / "index", [tmp_path / "a"], KeywordEmbedder())
    (tmp_path / "a" / "0.txt").unlink()
    update(tmp_path / "index", [tmp_path / "a"], KeywordEmbedder())
    with Index.open(tmp_path / "index") as opened:
        assert opened.documents() == []
    with pytest.raises(InputError):
        update(tmp_path / "fresh", [tmp_path / "a"], KeywordEmbedder())
