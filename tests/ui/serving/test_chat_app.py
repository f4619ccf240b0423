from __future__ import annotations

import httpx


def test_nothing_is_recorded_or_told_to_others(site: str) -> None:
    config = httpx.get(f"{site}config").json()
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False
