"""`scaffold set`: changes a convention of this project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli import options
from scaffold.cli.declared import Argument, Option
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome


@writes
def set_values(
    tail: Tail,
    settings: Annotated[
        list[str] | None,
        Argument(metavar="KEY=VALUE...", help="For example rate_limit.max=100"),
    ] = None,
    source: Annotated[
        str | None,
        Option(
            "--from", metavar="FILE", help="Take conventions and entities from a document again."
        ),
    ] = None,
    accept: options.Accept = False,
    auth: options.Auth = None,
    db: options.Db = None,
    current_user: options.CurrentUser = None,
    session: options.Session = None,
    formatter: options.Formatter = None,
    local_stack: options.LocalStack = None,
) -> Outcome:
    """Change conventions of this project. The files that follow from them change too, with your edits merged in.

    \b
    scaffold set rate_limit.max=100 rate_limit.window=1h
    scaffold set 'errors.validation={code: INVALID, status: 422}' --diff
    scaffold set --from .claude/agents/backend.md --dry-run
    """
    from scaffold.api import set_ as api

    host = options.said_of_host(
        auth=auth,
        db=db,
        current_user=current_user,
        session=session,
        formatter=formatter,
        local_stack=local_stack,
    )
    return api.set_values(settings or [], source=source, accept=accept, host=host, **tail)
