"""Runs pytest over a folder and ends with the one line that others count by: run.py FOLDER [ARGUMENTS].

Arguments are pytest's, such as `--junitxml FILE` or `-k gardener`.
"""

import sys

import pytest


class Tally:
    """Counts whole tests: one that fails while being set up or torn down has failed."""

    def __init__(self):
        self.passed, self.failed = set(), set()

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)


def main():
    tally = Tally()
    folder = sys.argv[1]
    options = [
        "-qq",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--rootdir",
        folder,
        folder,
    ]
    status = pytest.main(options + sys.argv[2:], plugins=[tally])
    passed, failed = len(tally.passed - tally.failed), len(tally.failed)
    print("%d passed, %d failed" % (passed, failed), flush=True)
    return int(status) or int(passed == 0)


if __name__ == "__main__":
    sys.exit(main())
