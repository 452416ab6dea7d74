"""Who the caller is, by the sign-in that a Next.js project has: found where it is certain, else asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks.base import Finding
from scaffold.frameworks.installed import folders_up, json_of
from scaffold.frameworks.next_modules import Module, Modules
from scaffold.frameworks.next_proxy import covers, matchers
from scaffold.manifest.host import OWN, problems
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_TITLES: Final = {
    "next-auth": "NextAuth 5",
    "next-auth-4": "NextAuth 4",
    "better-auth": "Better Auth",
    "clerk": "Clerk",
    "supabase": "Supabase",
    "supabase-store": "Supabase",
    "supabase-cookies": "Supabase",
    "function": "a function of the project",
}
_PACKAGES: Final = ("next-auth", "better-auth", "@clerk/nextjs", "@supabase/ssr")
_LIKELY: Final = re.compile(r"auth|session|supabase|user|account|member", re.IGNORECASE)
_UNLIKELY: Final = re.compile(
    r"(?:^|/)(?:middleware|proxy)\.|[.-](?:test|spec|stories|client)\.|__tests__/"
)
_MOST: Final = 400
"""So many files that may hold the sign-in are read, and so many functions of each."""

_LONGEST: Final = 10_000
"""Characters of a function that are read."""

_CLERK: Final = ("@clerk/nextjs/server", "auth")
_FRONT: Final = ("proxy.ts", "proxy.js", "middleware.ts", "middleware.js")
_NAME: Final = r"[A-Za-z_$][\w$]{0,49}"
_MADE_BY_NEXTAUTH: Final = re.compile(r"(export\s+)?const\s*\{([^=;]{1,400})\}\s*=\s*NextAuth\s*\(")
_AUTH: Final = re.compile(rf"(?<![\w.$])auth\b(?:\s*:\s*({_NAME}))?")
_CACHED: Final = r"(export\s+)?const\s+({name})\s*=\s*(?:React\.)?cache\(\s*{of}\s*\)"
_OPTIONS: Final = re.compile(
    rf"export\s+const\s+({_NAME})\s*(?::\s*(?:NextAuthOptions|AuthOptions)\b|=\s*\{{)"
)
# One of Better Auth that a function of another module or package makes: `createAuth(env, db)`.
_MADE_ELSEWHERE: Final = re.compile(
    r"export\s+const\s+([A-Za-z_$][\w$]*)\s*(?::[^=;]{1,200})?=\s*(?:await\s+)?[A-Za-z_$][\w$]*Auth\s*\("
)
_BETTER: Final = re.compile(
    rf"export\s+const\s+({_NAME})\s*(?::[^=;]{{1,200}})?=\s*betterAuth\s*[(<]"
)
_FUNCTION: Final = (
    rf"export\s+(?:default\s+)?(?:(?:async\s+)?function\s+(?P<a>{_NAME})\s*(?:<[^()]{{0,200}}>)?\((?P<x>[^()]{{0,400}})\)"
    rf"|const\s+(?P<b>{_NAME})\s*(?::[^=;]{{1,200}})?=\s*(?:(?:React\.)?cache\(\s*)?"
    rf"(?:async\s*)?(?:function(?:\s+{_NAME})?\s*)?\((?P<y>[^()]{{0,400}})\))"
)
_FUNCTIONS: Final = re.compile(_FUNCTION)
_EXPORT: Final = re.compile(r"^export\b", re.MULTILINE)
_LISTED: Final = re.compile(r"export\s*\{([^{}]{0,2000})\}(?!\s*from)")
_TELLING: Final = re.compile(
    r"(?:get)?(?:current|session|auth|signed_?in|logged_?in)_?user|getUser|validateRequest|(?:verify|get)(?:Server)?Session",
    re.IGNORECASE,
)


class Helper(NamedTuple):
    """What says who the caller is: a name that a module exports, and of which kind it is."""

    specifier: str
    name: str
    kind: str
    file: str

    @property
    def said(self) -> str:
        """As the manifest keeps it."""
        return f"{self.specifier}#{self.name}"

    def values(self) -> dict[str, str]:
        """The keys of the manifest's `host`."""
        return {"auth": self.said, "auth_kind": self.kind}

    def __str__(self) -> str:
        return f"`{self.name}` of {self.file} ({_TITLES[self.kind]})"


class SignIn:
    """The sign-in of the project in `root`, whose source folder and import alias are `source` and `alias`."""

    def __init__(self, root: Path, source: str, alias: str) -> None:
        self._modules = Modules(root, source, alias)
        folders = folders_up(root)
        package = json_of(os.path.join(folders[0], "package.json"), folders[-1])
        self._named = _named(package)

    def resolve(self, prefix: str, said: str | None, provider: str = "") -> dict[str, str]:
        """The keys of the manifest's `host` that are about it: what was `said`, else what is certain.

        There are none where our own code for the `provider` reads the sessions that they have.
        Raises UserError if it is neither, so that nobody gets a second sign-in beside their own, or if it does not
        run for routes below the prefix.
        """
        if said is not None:
            return {} if said == OWN else self._of(said, prefix).values()
        if self._ours():
            return {}
        helpers = self._helpers()
        if len(helpers) > 1:
            _ask("the project has several helpers that may say who calls", helpers)
        if helpers:
            one = helpers[0]
            return (_require_clerk(self._modules, prefix) if one.kind == "clerk" else one).values()
        theirs = [name for name in _PACKAGES if name in self._named]
        if theirs == ["@clerk/nextjs"]:
            return _require_clerk(self._modules, prefix).values()
        if theirs == ["@supabase/ssr"] and provider == "supabase":
            return {}
        if theirs:
            raise UserError(
                f"the project signs in with `{theirs[0]}`, and scaffold finds no helper of it that says who calls",
                f"name it: `--auth '@/auth#auth'`; `--auth {OWN}` brings the sign-in of the style in its place",
            )
        telling = [] if theirs else [one for file in self._likely() for one in _telling(file)]
        if telling:
            _ask("the project seems to have a sign-in of its own", telling)
        return {}

    def facts(self, host: Mapping[str, str]) -> list[Finding]:
        """For `doctor`: what says who calls, with its source; `host` is what the manifest keeps of it."""
        if "auth" in host:
            module = self._modules.at(host["auth"].rpartition("#")[0])
            where = f" ({module.path})" if module else ""
            return [Finding(f"sign-in: `{host['auth']}`{where}", True)]
        helpers = [] if self._ours() else self._helpers()
        if len(helpers) > 1:
            listed = ", ".join(str(one) for one in helpers)
            return [Finding(f"sign-in: one of {listed}; `--auth` says which", True)]
        return [Finding(f"sign-in: {one}", True) for one in helpers]

    def _ours(self) -> bool:
        """Whether the sign-in of a style is there, as in a service that lost its manifest."""
        return self._modules.in_source("lib/api/local-issuer.ts") is not None

    def _likely(self) -> Iterator[Module]:
        for module in self._modules.like(_LIKELY, _MOST):
            # A name that cannot be kept in the manifest can only be moved.
            if not _UNLIKELY.search(module.path) and not problems(
                {"auth": f"{module.specifier}#x"}
            ):
                yield module

    def _helpers(self) -> list[Helper]:
        """The helpers of the libraries that package.json names."""
        if not self._named & {*_PACKAGES}:
            return []
        files = [*self._likely()]
        helpers: list[Helper] = []
        if "next-auth" in self._named:
            fifth = [one for file in files for one in _nextauth(file)]
            helpers += fifth or [one for file in files for one in _nextauth_4(file)]
        if "better-auth" in self._named:
            helpers += [one for file in files for one in _better_auth(file)]
        if "@supabase/ssr" in self._named:
            helpers += [one for file in files for one in _supabase(file)]
        if "@clerk/nextjs" in self._named and (front := _clerk(self._modules)):
            helpers.append(Helper(*_CLERK, "clerk", front))
        return helpers

    def _of(self, said: str, prefix: str) -> Helper:
        """The helper that the user names. Raises UserError if it is not there, or cannot say who calls."""
        specifier, _, name = said.rpartition("#")
        if (specifier, name) == _CLERK:
            return _require_clerk(self._modules, prefix)
        module = self._modules.at(specifier)
        if module is None:
            raise UserError(
                f"`--auth {printable(said)}`: no module of the project is `{printable(specifier)}`",
                "name one of the project's; a function that returns `{id, role}` or null will do: "
                "`--auth '@/lib/current-user#currentUser'`",
            )
        known = [*_nextauth(module), *_nextauth_4(module), *_better_auth(module)]
        known += _supabase(module)
        for helper in known:
            if helper.name == name:
                return helper
        made = {match[1] for match in _MADE_ELSEWHERE.finditer(module.code)}
        if "better-auth" in self._named and name in made:
            return Helper(module.specifier, name, "better-auth", module.path)
        return _function(module, name, [helper.name for helper in known])


def _ask(what: str, helpers: Sequence[Helper]) -> None:
    listed = ", ".join(str(one) for one in helpers[:4])
    options = " or ".join(f"`--auth '{one.said}'`" for one in helpers[:4])
    raise UserError(
        f"{what}: {listed}",
        f"say which: {options}; `--auth {OWN}` brings the sign-in of the style beside it",
    )


def _named(package: Mapping[str, object]) -> set[str]:
    sections = [package.get(key) for key in ("dependencies", "devDependencies")]
    return {str(name) for section in sections if isinstance(section, dict) for name in section}


def _exported(module: Module) -> dict[str, str]:
    """Names in the lists `export { … }`, each with the name that it has inside."""
    names = {}
    for listed in _LISTED.finditer(module.code):
        for part in listed[1].split(","):
            match = re.fullmatch(rf"\s*({_NAME})(?:\s+as\s+({_NAME}))?\s*", part)
            if match:
                names[match[2] or match[1]] = match[1]
    return names


def _imports(module: Module, package: str) -> bool:
    return re.search(rf"from\s+[\"']{re.escape(package)}[\"'/]", module.code) is not None


def _nextauth(module: Module) -> Iterator[Helper]:
    """`auth` of `NextAuth(…)`, exported as it is, in a list, or within React's `cache`."""
    if not _imports(module, "next-auth"):
        return
    listed = {inside: outside for outside, inside in _exported(module).items()}
    for made in _MADE_BY_NEXTAUTH.finditer(module.code):
        auth = _AUTH.search(made[2])
        if auth is None:
            continue
        local = auth[1] or "auth"
        name = local if made[1] else listed.get(local)
        if name is None:
            cached = re.search(_CACHED.format(name=_NAME, of=re.escape(local)), module.code)
            name = (cached[2] if cached[1] else listed.get(cached[2])) if cached else None
        if name:
            yield Helper(module.specifier, name, "next-auth", module.path)


def _nextauth_4(module: Module) -> Iterator[Helper]:
    if not _imports(module, "next-auth") or "NextAuthConfig" in module.code:
        return
    for options in _OPTIONS.finditer(module.code):
        typed = options[0].rstrip().endswith("Options")
        if typed or options[1] in ("authOptions", "nextAuthOptions"):
            yield Helper(module.specifier, options[1], "next-auth-4", module.path)


def _better_auth(module: Module) -> Iterator[Helper]:
    if _imports(module, "better-auth"):
        for made in _BETTER.finditer(module.code):
            yield Helper(module.specifier, made[1], "better-auth", module.path)


def _supabase(module: Module) -> Iterator[Helper]:
    """Functions that make the client of a request, by Next's cookies; no client of the service role."""
    if not _imports(module, "@supabase/ssr"):
        return
    for name, parameters, body in _functions(module):
        if "createServerClient" not in body or re.search("service_?role|admin", body + name, re.I):
            continue
        kind = _cookies(parameters)
        if kind:
            yield Helper(module.specifier, name, kind, module.path)


def _cookies(parameters: str) -> str | None:
    if not parameters.strip() or "?:" in parameters:
        return "supabase"
    if "," in parameters or "cookie" not in parameters.lower():
        return None
    promised = re.search(r"ReturnType<\s*typeof\s+cookies", parameters) and not re.search(
        "Awaited<", parameters
    )
    return "supabase-cookies" if promised else "supabase-store"


def _functions(module: Module) -> Iterator[tuple[str, str, str]]:
    """The functions that the module exports: name, parameters, and the text up to the next export."""
    for match in islice(_FUNCTIONS.finditer(module.code), _MOST):
        end = _EXPORT.search(module.code, match.end(), match.end() + _LONGEST)
        body = module.code[match.end() : end.start() if end else match.end() + _LONGEST]
        yield match["a"] or match["b"], match["x"] or match["y"] or "", body


def _telling(module: Module) -> Iterator[Helper]:
    """Functions whose name says that they tell the user, by what the request's cookies say."""
    if _UNLIKELY.search(module.path) or not re.search(
        r"from\s+[\"']next/headers[\"']", module.code
    ):
        return
    for name, parameters, body in _functions(module):
        if _TELLING.fullmatch(name) and not parameters.strip() and "redirect(" not in body:
            yield Helper(module.specifier, name, "function", module.path)


def _function(module: Module, name: str, others: Sequence[str]) -> Helper:
    where = f"`{printable(name)}` of {module.path}"
    for known, parameters, body in _functions(module):
        if known != name:
            continue
        if parameters.strip() and not re.search(r"\?\s*:|=|^\s*\.\.\.", parameters):
            raise UserError(
                f"{where} takes ({printable(' '.join(parameters.split())[:80])}), and a request has nothing to give it",
                "name a function without parameters that returns `{id, role}` or null",
            )
        if re.search(r"\b(?:permanentR|r)edirect\(", body):
            raise UserError(
                f"{where} redirects callers, and an API answers them with 401",
                "name a function that returns null where nobody has signed in",
            )
        return Helper(module.specifier, name, "function", module.path)
    plain = re.search(rf"export\s+(?:const|let|var)\s+{re.escape(name)}\b", module.code)
    if plain or name in _exported(module):
        return Helper(module.specifier, name, "function", module.path)
    names = [known for known, _, _ in _functions(module)] + [*others, *_exported(module)]
    known = (
        ", ".join(f"`{one}`" for one in dict.fromkeys(names)) or "nothing that scaffold can read"
    )
    raise UserError(
        f"{module.path} exports no `{printable(name)}`",
        f"it exports {known}; name what says who calls: `--auth '{module.specifier}#NAME'`",
    )


def _clerk(modules: Modules) -> str:
    """The file with Clerk's middleware, without which its `auth()` throws."""
    for path in (f"{folder}{name}" for name in _FRONT for folder in ("", "src/")):
        if "clerkMiddleware(" in (modules.code(path) or ""):
            return path
    return ""


def _require_clerk(modules: Modules, prefix: str) -> Helper:
    path = _clerk(modules)
    if not path:
        raise UserError(
            "Clerk's `auth` needs `clerkMiddleware`, and no proxy.ts or middleware.ts has it",
            "add it as Clerk's quickstart says, or name another helper: `--auth '@/lib/current-user#currentUser'`; "
            f"`--auth {OWN}` brings the sign-in of the style",
        )
    patterns = matchers(modules.code(path) or "")
    if patterns and not any(covers(one, f"{prefix}/items") is not False for one in patterns):
        raise UserError(
            f"{path}: its matcher leaves out {prefix or '/'}, and Clerk's `auth` throws where it did not run",
            f"add `'{prefix}/(.*)'` to its matcher",
        )
    return Helper(*_CLERK, "clerk", path)
