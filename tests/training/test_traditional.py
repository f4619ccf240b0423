from __future__ import annotations

from pathlib import Path

import rag.text
from rag.training.traditional import counterparts, main, read_table, write_table

TABLE = Path(rag.text.__file__).parent / "traditional.txt"


def test_the_most_common_counterpart_wins():
    spellings = [("乾淨", "干净"), ("餅乾", "饼干"), ("乾隆", "乾隆"), ("3C", "3C")]
    assert counterparts(spellings) == {"乾": "干", "淨": "净", "餅": "饼"}


def test_a_tie_changes_nothing():
    assert counterparts([("瞭望", "瞭望"), ("瞭解", "了解")]) == {}


def test_a_counterpart_is_not_mapped_on():
    assert counterparts([("什麼", "什么"), ("么二", "幺二")]) == {"麼": "么"}


def test_texts_of_unequal_length_say_nothing():
    assert counterparts([("臺北市", "台北")]) == {}


def test_the_table_survives_writing(tmp_path):
    write_table({"車": "车", "𨭎": "𬭳"}, tmp_path / "table.txt")
    assert "𨭎車。".translate(read_table(tmp_path / "table.txt")) == "𬭳车。"


def test_the_table_in_the_package_maps_once():
    table = read_table(TABLE)
    assert len(table) > 2900
    assert not set(map(chr, table)) & set(table.values())
    assert "著乾麼裏裡後髮".translate(table) == "着干么里里后发"


def test_the_command_makes_the_table_of_a_dictionary(tmp_path):
    rows = ["汽车\tcar\t汽車", "车\tvehicle\t車", "好\tgood\t好"]
    (tmp_path / "dictionary.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    main([str(tmp_path / "dictionary.tsv"), "--out", str(tmp_path / "table.txt")])
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == "車\n车\n"
