"""`scaffold doctor`: what is missing on this machine or in this project."""

from __future__ import annotations

from scaffold.cli import options, output


@output.command
def doctor(project: options.Project = None, as_json: options.Json = False) -> int:
    """Check this machine and this project; exit code 1 where something is missing.

    \b
    scaffold doctor
    """
    from scaffold.api import doctor as api

    findings = api.examine(project)
    if as_json:
        output.emit(
            {"checks": [{"what": item.what, "ok": item.ok, "hint": item.hint} for item in findings]}
        )
    else:
        for item in findings:
            output.say(
                f"{'ok' if item.ok else 'MISSING':<8} {item.what}{'' if item.ok else f': {item.hint}'}"
            )
    return 0 if all(item.ok for item in findings) else 1
