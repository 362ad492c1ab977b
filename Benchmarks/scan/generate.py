#!/usr/bin/env python3
"""Writes a List of Pods to standard output, as `kubectl get pods -A -o json` prints one.

    generate.py [--pods N] [--size BYTES] [--owners N] [--uwsgi SHARE]

Every Pod belongs to a Deployment's ReplicaSet and is padded to about SIZE bytes with what makes real Pods long:
managedFields. The same arguments give the same bytes.
"""

import argparse
import json
import random
import sys
import uuid

NAMESPACES = ["shop", "learning", "billing", "reports", "staging", "tools", "search", "mail"]


def pod(number, owner, is_uwsgi, size, chance):
    namespace = NAMESPACES[owner % len(NAMESPACES)]
    app = f"{'web' if is_uwsgi else 'api'}-{owner}"
    digest = f"{owner * 2654435761 % 2**32:08x}"
    container = {
        "name": "app",
        "image": f"registry.example.com/{app}:{owner % 40}.1",
        "env": [{"name": "DJANGO_SETTINGS_MODULE", "value": "site.settings"}],
        "resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "volumeMounts": [{"mountPath": "/config", "name": "config", "readOnly": True}],
    }
    if is_uwsgi:
        container["command"] = ["uwsgi", "--http", ":8000", "--module", "site.wsgi", "--master"]
        if owner % 3 == 0:
            container["env"].append({"name": "UWSGI_MAX_FD", "value": "1048576"})
    else:
        container["command"] = ["gunicorn", "site.wsgi", "--bind", ":8000"]
    value = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "generateName": f"{app}-{digest}-",
            "labels": {"app": app, "pod-template-hash": digest},
            "managedFields": [],
            "name": f"{app}-{digest}-{number:05x}",
            "namespace": namespace,
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "blockOwnerDeletion": True,
                    "controller": True,
                    "kind": "ReplicaSet",
                    "name": f"{app}-{digest}",
                    "uid": str(uuid.UUID(int=owner)),
                }
            ],
            "resourceVersion": str(100000 + number),
            "uid": str(uuid.UUID(int=chance.getrandbits(128))),
        },
        "spec": {"containers": [container], "nodeName": f"node-{number % 500}", "restartPolicy": "Always"},
        "status": {"phase": "Running", "podIP": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"},
    }
    text = json.dumps(value, indent=4)
    fields = value["metadata"]["managedFields"]
    while len(text) < size:
        fields.append({"manager": "kubelet", "operation": "Update", "fieldsV1": {"f:status": {"f:phase": {}}}})
        text = json.dumps(value, indent=4)
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pods", type=int, default=50_000)
    parser.add_argument("--size", type=int, default=2_950, help="of a Pod before the List indents it, in bytes")
    parser.add_argument("--owners", type=int, default=2_000)
    parser.add_argument("--uwsgi", type=float, default=0.3, help="the share of owners that run uWSGI")
    arguments = parser.parse_args()
    chance = random.Random(7)
    out = sys.stdout
    out.write('{\n    "apiVersion": "v1",\n    "items": [\n')
    for number in range(arguments.pods):
        owner = number % arguments.owners
        text = pod(number, owner, owner % 100 < arguments.uwsgi * 100, arguments.size, chance)
        out.write("        " + text.replace("\n", "\n        "))
        out.write(",\n" if number + 1 < arguments.pods else "\n")
    out.write('    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')


if __name__ == "__main__":
    main()
