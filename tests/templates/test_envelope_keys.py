"""Keys of an example body that no class can be called become classes all the same."""

from __future__ import annotations

import ast
from dataclasses import replace

from tests.support.projects import CHECKOUT, manifest_of
from tools.source import ROOT


def test_a_class_for_a_key_with_a_dollar() -> None:
    manifest = manifest_of(ROOT / "agents/fastapi.md", CHECKOUT)
    shapes = {"success": {"$page": {"of": "$data"}}, "error": {"a$": {"next-b": {"m": "$message"}}}}
    tree = CHECKOUT.render(replace(manifest, overrides={"envelope": shapes}))
    code = ast.parse(tree["app/core/envelope.py"])
    classes = {it.name for it in code.body if isinstance(it, ast.ClassDef)}
    assert {"SuccessDollarPage", "ErrorBodyADollar", "ErrorBodyADollarNextB"} <= classes
