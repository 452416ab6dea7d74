"""`python -m tools.reference` writes the pages of docs/ that follow from templates/conventions.yml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.agents.json_schema import front_matter
from scaffold.agents.resources_schema import resources_file
from scaffold.rendering.render import Templates
from scaffold.resources.resource import METHODS

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Conventions

State these keys under `conventions:` in the front matter of your agent document, or change them in one project with
`scaffold set KEY=VALUE`. A key that you leave out has its default. If a value needs others that you don't have,
scaffold refuses it.

`scaffold agents check FILE` checks a document, and `scaffold agents show FILE` shows every value with its origin.
[agent.schema.json](agent.schema.json) is the JSON Schema for your editor. `python -m tools.reference` writes this page
from `templates/conventions.yml`.

| key | meaning | default | allowed |
|---|---|---|---|
"""
TAIL = """
## Bodies by example

Write `envelope.success`, `list`, `cursor` and `error` as examples of the bodies that you want. scaffold derives types,
helpers, tests and the OpenAPI document from them. Text that begins with `$` is a placeholder:

| body | needs, once | can have |
|---|---|---|
{bodies}

- A service omits a placeholder that ends in `?` if it has no value: `message: '$message?'`. Quote it, because `?` is
  special in YAML.
- An example is a mapping. `success` and `list` can also be the placeholder alone: `success: $data` has no wrapper.
- A list has one element, the example for each: `error: {errors: [{code: $code, detail: $message}]}`.
- Other leaves are plain text, whole numbers, `true`, `false` or `null`: at most 40 of them, at most 6 levels deep.
- Keys are words of letters, digits, `_` and `-`. scaffold refuses those that every JavaScript object has, such as
  `constructor`.
- If a body has no place for them, the error's code travels in the header `X-Error-Code`, and the request's id in
  `X-Request-Id`.

## Entities

Next to `conventions:`, a document can list the resources that it knows under `entities:`. `scaffold endpoint NAME` with
no FIELD uses the entity of that name. Options on the command line override it.

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

Each key is optional.

- Write `fields` as [on the command line](fields.md). A `ref` names another entity, or `users`.
- `roles_for` replaces `roles` for single operations. If `auth.roles` lists any roles, use only those.
- `files` needs `data.dual_storage`.

## Other front matter

scaffold leaves `name`, `description`, `tools`, `model`, `color`, `mcp_requirements`, `mcp_permissions` and any other
key as they are. If the front matter is not valid YAML (say, an unquoted `user: "…"` in the description), scaffold
reads it line by line. `conventions:` and `entities:` must be valid YAML. scaffold refuses aliases, duplicate keys and
text that is not UTF-8.
"""


def pages() -> dict[str, str]:
    """File in docs/ → its text."""
    schema = Templates(ROOT).schema
    return {
        "conventions.md": _conventions(schema),
        "agent.schema.json": _json(front_matter(schema)),
        "resources.schema.json": _json(resources_file()),
    }


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


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
        return f"depends on `{spec['default_by']}`: {', '.join(by)}"
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
        return f"`code`: a word; `status`: {' or '.join(map(str, spec['statuses']))}"
    return {
        "prefix": "a path such as `/v2`, or `''`",
        "window": "a time such as `30s` or `1h`",
        "methods": f"any of {_words(METHODS)}",
        "verbs": "any of `POST`, `PUT`",
        "roles": "a list of words",
        "envelope": "an example, see [below](#bodies-by-example)",
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
