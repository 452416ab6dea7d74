"""Things of a team's own kind, made by the commands that docs/kinds.md shows."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.patterns import matching
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support import plain_copier
from tests.support.cases import call
from tests.support.folders import tree
from tests.support.kinds import fork
from tools.source import commit, git

ADD = "add report monthly 'month:date' --about orders --columns total,placed"


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fork with the kind, and beside it a service with a resource, committed."""
    top = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAFFOLD_SOURCE", str(fork(top / "fork")))
        patch.chdir(top)
        assert call(["new", "shop", "--style", "supabase"]) == 0
        patch.chdir(top / "shop")
        assert call(["endpoint", "orders", "total:int", "placed:date"]) == 0
        commit(top / "shop", "Orders")
    return top


@pytest.fixture
def shop(start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that service, to stand in."""
    folder = tmp_path / "shop"
    shutil.copytree(start / "shop", folder, symlinks=True)
    monkeypatch.chdir(folder)
    return folder


def scaffold(*lines: str) -> None:
    """Each command line, which has to work."""
    for line in lines:
        assert call(shlex.split(line)) == 0, line


def loaded(folder: Path) -> Manifest:
    found = manifests.load(folder)
    assert found is not None
    return found


def test_a_life(shop: Path) -> None:
    scaffold(ADD)
    report = shop / "src/reports/monthly.ts"
    assert "class MonthlyReport {" in report.read_text("utf-8")
    assert "MonthlyReport" in (shop / "src/reports/index.ts").read_text("utf-8")
    own = shop / "tests/reports/monthly.test.ts"
    own.write_text(own.read_text("utf-8") + "// Mine.\n", "utf-8")
    added = tree(shop)
    report.write_text(
        report.read_text("utf-8").replace("  text()", "  // Ours.\n  text()"), "utf-8"
    )
    scaffold(
        "add report monthly --separator tab",
        "field add report/monthly 'region:string?'",
        "field change report/monthly 'region:string{1..9}?'",
        "field rename report/monthly region area",
        "rename report/monthly by_month",
        "rename orders purchases",
        "field rename purchases total amount",
    )
    text = (shop / "src/reports/by-month.ts").read_text("utf-8")
    for words in (
        "// Ours.",
        "area?: string",
        r"join('\t')",
        "of `purchases`",
        "class ByMonthReport",
    ):
        assert words in text
    assert not report.exists()
    theirs = (shop / "tests/reports/by-month.test.ts").read_text("utf-8")
    assert "// Mine." in theirs and "ByMonthReport" in theirs
    [thing] = loaded(shop).things
    assert (thing.key, thing.options["about"]) == ("monthly", {"resource": "purchases"})
    assert thing.fields[1].max == 9
    scaffold(*["undo"] * 7)
    scaffold("field remove report/monthly month", "undo", "remove report/monthly")
    assert loaded(shop).things == () and own.exists()
    assert not report.parent.exists() or not (report.parent / "index.ts").exists()
    scaffold("undo")
    report.write_text(report.read_text("utf-8").replace("  // Ours.\n", ""), "utf-8")
    assert {path: text for path, text in tree(shop).items() if ".scaffold" not in path} == {
        path: text for path, text in added.items() if ".scaffold" not in path
    }


def test_a_file_brings_it_about(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scaffold(ADD, "add report yearly --about orders --columns total")
    capsys.readouterr()
    scaffold("list --yaml")
    stated = capsys.readouterr().out
    other = shop.parent / "resources.yml"
    other.write_text(stated, "utf-8")
    made = loaded(shop)
    scaffold("remove report/monthly", "remove report/yearly", f"apply {other}")
    assert loaded(shop) == made
    other.write_text(stated.replace("[total, placed]", "[placed]"), "utf-8")
    capsys.readouterr()
    scaffold(f"apply {other}")
    assert "report/monthly: columns changed" in capsys.readouterr().out
    other.write_text(stated.replace("columns", "colunms", 1), "utf-8")
    assert call(["apply", str(other)]) == 2
    assert "did you mean `columns:`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("add reprot monthly", "did you mean `scaffold add report`?"),
        ("add report", "Missing argument 'NAME'"),
        ("add report monthly --colunms total", "--columns"),
        ("add report monthly --columns total", "needs `--about`"),
        ("add report monthly --about ordres --columns total", "did you mean `orders`?"),
        ("add report monthly --about orders --columns 'a b'", "`--columns` does not take `a b`"),
        (
            "add report monthly --about orders --columns a --separator tba",
            "did you mean `--separator tab`?",
        ),
        ("add report delete --about orders --columns a", "keeps the word"),
        (
            "add report monthly 'month:date!' --about orders --columns a",
            "nothing in it can be unique",
        ),
        ("add report monthly 'month:dat' --about orders --columns a", "did you mean `month:date`?"),
        (
            "add report year_ly --about orders --columns a",
            "another spelling of the report `yearly`",
        ),
        ("add report yearly 'month:date' --about orders --columns a", "exists with other fields"),
        ("remove orders", "`report/yearly` names `orders` (--about)"),
        ("remove report/daily", "it has: report/yearly"),
        ("remove report/yearly --drop-table", "has no table of its own"),
        ("rename report/yearly yearly", "has that name already"),
        ("field add report/yearly total:int total:int", "is given twice"),
        ("field change report/yearly total:int", "there is no field `total`"),
        ("field remove report/yearly total", "there is no field `total`"),
        ("show report/daily", "this project has no `report/daily`"),
    ],
)
def test_what_does_not_fit(
    shop: Path, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    scaffold("add report yearly --about orders --columns total")
    before = tree(shop)
    capsys.readouterr()
    assert call(shlex.split(line)) == 2
    out, err = capsys.readouterr()
    assert says in err and out == ""
    assert tree(shop) == before


def test_what_is_theirs_from_the_beginning(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = shop / "tests/reports/monthly.test.ts"
    own.parent.mkdir()
    own.write_text("// Mine.\n", "utf-8")
    scaffold(ADD, "add report monthly --separator tab", "status --check")
    assert own.read_text("utf-8") == "// Mine.\n"
    assert loaded(shop).foreign == ()
    own.unlink()
    scaffold("field add report/monthly 'region:string?'")
    assert "MonthlyReport" in own.read_text("utf-8")


def test_programs_read_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scaffold(f"{ADD} --json")
    assert json.loads(capsys.readouterr().out)["thing"]["name"] == "monthly"
    scaffold("kinds --json")
    job, kind = json.loads(capsys.readouterr().out)["kinds"]
    assert job["name"] == "job" and job["service"]
    assert [option["flag"] for option in kind["options"]] == ["--about", "--columns", "--separator"]
    assert call(["add", "reprot", "x", "--json"]) == 2
    assert "no kind" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert call(["add", "report", "x", "--abuot", "y", "--json"]) == 2
    assert "--abuot" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_two_branches(shop: Path) -> None:
    scaffold(ADD)
    commit(shop, "Monthly")
    git(shop, "switch", "--quiet", "--create", "other")
    scaffold("add report weekly --about orders --columns total")
    commit(shop, "Weekly")
    git(shop, "switch", "--quiet", "main")
    scaffold(
        "rename orders purchases",
        "rename report/monthly by_month",
        "add report daily --about purchases --columns total",
    )
    commit(shop, "Daily")
    # With a conflict or without one: `resolve` settles both.
    subprocess.run(["git", "-C", str(shop), "merge", "--quiet", "other"], capture_output=True)
    scaffold("resolve")
    things = loaded(shop).things
    assert [thing.name for thing in things] == ["by_month", "daily", "weekly"]
    assert {thing.options["about"]["resource"] for thing in things} == {"purchases"}
    index = (shop / "src/reports/index.ts").read_text("utf-8")
    assert [line.split()[2] for line in index.splitlines()] == [
        *("ByMonthReport", "DailyReport", "WeeklyReport")
    ]
    assert "`purchases`" in (shop / "src/reports/weekly.ts").read_text("utf-8")
    scaffold("status")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind: "report"', 'kind: "../report"'),
        ('key: "monthly"', 'key: "../monthly"'),
        ('name: "monthly"', 'name: "../monthly"'),
        ('columns: ["total", "placed"]', 'columns: ["total\'] + [process.env"]'),
        ('about: {"resource": "orders"}', 'about: {"resource": "users"}'),
        ('about: {"resource": "orders"}', "about: orders"),
        ('columns: ["total", "placed"]', "columns: total"),
        ('key: "monthly"', 'key: "monthly"\n    colour: "red"'),
    ],
)
def test_a_manifest_is_input(shop: Path, old: str, new: str) -> None:
    scaffold(ADD)
    path = shop / MANIFEST
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    before = tree(shop)
    assert call(["endpoint", "notes", "title:string"]) == 2
    assert tree(shop) == before


@pytest.mark.slow
def test_plain_copier(shop: Path, start: Path, tmp_path: Path) -> None:
    scaffold(ADD, "add report by_week --about orders --columns total --separator tab")
    commit(shop, "Reports")
    copied = tmp_path / "copied"
    plain_copier.copy(loaded(shop), copied)
    ours = {
        path: text
        for path, text in tree(shop).items()
        if not path.startswith((".git/", ".scaffold"))
    }
    assert tree(copied) == ours
    own, other = (shop / f"tests/reports/{name}.test.ts" for name in ("monthly", "by-week"))
    own.write_text("// Mine.\n", "utf-8")
    other.unlink()
    commit(shop, "A test of ours")
    for folder in ("{{ source }}/reports", "tests/reports"):
        [template] = (start / "fork/templates/nextjs" / folder).glob("*.jinja")
        template.write_text(template.read_text("utf-8").replace("text()", "csv()"), "utf-8")
    commit(start / "fork", "csv", "v1.0.0.2")
    by_scaffold = tmp_path / "by_scaffold"
    shutil.copytree(shop, by_scaffold, symlinks=True)
    plain_copier.update(shop)
    assert "csv(): string" in (shop / "src/reports/by-week.ts").read_text("utf-8")
    assert own.read_text("utf-8") == "// Mine.\n" and "csv()" in other.read_text("utf-8")
    scaffold("status", f"update --project {by_scaffold}")
    both = (
        {path: text for path, text in tree(top).items() if path.startswith(("src/", "tests/"))}
        for top in (shop, by_scaffold)
    )
    assert next(both) == next(both)


def test_patterns_of_strangers_have_bounds() -> None:
    assert matching(["/a/*.ts", "!/a/b.ts"], ["a/b.ts", "a/c.ts", "b/a/c.ts"]) == {"a/c.ts"}
    for pattern in ("*a" * 9, "a" * 400):
        with pytest.raises(UserError, match="_skip_if_exists"):
            matching([pattern], ["a"])


@pytest.mark.slow
def test_a_loop_inside_of_a_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fork(tmp_path / "fork")
    folder = "{% yield report from kinds.report %}{{ report.slug }}{% endyield %}"
    name = "{% yield word from report.options.columns %}{{ word }}{% endyield %}.txt.jinja"
    template = source / "templates/nextjs/{{ source }}/reports" / folder / name
    template.parent.mkdir()
    template.write_text("{{ report.name }} {{ word }}\n", "utf-8")
    commit(source, "A file for each column", "v1.0.0.2")
    monkeypatch.setenv("SCAFFOLD_SOURCE", str(source))
    monkeypatch.chdir(tmp_path)
    scaffold("new shop --style supabase")
    shop = tmp_path / "shop"
    monkeypatch.chdir(shop)
    scaffold("endpoint orders total:int placed:date", ADD, "rename report/monthly by_month")
    plain_copier.copy(loaded(shop), tmp_path / "copied")
    for top in (shop, tmp_path / "copied"):
        found = {path.name: path.read_text("utf-8") for path in top.rglob("src/reports/*/*.txt")}
        assert found == {"total.txt": "by_month total\n", "placed.txt": "by_month placed\n"}
