"""Run a real command and draw its terminal as `docs/run.svg`, for the README (`make picture`)."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.source import GIT, make_source  # noqa: E402

COMMAND = [
    "scaffold",
    "endpoint",
    "assessments",
    "title:string{1..200}",
    "score:decimal{0..100}?",
    "status:enum(draft,published)+=draft",
    "due:date?",
]
COLUMNS = 100
LINE = 19
CHARACTER = 8.4


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as scratch:
        text = run(Path(scratch))
    target = ROOT / "docs" / "run.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(draw(text), "utf-8")
    print(target.relative_to(ROOT))


def run(scratch: Path) -> list[str]:
    """The command as typed and the lines that it prints, in a new service."""
    source = make_source(scratch / "source")
    scaffold = Path(sys.executable).with_name("scaffold")
    env = {
        **os.environ,
        **GIT,
        "SCAFFOLD_SOURCE": str(source),
        "XDG_CACHE_HOME": str(scratch / "cache"),
        "COLUMNS": str(COLUMNS),
        "NO_COLOR": "1",
    }
    call([str(scaffold), "new", "clinic", "--style", "supabase"], scratch, env)
    printed = call([str(scaffold), *COMMAND[1:]], scratch / "clinic", env)
    output = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed).replace(str(scratch), "~")
    return [*wrap("~/clinic $ " + shlex.join(COMMAND)), *output.rstrip().split("\n")]


def call(command: list[str], folder: Path, env: Mapping[str, str]) -> str:
    """All that the command prints; ends here where it fails."""
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"the command ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def wrap(line: str) -> list[str]:
    """A command cut at spaces, with a backslash at each cut, as one would type it."""
    lines = [""]
    for word in line.split(" "):
        if len(lines[-1]) + len(word) > COLUMNS - 4:
            lines[-1] += "\\"
            lines.append("    ")
        lines[-1] += f"{word} "
    return [text.rstrip() for text in lines]


def draw(lines: list[str]) -> str:
    """The lines as an SVG without fonts or scripts of its own."""
    width = round((max(map(len, lines)) + 4) * CHARACTER)
    height = (len(lines) + 2) * LINE
    rows = "\n".join(
        f'<text x="16" y="{(number + 1) * LINE + 12}" class="{kind(line)}">'
        f"{escape(line, quote=False)}</text>"
        for number, line in enumerate(lines)
        if line.strip()
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" \
width="{width}" height="{height}" role="img" aria-label="A run of scaffold endpoint">
<style>
text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; }}
.plain {{ fill: #d6deeb; }} .prompt {{ fill: #ffffff; font-weight: 600; }} .new {{ fill: #8fd694; }}
.heading {{ fill: #82aaff; }}
</style>
<rect width="100%" height="100%" rx="8" fill="#10151d"/>
{rows}
</svg>
"""


def kind(line: str) -> str:
    """How a line is coloured."""
    if line.startswith(("~/", "    '")):
        return "prompt"
    if line.endswith((" created", " changed")):
        return "new"
    if re.match(r"[A-Za-z]", line):
        return "heading"
    return "plain"


if __name__ == "__main__":
    main()
