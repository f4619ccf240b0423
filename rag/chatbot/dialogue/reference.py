"""Something in a question that stands for what an earlier turn named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.types import Span

ReferenceKind = Literal["person", "thing", "place", "there"]


@dataclass(frozen=True, slots=True)
class Reference:
    """``span`` is what is replaced, empty where the antecedent goes before it; ``head`` is its noun, if it has one.

    ``owns`` marks what owns the next words: *its* director; ``many`` what may be several persons or things: *they*.
    """

    kind: ReferenceKind
    span: Span
    head: str = ""
    owns: bool = False
    many: bool = False
