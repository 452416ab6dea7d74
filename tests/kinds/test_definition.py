"""Definitions of kinds: what is wrong with one is said with its file, and what is right is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.api.kinds import check
from scaffold.kinds.definition import INDEX, index_of, read_kind
from scaffold.support.errors import UserError
from tests.support.kinds import fork

HEAD = "title: A job\nexample: scaffold add job render\n"


def kind(text: str) -> str:
    """What is wrong with a definition; empty if nothing is."""
    try:
        read_kind("job", {"templates/kinds/job.yml": text})
    except UserError as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: A job\n", "`example` has to be a line of text"),
        (f"{HEAD}fields: many\n", "`fields` is none, any or some"),
        (f"{HEAD}tilte: x\n", "did you mean `title`?"),
        (f"{HEAD}on_remove: 'It keeps {{{{ name }}}}'\n", "it holds `{{`"),
        (f"{HEAD}on_remove: It keeps <nmae>\n", "names `<nmae>`"),
        (f"{HEAD}next_steps: ['one\n\n  two']\n", "`next_steps` has to be a line of text"),
        (f"{HEAD}kinds: queue\n", "`kinds` is a list of kinds"),
        (f"{HEAD}reserves: [a/b]\n", "`reserves` is a list of resources"),
        (f"{HEAD}stays: jobs\n", "`stays` is a list of folders"),
        (f"{HEAD}service: only\n", "`service` is true or false"),
        (f"{HEAD}options: {{size: {{type: int, min: 5, max: 1}}}}\n", "the smaller one first"),
        (f"{HEAD}options: {{size: {{type: int, min: low}}}}\n", "are whole numbers"),
        (f"{HEAD}options: {{size: {{type: word, max: 1}}}}\n", "an int has `min` and `max`"),
        (f"{HEAD}options: {{size: {{type: int, max: 5, default: 6}}}}\n", "it is from"),
        (f"{HEAD}conventions: {{orm: [drizzle]}}\n", "`conventions` maps keys such as"),
        (f"{HEAD}options: [retries]\n", "`options` maps names"),
        (f"{HEAD}options: {{retries: 5}}\n", "a mapping with `type` is expected"),
        (f"{HEAD}options: {{retries: {{type: integer}}}}\n", "did you mean int?"),
        (f"{HEAD}options: {{retries: {{type: int, deflaut: 5}}}}\n", "did you mean `default`?"),
        (f"{HEAD}options: {{retries: {{type: int, default: many}}}}\n", "a whole number"),
        (f"{HEAD}options: {{every: {{type: cron, default: '0 25 * * *'}}}}\n", "minute, hour"),
        (f"{HEAD}options: {{size: {{type: enum}}}}\n", "an enum has `values`"),
        (f"{HEAD}options: {{size: {{type: int, values: [a]}}}}\n", "an enum has `values`"),
        (
            f"{HEAD}options: {{size: {{type: int, default: 1, required: true}}}}\n",
            "is not required",
        ),
        (f"{HEAD}options: {{project: {{type: word}}}}\n", "that name is not allowed"),
        (f"{HEAD}options: {{Size: {{type: word}}}}\n", "that name is not allowed"),
        (f"{HEAD}options: {{on: {{type: word}}}}\n", "put the name in quotes"),
        ("[]\n", "a mapping is expected"),
        ("title: [\n", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    found = kind(text)
    assert found.startswith("`templates/kinds/job.yml`") and says in found


def test_what_is_right_is_read() -> None:
    text = (
        f"{HEAD}fields: some\noptions:\n"
        "  retries: {type: int, default: 5, help: How often.}\n"
        "  wait: {type: duration, default: 10m}\n"
        "  'on': {type: field}\n"
        "  sizes: {type: list, of: enum, values: [s, m], default: [s]}\n"
        "  returns: {type: fields}\n"
        "  safe: {type: bool, default: true}\n"
        "conventions: {data.rls: [true]}\n"
    )
    assert kind(text) == ""
    found = read_kind("job", {"templates/kinds/job.yml": text})
    assert [option.default for option in found.options] == [5, "10m", None, ["s"], None, True]
    assert found.conventions == {"data.rls": ("true",)}


@pytest.mark.parametrize("text", ["- job\n", "job: yes\n", "job: [../x]\n", "../job: []\n"])
def test_an_index_is_a_mapping_to_folders(text: str) -> None:
    with pytest.raises(UserError, match=r"index\.yml"):
        index_of({INDEX: text})
    assert index_of({}) == {} == index_of({INDEX: "# None yet.\n"})


def test_a_team_checks_its_kinds(tmp_path: Path) -> None:
    folder = fork(tmp_path / "fork")
    assert check(str(folder)) == []
    index = folder / INDEX
    index.write_text("repotr: []\nreport: [page]\n", "utf-8")
    definition = folder / "templates/kinds/report.yml"
    definition.write_text(definition.read_text("utf-8") + "stays: [pages]\n", "utf-8")
    assert "keeps the folder `pages`" in "\n".join(check(str(folder)))
    index.write_text("repotr: []\n", "utf-8")
    (folder / "templates/nextjs/{{ use_kind.page }}").mkdir()
    (folder / "templates/nextjs/{{ use_kind.page }}/page.ts").write_text("", "utf-8")
    found = "\n".join(check(str(folder)))
    for words in (
        "there is no templates/kinds/repotr.yml",
        "does not name `report`, so `templates/kinds/report.yml` does nothing",
        "no path of a template goes through `kinds.repotr`",
        "goes through `kinds.report`, which templates/kinds/index.yml does not name",
        "stands in `use_kind.page`, which templates/kinds/index.yml does not name",
    ):
        assert words in found
