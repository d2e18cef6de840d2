"""What a process takes of the machine's memory."""

from __future__ import annotations

import re
from pathlib import Path


def memory(process: int | str, field: str) -> float:
    """Return a figure of a process's status in MB: `VmRSS` is what it has, `VmHWM` the most it had.

    What `getrusage` tells of the most counts the process that started it.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0
