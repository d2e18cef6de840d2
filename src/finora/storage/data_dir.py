"""The data directory: made, checked, and held by one process at a time."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from finora.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "finora.lock"
"""The file whose lock a process holds while it works on the data directory."""


class DataDirUnusable(StorageError):
    """The data directory cannot be made, read or written."""

    code = "data_dir_unusable"
    title = "The data directory cannot be used"


class DataDirInUse(StorageError):
    """Another process works on the data directory."""

    code = "data_dir_in_use"
    title = "The data directory is in use"


def prepare(path: Path) -> None:
    """Make the data directory if it is missing, for its owner only.

    Raises:
        DataDirUnusable: It is not a folder, or cannot be made, read or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError:
        raise DataDirUnusable(f"{path} is a file, not a folder. Set FINORA_DATA_DIR to a folder.") from None
    except OSError as problem:
        raise DataDirUnusable(
            f"The data directory {path} cannot be made ({problem.strerror}). Make it, or set FINORA_DATA_DIR to another folder."
        ) from None
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        raise DataDirUnusable(
            f"The data directory {path} is on a file system that is mounted read-only. Mount it for writing, or set "
            "FINORA_DATA_DIR to another folder."
        )
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise DataDirUnusable(
            f"The data directory {path} cannot be read and written. Give the user that runs Finora the right to, for "
            f"example with: chown -R $(id -un) {path}"
        )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the data directory for this process until the block ends; the system lets go of it if the process dies.

    Raises:
        DataDirInUse: Another process holds it.
        DataDirUnusable: The lock cannot be made, as on a read-only file system.
    """
    try:
        descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise DataDirUnusable(
            f"Nothing can be written to the data directory {path} ({problem.strerror}). Mend that, or set FINORA_DATA_DIR to "
            "another folder."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise DataDirInUse(
            f"Another Finora works on {path}. Stop it, or let its command end; for a second Finora set FINORA_DATA_DIR to "
            "another folder."
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)
