"""Serving the chat: the server, the API, tools for assistants, and who may use them."""
