#!/usr/bin/env python3
"""Lists the executable's functions that a profile has seen: function_order.py PROFILE <SYMBOLS

PROFILE is what valgrind's callgrind writes, with mangled names; SYMBOLS what `nm --format=posix` prints about the
executable. The order is that of the calls, each function before what it calls, so that what runs together lies together.
"""

import re
import sys

# A function's name, or its number where the profile has named it before: "Callgrind Format Specification", name
# compression.
NAME = re.compile(r"(c?)fn=\((\d+)\)(?: (.*))?")
CALLS = re.compile(r"calls=(\d+)")
# How callgrind marks calls of a function by itself.
RECURSION = re.compile(r"'\d+$")
# The kinds of symbols that are code: global, local, weak.
CODE = set("TtWw")
# What is called less often belongs to few reviews.
FEWEST_CALLS = 10


def calls(lines):
    """What each function calls, and how often, in the profile's order."""
    names, found, caller, callee = {}, {}, None, None
    for line in lines:
        if match := NAME.match(line):
            is_called, number, name = match.groups()
            if name:
                names[number] = RECURSION.sub("", name.rstrip("\n"))
            if is_called:
                callee = names[number]
            else:
                caller = names[number]
                found.setdefault(caller, {})
        elif match := CALLS.match(line):
            found.setdefault(callee, {})
            found[caller][callee] = found[caller].get(callee, 0) + int(match.group(1))
    return found


def order(found):
    """The functions that are called often, depth first, from those that nothing calls on."""
    count = {function: 0 for function in found}
    for callees in found.values():
        for callee, times in callees.items():
            count[callee] += times
    roots = [function for function in found if not count[function]]
    pending = [*reversed(list(found)), *reversed(roots)]
    seen = set()
    while pending:
        function = pending.pop()
        if function in seen:
            continue
        seen.add(function)
        pending += reversed(list(found[function]))
        if count[function] >= FEWEST_CALLS:
            yield function


def main(profile):
    code = {fields[0] for fields in map(str.split, sys.stdin) if len(fields) > 2 and fields[1] in CODE}
    with open(profile, errors="replace") as lines:
        for function in order(calls(lines)):
            if function in code:
                print(function)


if __name__ == "__main__":
    main(*sys.argv[1:])
