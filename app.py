"""The web chat: ``python app.py``, or ``demo`` for anything that serves a Gradio app.

The first start builds an index over ``seeds/``. ``rag serve`` is the same with options.
"""

import sys
from pathlib import Path

from rag.chatbot import Chatbot, open_or_build
from rag.cli.progress import shown_progress
from rag.errors import RagError
from rag.ui import build_app, run
from rag.ui.feedback import beside
from rag.ui.live import LiveBot

HERE = Path(__file__).resolve().parent

try:
    with shown_progress() as progress:
        bot = open_or_build(HERE / "index", [HERE / "seeds"], progress=progress)
except RagError as error:
    sys.stderr.write(f"app.py: {error}\n")
    sys.exit(2)

demo = build_app(LiveBot(bot, lambda: Chatbot.open(HERE / "index")), feedback=beside(HERE / "index"))

if __name__ == "__main__":
    run(demo)
