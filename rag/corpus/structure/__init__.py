"""What a page consists of: its blocks, which of them are headlines, bylines and captions, and its paragraphs."""
