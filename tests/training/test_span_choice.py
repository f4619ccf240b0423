from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.errors import InputError
from rag.reader.pointers import ScoredSpan
from rag.reader.spans import SPAN_FEATURES
from rag.training.softmax import fit_softmax
from rag.training.spans import fit, main, worth
from rag.types import Span

TEXT = "展览于6月1日开幕。"


def test_worth_is_the_mean_of_em_and_f1() -> None:
    whole = Span(0, len(TEXT))
    assert worth(TEXT, whole, ScoredSpan(Span(3, 7), 0.0), "6月1日") == 1.0
    assert worth(TEXT, whole, ScoredSpan(Span(0, 7), 0.0), "6月1日") == pytest.approx(8 / 11 / 2)
    assert worth(TEXT, whole, ScoredSpan(Span(7, 9), 0.0), "6月1日") == 0.0


def test_softmax_learns_what_is_worth_most_by_weight() -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    first, second = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    weights = fit_softmax([(x, first, 3.0), (x, second, 1.0)], 2)
    p = np.exp(weights) / np.exp(weights).sum()
    assert p[0] == pytest.approx(0.75, abs=0.02)
    same = fit_softmax([(x, first, 3.0), (x, second, 1.0), (x, np.ones(2, np.float32), 9.0)], 2)
    np.testing.assert_allclose(same, weights)


def rows(regime: str, count: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """The second span is right and says less of the question."""
    x = np.zeros((2, len(SPAN_FEATURES)), np.float32)
    x[1, SPAN_FEATURES.index("score")], x[0, SPAN_FEATURES.index("said")] = -1, 1
    return [(regime, x, np.array([0.3, 1.0], np.float32))] * count


def test_sets_of_a_language_count_equally_and_a_stray_text_of_the_other_not() -> None:
    found = fit({"zh": [*rows("zh", 8), *rows("en", 1)], "en": rows("en", 8)})
    assert found["weights"]["zh"]["said"] < 0
    assert found["worth"]["zh"] == {"questions": 8, "before": 0.3, "after": 1.0}
    assert set(found["worth"]) == {"zh", "en"}


def test_few_questions_hardly_move_what_is_known() -> None:
    known = {name: dict.fromkeys(SPAN_FEATURES, 0.0) | {"score": 1.0, "shape": 1.5} for name in ("zh", "en")}
    sets = {"zh": rows("zh", 8), "en": rows("en", 8)}
    drawn, free = fit(sets, known)["weights"]["zh"], fit(sets)["weights"]["zh"]
    assert drawn["shape"] == 1.5  # nothing is said of it
    assert free["shape"] == 0.0
    assert free["said"] < drawn["said"] < 0


def test_both_kinds_of_text_are_needed() -> None:
    with pytest.raises(InputError, match="'en'"):
        fit({"zh": rows("zh", 8)})


def test_the_command_writes_weights_by_name(tmp_path: Path) -> None:
    paragraphs = [
        {"context": f"{n}号馆的展览于6月{n}日开幕。", "qas": [{"question": f"{n}号馆的展览何时开幕?", "id": str(n),
         "answers": [{"text": f"6月{n}日", "answer_start": len(f"{n}号馆的展览于")}]}]}
        for n in range(1, 28)
    ]  # fmt: skip
    english = [
        {"context": f"Hall {n} opened on June {n}.", "qas": [{"question": f"When did hall {n} open?", "id": str(n),
         "answers": [{"text": f"June {n}", "answer_start": len(f"Hall {n} opened on ")}]}]}
        for n in range(1, 28)
    ]  # fmt: skip
    for name, content in (("zh", paragraphs), ("en", english)):
        (tmp_path / name).write_text(json.dumps({"data": [{"paragraphs": content}]}), encoding="utf-8")
    out = tmp_path / "spans.json"
    main([f"zh={tmp_path / 'zh'}", f"en={tmp_path / 'en'}", "--out", str(out)])
    found = json.loads(out.read_text(encoding="utf-8"))
    assert {name: tuple(weights) for name, weights in found["weights"].items()} == {
        "zh": SPAN_FEATURES,
        "en": SPAN_FEATURES,
    }
    assert found["worth"]["zh"]["questions"] == 2
