"""The page says of every attack of ``python tests/ui/attack.py`` that it held."""

from __future__ import annotations

from .attack import ATTACKS, PAGE, said, table


def test_the_page_has_a_line_for_every_attack_and_each_held() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = text.partition("<!-- attack -->")[2].partition("<!-- /attack -->")[0].strip().splitlines()[2:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in shown] == [said(attack) for attack in ATTACKS]
    assert {line.split(" | ")[1] for line in shown} == {"yes"}


def test_the_table() -> None:
    assert table([("a", "yes", "b")]).splitlines()[-1] == "| a | yes | b |"
