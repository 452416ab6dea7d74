"""Settings of theirs that refuse what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks.fastapi.strict_settings import strict_settings

FILE = "model_config = SettingsConfigDict(env_file='.env'"


@pytest.mark.parametrize(
    ("body", "strict"),
    [
        (f"{FILE})", True),
        (f"{FILE}, extra='forbid')", True),
        (f"{FILE}, extra='ignore')", False),
        (f"{FILE}, extra='allow')", False),
        ("model_config = {'env_file': '.env'}", True),
        ("model_config = {'env_file': '.env', 'extra': 'ignore', **more}", False),
        ("model_config = SettingsConfigDict(extra='forbid')", False),
        ("class Config:\n        env_file = '.env'", True),
        ("class Config:\n        env_file = '.env'\n        extra = Extra.ignore", False),
        ("name: str = ''", False),
    ],
)
def test_which_are_strict(tmp_path: Path, body: str, strict: bool) -> None:
    (tmp_path / "config.py").write_text(f"\nclass Settings(BaseSettings):\n    {body}\n")
    assert strict_settings(tmp_path) == ("config.py:2" if strict else None)


def test_other_classes_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"# BaseSettings\nclass Settings(Model):\n    {FILE})\n")
    assert strict_settings(tmp_path) is None
