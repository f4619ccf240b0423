"""The wheel, installed outside the clone; and what importing costs and offers."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import rag

ROOT = Path(__file__).parents[1]
DATA = {
    "rag/lexical/english.tsv.gz",
    "rag/lexical/pinyin.txt",
    "rag/lexical/surnames.txt",
    "rag/models/base/tokenizer.json",
    "rag/models/base/words.npy",
    "rag/models/wenbao-small/README.md",
    "rag/models/wenbao-small/config_sentence_transformers.json",
    "rag/models/wenbao-small/model.onnx",
    "rag/models/wenbao-small/modules.json",
    "rag/models/wenbao-small/wenbao.json",
    "rag/py.typed",
    "rag/models/wenbao-reader/model.onnx",
    "rag/models/wenbao-reader/wenbao.json",
    "rag/reader/weights.json",
    "rag/text/traditional.txt",
}
TRAINING = "rag/training/"
# Training imports what only ``wenbao[train]`` brings, ``embedding.module`` torch; they have tests of their own.
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(rag.__path__, "rag.")
    if not module.name.startswith("rag.training") and module.name not in ("rag.__main__", "rag.embedding.module")
)


def test_what_training_imports_is_named() -> None:
    """All that ``rag/training`` imports is a dependency or in the extra, and nothing is only said to be needed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["train"]
    named = {re.split("[<>=]", each)[0] for each in [*extra, *project["dependencies"]]}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "rag" / "training").glob("*.py"))
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", sources, re.MULTILINE)) - sys.stdlib_module_names - {"rag"}
    called = {"sklearn": "scikit-learn"}
    assert {called.get(name, name) for name in imported} <= named
    assert {re.split("[<>=]", each)[0] for each in extra} <= {called.get(name, name) for name in imported}


def test_the_wheel_leaves_out_how_the_models_are_made() -> None:
    files = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {"rag/__init__.py", "rag/models/wenbao-small/model.onnx"} <= files
    assert [file for file in files if file.startswith(TRAINING)] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to put on PYTHONPATH, far from the clone."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True, timeout=300)
    return folder


def test_the_wheel_holds_what_is_needed_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"wenbao-{rag.__version__}.dist-info/METADATA").decode()
    assert names >= DATA
    folders = (ROOT / "rag" / "ui" / "static", ROOT / "rag" / "ui" / "render" / "templates")
    statics = {path.relative_to(ROOT).as_posix() for folder in folders for path in folder.iterdir()}
    assert statics
    assert names >= statics
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "rag").rglob("*.py")}
    assert names >= {module for module in modules if not module.startswith(TRAINING)}
    assert [name for name in names if name.startswith(TRAINING)] == []
    assert {name.split("/")[0] for name in names} == {"rag", f"wenbao-{rag.__version__}.dist-info"}
    assert {Path(name).name for name in names} >= {"LICENSE", "NOTICE", "entry_points.txt"}
    assert "Name: wenbao\n" in metadata


def test_the_wheel_answers_outside_the_clone_without_a_network(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    page = "新能源汽车展启动\n\n本报讯(记者 张三)6月1日,新能源汽车展在武进吾悦广场启动,共有97辆汽车参展。\n"
    (tmp_path / "pages" / "cars.txt").write_text(page, encoding="utf-8")

    def run(*arguments: str) -> str:
        # Any connection ends in an error at once.
        blocked = {f"{name}_proxy": "http://127.0.0.1:9" for name in ("http", "https", "all")}
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "HF_HUB_OFFLINE": "1", **blocked}
        command = [sys.executable, "-P", "-m", "rag", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "1 added" in run("index", "pages")
    answer = json.loads(run("ask", "新能源汽车展共有多少辆汽车参展?", "--json", "--min-confidence", "0"))
    assert answer["answer"] == "97辆"
    citation = answer["citations"][0]
    assert page[citation["start"] : citation["end"]] == citation["quote"]
    where = "import rag; print(rag.__file__)"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
    found = subprocess.run(
        [sys.executable, "-P", "-c", where], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert Path(found.stdout.strip()).is_relative_to(installed)


def test_public_names() -> None:
    """What a user's script may import; a name that goes away breaks somebody's program."""
    assert rag.__all__ == [
        "Answer",
        "Article",
        "Candidate",
        "Chatbot",
        "Citation",
        "Document",
        "Filter",
        "Hit",
        "Passage",
        "RagError",
        "UpdateSummary",
        "__version__",
        "remove_sources",
        "update_index",
    ]
    named = {name: getattr(rag, name) for name in rag.__all__ if name != "__version__"}
    assert {name for name, value in named.items() if value.__name__ != name} == set()
    assert named["Filter"] is rag.types.Filter
    assert named["Chatbot"] is rag.chatbot.Chatbot
    with pytest.raises(AttributeError, match="module 'rag' has no attribute 'Robot'"):
        _ = rag.Robot


def test_importing_the_package_imports_none_of_it() -> None:
    code = "import sys, rag; print([name for name in sys.modules if name.startswith('rag.') or name == 'numpy'])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_an_index_is_built_updated_and_asked_by_public_names(tmp_path: Path) -> None:
    pages, index = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    (pages / "a.txt").write_text(
        "新能源汽车展启动\n\n6月1日,新能源汽车展在武进吾悦广场启动,共有97辆汽车参展。\n", "utf-8"
    )
    assert rag.update_index(index, [pages]).added == ("a.txt",)
    (pages / "b.txt").write_text("音乐节闭幕\n\n8月9日,音乐节在礼堂闭幕。\n", "utf-8")
    summary = rag.update_index(str(index), str(pages))
    assert (summary.added, summary.unchanged) == (("b.txt",), ("a.txt",))
    with rag.Chatbot.open(index) as bot:
        assert bot.ask("新能源汽车展共有多少辆汽车参展?", min_confidence=0).answer == "97辆"
        hits = bot.search("汽车展", where=rag.Filter(sources=("b.txt",)))
        assert [hit.passage.source for hit in hits] == ["b.txt"]
        assert rag.remove_sources(index, "b.*").removed == ("b.txt",)
        assert bot.is_outdated()


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported_and_says_what_it_is_for(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert [public for public in getattr(module, "__all__", ()) if not hasattr(module, public)] == []


def test_nothing_is_pickled() -> None:
    """A pickle runs what it says when it is read: an index or a model may come from anybody."""
    named = re.compile(r"\b(?:pickle|cPickle|dill|joblib|shelve|marshal)\b|allow_pickle\s*=\s*True")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "rag").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(line.partition("#")[0])
    ]
    assert found == []
