"""Runs a formatter over texts: Prettier by its own interface, any other on an overlay of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.formatters.overlay import overlay
from scaffold.formatters.tool import Texts, Tool
from scaffold.support.project_files import MANIFEST
from scaffold.support.text import lf, printable

_PATIENCE: Final = 120
# Reads {module, top, ignored, files: [[path, [text, …]], …]}; answers with as many texts, null where it refuses.
_PRETTIER: Final = """
const { join } = require('node:path');
const { readFileSync } = require('node:fs');
const { module: place, top, ignored, files } = JSON.parse(readFileSync(0, 'utf8'));
const prettier = require(place);
async function main() {
  const answers = [];
  const why = [];
  const left = [];
  for (const [path, texts] of files) {
    const filepath = join(top, path);
    let options = null;
    for (const ignorePath of ignored) {
      const info = await prettier.getFileInfo(filepath, { ignorePath, resolveConfig: false });
      if (info.ignored || info.inferredParser === null) options = false;
      if (info.ignored && !left.includes(path)) left.push(path);
    }
    if (options === null) options = (await prettier.resolveConfig(filepath, { editorconfig: true })) ?? {};
    const made = [];
    for (const text of texts) {
      try {
        made.push(options && (await prettier.format(text, { pluginSearchDirs: false, ...options, filepath })));
      } catch (error) {
        why.push([path, String(error.message).split('\\n')[0]]);
        made.push(null);
      }
    }
    answers.push(made);
  }
  process.stdout.write(JSON.stringify({ answers, why, left }));
}
main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
"""


class Made(NamedTuple):
    """What a formatter made of (path, text), and why it did not take what is missing: sentences."""

    texts: Mapping[tuple[str, str], str]
    why: tuple[str, ...] = ()


def formatted(tool: Tool, texts: Texts) -> Made:
    """Each text as the tool writes it; one that it leaves alone is as it was. Never raises because of the tool."""
    texts = {path: list(dict.fromkeys(ours)) for path, ours in texts.items()}
    try:
        return _by_commands(tool, texts) if tool.commands else _by_prettier(tool, texts)
    except (OSError, ValueError) as error:
        return Made({}, (f"{tool.title} could not run: {printable(str(error)[:200])}",))


def _by_prettier(tool: Tool, texts: Texts) -> Made:
    node = shutil.which("node")
    if node is None:
        return Made({}, ("Prettier could not run: Node.js is not installed",))
    folders = [tool.root, *(one for one in tool.root.parents if one.is_relative_to(tool.top))]
    names = (".prettierignore", ".gitignore")
    ignored = [str(folder / name) for folder in folders for name in names]
    question = {
        "module": str(tool.packages[0]),
        "top": str(tool.top),
        "ignored": [path for path in ignored if os.path.isfile(path)]
        or [str(tool.root / ".prettierignore")],
        "files": [[path, list(ours)] for path, ours in texts.items()],
    }
    code, out, err = _run((node, "-e", _PRETTIER), tool.root, json.dumps(question))
    if code:
        return Made({}, (f"Prettier could not run: {_reason(err)}",))
    answer = json.loads(out)
    made = {
        (path, text): lf(result) if isinstance(result, str) else text
        for (path, ours), results in zip(texts.items(), answer["answers"], strict=True)
        for text, result in zip(ours, results, strict=True)
        if result is not None
    }
    refused = dict.fromkeys(str(path) for path, _ in answer["why"])
    why = _refused(tool, [*refused], str(answer["why"][0][1]) if refused else "")
    return Made(made, (*why, *_ignored(tool, answer["left"])))


def _by_commands(tool: Tool, texts: Texts) -> Made:
    """One run for each text that a path may have: mostly one, and two where nothing is known of the project yet."""
    made: dict[tuple[str, str], str] = {}
    refused: dict[str, None] = {}
    reason = ""
    for number in range(max(map(len, texts.values()), default=0)):
        now = {path: ours[number] for path, ours in texts.items() if number < len(ours)}
        with overlay(tool.top, now) as folder:
            home = folder / tool.root.relative_to(tool.top)
            paths = [os.path.relpath(folder / path, home) for path in now]
            for command in tool.commands:
                code, out, err = _run((*command, *paths), home)
                if code:
                    said = f"{out}\n{err}"
                    named = [path for path, shown in zip(now, paths, strict=True) if shown in said]
                    refused |= dict.fromkeys(named if "arse" in said or "yntax" in said else ())
                    reason = reason or _reason(err or out)
            for path, text in now.items():
                result = lf((folder / path).read_bytes().decode())
                if path not in refused or result != text:
                    made[path, text] = result
    return Made(made, _refused(tool, [*refused], reason))


def _ignored(tool: Tool, paths: Sequence[str]) -> tuple[str, ...]:
    own = [path for path in paths if not path.endswith(MANIFEST)]
    if not own:
        return ()
    return (
        f"{tool.title} ignores {_named(own)}, so what scaffold writes there is in its own format",
    )


def _named(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(f"`{printable(path)}`" for path in paths[:3]) + more


def _refused(tool: Tool, paths: Sequence[str], reason: str) -> tuple[str, ...]:
    if not paths:
        return ()
    return (f"{tool.title} refuses {_named(paths)}: {printable(reason[:160])}",)


def _run(command: Sequence[str], folder: Path, given: str = "") -> tuple[int, str, str]:
    import subprocess

    try:
        done = subprocess.run(
            command,
            cwd=folder,
            input=given.encode(),
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"no answer within {_PATIENCE} s"
    return (
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if re.search(r"[A-Za-z]{3}", line)]
    return printable((lines or ["it gave no reason"])[0][:160])
