"""The weights half-way between an encoder and the one that its tuning started from.

Tuning teaches what the training sets hold and loses some of the rest; the mean of both weights keeps most of either
(WiSE-FT, Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

from rag.training.encoder import Encoder


def blend(tuned: Encoder, start: Encoder, share: float) -> Encoder:
    """``tuned`` with the weights ``share`` * tuned + (1 - ``share``) * start."""
    before = start.trained()
    tuned.restore({name: before[name].lerp(weight, share).detach() for name, weight in tuned.trained().items()})
    return tuned
