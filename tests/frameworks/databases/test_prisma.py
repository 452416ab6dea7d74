"""What shows a Prisma of somebody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma import is_ours, refuse, shown_by
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError
from tests.support.folders import written
from tests.support.projects import AGENTS, manifest_of
from tools.source import ROOT


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({}, None),
        ({"prisma/schema.prisma": ""}, "prisma/schema.prisma"),
        ({"prisma/schema/user.prisma": ""}, "prisma/schema/user.prisma"),
        ({"prisma/models.prisma": "", "prisma.config.ts": ""}, "prisma/models.prisma"),
        ({"schema.prisma": ""}, "schema.prisma"),
        ({".config/prisma.ts": ""}, ".config/prisma.ts"),
        (
            {"package.json": '{"prisma": {"schema": "./db/a.prisma"}}', "db/a.prisma": ""},
            "db/a.prisma",
        ),
        ({"package.json": '{"prisma": {"schema": "./db/b.prisma"}}'}, None),
        ({"package.json": '{"prisma": 7}'}, None),
        ({"prisma/seed.ts": ""}, None),
    ],
)
def test_what_shows_it(files: dict[str, str], path: str | None, tmp_path: Path) -> None:
    written(tmp_path, files)
    assert shown_by(tmp_path) == path
    if path is None:
        refuse(tmp_path)
    else:
        with pytest.raises(UserError, match="cannot add models"):
            refuse(tmp_path)


def test_what_scaffold_wrote_is_none_of_theirs(tmp_path: Path) -> None:
    templates = Templates(ROOT)
    document = next(path for path in AGENTS if path.stem == "prisma")
    tree = templates.render(manifest_of(document, templates))
    assert not is_ours(tmp_path)
    written(tmp_path, {path: text for path, text in tree.items() if "prisma" in path})
    assert is_ours(tmp_path)
    assert shown_by(tmp_path) is None


def test_a_link_is_seen_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "prisma").mkdir()
    os.symlink("/nowhere", tmp_path / "prisma/schema.prisma")
    assert shown_by(tmp_path) == "prisma/schema.prisma"
