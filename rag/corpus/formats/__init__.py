"""Readers of file formats: each takes the bytes of a file and returns its text."""
