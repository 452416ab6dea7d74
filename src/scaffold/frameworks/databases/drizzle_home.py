"""Where the Drizzle of somebody else's project lies: in the app itself, or in a member of its workspace."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks import installed
from scaffold.frameworks.databases import drizzle_config
from scaffold.frameworks.databases.client_names import FOLDER, module_at
from scaffold.frameworks.databases.drizzle_client import Client
from scaffold.frameworks.databases.drizzle_config import DrizzleConfig
from scaffold.frameworks.workspace_members import Member, used_by
from scaffold.manifest.manifest import Manifest

PACKAGES: Final = ("drizzle-orm", "drizzle-kit")


class Home(NamedTuple):
    """The folder of a Drizzle, which the paths in its config begin from.

    `config.path` is the config as the app sees it; `member` is None if the folder is the app's own.
    """

    folder: Path
    config: DrizzleConfig
    member: Member | None = None

    def shown(self, root: Path, path: str) -> str:
        """A path of the folder as the app sees it."""
        if self.member is None:
            return path
        return posixpath.join(os.path.relpath(self.folder, root.resolve()), path)

    def module_of(self, client: Client, source: str, alias: str) -> str:
        """How our code names a client of the folder: by the alias of the source folder, else from our own folder.

        A member's file that its package.json keeps to itself has the name that it would have.
        """
        if self.member is None:
            return f"{module_at(client.path, source, alias)}#{client.name}"
        bare = client.name.removesuffix("()")
        known = self.member.imports(client.path, bare)
        return f"{known or f'{self.member.package}/{client.path}'}#{client.name}"

    def lets_import(self, client: Client) -> bool:
        """Whether the app can import the client."""
        bare = client.name.removesuffix("()")
        return self.member is None or self.member.imports(client.path, bare) is not None

    def entry_of(self, root: Path, manifest: Manifest) -> str:
        """What their `schema` gets."""
        folder = "" if manifest.source == "." else f"{manifest.source}/"
        inside = f"{folder}{FOLDER}/schema/*.ts"
        if self.member is None:
            return f"./{inside}"
        return posixpath.join(os.path.relpath(root.resolve(), self.folder), inside)


def home_of(root: Path) -> Home | None:
    """Where the Drizzle is that the project's code uses; None if it has none.

    A member's of another dialect is none of ours.
    """
    config = drizzle_config.find(root, scripts_of(root))
    if config is not None:
        return Home(root, config)
    if drizzle_config.is_ours(root):
        return None
    for member in used_by(root):
        config = drizzle_config.find(member.folder, scripts_of(member.folder))
        if config is not None and config.dialect in ("postgresql", ""):
            shown = os.path.relpath(member.folder / config.path, root.resolve())
            return Home(member.folder, config._replace(path=shown), member)
    return None


def scripts_of(folder: Path) -> Mapping[str, Any]:
    """The scripts of a folder's package.json."""
    package = installed.json_of(str(folder / "package.json"), installed.folders_up(folder)[-1])
    scripts = package.get("scripts")
    return scripts if isinstance(scripts, dict) else {}
