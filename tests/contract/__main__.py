"""`python -m tests.contract PROJECT URL`: what was checked, and what is wrong."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.contract import hold, of_project
from tests.contract.tokens import issuer


def main() -> int:
    """Exit code 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract")
    parser.add_argument("project", type=Path, help="folder with .copier-answers.yml")
    parser.add_argument("url", help="where its service runs, as http://127.0.0.1:3000")
    parser.add_argument("--api-key", help="a key of its API_KEYS, where it has any")
    parser.add_argument("--origin", help="one of its CORS_ORIGINS")
    given = parser.parse_args()
    folder = given.project.resolve()
    report = hold(
        of_project(folder),
        given.url.rstrip("/"),
        issuer(folder, url=given.url),
        given.api_key,
        given.origin,
    )
    print("\n".join(report.checked))
    print(report.text())
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
