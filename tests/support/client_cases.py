"""Changes and what clients see of them: tests/support/client_changes.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from scaffold.resources.resource import Resource
from tests.support.projects import resource

TABLE = yaml.safe_load(Path(__file__).with_name("client_changes.yml").read_text("utf-8"))


def of(field: str, **more: Any) -> Resource:
    """A resource with that field beside a title; `-` is none."""
    return resource("exam_notes", "title:string", *([] if field == "-" else [field]), **more)


def with_policy(policy: Any) -> Resource:
    """That resource with keys of the manifest."""
    return Resource.from_data({**of("-").to_data(), **policy})
