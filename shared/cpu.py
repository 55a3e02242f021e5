"""Name and cores of this machine's processor."""

import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def cpu_name() -> str:
    """Return the processor's name as the system gives it; the architecture where it gives none."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        lines = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
        fields = {key.strip(): value.strip() for key, _, value in lines}
        parts = [fields.get("model name", platform.machine())]
        parts += [f"{name} {fields[name]}" for name in ("cpu family", "model", "CPU part") if fields.get(name)]
        return ", ".join(parts)
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
