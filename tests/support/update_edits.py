"""A user's edits by chance, for the property test of `update`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from scaffold.support.project_files import MANIFEST

PACKAGE = "package.json"
BROKEN = b"{"
ODD = ["=======", "// naïve \u2028 line", "\tform \x0c feed", "||||||| base", ">>>> not a marker"]


@dataclass
class User:
    """Edits the project in `root`; `before` is what was generated there, `after` what comes next."""

    dice: Random
    root: Path
    before: Mapping[str, str]
    after: Mapping[str, str]
    moved: dict[str, str]  # generated path → where the user moved it; renames are added
    number: int = 0

    def edit(self, times: int) -> None:
        """Some edits, all of which an update has to bear."""
        for _ in range(times):
            [act] = self.dice.choices([*_ACTS], [*_ACTS.values()])
            act(self)

    def spoil(self) -> None:
        """Something that an update may have to refuse."""
        path = self._file()
        if path is None:
            return
        place = self.root / path
        kind = self.dice.choice(["markers", "latin", "nul", "json", "folder", "no folder"])
        package = self.root / PACKAGE
        if kind == "markers":
            place.write_text("<<<<<<< yours\na\n=======\nb\n>>>>>>> scaffold\n" + self._text(path))
        elif kind in ("latin", "nul"):
            place.write_bytes(place.read_bytes() + (b"\xff\n" if kind == "latin" else b"\0\n"))
        elif kind == "json" and package.is_file():
            package.write_bytes(self.dice.choice([BROKEN, b'{"a": "\xf6"}']))
        elif kind == "folder":
            place.unlink()
            place.mkdir()
        elif kind == "no folder" and (new := self._new_path()):
            parent = (self.root / new).parent
            if parent != self.root and not parent.exists():
                parent.parent.mkdir(parents=True, exist_ok=True)
                parent.write_text("mine\n")

    def settle(self, path: str) -> None:
        """Takes one side of each conflict in a file, or both."""
        text, keep = "", self.dice.choice(["yours", "scaffold", "both"])
        side = ""
        with open(self.root / path, encoding="utf-8", newline="") as file:
            lines = file.read().split("\n")
        for line in lines:
            bare = line.removesuffix("\r")
            if bare == "<<<<<<< yours":
                side = "yours"
            elif bare == ">>>>>>> scaffold":
                side = ""
            elif bare == "=======" and side == "yours":
                side = "scaffold"
            elif not side or keep in (side, "both"):
                text += line + "\n"
        (self.root / path).write_bytes(text.removesuffix("\n").encode())

    def _file(self, *, news: bool = False) -> str | None:
        """A generated file that is there; rather one that changes next."""
        there = [
            path for path in self.before if path not in (MANIFEST, PACKAGE) and self._is_text(path)
        ]
        changing = [path for path in there if self.before[path] != self.after.get(path)]
        if changing and (news or self.dice.random() < 0.7):
            there = changing
        return self.dice.choice(there) if there else None

    def _is_text(self, path: str) -> bool:
        try:
            (self.root / path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        return True

    def _text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def _mine(self) -> str:
        self.number += 1
        if self.dice.random() < 0.15:
            return self.dice.choice(ODD)
        return f"// mine {self.number} {self.dice.randrange(10**6)}"

    def _new_path(self) -> str | None:
        paths = [path for path in self.after if path not in self.before]
        return self.dice.choice(paths) if paths else None

    def lines(self, path: str | None = None, times: int | None = None) -> None:
        """Inserts, changes and deletes lines."""
        path = path or self._file()
        if path is None:
            return
        text = self._text(path)
        end = "\r\n" if "\r\n" in text else "\n"
        lines = text.replace("\r\n", "\n").split("\n")
        for _ in range(times or self.dice.randint(1, 4)):
            at = self._line(path, len(lines))
            chance = self.dice.random()
            if chance < 0.4:
                lines[at:at] = [self._mine() for _ in range(self.dice.randint(1, 3))]
            elif chance < 0.5:
                lines.insert(at, self.dice.choice(lines))
            elif chance < 0.75:
                lines[at] = self._mine()
            elif len(lines) > 3:
                del lines[at : at + self.dice.randint(1, 2)]
        (self.root / path).write_bytes(end.join(lines).encode())

    def _line(self, path: str, count: int) -> int:
        """A line, often where the next version changes something."""
        if path in self.before and path in self.after and self.dice.random() < 0.5:
            old, new = (side[path].split("\n") for side in (self.before, self.after))
            codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
            places = [begin for kind, begin, *_ in codes if kind != "equal"]
            if places:
                near = self.dice.choice(places) + self.dice.randint(-2, 2)
                return min(max(near, 0), count - 1)
        return self.dice.randrange(count)

    def delete(self) -> None:
        if path := self._file():
            (self.root / path).unlink()

    def rename(self) -> None:
        path = self._file()
        if path is None:
            return
        folder, _, name = path.rpartition("/")
        new = self.dice.choice([f"mine/{path}", f"{folder}/moved-{name}".lstrip("/")])
        if (self.root / new).exists() or new in self.after:
            return
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).rename(self.root / new)
        self.moved[path] = new
        if self.dice.random() < 0.4:
            self.lines(new, 1)

    def anew(self) -> None:
        """Another text altogether, or none."""
        if path := self._file():
            lines = [self._mine() for _ in range(self.dice.choice([0, 0, 1, 8]))]
            (self.root / path).write_bytes("".join(f"{line}\n" for line in lines).encode())

    def crlf(self) -> None:
        path = MANIFEST if self.dice.random() < 0.1 else self._file()
        if path:
            raw = (self.root / path).read_bytes().replace(b"\r\n", b"\n")
            (self.root / path).write_bytes(raw.replace(b"\n", b"\r\n"))

    def last_newline(self) -> None:
        if path := self._file():
            raw = (self.root / path).read_bytes()
            cut = raw.removesuffix(b"\n").removesuffix(b"\r")
            (self.root / path).write_bytes(cut if cut != raw else raw + b"\n")

    def same(self) -> None:
        """What the next version does, done by hand."""
        path = self._file(news=True)
        if path is not None and path in self.after:
            (self.root / path).write_bytes(self.after[path].encode())
            if self.dice.random() < 0.4:
                self.lines(path, 1)

    def own(self) -> None:
        """A file of the user's own, perhaps where one will be generated."""
        path = self._new_path() if self.dice.random() < 0.7 else None
        self.number += 1
        text = "".join(self._mine() + "\n" for _ in range(self.dice.randint(1, 9)))
        if path is None:
            path = f"mine/own{self.number}.ts"
        elif self.dice.random() < 0.3:
            text = self.after[path]
        place = self.root / path
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())

    def mode(self) -> None:
        if path := self._file():
            (self.root / path).chmod(self.dice.choice([0o755, 0o600, 0o640]))

    def package(self) -> None:
        place = self.root / PACKAGE
        try:
            data = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError):
            return
        packages = data["dependencies"]
        if self.dice.random() < 0.5 and packages:
            packages[self.dice.choice(sorted(packages))] = "~0.0.1"
        else:
            data["scripts"][f"mine{self.number}"] = "echo"
        if self.dice.random() < 0.2 and len(packages) > 1:
            del packages[self.dice.choice(sorted(packages))]
        text = json.dumps(data, indent=self.dice.choice([2, 4])) + "\n"
        place.write_bytes(text.encode())


_ACTS: dict[Callable[[User], None], float] = {
    User.lines: 10,
    User.delete: 1,
    User.rename: 2,
    User.anew: 0.5,
    User.crlf: 2,
    User.last_newline: 1,
    User.same: 1,
    User.own: 2,
    User.mode: 1,
    User.package: 1,
}
