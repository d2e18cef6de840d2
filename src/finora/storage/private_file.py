"""Small files that only their owner may read: the master key, the operator's token."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from finora.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OTHERS = 0o077


class PrivateFileExposed(ConfigurationError):
    """A file that holds a secret can be read by other users of the machine."""

    code = "private_file_exposed"
    title = "A secret file is readable by others"


class PrivateFileUnusable(StorageError):
    """A file that holds a secret cannot be read or written."""

    code = "private_file_unusable"
    title = "A secret file cannot be used"


def read_private(path: Path) -> str | None:
    """Return the text of a private file, or None where there is none.

    Raises:
        PrivateFileExposed: Others may read it, so that what it holds may not be secret any more.
        PrivateFileUnusable: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise PrivateFileExposed(
                    f"{path} holds a secret, and other users of this machine may read it. "
                    f"If none of them has, close it with: chmod 600 {path}"
                )
            return file.read().decode("ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise PrivateFileUnusable(
            f"{path} does not hold what Finora wrote there. Restore it from a backup."
        ) from None
    except OSError as problem:
        raise PrivateFileUnusable(
            f"{path} cannot be read ({problem.strerror}). Check that it is a file, and that it belongs to the user that "
            "runs Finora and this command; chown gives it to them."
        ) from problem


def create_private(path: Path, text: str) -> bool:
    """Write a private file whole and durably, unless there is one already.

    Returns:
        Whether it was written; False where another process was first.
    """
    with _written_beside(path, text) as beside:
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
    return True


def replace_private(path: Path, text: str) -> None:
    """Write a private file whole and durably in place of the present one; at any moment one of the two is there."""
    with _written_beside(path, text) as beside:
        beside.replace(path)


def remove_drafts(path: Path) -> None:
    """Remove what processes left beside a private file that died while they wrote it. Nobody else may be writing it."""
    for draft in path.parent.glob(f".{path.name}.*"):
        draft.unlink(missing_ok=True)


@contextmanager
def _written_beside(path: Path, text: str) -> Iterator[Path]:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a path cannot be opened with a mode
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        yield beside
        _sync_folder(path.parent)
    except OSError as problem:
        raise PrivateFileUnusable(
            f"{path} cannot be written ({problem.strerror}). Check the folder's owner and free space."
        ) from problem
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
