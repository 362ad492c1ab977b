"""Writes what the chart would give to the server's container, for a server that runs outside a cluster.

    chart_files.py FOLDER MOUNTED

FOLDER/tls holds the files of the Secret that Helm generates, FOLDER/arguments the container's arguments,
one a line, with every flag that the chart knows. MOUNTED is the folder's path as the server sees it;
ports become 0, so that the system chooses them.
"""

import base64
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Chart"))

from matrix import COMBINATIONS  # noqa: E402
from rendering import CA_PEM, merged, render  # noqa: E402


def main():
    folder, mounted = pathlib.Path(sys.argv[1]), sys.argv[2]
    [every_flag] = [item for item in COMBINATIONS if item.name == "every flag of the server"]
    client = {"enabled": True, "ca": CA_PEM, "names": ["kube-apiserver"]}
    rendered = render(
        merged(
            every_flag.values,
            {"clientAuth": client, "server": {"bindAddress": "127.0.0.1", "drainTimeoutSeconds": 2}},
        )
    )
    tls = folder / "tls"
    tls.mkdir(parents=True)
    for name, data in rendered.of_kind("Secret")["data"].items():
        (tls / name).write_bytes(base64.b64decode(data))
        (tls / name).chmod(0o444)
    arguments = []
    for argument in rendered.server()["args"]:
        argument = argument.replace("/etc/uwsgi-max-fd", mounted)
        arguments.append(re.sub(r":\d+$", ":0", argument) if "bind=" in argument else argument)
    (folder / "arguments").write_text("".join(argument + "\n" for argument in arguments))
    service = rendered.webhooks()[0][1]["clientConfig"]["service"]
    (folder / "server-name").write_text("%s.%s.svc" % (service["name"], service["namespace"]))


if __name__ == "__main__":
    main()
