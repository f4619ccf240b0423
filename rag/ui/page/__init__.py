"""The page: its layout, its theme, and the handlers of its events."""
