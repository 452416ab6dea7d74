"""`scaffold doctor`: what is missing on this machine or in this project."""

from __future__ import annotations

from scaffold.cli import options, output


@output.command
def doctor(project: options.Project = None, as_json: options.Json = False) -> int:
    """Check this machine and this project. Exit code 1 if something is missing.

    \b
    scaffold doctor
    """
    from scaffold.api import doctor as api
    from scaffold.frameworks.detect import find_root
    from scaffold.frameworks.standing import from_here

    findings = api.examine(project)
    root = find_root(project)
    findings = [
        one._replace(hint=" && ".join(from_here(root, [one.hint]))) if one.in_project else one
        for one in findings
    ]
    if as_json:
        output.emit(
            {
                "checks": [
                    {"what": finding.what, "ok": finding.ok, "hint": finding.hint}
                    for finding in findings
                ]
            }
        )
    else:
        for finding in findings:
            hint = "" if finding.ok else f": {finding.hint}"
            output.say(f"{'ok' if finding.ok else 'MISSING':<8} {finding.what}{hint}")
    return 0 if all(finding.ok for finding in findings) else 1
