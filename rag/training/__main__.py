"""``python -m rag.training STAGE``: how the bundled embedding model is made, one command a stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import RagError

if TYPE_CHECKING:
    from rag.training.distil import Material
    from rag.training.student import Student, Teacher

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Dictionaries = Annotated[list[Path], typer.Option("--dictionary", help="Word, gloss and traditional spelling; TSV.")]
Squad = Annotated[list[Path], typer.Option("--squad", help="English questions and paragraphs; SQuAD JSON.")]
Parallel = Annotated[list[str], typer.Option("--pairs", help="Chinese-English TSV; FILE=2 takes each line twice.")]
Out = Annotated[Path, typer.Option(help="Folder for the result.")]
Student_ = Annotated[Path, typer.Option("--student", help="The student of the stage before.")]
Seed = Annotated[int, typer.Option(help="Seed of every draw.")]
Minutes = Annotated[float, typer.Option(help="Wall-clock time; the learning rate falls to nothing over it.")]
Steps = Annotated[int | None, typer.Option(help="Stop after this many steps if that comes first.")]
Threads = Annotated[int | None, typer.Option(help="Threads; by default as many as other programs leave cores free.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in OUT.")]


def weighted(argument: str) -> tuple[Path, float]:
    """A path, and how often each of its lines is taken.

    >>> weighted("a.tsv=0.5"), weighted("a.tsv")
    ((PosixPath('a.tsv'), 0.5), (PosixPath('a.tsv'), 1.0))
    """
    path, _, weight = argument.partition("=")
    return Path(path), float(weight or 1)


@app.command()
def traditional(dictionary: Dictionaries, out: Annotated[Path, typer.Option(help="The table to write.")]) -> None:
    """Write the one-to-one table of traditional characters."""
    from rag.training.corpora import read_entries
    from rag.training.traditional import counterparts, write_table

    entries = [entry for path in dictionary for entry in read_entries(path)]
    write_table(counterparts((entry.traditional, entry.word) for entry in entries), out)


@app.command()
def vocabulary(
    *,
    dictionary: Dictionaries,
    squad: Squad,
    pairs: Parallel,
    out: Out,
    reading: Annotated[list[Path], typer.Option(help="SQuAD JSON whose characters must be known.")],
    english: Annotated[int, typer.Option(help="English pieces.")] = 19_000,
    chinese: Annotated[int, typer.Option(help="Chinese words.")] = 27_000,
) -> None:
    """Choose the pieces and start their vectors from the dictionary."""
    from rag.training import vocabulary as v
    from rag.training.corpora import read_entries, read_pairs, read_squad
    from rag.training.initial import initial_student
    from rag.training.student import simplifier

    simplify = simplifier()
    senses = v.glosses((entry for path in dictionary for entry in read_entries(path)), simplify)
    sentences = [pair for name in pairs for pair in read_pairs(weighted(name)[0])]
    chinese_texts = [simplify(text) for path in reading for text in read_squad(path).paragraphs]
    chinese_texts += [simplify(pair.zh) for pair in sentences]
    english_texts = [text for path in squad for text in read_squad(path).paragraphs] + [p.en for p in sentences]
    student = initial_student(
        senses=senses,
        frequency=v.jieba_frequencies(simplify),
        english_texts=english_texts,
        chinese_texts=chinese_texts,
        english=english,
        chinese=chinese,
    )
    student.save(out)
    sys.stderr.write(f"{student.tokenizer.get_vocab_size()} pieces in {out}\n")


@app.command()
def distil(
    *,
    student: Student_,
    dictionary: Dictionaries,
    squad: Squad,
    pairs: Parallel,
    out: Out,
    minutes: Minutes,
    steps: Steps = None,
    seed: Seed = 1,
    resume: Resume = False,
    threads: Threads = None,
) -> None:
    """Teach the student the teacher's vectors."""
    import torch

    from rag.training.distil import batches
    from rag.training.loop import Plan, train
    from rag.training.student import Student

    plan = Plan(out, minutes, steps, resume=resume, threads=threads)
    torch.manual_seed(seed)
    pupil = Student.load(student)
    lessons = batches(pupil, _teacher(), _material(dictionary, squad, pairs, pupil), seed)
    train(pupil, lessons, pupil.groups(2e-3, 2e-4), plan)


@app.command()
def mine(
    reading: Annotated[list[Path], typer.Option(help="SQuAD JSON; several files become one set.")],
    out: Annotated[Path, typer.Option(help="File for the result.")],
    most: Annotated[int, typer.Option(help="Questions taken.")] = 30_000,
) -> None:
    """Find the paragraphs that BM25 takes for the right one."""
    from rag.training.pools import mine as write

    write(reading, most, out)


@app.command()
def tune(
    *,
    student: Student_,
    dictionary: Dictionaries,
    squad: Squad,
    pairs: Parallel,
    reading: Annotated[list[str], typer.Option(help="What mine wrote; FILE=2 is drawn from twice as often.")],
    out: Out,
    minutes: Minutes,
    switched: Annotated[float, typer.Option(help="Share of the questions with words in the other language.")] = 0.35,
    steps: Steps = None,
    seed: Seed = 2,
    resume: Resume = False,
    threads: Threads = None,
) -> None:
    """Bring questions near the passages that answer them, and go on distilling."""
    import torch

    from rag.training.corpora import read_entries
    from rag.training.distil import batches
    from rag.training.loop import Plan, train
    from rag.training.pools import held_paragraphs, read_pool
    from rag.training.reader_data import without
    from rag.training.student import Student, simplifier
    from rag.training.switch import Switch
    from rag.training.tune import across, mixed, retrieval_batches
    from rag.training.vocabulary import glosses

    plan = Plan(out, minutes, steps, resume=resume, threads=threads)
    torch.manual_seed(seed)
    pupil = Student.load(student)
    material = _material(dictionary, squad, pairs, pupil)
    senses = glosses((entry for path in dictionary for entry in read_entries(path)), simplifier())
    pools = [without(read_pool(path, weight, pupil), held_paragraphs(path)) for path, weight in map(weighted, reading)]
    lessons = mixed(
        retrieval_batches(pupil, pools, Switch(senses, pupil.tokenizer), switched, seed),
        across(pupil, material, seed),
        batches(pupil, _teacher(), material, seed),
        seed,
    )
    train(pupil, lessons, pupil.groups(1e-3, 1e-4), plan)


@app.command("average")
def average_(
    student: Annotated[list[str], typer.Option(help="FOLDER=SHARE, once for each; all from one start.")], out: Out
) -> None:
    """Make one student of several: their weights averaged."""
    from rag.training.average import average

    average([weighted(name) for name in student]).save(out)


@app.command("recover")
def recover_(
    *,
    model: Annotated[Path, typer.Option(help="What export or export-reader wrote, such as a shipped model.")],
    out: Out,
) -> None:
    """Make a student of an exported model, to train on from there."""
    from rag.training.recover import recover

    recover(model).save(out)


@app.command("read")
def read_(
    *,
    student: Student_,
    dictionary: Dictionaries,
    pairs: Parallel,
    reading: Annotated[list[str], typer.Option(help="What mine wrote; FILE=2 is drawn from twice as often.")],
    out: Out,
    minutes: Minutes,
    clozes: Annotated[float, typer.Option(help="Share of examples made from parallel text.")] = 0.14,
    reworded: Annotated[float, typer.Option(help="Share of the English paragraphs put into Chinese.")] = 0.0,
    rate: Annotated[
        float, typer.Option(help="Highest learning rate of the encoder; word vectors learn 5 times as fast.")
    ] = 2e-4,
    steps: Steps = None,
    seed: Seed = 3,
    resume: Resume = False,
    threads: Threads = None,
) -> None:
    """Train the reader: the encoder with pointers to the first and the last token of an answer."""
    import torch

    from rag.training import reader_data as data
    from rag.training.corpora import read_entries, read_pairs
    from rag.training.loop import Plan, train
    from rag.training.pools import held_paragraphs, read_pool
    from rag.training.reader import SpanStudent
    from rag.training.reader import steps as pointing
    from rag.training.student import simplifier
    from rag.training.switch import Switch
    from rag.training.vocabulary import glosses

    plan = Plan(out, minutes, steps, resume=resume, threads=threads)
    torch.manual_seed(seed)
    pupil = SpanStudent.begun(student)
    senses = glosses((entry for path in dictionary for entry in read_entries(path)), simplifier())
    pools = [
        data.without(read_pool(path, weight, pupil), held_paragraphs(path)) for path, weight in map(weighted, reading)
    ]
    lessons = data.Lessons(
        pools=pools,
        parallel=[read_pairs(weighted(name)[0]) for name in pairs],
        clozes=clozes,
        reworded=reworded,
        tokens=data.Tokens(pupil.tokenizer, pupil.simplify),
        switches=[Switch(senses, pupil.tokenizer), Switch(senses, pupil.tokenizer, 0.9)],
        senses=senses,
    )
    train(pupil, pointing(pupil, data.batches(lessons, seed)), pupil.groups(5 * rate, rate), plan)


@app.command()
def export(
    *,
    student: Student_,
    out: Out,
    name: Annotated[str, typer.Option(help="What the model is called.")] = "wenbao-mini",
    window: Annotated[int, typer.Option(help="Longest text in tokens; longer ones are split.")] = 256,
    bits: Annotated[int, typer.Option(help="Of the weights: 8, 7 or 32 (float).")] = 8,
    calibrate: Annotated[list[Path] | None, typer.Option(help="SQuAD JSON whose texts show the activations.")] = None,
) -> None:
    """Write the folder that Wenbao and sentence-transformers load."""
    from rag.training.corpora import read_squad
    from rag.training.export import export as write
    from rag.training.student import Student

    readings = [read_squad(path) for path in calibrate or []]
    texts = [text for r in readings for text in [*r.paragraphs[:100], *(q.text for q in r.questions[:100])]]
    write(Student.load(student), out, name, window, bits, texts)


@app.command("export-reader")
def export_reader_(
    *,
    student: Student_,
    out: Out,
    calibrate: Annotated[list[Path], typer.Option(help="SQuAD JSON whose texts show the activations.")],
    name: Annotated[str, typer.Option(help="What the model is called.")] = "wenbao-reader",
    bits: Annotated[int, typer.Option(help="Of the weights: 8, 7 or 32 (float).")] = 8,
) -> None:
    """Write the folder that the reader loads."""
    import random

    from rag.training.corpora import read_squad
    from rag.training.export import export_reader
    from rag.training.reader import SpanStudent
    from rag.training.reader_data import LENGTHS, Tokens, window

    pupil = SpanStudent.trained(student)
    tokens, rng = Tokens(pupil.tokenizer, pupil.simplify), random.Random(0)
    windows = [
        window(tokens(q.text), tokens(reading.paragraphs[q.paragraph]), None, LENGTHS[1], rng)
        for reading in map(read_squad, calibrate)
        for q in reading.questions[:40]
    ]
    export_reader(pupil, out, name, bits, windows)


@app.command()
def score(
    task: Annotated[list[str], typer.Option(help="NAME=QUESTIONS[,POOL...]: SQuAD JSON, questions of the first file.")],
    model: Annotated[str | None, typer.Option(help="Model folder or name; default the bundled one.")] = None,
    most: Annotated[int | None, typer.Option(help="Questions a task; the pool is never cut.")] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write the scores here too.")] = None,
) -> None:
    """Measure the dense leg alone: recall@1, @5, @10 and the mean reciprocal rank."""
    import json

    from rag.embedding import load_embedder
    from rag.training.score import Task
    from rag.training.score import score as measure

    embedder = load_embedder(model)
    rows = {}
    typer.echo(f"{embedder.name}\n{'task':12} questions  pool    r@1    r@5   r@10    mrr")
    for wanted in map(Task.parse, task):
        found = measure(embedder, wanted.read(most))
        rows[wanted.name] = found.to_dict()
        typer.echo(
            f"{wanted.name:12} {found.questions:9} {found.paragraphs:5}  {found.recall_1:.3f}  {found.recall_5:.3f}"
            f"  {found.recall_10:.3f}  {found.mrr:.3f}"
        )
    if json_:
        json_.write_text(json.dumps({"model": embedder.name, "scores": rows}, indent=2) + "\n", encoding="utf-8")


def _teacher() -> Teacher:
    from rag.training.student import Teacher
    from rag.training.teacher import load_bert, load_wordpiece, teacher_folder

    folder = teacher_folder()
    return Teacher(load_bert(folder), load_wordpiece(folder))


def _material(dictionary: list[Path], squad: list[Path], pairs: list[str], student: Student) -> Material:
    """Of the dictionary, the words that are pieces of the student."""
    from rag.training.corpora import Pair, read_entries, read_pairs, read_squad
    from rag.training.distil import Material, sentences
    from rag.training.student import simplifier
    from rag.training.vocabulary import glosses

    senses = glosses((entry for path in dictionary for entry in read_entries(path)), simplifier())
    pieces = student.tokenizer.get_vocab()
    known = {word: found for word, found in senses.items() if len(word) > 1 and word in pieces}
    words = [Pair(word, "; ".join(found[:2])[:80]) for word, found in known.items()]
    parallel = [(read_pairs(path), weight) for path, weight in map(weighted, pairs)]
    english = sentences([text for path in squad for text in read_squad(path).paragraphs])
    return Material(parallel, words, english)


def main() -> None:
    """Exit status 2 and one line for what a user can mend."""
    try:
        app(prog_name="python -m rag.training")
    except RagError as error:
        sys.stderr.write(f"rag.training: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
