#!/usr/bin/env python3
"""Writes a List of Pods to standard output, as `kubectl get pods -A -o json` prints one.

    generate.py [--pods N] [--size BYTES] [--owners N] [--uwsgi SHARE] [--config-maps first|last]

Every Pod belongs to a Deployment's ReplicaSet and is padded to about SIZE bytes with what makes real Pods long:
managedFields. With --config-maps all run uWSGI, and every owner's Pods mount a ConfigMap of 4 KB with its configuration,
as `kubectl get pods,configmaps -A -o json` prints them, or in the other order. The same arguments give the same bytes.
"""

import argparse
import json
import random
import sys
import uuid

NAMESPACES = ["shop", "learning", "billing", "reports", "staging", "tools", "search", "mail"]


def config_map(owner):
    """A ConfigMap of 4 KB; of three, one has a max-fd."""
    ini = "[uwsgi]\nhttp = :8000\nmodule = site.wsgi\n" + ("max-fd = 4096\n" if owner % 3 == 0 else "")
    for line in range(110):
        ini += f"# line {line} of what owner {owner} has to say\n"
    metadata = {"name": f"web-{owner}", "namespace": NAMESPACES[owner % len(NAMESPACES)]}
    return json.dumps(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"uwsgi.ini": ini[:4000]}}, indent=4
    )


def pod(number, owner, is_uwsgi, size, chance, has_config_map):
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
    if has_config_map:
        container["command"] = ["uwsgi", "--ini", "/config/uwsgi.ini"]
    elif is_uwsgi:
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
    if has_config_map:
        value["spec"]["volumes"] = [{"name": "config", "configMap": {"name": app}}]
    text = json.dumps(value, indent=4)
    fields = value["metadata"]["managedFields"]
    while len(text) < size:
        fields.append({"manager": "kubelet", "operation": "Update", "fieldsV1": {"f:status": {"f:phase": {}}}})
        text = json.dumps(value, indent=4)
    return text


def items(arguments):
    chance = random.Random(7)
    has_config_map = arguments.config_maps is not None
    maps = range(arguments.owners) if has_config_map else []
    if arguments.config_maps == "first":
        yield from map(config_map, maps)
    for number in range(arguments.pods):
        owner = number % arguments.owners
        is_uwsgi = has_config_map or owner % 100 < arguments.uwsgi * 100
        yield pod(number, owner, is_uwsgi, arguments.size, chance, has_config_map)
    if arguments.config_maps == "last":
        yield from map(config_map, maps)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pods", type=int, default=50_000)
    parser.add_argument("--size", type=int, default=2_950, help="of a Pod before the List indents it, in bytes")
    parser.add_argument("--owners", type=int, default=2_000)
    parser.add_argument("--uwsgi", type=float, default=0.3, help="the share of owners that run uWSGI")
    parser.add_argument("--config-maps", choices=["first", "last"], help="whether ConfigMaps come before the Pods")
    arguments = parser.parse_args()
    out = sys.stdout
    out.write('{\n    "apiVersion": "v1",\n    "items": [\n')
    is_first = True
    for text in items(arguments):
        if not is_first:
            out.write(",\n")
        is_first = False
        out.write("        " + text.replace("\n", "\n        "))
    out.write("\n")
    out.write('    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')


if __name__ == "__main__":
    main()
