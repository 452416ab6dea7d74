"""A stand-in for Prettier: what it does is little, and what configures it runs as with the real one."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.planning.plan import Plan

_INDEX = r"""
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
exports.getFileInfo = async (file, { ignorePath }) => {
  const lines = fs.existsSync(ignorePath) ? fs.readFileSync(ignorePath, 'utf8').split('\n') : [];
  return { ignored: lines.some((line) => line && file.includes(line)), inferredParser: 'typescript' };
};
exports.resolveConfig = async (file) => {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const code = path.join(folder, 'prettier.config.mjs');
    if (fs.existsSync(code)) return (await import(pathToFileURL(code))).default;
    const data = path.join(folder, '.prettierrc');
    if (fs.existsSync(data)) return JSON.parse(fs.readFileSync(data, 'utf8') || '{}');
    if (folder === path.dirname(folder)) return null;
  }
};
exports.format = async (text, { semi = true, filepath }) => {
  if (/^(<{7}|>{7}) /m.test(text)) throw new SyntaxError('Merge conflict marker');
  fs.appendFileSync(path.join(__dirname, 'ran'), filepath + '\n');
  const tabs = text.replace(/^( {2})+/gm, (spaces) => '\t'.repeat(spaces.length / 2));
  return semi ? tabs : tabs.replace(/;$/gm, '');
};
"""


def fake_prettier(root: Path, version: str = "3.9.9") -> Path:
    """Installs it below `root`, and returns the file that has the path of each text that it formatted."""
    folder = root / "node_modules/prettier"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(f'{{"name": "prettier", "version": "{version}"}}')
    (folder / "index.js").write_text(_INDEX)
    return folder / "ran"


def conflicts_of_edits(plan: Plan, word: str) -> bool:
    """Whether there are conflicts; each has to be about an edit that has the word, as without a formatter."""
    for change in plan.conflicts:
        text = (change.after or b"").decode()
        blocks = re.findall(r"^<{7} yours\n(.*?)^>{7} ", text, re.MULTILINE | re.DOTALL)
        assert blocks and all(word in block for block in blocks), f"{change.path}\n{text}"
    return bool(plan.conflicts)
