"""How many cores there are for us."""

import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def available_cores(quota: Path = _QUOTA) -> int:
    """The cores that this process may use: by its affinity, and by the CPU quota of its container; at least one.

    0 where there is no `os.fork`.
    """
    if not hasattr(os, "fork"):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, round(_quota_in_cores(quota, cores))))


def _quota_in_cores(quota: Path, otherwise: int) -> float:
    """What the file of a control group says: microseconds of CPU time (or "max") in a period of so many more."""
    try:
        share, period = quota.read_text(encoding="ascii").split()
        return int(share) / int(period)
    except (OSError, ValueError):
        return otherwise
