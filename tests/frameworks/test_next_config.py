"""What a next.config means for our routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.frameworks import next_config
from scaffold.support.errors import UserError

TYPED = "import type { NextConfig } from 'next';\n\nconst config: NextConfig = {options};\n\nexport default {made};\n"


def _config(root: Path, options: str, name: str = "next.config.ts", made: str = "config") -> Path:
    text = TYPED.replace("{options}", f"{{ {options} }}").replace("{made}", made)
    (root / name).write_text(text)
    return root


@pytest.mark.parametrize("made", ["config", "withSentryConfig(config, { org: 'x' })"])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("output: 'export'", "endpoints need a server"),
        ("pageExtensions: ['page.tsx', 'page.ts']", "no `route.ts` is a route"),
    ],
)
def test_an_app_where_ours_would_not_answer(
    options: str, says: str, made: str, tmp_path: Path
) -> None:
    root = _config(tmp_path, f"reactStrictMode: true, {options},", made=made)
    with pytest.raises(UserError, match=says) as error:
        next_config.require(root)
    assert error.value.hint
    (found,) = next_config.findings(root)
    assert not found.ok and "next.config.ts" in found.what


@pytest.mark.parametrize(
    "options",
    [
        "output: 'standalone'",
        "output: process.env.STATIC ? 'export' : undefined",
        "pageExtensions: ['ts', 'tsx', 'mdx']",
        "pageExtensions: extensions",
        "...shared",
        "",
    ],
)
def test_an_app_where_they_do(options: str, tmp_path: Path) -> None:
    next_config.require(_config(tmp_path, options))


def test_no_config_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    next_config.require(tmp_path)
    (tmp_path / "next.config.js").write_text("module.exports = { output: `${`")
    next_config.require(tmp_path)
    assert next_config.notes(tmp_path) == ()


def test_the_path_before_all_paths_is_said(tmp_path: Path) -> None:
    (tmp_path / "next.config.js").write_text('module.exports = { basePath: "/shop" };\n')
    (note,) = next_config.notes(tmp_path)
    assert "`basePath` is `/shop`" in note
    assert next_config.notes(_config(tmp_path, "basePath: env.BASE")) == ()
