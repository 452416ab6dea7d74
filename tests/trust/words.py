"""Words of a stranger: what means something to a language that scaffold writes, or to a regular expression."""

from __future__ import annotations

from hypothesis import strategies as st

CODE = (
    "'",
    '"',
    "`",
    "\\",
    "${process.exit()}",
    "`;evil();`",
    "';evil();//",
    '");evil();//',
    "*/evil();/*",
    "//",
    "/*",
    "-->",
    "<script>",
    "</style>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# x",
    '"""',
    "'''",
    '""" + evil() + """',
    "#",
    "# type: ignore",
    "\\u0027",
    "\\x27;",
    "\\N{DIGIT ONE}",
    "%s%n",
    "{x!r}",
    "$$",
    "$1",
    "$&",
    "$(evil)",
    "`evil`",
    "; DROP TABLE users; --",
    "--",
    "@@",
    "&&",
    "|",
    "../../x",
    "/etc/passwd",
    "~/x",
    "con",
    ".git/hooks/x",
    "=cmd()",
    "null",
    "undefined",
    "NaN",
    "true",
    "0x1",
    "1e5",
    "-0",
    "__proto__",
    "é",
    "ß",
    "ǅ",
)
"""Texts of printable Latin characters, as a default may have."""

ODD = (
    "\0",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\ufffd",
    "\U0001d54f",
    "😀",
    "İ",
    "ﬁ",
    "\ud800",
    "一",
)
"""Texts of other characters."""

KEYWORDS = (
    *("class", "def", "import", "from", "await", "async", "return", "yield", "lambda", "none"),
    *("true", "false", "self", "type", "match", "case", "print", "str", "int", "list", "dict"),
    *("function", "var", "let", "const", "new", "delete", "this", "null", "enum", "default"),
    *("export", "interface", "arguments", "eval", "package", "static", "undefined", "object"),
    *("select", "table", "where", "order", "group", "user", "check", "primary", "from", "join"),
    *("request", "response", "session", "row", "rows", "data", "body", "error", "limit", "page"),
    *("metadata", "registry", "query", "model", "models", "schema", "field", "fields", "copy"),
    *("json", "status", "code", "message", "name", "title", "key", "value", "values", "owner"),
    *("z", "zod", "sql", "db", "app", "api", "route", "get", "post", "date", "number", "string"),
)
"""Names that mean something in Python, TypeScript, SQL or the emitted code."""

PLAIN = st.from_regex(r"[a-z][a-z0-9]{1,8}(_[a-z][a-z0-9]{0,7}){0,2}", fullmatch=True)
NAMES = st.one_of(PLAIN, st.sampled_from(KEYWORDS), st.sampled_from(KEYWORDS).map(str.title))


def latin(most: int = 40) -> st.SearchStrategy[str]:
    """Printable Latin text with pieces of code in it."""
    char = st.characters(max_codepoint=0x24F).filter(str.isprintable)
    return st.lists(st.sampled_from(CODE) | char, max_size=8).map(
        lambda parts: "".join(parts)[:most]
    )


ANY = st.lists(st.sampled_from(CODE) | st.sampled_from(ODD) | st.characters(), max_size=8).map(
    "".join
)
"""Any text."""

_UNITS = (
    "(",
    "[",
    "{",
    "<",
    "a",
    " ",
    "\n",
    "a.",
    "/",
    "*/",
    "/*",
    "${",
    "'",
    '"',
    "\\",
    "#",
    "- ",
    "| ",
)
_MORE = (
    "a,",
    "ab ",
    "=",
    "://",
    "@",
    "(a)",
    "a.b",
    "-",
    "[0]",
    "{a:",
    "--",
    "import x\n",
    " :",
    "\t",
    "`",
    "0",
    "- [",
    "!",
)
BOMBS = st.tuples(st.sampled_from(_UNITS + _MORE), st.sampled_from((300, 5_000, 60_000))).map(
    lambda pair: pair[0] * (pair[1] // len(pair[0]))
)
"""Long texts of one piece, which a parser that looks back takes long for."""


def tame(text: str) -> str:
    """As long, and of letters only."""
    return "x" * len(text)


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> str:
    """A text with something inserted, left out, doubled or swapped, once or twice."""
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, min(len(text), at + 6)))
        match draw(st.integers(0, 3)):
            case 0:
                text = text[:at] + draw(st.sampled_from(CODE) | st.sampled_from(ODD)) + text[at:]
            case 1:
                text = text[:at] + text[to:]
            case 2:
                text = text[:to] + text[at:]
            case _:
                text = text[:at] + draw(st.sampled_from(CODE)) + text[to:]
    return text
