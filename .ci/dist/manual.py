"""Writes the manual page from what the executable says of itself:

    uwsgi-max-fd --experimental-dump-help | manual.py VERSION DATE > uwsgi-max-fd.1

Source of the format: man-pages(7), groff_man(7).
"""

import json
import sys


def escaped(text):
    """Text in which nothing is a request or an escape."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def names(argument):
    spelled = []
    for name in argument.get("names", []):
        spelled.append(("-" if name["kind"] == "short" else "--") + name["name"])
    return spelled


def term(argument):
    """An option as it is typed: bold, and its value in italics."""
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR" + ("\\|..." if argument.get("isRepeating") else "")
    shown = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names(argument))
    return shown if argument["kind"] == "flag" else f"{shown} \\fI{escaped(value)}\\fR"


def description(thing):
    parts = [thing.get("abstract", ""), thing.get("discussion", "")]
    return [escaped(part) for text in parts if text for part in text.split("\n\n")]


def options(command):
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay", True) or argument.get("valueName") in ("help", "version"):
            continue
        yield ".TP"
        yield term(argument)
        text = "\n.IP\n".join(description(argument)) or "\\&"
        default = argument.get("defaultValue")
        yield text + (f" (default: {escaped(default)})" if default else "")


def sections(command, path):
    for sub in command.get("subcommands", []):
        if not sub.get("shouldDisplay", True) or sub["commandName"] == "help":
            continue
        words = path + [sub["commandName"]]
        yield f'.SS "{escaped(" ".join(words[1:]))}"'
        yield "\n.PP\n".join(description(sub))
        yield from options(sub)
        yield from sections(sub, words)


def page(program, version, date):
    name = program["commandName"]
    yield f'.TH {escaped(name).upper()} 1 {date} "{name} {version}" "User Commands"'
    yield ".SH NAME"
    yield f"{escaped(name)} \\- {escaped(program['abstract'].rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {escaped(name)}\n.I command\n.RI [ option ...\\&]"
    if program.get("discussion"):
        yield ".SH DESCRIPTION"
        yield escaped(program["discussion"])
    yield ".SH COMMANDS"
    yield from sections(program, [name])
    yield ".SH EXIT STATUS"
    for code, meaning in [
        ("0", "All is well."),
        ("1", "There are findings: of scan, node, and explain with --policy strict."),
        ("2", "Wrong usage, input that cannot be read, or nothing to look at; a message says what, where and the cure."),
    ]:
        yield f".TP\n.B {code}\n{escaped(meaning)}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: manual.py VERSION DATE < what --experimental-dump-help prints")
    print("\n".join(page(json.load(sys.stdin)["command"], *sys.argv[1:])))
