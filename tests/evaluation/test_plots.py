from __future__ import annotations

import re
import sys
from xml.etree import ElementTree as ET

import pytest

from rag.evaluation.plots import main, reliability_svg, risk_coverage_svg, thinned

JUDGED = [(0.95, True), (0.95, True), (0.95, False), (0.25, False)]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_bars_are_as_high_as_the_share_that_is_right():
    root = ET.fromstring(reliability_svg(JUDGED))
    bars = root.findall(f"{SVG}rect[@class='b']")
    side = float(root.find(f"{SVG}rect[@class='a']").get("height"))
    assert [float(bar.get("height")) / side for bar in bars] == pytest.approx([0, 2 / 3], abs=0.001)
    assert [bar[0].text for bar in bars] == [
        "1 answers, confidence 0.25, right 0.00",
        "3 answers, confidence 0.95, right 0.67",
    ]
    assert root.find(f"{SVG}title").text == "Reliability: 4 answers, ECE 0.275"  # (3 · |.95 - 2/3| + .25) / 4


def test_the_curve_goes_from_the_surest_answers_to_all_of_them():
    root = ET.fromstring(risk_coverage_svg(JUDGED))
    frame = root.find(f"{SVG}rect[@class='a']")
    left, top, side = (float(frame.get(name)) for name in ("x", "y", "height"))
    points = re.findall(r"([\d.]+) ([\d.]+)", root.find(f"{SVG}path[@class='l']").get("d"))
    shown = [((float(x) - left) / side, 1 - (float(y) - top) / side) for x, y in points]
    # Of the three surest, equally sure ones, one is wrong, so each stands for a third of an error.
    assert shown == [pytest.approx(p, abs=0.001) for p in [(0.25, 1 / 3), (0.5, 1 / 3), (0.75, 1 / 3), (1, 0.5)]]


def test_the_threshold_stands_where_its_answers_end():
    """Three of the four answers are at least as sure as .5."""
    root = ET.fromstring(risk_coverage_svg(JUDGED, 0.5))
    frame, line = root.find(f"{SVG}rect[@class='a']"), root.find(f"{SVG}path[@class='i']")
    places = {float(x) for x, _ in re.findall(r"([\d.]+) ([\d.]+)", line.get("d"))}
    assert places == {float(frame.get("x")) + 0.75 * float(frame.get("width"))}
    assert line[0].text == "threshold 0.5: 0.75 answered"
    assert ET.fromstring(risk_coverage_svg(JUDGED)).find(f"{SVG}path[@class='i']") is None


def test_nothing_judged_draws_the_frame_alone():
    assert ET.fromstring(risk_coverage_svg([])).find(f"{SVG}path") is None
    assert ET.fromstring(reliability_svg([])).findall(f"{SVG}rect[@class='b']") == []


def test_long_curves_are_thinned_and_keep_their_end():
    points = [(i / 10_000, 0.0) for i in range(10_001)]
    assert len(thinned(points)) <= 510
    assert thinned(points)[-1] == points[-1]
    assert thinned([(1.0, 0.5)]) == [(1.0, 0.5)]


def test_the_command_draws_a_reports_answers(reports, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["plots", str(reports["this"]), "--out", str(tmp_path)])
    main()
    assert "Reliability: 3 answers" in (tmp_path / "reliability.svg").read_text(encoding="utf-8")
    assert "Risk and coverage: 3 answers" in (tmp_path / "risk-coverage.svg").read_text(encoding="utf-8")
