"""Whether what is in `.scaffold` is ours and fits the project: it may come with a cloned repository."""

from __future__ import annotations

import os
from pathlib import Path

from scaffold.support.durable import digest_of
from scaffold.support.errors import UserError
from scaffold.support.git import git
from scaffold.support.project_files import STAGE, ProjectFiles
from scaffold.writing.journal import (
    BACK,
    FOLDERS,
    IGNORE,
    JOURNAL,
    NOW,
    POPPED,
    TMP,
    UNDO,
    WRITTEN,
    Transaction,
    pending,
)


def check_unedited(top: Path, now: Path, log: Transaction) -> None:
    """Raises UserError if a file that is still to be written is not as the journal has it."""
    places = ProjectFiles(top)
    for n, step in enumerate(log.steps):
        if not pending(now, n, step):
            continue
        disk = places.read(step.path)
        if step.kind == "delete" and disk is None:
            continue
        # old/<n> does not tell: it is the same file until the step is done.
        now_is = "" if disk is None else digest_of(disk)
        if now_is != step.was:
            raise UserError(
                f"`{step.path}` changed after a scaffold that still had to write it was killed",
                f"restore that file, or delete `{STAGE}` to keep all files as they are",
            )


def check_ours(stage: Path) -> None:
    """Refuse a stage that somebody else made: what is in it would be deleted, or renamed into the
    project."""
    odd: list[str] = []
    if stage.is_symlink() or not stage.is_dir():
        odd.append(STAGE)
    else:
        for entry in sorted(stage.iterdir()):
            if entry.is_symlink() or entry.name not in (IGNORE, NOW, UNDO):
                odd.append(entry.name)
            elif entry.name == NOW:
                odd += _odd(entry)
            elif entry.name == UNDO:
                odd += [
                    record.name
                    for record in entry.iterdir()
                    if record.is_symlink() or not record.is_dir() or not record.name.isdecimal()
                ]
    if odd:
        raise UserError(
            f"`{STAGE}` holds `{odd[0]}`, which scaffold did not put there",
            f"move `{stage}` elsewhere: scaffold needs that name",
        )


def check_writer(stage: Path) -> None:
    """Refuse a stage that came with the repository, or that another user wrote: it says what is to be written where.

    scaffold's own is ignored by git, itself included. Raises UserError.
    """
    tracked = git("ls-files", "-z", "--", STAGE, folder=stage.parent)
    others = [entry for entry in (stage, *stage.rglob("*")) if entry.lstat().st_uid != os.getuid()]
    why = "git tracks it" if tracked.stdout else "another user wrote it" if others else ""
    if why:
        raise UserError(
            f"`{STAGE}` says what a command has written, and {why}: scaffold does not carry it out",
            f"`rm -r {STAGE}` keeps all files as they are, and there is nothing left to undo",
        )


def check_record(record: Path) -> None:
    """Refuse a record with anything in it that `apply` does not put there."""
    if odd := _odd(record):
        raise UserError(
            f"the record `{STAGE}/{UNDO}/{record.name}` holds `{odd[0]}`, which scaffold did not put there",
            f"delete `{STAGE}/{UNDO}`: then there is nothing left to undo",
        )


def _odd(folder: Path) -> list[str]:
    odd = []
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or entry.name not in (
            *FOLDERS,
            JOURNAL,
            BACK,
            WRITTEN,
            TMP,
            POPPED,
        ):
            odd.append(entry.name)
        elif entry.name in FOLDERS:
            links = entry.name == "gone"  # a deleted link is put aside as one
            odd += [
                file.name
                for file in entry.iterdir()
                if not file.name.isdecimal() or (file.is_symlink() and not links)
            ]
    return odd
