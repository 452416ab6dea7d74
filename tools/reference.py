"""The pages of docs/ that follow from templates/conventions.yml: `python -m tools.reference` writes them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.agents.json_schema import front_matter
from scaffold.rendering.render import Templates
from scaffold.resources.resource import METHODS

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Conventions

Every key that the front matter of an agent's document may state under `conventions:`, and that `scaffold set KEY=VALUE`
changes in a project. What is not stated has its default. A value that needs others is refused where they differ.

`scaffold agents check FILE` checks a document, `scaffold agents show FILE` shows every value with its origin, and
[agent.schema.json](agent.schema.json) is the same as a JSON Schema, for editors. This page is made of
`templates/conventions.yml` by `python -m tools.reference`; a test keeps it in step.

| key | meaning | default | allowed |
|---|---|---|---|
"""
TAIL = """
## Bodies by example

`envelope.success`, `list`, `cursor` and `error` are examples of bodies. Types, helpers, tests and the OpenAPI
document are derived from them. Text that begins with `$` is a placeholder:

| body | has to hold, once | may hold |
|---|---|---|
{bodies}

- A placeholder that ends in `?` is left out where it has no value: `message: '$message?'` (quote it, `?` is special
  in YAML).
- An example is a mapping, or for `success` and `list` the placeholder alone: `success: $data` has no wrapper.
- A list holds one element, which stands for each: `error: {errors: [{code: $code, detail: $message}]}`.
- Other leaves are plain text, whole numbers, `true`, `false` or `null`; at most 40 of them, at most 6 levels deep.
- Keys are words of letters, digits, `_` and `-`; those that every JavaScript object has (`constructor` and the
  like) are refused.
- What a body has no place for travels in a header: the error's code in `X-Error-Code`, the request's id in
  `X-Request-Id`.

## Entities

Beside `conventions:` a document may have `entities:`, the resources that it knows. `scaffold endpoint NAME` with no
FIELD uses the one of that name; options on the command line count more.

```yaml
entities:
  reports:
    fields: ['title:string{1..200}', 'year:int', 'student:ref(users)']
    methods: [list, get, create]
    roles: [editor]
    roles_for: {create: [admin]}
    public: false
    rate_limit: 10/1m
    paginate: cursor
    soft_delete: true
    files: 'reports/{year}/{studentId}'
```

Each key is optional. `fields` are FIELDs of the command line; a `ref` names another entity, or `users`. `roles_for`
takes the place of `roles` for single operations; where `auth.roles` is not empty, only those roles are known.
`files` needs `data.dual_storage`.

## What else the front matter holds

`name`, `description`, `tools`, `model`, `color`, `mcp_requirements`, `mcp_permissions` and any other key are kept
as they are. A front matter that is no strict YAML (an unquoted `user: "…"` in the description) is read line by
line; `conventions:` and `entities:` have to be YAML in any case. Aliases, keys that stand twice and text that is
not UTF-8 are refused.
"""


def pages() -> dict[str, str]:
    """File in docs/ → its text."""
    schema = Templates(ROOT).schema
    return {
        "conventions.md": _conventions(schema),
        "agent.schema.json": json.dumps(front_matter(schema), ensure_ascii=False, indent=2) + "\n",
    }


def _conventions(schema: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    rows = [
        f"| `{group}.{key}` | {spec['doc']} | {_default(spec)} | {_allowed(spec)} |"
        for group, keys in schema.items()
        for key, spec in keys.items()
    ]
    bodies = [
        f"| `{key}` | {_words(spec['needs'])} | {_words(spec['may'])} |"
        for key, spec in schema["envelope"].items()
        if "needs" in spec
    ]
    return HEAD + "\n".join(rows) + "\n" + TAIL.replace("{bodies}", "\n".join(bodies))


def _default(spec: Mapping[str, Any]) -> str:
    if "default_by" in spec:
        by = [f"`{_text(value)}` for {key}" for key, value in spec["default"].items()]
        return f"by `{spec['default_by']}`: {', '.join(by)}"
    return f"`{_text(spec['default'])}`"


def _allowed(spec: Mapping[str, Any]) -> str:
    if "allowed" in spec:
        values = []
        for value in spec["allowed"]:
            needs = _needs(spec.get("requires", {}).get(value, {}))
            values.append(f"`{value}`{f' (with {needs})' if needs else ''}")
        return ", ".join(values)
    kind = spec["type"]
    if kind == "int":
        limit = f", at most `{spec['at_most']}`" if "at_most" in spec else ""
        return f"{spec['min']} to {spec['max']}{limit}"
    if kind == "bool":
        needs = _needs(spec.get("requires", {}).get("true", {}))
        return f"`true`{f' (with {needs})' if needs else ''}, `false`"
    if kind == "error":
        return f"`code` a word, `status` {' or '.join(map(str, spec['statuses']))}"
    return {
        "prefix": "a path such as `/v2`, or `''`",
        "window": "a time such as `30s` or `1h`",
        "methods": f"of {_words(METHODS)}",
        "verbs": "of `POST`, `PUT`",
        "roles": "a list of words",
        "envelope": "an example, see below",
    }[kind]


def _needs(needs: Mapping[str, list[Any]]) -> str:
    return " and ".join(f"{key} {' or '.join(map(str, fits))}" for key, fits in needs.items())


def _words(words: Any) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, "utf-8")
