from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from shipped import Shipped, shipped
from tables import BLOCKS, LANGUAGES, filled, load_results, main

from rag.errors import EvaluationError

ROOT = Path(__file__).parents[2]
SHIPS = Shipped("wenbao-mini@7f3b", "ab")
MADE = {"model": "wenbao-mini@7f3b", "reader": "ab"}
SEARCHED = MADE | {"retrieval": True}
GOLD = {
    "by_lang": {"zh": {"recall@5": 1.0, "contains": 0.9449}, "en": {"recall@5": 0.5}},
    "ci95_by_lang": {"zh": {"recall@5": [1.0, 1.0], "contains": [0.88, 0.99]}},
    "run": MADE,
}
CMRC = {
    "questions": 3219,
    "scores": {"recall@1": 0.9642, "recall@10": 0.99, "em": 0.5, "f1": 0.7, "latency_ms_p50": 9.6},
    "run": MADE | {"passages": 7587, "paragraphs": 3507, "seconds": 600.0},
}
RESULTS = {
    "gold": GOLD,
    "cmrc": CMRC,
    "cmrc-given": {"questions": 3219, "scores": {"em": 0.6, "f1": 0.8}, "run": MADE | {"passages": 3507}},
    "cmrc-dense": {
        "questions": 3219,
        "scores": {"recall@1": 0.8, "recall@5": 0.9, "recall@10": 0.95, "mrr@10": 0.85},
        "run": SEARCHED | {"passages": 3507},
    },
    "cmrc-fused": {
        "scores": {"recall@1": 0.9642, "mrr@10": 0.98},
        "run": SEARCHED | {"passages": 3507, "questions_per_s": 310.6},
    },
    "drcd-given": {"questions": 9, "scores": {"em": 0.4, "f1": 0.6}, "run": MADE | {"passages": 5}},
    "index": {
        "sizes": [
            {
                "passages": 10017,
                "vectors": 54000,
                "build_cpu_s": 30.0,
                "disk_per_passage": 6240,
                "open_s": 0.052,
                "resident_mb": 300,
                "build_peak_mb": 474,
                "latency_ms": {"hybrid": {"p50": 4.04, "p95": 6.06}},
                "recall@10": 1.0,
                "add_s": 0.61,
            }
        ],
        "real": {"passages": 50012, "vectors": 240000, "recall@10": 0.9871},
        "machine": "2 cores",
        "date": "2026-11-21",
    },
    "kills": {
        "kills": 200,
        "found": {"old": 150, "new": 50},
        "modes": {"update": {"old": 100}, "remove": {"old": 50, "new": 50}},
        "machine": "2 cores",
        "date": "2026-11-21",
    },
    "drcd-dense": {
        "questions": 9,
        "scores": {"recall@1": 0.5, "recall@5": 0.75, "recall@10": 1.0, "mrr@10": 0.6},
        "run": SEARCHED | {"passages": 5},
    },
    **{
        f"xquad-{lang}{kind}-dense": {"scores": {"recall@1": 0.5, "recall@5": 0.75}, "run": SEARCHED}
        for lang in LANGUAGES
        for kind in ("", "-zh")
    },
    "xquad-de-zh-dense": {"scores": {"recall@1": 0.6, "recall@5": 0.875}, "run": SEARCHED},
    **{
        f"pages-{leg}": {
            "by_lang": {lang: {"recall@1": 0.25, "recall@5": 0.5} for lang in ("zh", "en")},
            "run": SEARCHED,
        }
        for leg in ("dense", "lexical", "fused")
    },
    "xquad-zh-traditional-dense": {
        "questions": 9,
        "scores": {"recall@1": 0.5, "recall@5": 0.75, "recall@10": 1.0, "mrr@10": 0.6},
        "run": SEARCHED | {"passages": 5},
    },
    "speed": {
        "model": "wenbao-mini@7f3b",
        "passages_per_s": {"wenbao-mini": 31.04, "all-MiniLM-L6-v2": 10.0},
        "ratio": 3.1,
        "question_ms": {"p50": 2.04, "p95": 3.16},
        "folder_mb": 34.6,
        "ask_peak_mb": 299,
    },
    "race": {
        "ours": MADE,
        "sets": {
            "CMRC": {
                "rows": [
                    {"name": "Wenbao, as it ships", "recall@1": 0.96, "f1": 0.7, "search_ms_p50": 5.04, "start_s": 1.0},
                    {"name": "FAISS, with our embedder", "model": "wenbao", "recall@1": 0.9},
                    {"name": "bm25s, with jieba", "model": None, "recall@1": 0.94},
                ]
            },
            "XQuAD": {"rows": [{"name": "Wenbao, as it ships", "recall@1": 0.85}]},
        },
    },
}


def block(name: str, ships: Shipped = SHIPS) -> str:
    return filled(f"<!-- results:{name} -->\nold\n<!-- /results -->", RESULTS, ships)


def test_tables_by_hand():
    assert "| right paragraph among the first five (`recall@5`) | 1.000 (1.000–1.000) | .500 |" in block("gold")
    assert "(`contains`) | .945 (.880–.990) | – |" in block("gold")
    assert "| CMRC 2018 dev | 3219 | 7587 (3507) | .964 | .990 | .500 | .700 | .600 | .800 | 10 | 10.0 |" in block(
        "sets"
    )
    assert "| DRCD dev (traditional) | 9 | 5 | – | – | – | – | .400 | .600 | – | – |" in block("sets")
    assert "| CMRC 2018 dev | 3507 | .800 | – | .964 | .850 | – | .980 | 311 |" in block("legs")
    assert "| Wenbao, as it ships | .960 | .850 | .700 | 5.0 | 1.0 |" in block("race")
    assert "| German | .500 | .750 | .600 | .875 |" in block("languages")
    assert "| **mean** | .500 | .750 | .510 | .762 |" in block("languages")
    assert "| Chinese questions | .250 | .500 | .250 | .500 | .250 | .500 |" in block("pages")
    assert "in fp32 by sentence-transformers | 10.0 (ratio 3.10) |" in block("speed")
    assert "| a question alone, ms, p50 and p95 | 2.0 and 3.2 |" in block("speed")
    assert "50012 passages (240000 vectors)" in block("index")
    assert "| 10017 | 54000 | 0.5 | 6.2 | 0.1 | 300 | 474 | 4.0 | 6.1 | 1.000 | 0.6 | – |" in block("index")
    assert "recall@10 of exact .987. 2 cores, 2026-11-21." in block("index")
    assert "200 kills (update, remove): 50 new, 150 old; none was neither. 2 cores" in block("kills")
    assert "| DRCD dev (traditional) | 9 | 5 | .500 | .750 | 1.000 | .600 |" in block("dense")
    assert "| the same in traditional characters | 9 | 5 | .500 | .750 | 1.000 | .600 |" in block("dense")
    assert block("gold").endswith("|\n<!-- /results -->")


NOTE = "|\n\n† Measured with other models than those that ship now.\n<!-- /results -->"


def test_nothing_is_marked_that_was_made_with_what_ships():
    assert not any("†" in block(name) for name in BLOCKS)


def test_rows_of_another_model_are_marked():
    """The embedding model makes every figure but those of words alone in the race."""
    other = Shipped("wenbao-mini@0000", "ab")
    marked = [name for name in BLOCKS if block(name, other).endswith(NOTE)]
    assert marked == ["gold", "sets", "legs", "languages", "pages", "speed", "dense", "race"]
    assert "| CMRC 2018 dev † | 3219 |" in block("sets", other)
    assert "| right among answered (`precision`) † |" in block("gold", other)
    assert "|  | wenbao-mini † |" in block("speed", other)
    assert "| German † |" in block("languages", other)
    assert "| FAISS, with our embedder † | .900 |" in block("race", other)
    assert "| bm25s, with jieba | .940 |" in block("race", other)


def test_another_reader_marks_what_was_read_and_not_what_was_retrieved():
    other = Shipped("wenbao-mini@7f3b", "cd")
    marked = [name for name in BLOCKS if block(name, other).endswith(NOTE)]
    assert marked == ["gold", "sets", "race"]


def test_a_row_is_marked_if_one_of_its_runs_is_older():
    given = RESULTS["cmrc-given"]
    older = RESULTS | {"cmrc-given": {**given, "run": given["run"] | {"reader": "cd"}}}
    text = filled("<!-- results:sets -->\n<!-- /results -->", older, SHIPS)
    assert "| CMRC 2018 dev † |" in text
    assert "| DRCD dev (traditional) | 9 |" in text


def test_targets_say_what_is_reached_and_by_which_command():
    run = {"command": "rag evaluate x.json --gold-passage"}
    results = {
        "cmrc-given": {"scores": {"em": 0.66, "f1": 0.87}, "run": run},
        "drcd-given": {"scores": {"em": 0.65, "f1": 0.9}},
        "gold": {"scores": {"false_answer_rate": 0.2, "latency_ms_p50": 250.4}},
    }
    text = filled("<!-- results:targets -->\n<!-- /results -->", results, SHIPS)
    assert "| .600 / .820 | .660 / .860 | .660 / .870 | aim | `rag evaluate x.json --gold-passage` |" in text
    assert "| .650 / .790 | .780 / .870 | .650 / .900 | floor | – |" in text
    assert "| .100 | .050 | .200 | **below the floor** | – |" in text
    assert "| 300 | 120 | 250 | floor | – |" in text
    assert "| .580 / .800 | .630 / .830 | – / – | – | – |" in text


def test_the_fit_is_shown_by_regime_and_by_precision():
    held = {"right_with_answer": 0.9, "answered_with_answer": 0.8, "answered_without_answer": 0.1}
    held |= {"right_of_answered": 0.92, "ece": 0.03}
    fit = {"threshold": 0.57, "regimes": {"within": {"held_out": held}, "across": {"held_out": held | {"ece": 0.05}}}}
    old = filled("<!-- results:fit -->\n<!-- /results -->", {"weights": fit}, SHIPS)
    assert "at the threshold .570" in old
    assert "| across | .900 | .800 | .100 | .920 | .050 |" in old
    assert "precision |" not in old  # a fit from before precisions were written
    reached = {"0.90": {"threshold": 0.57, "answered_with_answer": 0.8, "right_of_answered": 0.901}}
    new = filled(
        "<!-- results:fit -->\n<!-- /results -->",
        {"weights": fit | {"held_out": held, "precisions": {"all": reached, "within": reached}}},
        SHIPS,
    )
    assert "| both | .900 | .800 | .100 | .920 | .030 |" in new
    assert "| .900 | .570 | .800 | .901 | .570 | .800 | .901 |" in new


def test_dialogues_are_shown_by_language():
    found = {"turns": 9, "scores": {"noticed": 0.5}, "by_lang": {"zh": {"noticed": 1.0}}}
    text = filled("<!-- results:dialogues -->\n<!-- /results -->", {"dialogues": found}, SHIPS)
    assert "| 9 turns after the first | all | zh |" in text
    assert "| `noticed` | .500 | 1.000 |" in text


def test_our_own_pages_are_shown_beside_each_other():
    news = {"by_lang": {"zh": {"contains": 0.5}, "en": {"contains": 0.25}}}
    seeds = {"by_lang": {"zh": {"contains": 0.9}, "en": {"contains": 0.75}}}
    text = filled("<!-- results:ours -->\n<!-- /results -->", {"pages": news, "gold": seeds}, SHIPS)
    assert "| answered, and rightly (`contains`) | .500 | .250 | .900 | .750 |" in text


def test_a_run_that_was_resumed_shows_no_minutes():
    part = {**CMRC, "run": {**CMRC["run"], "resumed": 3000}}
    text = filled("<!-- results:sets -->\n<!-- /results -->", {"cmrc": part}, SHIPS)
    assert "| 10 | – |" in text


def test_nothing_measured_yet_is_said():
    assert filled("<!-- results:sets -->\n<!-- /results -->", {}, SHIPS) == (
        "<!-- results:sets -->\nNot measured yet.\n<!-- /results -->"
    )


def test_filling_twice_changes_nothing_and_other_text_stays():
    text = f"# Head\n\n{block('gold')}\n\ntail\n"
    assert filled(text, RESULTS, SHIPS) == text


def test_a_block_without_a_table_is_an_error():
    with pytest.raises(
        EvaluationError, match="no table results:x: name one of ours, gold, targets, fit, dialogues, sets"
    ):
        block("x")


def test_the_command_fills_and_checks(tmp_path, capsys):
    (tmp_path / "cmrc.json").write_text(json.dumps(CMRC), encoding="utf-8")
    document = tmp_path / "d.md"
    document.write_text("a\n<!-- results:sets -->\n<!-- /results -->\n", encoding="utf-8")
    options = [str(document), "--results", str(tmp_path)]
    assert main([*options, "--check"]) == 1
    assert "does not show docs/results" in capsys.readouterr().err
    assert main(options) == 0
    # What is called wenbao-mini@7f3b here never shipped.
    assert "| CMRC 2018 dev † | 3219 |" in document.read_text(encoding="utf-8")
    assert main([*options, "--check"]) == 0


@pytest.mark.parametrize("document", ["README.md", "docs/results/README.md", "rag/models/wenbao-small/README.md"])
def test_our_documents_show_what_was_measured(document):
    """Mended by ``python tests/benchmarks/tables.py README.md docs/results/README.md``."""
    text = (ROOT / document).read_text(encoding="utf-8")
    assert filled(text, load_results(ROOT / "docs" / "results"), shipped()) == text


def test_what_was_measured_has_no_texts_of_the_sets_and_no_place_of_the_machine():
    for name, found in load_results(ROOT / "docs" / "results").items():
        text = json.dumps(found)
        assert "rows" not in found or name == "race"
        assert not re.search(r'["\s=]/\w', text), "a path of the machine"
