"""Templates by chance, for the property test of `update`: small ones, ours, and versions of both."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from random import Random

import yaml
from jinja2 import Environment, TemplateSyntaxError

from tools.source import GIT, PARTS, ROOT

Source = dict[str, str]
"""Path in the repository of templates → text."""

# What derives the variables of a template from the manifest and the agent is ours; the files are not.
DERIVES = ("copier.yml", "agents/", "templates/conventions.yml", "templates/parts/")
TOP = "templates/nextjs/"
EMITTED = (TOP, "templates/fastapi/")
EACH = "{% yield item from live %}{{ item.name }}{% endyield %}"
ANSWERS = f"{TOP}.copier-answers.yml.jinja"
PACKAGE = f"{TOP}package.json.jinja"
PLACES = ["src/lib/N.ts.jinja", "src/N.ts.jinja", "docs/N.md.jinja", "N.txt", "src/a/b/N.txt"]
PLACES += [f"src/api/{EACH}/N.ts.jinja", f"src/db/N-{EACH}.ts.jinja"]
# Lines that come more than once make a merge ambiguous.
SAME = ["\n", "}\n", "  return;\n", "// ---\n"]
CONVENTIONS = ["rate_limit.max", "pagination.default_limit", "rate_limit.window"]


@cache
def ours() -> Source:
    """The templates of this checkout as they stand."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard", "--", *PARTS],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text("utf-8") for path in paths}


def release(repository: Path, files: Source, tag: str) -> None:
    """One more version in the bare repository, which is made where it is not there."""
    if not repository.exists():
        git("init", "--quiet", "--bare", "--initial-branch=main", str(repository))
    parent = "" if tag == "v1.0.0" else "from refs/heads/main^0\n"
    who = f"{GIT['GIT_COMMITTER_NAME']} <{GIT['GIT_COMMITTER_EMAIL']}> 1700000000 +0000"
    stream = [f"commit refs/heads/main\ncommitter {who}\n{_data(tag)}{parent}deleteall\n"]
    stream += [f"M 100644 inline {path}\n{_data(text)}" for path, text in files.items()]
    stream += [f"reset refs/tags/{tag}\nfrom refs/heads/main\n"]
    git("-C", str(repository), "fast-import", "--quiet", given="".join(stream))


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def git(*args: str, given: str = "") -> None:
    """Runs git, without the settings of whoever runs the tests."""
    env = {**os.environ, **GIT}
    done = subprocess.run(["git", *args], env=env, input=given.encode(), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def small(dice: Random) -> Source:
    """Templates of a few files."""
    files = {path: text for path, text in ours().items() if path.startswith(DERIVES)}
    files[ANSWERS] = ours()[ANSWERS]
    packages = {f"p{n}": f"^{n}.0.0" for n in range(dice.randint(1, 5))}
    package = {
        "name": "toy",
        "scripts": {"dev": "next", "test": "vitest"},
        "dependencies": packages,
    }
    files[PACKAGE] = json.dumps(package, indent=2) + "\n"
    for number in range(dice.randint(4, 8)):
        path = TOP + dice.choice(PLACES).replace("N", f"f{number}")
        files[path] = _end(dice, "".join(_blocks(dice, path, dice.randint(3, 30))))
    return files


def changed(dice: Random, files: Source, *, real: bool = False) -> Source:
    """The next version: lines of templates changed, inserted, deleted and moved, templates dropped and
    added, a package at another version, a convention of the agents with another value."""
    new = dict(files)
    emitted = [path for path in files if path.startswith(EMITTED) and _is_text(path)]
    if real:
        emitted = dice.sample(emitted, 40)
    for path in emitted:
        chance = dice.random()
        if chance < 0.08:
            if not real or "/tests/" in path:
                del new[path]
        elif chance < 0.75:
            new[path] = _mutated(dice, path, files[path])
    for number in range(dice.choice([0, 1, 1, 2])):
        name = f"g{dice.randrange(10**6)}-{number}"
        places = PLACES[:4] if real else PLACES
        top = dice.choice(EMITTED) if real else TOP
        path = top + dice.choice(places).replace("N", name)
        new[path] = _end(dice, "".join(_blocks(dice, path, dice.randint(0, 20))))
    if PACKAGE in new and not real and dice.random() < 0.6:
        new[PACKAGE] = _other_package(dice, new[PACKAGE])
    if dice.random() < 0.5:
        for path in [path for path in new if path.startswith("agents/")]:
            new[path] = _other_convention(dice, new[path])
    return new


def _is_text(path: str) -> bool:
    return not path.endswith((".json.jinja", ".json", ".toml.jinja", ".yml.jinja", ".yml"))


def _blocks(dice: Random, path: str, count: int) -> list[str]:
    """Lines of a template; a loop is one block."""
    found = []
    for _ in range(count):
        number, chance = dice.randrange(10**6), dice.random()
        if chance < 0.2:
            found.append(dice.choice(SAME))
        elif chance < 0.7 or not path.endswith(".jinja"):
            found.append(f"const value{number} = {number % 97};\n")
        elif chance < 0.85:
            found.append(f"limit{number}: {{{{ conventions.{dice.choice(CONVENTIONS)} }}}},\n")
        elif EACH in path:
            found.append(f"{{{{ item.name }}}}{number};\n")
        else:
            loop = f"{{% for item in live %}}\nexport {{{{ item.ident }}}}{number};\n"
            fields = "{% for field in item.fields %}\n  {{ field.prop }},\n{% endfor %}\n"
            found.append(loop + dice.choice(["", fields]) + "{% endfor %}\n")
    return found


def _end(dice: Random, text: str) -> str:
    return text.removesuffix("\n") if dice.random() < 0.15 else text


def _mutated(dice: Random, path: str, text: str) -> str:
    """The template with one to four changes; each is left out where the template would be none then."""
    if dice.random() < 0.02:
        return ""
    for _ in range(dice.randint(1, 4)):
        lines = text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        at = dice.randrange(len(lines) + 1)
        plain = at < len(lines) and not any(mark in lines[at] for mark in ("{%", "{{", "{#", "%}"))
        chance = dice.random()
        if chance < 0.35:
            lines[at:at] = _blocks(dice, path if path.startswith(TOP) else "", dice.randint(1, 3))
        elif plain and chance < 0.65:
            lines[at] = lines[at].removesuffix("\n") + f" // {dice.randrange(10**6)}\n"
        elif plain and chance < 0.85:
            del lines[at]
        elif plain:
            lines.insert(dice.randrange(len(lines)), lines.pop(at))
        else:
            continue
        new = _end(dice, "".join(lines))
        if _is_template(new):
            text = new
    return text


def _is_template(text: str) -> bool:
    try:
        Environment(trim_blocks=True, lstrip_blocks=True).parse(text)
    except TemplateSyntaxError:
        return False
    return True


def _other_package(dice: Random, text: str) -> str:
    data = json.loads(text)
    packages = data["dependencies"]
    for name in dice.sample(sorted(packages), dice.randint(0, len(packages))):
        packages[name] = f"^{dice.randint(2, 9)}.1.0"
    packages[f"q{dice.randrange(9)}"] = "^1.0.0"
    if dice.random() < 0.5:
        data["scripts"]["test"] = f"vitest run {dice.randrange(100)}"
    if dice.random() < 0.3:
        del packages[dice.choice(sorted(packages))]
    return json.dumps(data, indent=2) + "\n"


def _other_convention(dice: Random, text: str) -> str:
    _, front, rest = text.split("---\n", 2)
    data = yaml.safe_load(front)
    data["conventions"].setdefault("rate_limit", {})["max"] = dice.randint(1, 500)
    data["conventions"].setdefault("pagination", {})["default_limit"] = dice.randint(5, 20)
    return f"---\n{yaml.safe_dump(data)}---\n{rest}"
