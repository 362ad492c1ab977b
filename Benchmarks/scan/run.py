#!/usr/bin/env python3
"""Measures `uwsgi-max-fd scan` on a List of 50,000 Pods: time, throughput and peak memory, beside `cat` and jq.

    run.py [--program .build/release/uwsgi-max-fd] [--pods N] [--runs N]

The List is made once, in .build/benchmark. Every program reads the same file, from the page cache; of several runs the
median is shown.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def measure(command, path):
    """Seconds of wall time and of processor time, and the peak of resident memory in bytes."""
    with open(path, "rb") as source:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/uwsgi-max-fd"))
    parser.add_argument("--pods", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    folder = ROOT / ".build/benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pods-{arguments.pods}.json"
    if not path.exists():
        print(f"Writing {path.relative_to(ROOT)}", file=sys.stderr)
        part = path.with_suffix(".part")
        with open(part, "wb") as target:
            subprocess.run(
                [sys.executable, HERE / "generate.py", "--pods", str(arguments.pods)], stdout=target, check=True
            )
        part.rename(path)
    size = path.stat().st_size
    print(f"{arguments.pods} Pods, {size / 1e6:.1f} MB, median of {arguments.runs} runs\n")
    print(f"{'':28} {'wall':>8} {'CPU':>8} {'MB/s':>7} {'peak memory':>12}")
    commands = [
        ("cat", ["cat"]),
        ("scan", [arguments.program, "scan", "--quiet", "-"]),
        ("scan --output json", [arguments.program, "scan", "--output", "json", "-"]),
    ]
    if shutil.which("jq"):
        commands.append(("jq '.items | length'", ["jq", ".items | length"]))
    for name, command in commands:
        runs = [measure(command, path) for _ in range(arguments.runs if name[:2] != "jq" else 1)]
        wall, cpu, memory = (statistics.median(values) for values in zip(*runs))
        print(f"{name:28} {wall:7.2f}s {cpu:7.2f}s {size / 1e6 / wall:7.0f} {memory / 2**20:8.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
