from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rag.errors import EvaluationError
from rag.evaluation import Question, load_paragraphs, load_questions

ROOT = Path(__file__).parents[2]
ROW = {
    "id": "7",
    "lang": "zh",
    "type": "count",
    "question": "多少?",
    "answers": ["5%"],
    "source": "a.txt",
    "evidence": "增长5%",
}
SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "塔",
            "paragraphs": [
                {"context": "塔高5米。", "qas": [{"id": "q1", "question": "多高?", "answers": [{"text": "5米"}] * 2}]},
                {"context": "在城东。", "qas": []},
            ],
        },
        {
            "title": "门",
            "paragraphs": [
                {"context": "塔高5米。", "qas": [{"id": "q2", "question": "How high?", "answers": [{"text": "5米"}]}]}
            ],
        },
    ],
}
# As https://github.com/DRCKnowledgeTeam/DRCD has it: ids at every level, answers with ids, traditional characters.
DRCD = {
    "version": "1.3",
    "data": [
        {
            "title": "臺北捷運",
            "id": "2128",
            "paragraphs": [
                {
                    "context": "臺北捷運於1996年3月28日通車，是臺灣第一個都會捷運系統。",
                    "id": "2128-2",
                    "qas": [
                        {
                            "id": "2128-2-1",
                            "question": "臺北捷運於哪一年通車?",
                            "answers": [{"id": "1", "text": "1996年", "answer_start": 5}],
                        },
                        {
                            "id": "2128-2-2",
                            "question": "臺灣第一個都會捷運系統是什麼?",
                            "answers": [{"id": "1", "text": "臺北捷運", "answer_start": 0}],
                        },
                    ],
                }
            ],
        }
    ],
}
# As https://github.com/ymcui/cmrc2018 has it in data/, on a single line.
CMRC = [
    {
        "context_id": "DEV_0",
        "context_text": "塔高5米。",
        "title": "塔",
        "qas": [{"query_text": "多高?", "query_id": "DEV_0_QUERY_0", "answers": ["5米", "高5米", "5米"]}],
    },
    {"context_id": "DEV_1", "context_text": "在城东。", "title": "塔", "qas": []},
]

QA = [{"id": "q1", "question": "多高?", "answers": [{"text": "5米"}]}]


def written(tmp_path, content, name="gold.jsonl"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dump(*rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def squad_with(paragraph):
    return json.dumps({"data": [{"paragraphs": [paragraph]}]})


def cmrc_with(qa):
    return json.dumps([{"context_text": "塔", "qas": [qa]}])


def test_our_jsonl(tmp_path):
    loaded = load_questions(written(tmp_path, dump(ROW, {"question": "Who?", "answers": []})))
    assert (loaded.name, loaded.format, loaded.wants_abstention) == ("gold.jsonl", "jsonl", True)
    assert loaded.questions == (
        Question("7", "多少?", "zh", "count", ("5%",), "a.txt", "增长5%"),
        Question("2", "Who?", "en", None, ()),  # id: its line; language: its script
    )
    assert [question.answerable for question in loaded.questions] == [True, False]


def test_squad(tmp_path):
    loaded = load_questions(written(tmp_path, json.dumps(SQUAD), "dev.json"))
    assert (loaded.name, loaded.format, loaded.wants_abstention) == ("dev.json", "squad", False)
    assert loaded.questions == (
        Question("q1", "多高?", "zh", None, ("5米",), context="塔高5米。"),
        Question("q2", "How high?", "en", None, ("5米",), context="塔高5米。"),
    )
    assert loaded.paragraphs == ("塔高5米。", "在城东。")


@pytest.mark.parametrize("encode", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gz"])
def test_cmrc_2018_as_its_authors_publish_it(tmp_path, encode):
    path = written(tmp_path, encode(json.dumps(CMRC)), "cmrc2018_dev.json")
    loaded = load_questions(path)
    assert (loaded.name, loaded.format, loaded.wants_abstention) == ("cmrc2018_dev.json", "squad", False)
    assert loaded.questions == (Question("DEV_0_QUERY_0", "多高?", "zh", None, ("5米", "高5米"), context="塔高5米。"),)
    assert load_paragraphs(path) == loaded.paragraphs == ("塔高5米。", "在城东。")


def test_a_question_without_an_id_goes_by_its_place(tmp_path):
    qas = [{"question": "多高?", "answers": [{"text": "5米"}]}, {"id": None, "question": "多重?", "answers": []}]
    loaded = load_questions(written(tmp_path, squad_with({"context": "塔高5米。", "qas": qas})))
    assert [question.id for question in loaded.questions] == [
        "data[0].paragraphs[0].qas[0]",
        "data[0].paragraphs[0].qas[1]",
    ]


def test_squad_2_questions_without_an_answer_want_abstention(tmp_path):
    qas = [
        {"id": "1", "question": "多重?", "answers": [], "is_impossible": True},
        {"id": "2", "question": "多宽?", "is_impossible": True, "plausible_answers": [{"text": "5米"}]},
    ]
    loaded = load_questions(written(tmp_path, squad_with({"context": "塔高5米。", "qas": qas}), "dev.json"))
    assert [question.answers for question in loaded.questions] == [(), ()]
    assert loaded.wants_abstention


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: gzip.compress(b"\xef\xbb\xbf" + text.encode()),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: f"\n{text}\n\n".encode(),
    ],
    ids=["plain", "bom", "gz", "gz with bom", "crlf", "blank lines"],
)
@pytest.mark.parametrize("content", [dump(ROW, ROW | {"id": "8"}), json.dumps(SQUAD)], ids=["jsonl", "squad"])
def test_gzip_byte_order_mark_and_line_ends_do_not_matter(tmp_path, encode, content):
    plain = load_questions(written(tmp_path, content))
    assert load_questions(written(tmp_path, encode(content))).questions == plain.questions


def test_one_line_and_line_separators_inside_texts(tmp_path):
    row = ROW | {"evidence": "一行\u2028二行\x85"}
    assert load_questions(written(tmp_path, dump(row))).questions[0].evidence == "一行\u2028二行\x85"


@pytest.mark.parametrize(
    ("questions", "langs"),
    [
        (["何ですか", "どこですか", "東京都知事?"], ["ja", "ja", "ja"]),  # one without kana among Japanese ones
        (["谁?", "何时?", "《となりのトトロ》由谁导演?"], ["zh", "zh", "zh"]),
        (["谁?", "Who?", "何时?"], ["zh", "en", "zh"]),
    ],
)
def test_a_squad_files_majority_tells_chinese_from_japanese(tmp_path, questions, langs):
    qas = [{"id": q, "question": q, "answers": [{"text": "塔"}]} for q in questions]
    loaded = load_questions(written(tmp_path, squad_with({"context": "塔", "qas": qas})))
    assert [question.lang for question in loaded.questions] == langs


def test_a_limit_keeps_the_pool_and_the_default_threshold(tmp_path):
    loaded = load_questions(written(tmp_path, json.dumps(SQUAD)))
    limited = loaded.limited(1)
    assert [question.id for question in limited.questions] == ["q1"]
    assert limited.paragraphs == loaded.paragraphs
    assert loaded.limited(None) == loaded


def test_paragraphs_for_a_pool(tmp_path):
    assert load_paragraphs(written(tmp_path, json.dumps(SQUAD))) == ("塔高5米。", "在城东。")
    with pytest.raises(EvaluationError, match="has no paragraphs"):
        load_paragraphs(written(tmp_path, dump(ROW)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("  \n\n", "is empty"),
        (b"\xff\xfe\x00q", "is not UTF-8 (byte 0)"),
        (b"\x1f\x8b\x08broken", "is a damaged gzip file"),
        (gzip.compress(b"x" * 100)[:-12], "is a damaged gzip file"),
        ("not json", "line 1 is not JSON"),
        (dump(ROW) + "\n\n{broken", "line 3 is not JSON"),
        ("[" * 100_000, "line 1 is not JSON"),
        ("[1, 2]", 'is neither JSON Lines of questions nor SQuAD JSON with a list under "data"'),
        ('{"version": 2}', "is neither JSON Lines"),
        ('{"data": 3}', "is neither JSON Lines"),
        (dump(ROW) + "\n3", "line 2 is not an object"),
        (dump(ROW, {"answers": []}), 'line 2 needs "question", a text'),
        (dump(ROW | {"question": " "}), 'line 1 needs "question", a text'),
        (dump(ROW | {"answers": "5%"}), 'line 1 needs "answers", a list of texts'),
        (dump(ROW | {"answers": ["5%", ""]}), 'line 1 needs "answers", a list of texts'),
        (dump({"question": "?"}), 'line 1 needs "answers", a list of texts'),
        (dump(ROW | {"source": 3}), 'line 1: "source" must be a text'),
        (dump(ROW, ROW), "line 2: id '7' is taken by line 1"),
        (dump(ROW)[:-1] + ', "answers": []}', 'line 1 has "answers" twice in one object: leave one of them'),
        ('{"data": [], "data": []}', ' has "data" twice in one object: leave one of them'),
        (json.dumps(ROW | {"question": "\ud800?"}), "line 1 has half of a surrogate pair at character 0"),
        (squad_with(3), "data[0].paragraphs[0] is not an object"),
        (squad_with({"qas": []}), 'data[0].paragraphs[0] needs "context", a text'),
        (squad_with({"context": "塔"}), 'data[0].paragraphs[0] needs "qas", a list'),
        (squad_with({"context": "塔", "qas": [{"answers": []}]}), 'data[0].paragraphs[0].qas[0] needs "question"'),
        (squad_with({"context": "塔", "qas": [{"question": "?"}]}), 'data[0].paragraphs[0].qas[0] needs "answers"'),
        (
            squad_with({"context": "塔", "qas": [{"question": "?", "answers": [{}]}]}),
            'data[0].paragraphs[0].qas[0].answers[0] needs "text"',
        ),
        (
            squad_with({"context": "塔", "qas": QA * 2}),
            "data[0].paragraphs[0].qas[1]: id 'q1' is taken by data[0].paragraphs[0].qas[0]: give it its own",
        ),
        (
            json.dumps([*CMRC, CMRC[0]]),
            "[2].qas[0]: id 'DEV_0_QUERY_0' is taken by [0].qas[0]: give it its own",
        ),
        (json.dumps([*CMRC, 3]), "[2] is not an object"),
        (json.dumps([*CMRC, {"qas": []}]), '[2] needs "context_text", a text'),
        (cmrc_with({"query_id": "1", "answers": ["塔"]}), '[0].qas[0] needs "query_text", a text'),
        (cmrc_with({"query_text": "?", "answers": [{"text": "塔"}]}), '[0].qas[0] needs "answers", a list of texts'),
    ],
)
def test_bad_files_are_named_with_the_place(tmp_path, content, message):
    path = written(tmp_path, content)
    with pytest.raises(EvaluationError) as caught:
        load_questions(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(EvaluationError, match=r"no\.jsonl does not exist"):
        load_questions(tmp_path / "no.jsonl")
    with pytest.raises(EvaluationError, match=r"has no qrels/\*.tsv; a folder with corpus.jsonl"):
        load_questions(tmp_path)


@pytest.mark.parametrize(
    ("content", "kept", "told"),
    [
        (
            dump(ROW) + "\n{broken\n" + dump(ROW | {"id": "8"}, ROW),
            ["7", "8"],
            ["line 2 is not JSON", "line 4: id '7'"],
        ),
        (dump(ROW, {"answers": []}), ["7"], ['line 2 needs "question"']),
        (
            json.dumps(
                {"data": [3, {"paragraphs": [{"context": "塔高5米。", "qas": [{"id": "1"}, *QA]}, {"qas": []}]}]}
            ),
            ["q1"],
            [
                "data[0] is not an object",
                'data[1].paragraphs[0].qas[0] needs "question"',
                'paragraphs[1] needs "context"',
            ],
        ),
        (json.dumps({"data": [{"title": "?"}, {"paragraphs": []}]}), [], ['data[0] needs "paragraphs"']),
        (
            squad_with({"context": "塔", "qas": [*QA, *QA, QA[0] | {"id": "q2"}]}),
            ["q1", "q2"],
            ["qas[1]: id 'q1' is taken by data[0].paragraphs[0].qas[0]"],
        ),
        (json.dumps([3, *CMRC]), ["DEV_0_QUERY_0"], ["[0] is not an object"]),
    ],
)
def test_bad_lines_are_skipped_by_choice_and_told_of(tmp_path, content, kept, told):
    loaded = load_questions(written(tmp_path, content), skip_bad=True)
    assert [question.id for question in loaded.questions] == kept
    assert len(loaded.skipped) == len(told)
    assert [part for part in told if not any(part in line for line in loaded.skipped)] == []


@pytest.mark.parametrize("content", ["", b"\xff\xfe\x00q", '{"version": 2}'])
def test_a_file_that_cannot_be_read_at_all_is_an_error_all_the_same(tmp_path, content):
    with pytest.raises(EvaluationError):
        load_questions(written(tmp_path, content), skip_bad=True)


def test_a_sample_is_drawn_by_its_seed_and_keeps_the_order(tmp_path):
    rows = [ROW | {"id": str(number)} for number in range(100)]
    loaded = load_questions(written(tmp_path, dump(*rows)))
    drawn = [int(question.id) for question in loaded.sampled(10, seed=1).questions]
    assert len(drawn) == 10
    assert drawn == sorted(drawn) != list(range(10))
    assert drawn == [int(question.id) for question in loaded.sampled(10, seed=1).questions]
    assert drawn != [int(question.id) for question in loaded.sampled(10, seed=2).questions]
    assert loaded.sampled(None) == loaded.sampled(100) == loaded


def test_the_gold_set_of_the_project():
    loaded = load_questions(ROOT / "tests/gold/questions.jsonl")
    answerable = [question for question in loaded.questions if question.answerable]
    assert (len(loaded.questions), len(answerable)) == (96, 76)
    assert all(question.source and question.evidence for question in answerable)


def test_drcd_as_it_is_published(tmp_path):
    path = tmp_path / "DRCD_dev.json"
    path.write_text(json.dumps(DRCD, ensure_ascii=False), encoding="utf-8")
    loaded = load_questions(path)
    context = "臺北捷運於1996年3月28日通車，是臺灣第一個都會捷運系統。"
    assert (loaded.format, loaded.paragraphs, loaded.wants_abstention) == ("squad", (context,), False)
    assert [(q.id, q.question, q.lang, q.answers, q.context) for q in loaded.questions] == [
        ("2128-2-1", "臺北捷運於哪一年通車?", "zh", ("1996年",), context),
        ("2128-2-2", "臺灣第一個都會捷運系統是什麼?", "zh", ("臺北捷運",), context),
    ]
