from __future__ import annotations

import pandas as pd


def test_records_are_flat_rows(report):
    right, unsure, untold = report.records()
    assert (right["id"], right["gold"], right["answer"], right["source"]) == ("1", "东&西", "东&西", "a.txt")
    assert (right["type"], right["answerable"], right["failure"], right["contains"]) == ("where", True, None, 1.0)
    assert (unsure["abstained"], unsure["answer"], unsure["quote"], unsure["confidence"]) == (True, None, None, 0.3)
    assert (untold["answerable"], untold["contains"], untold["false_answer_rate"]) == (False, None, 0.0)
    assert {tuple(row) for row in (right, unsure, untold)} == {tuple(right)}
    assert all(
        value is None or isinstance(value, str | int | float | bool)
        for row in report.records()
        for value in row.values()
    )


def test_records_are_a_data_frame(report):
    frame = pd.DataFrame(report.records())
    assert list(frame["id"]) == ["1", "2", "3"]
    assert frame.groupby("lang")["contains"].mean().to_dict() == {"en": 0.0, "zh": 1.0}
