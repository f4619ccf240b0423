"""Every error a user can cause, as one tree; each message is one line that ends with what to do.

RagError
├── InputError            a question, option or argument that cannot be used
├── ReadError             a source file that cannot be read
├── EvaluationError       a question file that cannot be scored
├── ModelError            an embedding model or reader that cannot be loaded
├── QuoteError            a quote that does not equal its source: the answer is withheld
├── FeedbackError         a file of ratings that cannot be used
└── IndexFolderError      something about an index folder
    ├── IndexMissingError     nothing was built there
    ├── IndexFormatError      not an index of ours, damaged, or of another format
    ├── IndexModelError       built with another model or tokenizer
    └── IndexBusyError        another process is writing to it

``"no answer"`` is not an error: see ``rag.types.Answer.abstained``.
"""

from __future__ import annotations


class RagError(Exception):
    """Base of all errors shown to a user as one line."""


def is_panic(error: BaseException) -> bool:
    """Whether a library written in Rust gave up. Its error is no ``Exception``, and no module has its class."""
    return type(error).__name__ == "PanicException"


class InputError(RagError):
    """A question, option or argument that cannot be used."""


class ReadError(RagError):
    """A source file that cannot be read; the message names the file and the reason."""


class EvaluationError(RagError):
    """A question file that cannot be scored."""


class ModelError(RagError):
    """An embedding model or reader that cannot be loaded."""


class QuoteError(RagError):
    """A quote that does not equal its source: the answer is withheld."""


class FeedbackError(RagError):
    """A file of ratings that cannot be used."""


class IndexFolderError(RagError):
    """Something is wrong with an index folder; the message says which command mends it."""


class IndexMissingError(IndexFolderError):
    """No index was built in the folder."""


class IndexFormatError(IndexFolderError):
    """The folder holds no index of ours, a damaged one, or one of another format."""


class IndexModelError(IndexFolderError):
    """The index was built with another model or tokenizer."""


class IndexBusyError(IndexFolderError):
    """Another process is writing to the index."""
