#!/usr/bin/env python3
"""Makes Markdown of the figures that run.sh wrote: report.py FIGURES.tsv MACHINE.txt

A figure is a line of case, server, round, measure and value, separated by tabs. Each row of a table has both servers'
medians over the rounds, and the ratio of the two as the median of the rounds' ratios, with the lowest and the highest.
"""

import csv
import statistics
import sys
from collections import defaultdict

REVIEWS = ["openedx-lms", "openedx-lms-worker", "large-60k", "large-900k"]
SMALL = REVIEWS[:2]

# Measure, heading, format.
REVIEW_MEASURES = [
    ("requests-per-s", "requests/s", "{:,.0f}"),
    ("p50-us", "p50, ms", "{:.2f}"),
    ("p99-us", "p99, ms", "{:.2f}"),
    ("p99.9-us", "p99.9, ms", "{:.2f}"),
    ("cpu-s-per-1000", "CPU s per 1,000", "{:.3f}"),
    ("peak-kib", "peak memory, MiB", "{:.1f}"),
]
CONNECTION_MEASURES = [
    ("per-s", "per second", "{:,.0f}"),
    ("cpu-s-per-1000", "CPU s per 1,000", "{:.3f}"),
]
START_MEASURES = [
    ("ready-ms", "start to ready, ms", "{:.0f}"),
    ("idle-kib", "idle memory, MiB", "{:.1f}"),
]
# What a figure is divided by to have the unit of its heading.
DIVISORS = {"us": 1000, "kib": 1024}


class Figures:
    def __init__(self, path):
        self.values = defaultdict(lambda: defaultdict(list))
        with open(path, newline="") as file:
            for case, server, round_, measure, value in csv.reader(file, delimiter="\t"):
                unit = measure.rpartition("-")[2]
                self.values[case, measure, server][round_].append(float(value) / DIVISORS.get(unit, 1))

    def rounds(self, case, measure, server):
        """The median of each round, by round."""
        return {round_: statistics.median(values) for round_, values in self.values[case, measure, server].items()}

    def median(self, case, measure, server="webhook"):
        return statistics.median(self.rounds(case, measure, server).values())

    def ratios(self, case, measure):
        """The webhook's figure in nginx's, for each round."""
        webhook, nginx = (self.rounds(case, measure, server) for server in ("webhook", "nginx"))
        return sorted(webhook[round_] / nginx[round_] for round_ in webhook if nginx.get(round_))

    def ratio(self, case, measure):
        return statistics.median(self.ratios(case, measure))


def table(figures, cases, measures):
    print("| | | webhook | nginx | ratio | lowest–highest |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for case in cases:
        for measure, heading, form in measures:
            ratios = figures.ratios(case, measure)
            spread = f"{statistics.median(ratios):.2f} | {ratios[0]:.2f}–{ratios[-1]:.2f}" if ratios else "– | –"
            webhook, nginx = (form.format(figures.median(case, measure, server)) for server in ("webhook", "nginx"))
            print(f"| {case} | {heading} | {webhook} | {nginx} | {spread} |")
    print()


def targets(figures):
    """What was aimed at, as (text, figure, whether it was met)."""
    for case in SMALL:
        ratio = figures.ratio(case, "requests-per-s")
        yield f"{case}: requests/s, at least 0.60 of nginx's", f"{ratio:.2f}", ratio >= 0.60
        ratio = figures.ratio(case, "p99-us")
        yield f"{case}: p99, at most 1.5 times nginx's", f"{ratio:.2f}", ratio <= 1.5
        peak = figures.median(case, "peak-kib")
        yield f"{case}: peak memory, at most 20 MiB", f"{peak:.1f} MiB", peak <= 20
    for kind in ("full", "resumed"):
        ratio = figures.ratio(f"connections-{kind}", "per-s")
        yield f"new connections ({kind}), at least 0.80 of nginx's", f"{ratio:.2f}", ratio >= 0.80
    ready = figures.median("start", "ready-ms")
    yield "start to ready, at most 50 ms", f"{ready:.0f} ms", ready <= 50
    decision = figures.median("large-900k", "decision-us")
    yield "large-900k: a decision under 3 ms", f"{decision:.2f} ms", decision < 3


def main():
    figures = Figures(sys.argv[1])
    with open(sys.argv[2]) as file:
        print(file.read().replace("\n", "  \n"))
    print("### Reviews\n")
    table(figures, REVIEWS, REVIEW_MEASURES)
    print("### New connections\n")
    table(figures, ["connections-full", "connections-resumed"], CONNECTION_MEASURES)
    print("### Start\n")
    table(figures, ["start"], START_MEASURES)
    print("### The webhook's own clock: from a request's last byte to its answer\n")
    print("| review | decision, ms |\n| --- | ---: |")
    for case in REVIEWS:
        print(f"| {case} | {figures.median(case, 'decision-us'):.3f} |")
    print("\n### Targets\n")
    print("| | measured | |\n| --- | ---: | --- |")
    for text, figure, met in targets(figures):
        print(f"| {text} | {figure} | {'met' if met else '**missed**'} |")


if __name__ == "__main__":
    main()
