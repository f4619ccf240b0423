from __future__ import annotations

from pathlib import Path

import pytest

from rag.evaluation import manifest

X86 = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu avx2 avx512f avx512_vnni\n\nprocessor\t: 1\nflags: fpu\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp\n"


@pytest.mark.parametrize(
    ("told", "instructions"),
    [(X86, "avx2 avx512f avx512_vnni"), (X86.replace(" avx512f avx512_vnni", ""), "avx2"), (ARM, "asimddp")],
)
def test_processors_of_one_name_are_told_apart_by_what_sums_their_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, instructions: str
) -> None:
    (tmp_path / "cpuinfo").write_text(told, encoding="utf-8")
    monkeypatch.setattr(manifest, "_CPUINFO", tmp_path / "cpuinfo")
    found = manifest.machine()
    assert found["instructions"] == instructions
    assert (found["processor"] == "AMD EPYC") == (told != ARM)


def test_what_a_system_does_not_tell_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_CPUINFO", tmp_path / "absent")
    assert "instructions" not in manifest.machine()
    assert manifest.machine()["cores"] >= 1
