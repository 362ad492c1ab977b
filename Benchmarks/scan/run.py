#!/usr/bin/env python3
"""Measures `uwsgi-max-fd scan` on a List of 50,000 Pods: time, throughput and peak memory, beside `cat` and jq; and on one
with 5,000 ConfigMaps, before the Pods and behind them.

    run.py [--program .build/release/uwsgi-max-fd] [--pods N] [--runs N]

The Lists are made once, in .build/benchmark. Every program reads from a file, from the page cache; of several runs the
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


def made(name, *arguments):
    """A List in .build/benchmark, which is written if it is not there."""
    folder = ROOT / ".build/benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    if not path.exists():
        print(f"Writing {path.relative_to(ROOT)}", file=sys.stderr)
        part = path.with_suffix(".part")
        with open(part, "wb") as target:
            subprocess.run([sys.executable, HERE / "generate.py", *arguments], stdout=target, check=True)
        part.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/uwsgi-max-fd"))
    parser.add_argument("--pods", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    count = arguments.pods
    pods = made(f"pods-{count}", "--pods", str(count))
    joined = {
        order: made(
            f"pods-{count}-config-maps-{order}",
            "--pods", str(count), "--owners", str(max(count // 10, 1)), "--config-maps", order,
        )
        for order in ("first", "last")
    }  # fmt: skip
    size = pods.stat().st_size
    print(f"{count} Pods, {size / 1e6:.1f} MB, median of {arguments.runs} runs\n")
    print(f"{'':32} {'wall':>8} {'CPU':>8} {'MB/s':>7} {'peak memory':>12}")
    scan = [arguments.program, "scan", "--quiet", "-"]
    rows = [
        ("cat", ["cat"], pods),
        ("scan", scan, pods),
        ("scan --output json", [arguments.program, "scan", "--output", "json", "-"], pods),
    ]
    if shutil.which("jq"):
        rows.append(("jq '.items | length'", ["jq", ".items | length"], pods))
    rows += [(f"scan, {count // 10} ConfigMaps {order}", scan, path) for order, path in joined.items()]
    for name, command, path in rows:
        runs = [measure(command, path) for _ in range(arguments.runs if name[:2] != "jq" else 1)]
        wall, cpu, memory = (statistics.median(values) for values in zip(*runs))
        speed = path.stat().st_size / 1e6 / wall
        print(f"{name:32} {wall:7.2f}s {cpu:7.2f}s {speed:7.0f} {memory / 2**20:8.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
