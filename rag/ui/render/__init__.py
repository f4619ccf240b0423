"""How answers, sources and the page look: HTML from templates, Markdown for the chat, plain text."""
