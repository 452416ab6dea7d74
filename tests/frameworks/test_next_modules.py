import re
from pathlib import Path

import pytest

from scaffold.frameworks.next_modules import Modules, exported

AUTH = re.compile("auth")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with modules."""
    for path in (
        "src/auth.ts",
        "src/lib/auth/index.ts",
        "auth.config.mjs",
        "src/auth.d.ts",
        ".x/auth.ts",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"export const path = '{path}'; // here\n")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "alias", "specifiers"),
    [
        ("src", "@/", ["../../../auth.config", "@/auth", "@/lib/auth"]),
        ("src", "", ["../../../auth.config", "../../auth", "../auth"]),
        (".", "@/", ["@/auth.config", "@/src/auth", "@/src/lib/auth"]),
        (".", "", ["../../auth.config", "../../src/auth", "../../src/lib/auth"]),
    ],
)
def test_how_our_code_imports_them(
    source: str, alias: str, specifiers: list[str], app: Path
) -> None:
    modules = Modules(app, source, alias)
    found = [*modules.like(AUTH, 9)]
    assert [module.path for module in found] == [
        *("auth.config.mjs", "src/auth.ts", "src/lib/auth/index.ts")
    ]
    assert [module.specifier for module in found] == specifiers
    # The same name leads back, and so does the path.
    for module in found:
        assert modules.at(module.specifier) == module
        assert modules.at(f"./{module.path}") == module


def test_aliases_of_tsconfig(app: Path) -> None:
    paths = (
        '{"compilerOptions": {"baseUrl": "./src", "paths": {"~/*": ["./*"], "#*": ["./lib/*"]}}}'
    )
    (app / "tsconfig.json").write_text(paths)
    modules = Modules(app, "src", "@/")
    for specifier, path in {"~/auth": "src/auth.ts", "#auth": "src/lib/auth/index.ts"}.items():
        module = modules.at(specifier)
        assert module and module.path == path


def test_at_most_so_many_are_read(app: Path) -> None:
    assert len([*Modules(app, "src", "@/").like(AUTH, 2)]) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a // b\nc", "a  \nc"),
        ("a /* b\n c */ d", "a   d"),
        ("'http://a' // b", "'http://a'  "),
        ("`//${a}` + \"/*\" // b", "`//${a}` + \"/*\"  "),
        ("a /* never closed", "a  "),
        ("don't // kept\nb // c", "don't // kept\nb  "),
    ],
)  # fmt: skip
def test_code_has_no_comments(text: str, code: str, app: Path) -> None:
    (app / "a.ts").write_text(text)
    assert Modules(app, ".", "").code("a.ts") == code


def test_what_cannot_be_read_is_none(app: Path) -> None:
    modules = Modules(app, "src", "@/")
    (app / "link.ts").symlink_to("/etc/hostname")
    (app / "big.ts").write_text("x" * 300_000)
    (app / "folder.ts").mkdir()
    for path in ("link.ts", "big.ts", "folder.ts", "none.ts", "auth.config.mjs/x", "a\0b"):
        assert modules.code(path) is None
    for specifier in ("@/../../x", "/etc/hostname", "..", "", "@/none", "next-auth"):
        assert modules.at(specifier) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const one = make();", ["one"]),
        ("const two = make();\nexport { two };", ["two"]),
        ("const two = make();\nexport { two as db, other };", ["db"]),
        ("const two = make();\nexport default two;", ["default"]),
        # It has a name already.
        ("export const one = make();\nexport default one;", ["one"]),
        ("export default make();", ["default"]),
        ("export { two } from './other';", []),
        ("const two = make();", []),
    ],
)
def test_under_which_names_a_module_exports(text: str, names: list[str]) -> None:
    made = {"one": "export const one" in text, "two": False}
    assert exported(text, made, r"make\(") == names
