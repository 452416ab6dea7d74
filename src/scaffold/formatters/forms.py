"""Our texts in the form that the project has: raw, as the templates made them, or as its formatter writes them.

A file's form is the one that lies nearer to what is on the disk. Then a layout counts as nobody's edit, and a file that
nobody formatted is not formatted by us.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from scaffold.planning.plan import Action, Plan, has_markers
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, FileOnDisk, ProjectFiles
from scaffold.support.text import lf

if TYPE_CHECKING:
    from scaffold.formatters.tool import Tool
    from scaffold.formatters.trust import Reason
    from scaffold.writing.undo_log import Edit

NONE: Final = "none"
_PYPROJECT: Final = "pyproject.toml"
# How files that configure a formatter begin.
_CONFIGS: Final = (
    *(".prettierrc", "prettier.config", "biome.", ".biome.", ".oxfmtrc", "oxfmt.config", "dprint."),
    *(".dprint.", "ruff.toml", ".ruff.toml", ".isort.cfg"),
)
# Merged as data.
_AS_DATA: Final = frozenset({"package.json"})
_FORMAT: Final = "1"
"""Part of the key of what is kept: another one makes all of it forgotten."""


class Trees(NamedTuple):
    """What scaffold wrote and what it will write, in the project's form."""

    before: Mapping[str, str]
    after: Mapping[str, str]


class Forms:
    """The form of one project's files. Make one for each command: it looks for the formatter once."""

    def __init__(
        self,
        root: Path,
        said: str,
        language: str,
        *,
        runs: bool = True,
        own: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """`said` is the formatter that the manifest names, if it does; `language` is `node` or `python`.

        Without `runs` no program of the project's is started: what is kept from before is all that is known.
        `own` gives the tree of a service of ours, whose texts have its formatter's form already.
        """
        self._root = root.resolve()
        self._runs = runs
        self._said, self._language, self._own = said, language, own
        self.notes: list[str] = []

    @cached_property
    def tool(self) -> Tool | None:
        """The project's formatter; None if it has none, or it is configured as in the service that we made."""
        if self._said == NONE or (self._own and not self._said and self._is_as_made(self._own())):
            return None
        # Imported only where there may be a formatter: most projects are services of ours.
        if self._language == "python":
            from scaffold.formatters.find_python import find
        else:
            from scaffold.formatters.find_node import find
        return find(self._root, self._said)

    def of(
        self,
        before: Mapping[str, str],
        after: Mapping[str, str],
        moves: Mapping[str, str] | None = None,
        there: Mapping[str, str] | None = None,
    ) -> Trees:
        """Both trees in the project's form, as far as files change; `moves` has new path → old path.

        Paths are POSIX, texts have LF. Reads the disk, unless `there` has what counts as being on it. Raises UserError
        if files have the form of a formatter that must not run.
        """
        if self.tool is None:
            return Trees(before, after)
        ours = {old: new for new, old in (moves or {}).items() if new in after and old in before}
        pairs = [
            (path, ours.get(path, path), text, after.get(ours.get(path, path)))
            for path, text in before.items()
        ]
        known = {new for _, new, _, _ in pairs}
        pairs += [(path, path, "", text) for path, text in after.items() if path not in known]
        pairs = [
            pair
            for pair in pairs
            if pair[2] != pair[3] and self._takes(pair[1]) and pair[1] not in _AS_DATA
        ]
        if any(path in before and not os.path.lexists(self._root / path) for path, *_ in pairs):
            # What was moved is looked for among all files that are gone.
            pairs += [
                (path, path, text, text)
                for path, text in before.items()
                if after.get(path) == text
                and self._takes(path)
                and path not in _AS_DATA
                and not os.path.lexists(self._root / path)
            ]
        made = self.texts(
            (path, text)
            for old, new, was, text in pairs
            for path, text in ((old, was or None), (new, text))
            if text is not None
        )
        result, changed = dict(before), dict(after)
        places = ProjectFiles(self._root)
        stuck = []
        for old, new, was, text in pairs:
            disk = places.disk(old).text if there is None else there.get(old)
            form = self._form(
                disk, was or None, text, made.get((old, was)), made.get((new, text or ""))
            )
            if form is None and self._is_stuck(disk, was):
                stuck.append(old)
            if form is None:
                continue
            if old in before:
                result[old] = form[0] or was
            if text is not None:
                changed[new] = form[1] or text
        if stuck and self._why:
            more = f" and {len(stuck) - 1} more" if len(stuck) > 1 else ""
            raise UserError(
                f"{self._why.why}, and it formatted `{stuck[0]}`{more}: without it, a layout would count as an edit",
                f"`{self._why.helps}`",
            )
        return Trees(result, changed)

    def tidied(self, plan: Plan) -> Plan:
        """The plan, in which files that were in the formatter's form stay so, and the sentences about it.

        These are files of the user's, and ours with their edits; one that the formatter would change anyway is only
        changed where it has to be.
        """
        pairs = {
            change.path: (_text(change.before), _text(change.after))
            for change in plan.changes
            if change.action is Action.MERGE and not change.conflict
            if change.before and change.after and self._tidies(change.path)
            if not has_markers(_text(change.before))
        }
        made = self.texts((path, text) for path, both in pairs.items() for text in both)
        changes = []
        for change in plan.changes:
            before, after = pairs.get(change.path, ("", ""))
            tidy = made.get((change.path, after))
            if tidy and made.get((change.path, before)) == before:
                disk = FileOnDisk(change.before, True)
                change = change._replace(after=disk.encode(tidy))
            changes.append(change)
        return plan._replace(changes=tuple(changes), notes=(*plan.notes, *self.notes))

    @property
    def formats(self) -> bool:
        """Whether what is written is in the form of a formatter of the project's."""
        return self.tool is not None and not self._why

    @cached_property
    def _why(self) -> Reason | None:
        """Why the formatter must not run; None if it may."""
        from scaffold.formatters import trust

        return trust.why_not(self.tool) if self.tool else None

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What the formatter makes of each (path, text), where it can be known."""
        tool = self.tool
        if tool is None:
            return {}
        from scaffold.formatters.store import Store

        store = Store(self._key(tool))
        inside = os.path.relpath(self._root, tool.top)
        prefix = "" if inside == "." else f"{inside}/"
        made: dict[tuple[str, str], str] = {}
        missing: dict[str, list[str]] = {}
        for path, text in wanted:
            if not self._takes(path):
                continue
            known = store.get(f"{prefix}{path}", text)
            if known is None:
                missing.setdefault(f"{prefix}{path}", []).append(text)
            else:
                made[path, text] = known
        if missing and self._runs and self._language == "node":
            from scaffold.formatters.find_node import with_nested

            nested = with_nested(tool, missing)
            if nested != tool:
                self.tool = tool = nested
                self.__dict__.pop("_why", None)
        if missing and self._may_run():
            from scaffold.formatters.run import formatted

            found = formatted(tool, missing)
            store.put(found.texts)
            self.notes += [one for one in found.why if one not in self.notes]
            made |= {
                (path.removeprefix(prefix), text): result
                for (path, text), result in found.texts.items()
            }
        return {pair: result for pair, result in made.items() if _says_the_same(*pair, result)}

    def is_layout_only(self, path: str, ours: str, disk: str) -> bool:
        """Whether a file on the disk is ours, as the formatter writes it; without running it, as far as is known."""
        if self.tool is None or not self._takes(path):
            return False
        from scaffold.formatters.layout import differ_in_layout_only

        known = self.texts([(path, ours)]).get((path, ours))
        return known == disk or differ_in_layout_only(ours, disk)

    def without_formatted(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits but those of the formatter: the file is what a command wrote there, as the formatter writes it."""
        pairs = [(one.path, _text(one.written)) for one in edits if one.written and one.now]
        made = self.texts(pairs)
        return [
            one
            for one in edits
            if not (one.written and one.now)
            or made.get((one.path, _text(one.written))) != _text(one.now)
        ]

    def _form(
        self,
        disk: str | None,
        was: str | None,
        new: str | None,
        was_made: str | None,
        new_made: str | None,
    ) -> tuple[str | None, str | None] | None:
        """What stands for the text before and after; None if they stay raw."""
        from scaffold.formatters.layout import differ_in_layout_only, is_nearer

        if was is not None and was_made is None and not self._runs:
            # Nothing ran: what has only another layout counts as ours.
            if disk is not None and disk != was and differ_in_layout_only(was, disk):
                return disk, new
            return None
        if (was is not None and was_made is None) or (new is not None and new_made is None):
            return None
        if disk is None or was is None or was_made is None:
            return was_made, new_made
        return (was_made, new_made) if is_nearer(disk, was, was_made) else None

    def _is_stuck(self, disk: str | None, was: str) -> bool:
        """Whether a file of ours has a form that we cannot make."""
        if not self._runs or not self._why or not was or disk in (None, was):
            return False
        from scaffold.formatters.layout import differ_in_layout_only

        return disk is not None and differ_in_layout_only(was, disk)

    def _takes(self, path: str) -> bool:
        return self.tool is not None and path.endswith(self.tool.suffixes)

    def _tidies(self, path: str) -> bool:
        # What Prettier makes of package.json is what npm and we write.
        prettier = self.tool is not None and self.tool.name == "prettier"
        return self._takes(path) and not (prettier and path in _AS_DATA)

    def _may_run(self) -> bool:
        if not self._runs:
            return False
        if self._why and str(self._why) not in self.notes:
            self.notes.append(str(self._why))
        return not self._why

    def _is_as_made(self, tree: Mapping[str, str]) -> bool:
        """Whether the files that configure a formatter are those of the tree."""
        try:
            names = os.listdir(self._root)
        except OSError:
            return True
        files = ProjectFiles(self._root)
        for name in (one for one in names if one == _PYPROJECT or one.startswith(_CONFIGS)):
            disk = files.disk(name).text
            if disk == tree.get(name):
                continue
            if name != _PYPROJECT or disk is None:
                return False
            from scaffold.formatters.find_python import said_in

            if said_in(disk) != said_in(tree.get(name, "")):
                return False
        return True

    def _key(self, tool: Tool) -> str:
        read = (*tool.configs, *tool.besides)
        texts = "\0".join(f"{one.path}\0{one.text}" for one in read)
        return "\0".join(
            (_FORMAT, tool.name, tool.version, str(tool.commands), str(tool.root), texts)
        )


def _text(raw: bytes | None) -> str:
    return lf((raw or b"").decode("utf-8", "replace"))


def _says_the_same(path: str, text: str, result: str) -> bool:
    """Whether a manifest still says what it said: without it nothing else works."""
    if path != MANIFEST or text == result:
        return True
    from scaffold.support.yaml import YamlError, load

    try:
        return bool(load(result) == load(text))
    except YamlError:
        return False
