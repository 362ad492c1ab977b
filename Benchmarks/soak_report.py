#!/usr/bin/env python3
"""Judges a soak: soak_report.py SAMPLES.tsv FIGURES.tsv

A sample is a line of microseconds since the start, resident KiB, descriptors and threads; a figure is a line of name and
value. Prints the medians of each tenth of the run as Markdown, and what is wrong. The exit status is 1 if anything is.
"""

import csv
import statistics
import sys

TENTHS = 10
# The first tenth is for warming up: the second is what the last one is compared with.
REFERENCE = 1
# What the last tenth's median may be above the reference.
MEMORY_SHARE, MEMORY_KIB = 0.05, 1024
DESCRIPTORS = 10
THREADS = 0
# How far the load may be below half of the capacity: pauses are whole milliseconds, and answers take time too.
LEAST_SHARE = 0.6
ABORTS = ["half_closed", "half_open", "in_body", "in_handshake", "in_head", "slow"]


def read(path):
    with open(path, newline="") as file:
        return list(csv.reader(file, delimiter="\t"))


def tenths(samples):
    """The medians of memory, descriptors and threads in each tenth of the time."""
    end = samples[-1][0]
    parts = [[] for _ in range(TENTHS)]
    for moment, *values in samples:
        parts[min(moment * TENTHS // (end + 1), TENTHS - 1)].append(values)
    return [tuple(statistics.median(column) for column in zip(*part)) for part in parts]


def growth(rows):
    reference, last = rows[REFERENCE], rows[-1]
    limits = (
        ("resident KiB", max(reference[0] * MEMORY_SHARE, MEMORY_KIB)),
        ("descriptors", DESCRIPTORS),
        ("threads", THREADS),
    )
    for (name, limit), before, after in zip(limits, reference, last):
        if after > before + limit:
            yield f"{name} grew from {before:,.0f} to {after:,.0f}; {limit:,.0f} more are allowed"


def faults(figures):
    number = {name: int(float(value)) for name, value in figures.items()}
    for name, what in (
        ("failures", "requests failed"),
        ("wrong", "answer differed or did not come"),
        ("errors", "reviews ended in an error"),
        ("dropped", "lines of the log were dropped"),
        ("in-flight", "requests are in flight after the end"),
    ):
        if number[name]:
            yield f"{number[name]:,} {what}"
    if number["reviews"] != number["audited"]:
        yield f"{number['reviews']:,} reviews were counted, but the audit log has {number['audited']:,}"
    if number["reviews"] < number["requests"]:
        yield f"{number['requests']:,} requests were answered, but {number['reviews']:,} reviews counted"
    if number["rate"] < number["capacity"] / 2 * LEAST_SHARE:
        yield f"the load came to {number['rate']:,} requests a second only"
    # The last renewal may be too late to be seen.
    if number["reloads"] < number["renewals"] - 1 or number["reloads"] < 1:
        yield f"of {number['renewals']} certificates {number['reloads']} were loaded"
    for way in ABORTS:
        if not number.get(f"abort {way}"):
            yield f"no client gave up this way: {way}"
    for name in number:
        if "failed" in name.removeprefix("abort "):
            yield f"{number[name]} times: {name}"


def main():
    samples = [[int(value) for value in row] for row in read(sys.argv[1])]
    figures = dict(read(sys.argv[2]))
    rows = tenths(samples)
    print("| tenth | resident, MiB | descriptors | threads |")
    print("| ---: | ---: | ---: | ---: |")
    for number, (memory, descriptors, threads) in enumerate(rows, 1):
        print(f"| {number} | {memory / 1024:.1f} | {descriptors:.0f} | {threads:.0f} |")
    print()
    print(
        f"{int(figures['requests']):,} requests in {samples[-1][0] / 1e6:.0f} s, {int(figures['rate']):,} a second of"
        f" {int(figures['capacity']):,} that were possible; p50 {float(figures['p50']) / 1000:.2f} ms,"
        f" p99 {float(figures['p99']) / 1000:.2f} ms, p99.9 {float(figures['p999']) / 1000:.2f} ms."
        f" {figures['reloads']} certificates loaded."
    )
    print(
        "Clients that gave up: "
        + ", ".join(f"{figures.get('abort ' + way, 0)} {way.replace('_', ' ')}" for way in ABORTS)
        + "."
    )
    print()
    found = list(growth(rows)) + list(faults(figures))
    for fault in found:
        print(f"- {fault}")
    print("FAILED" if found else "Flat, and every answer right.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
