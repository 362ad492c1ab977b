"""What the API server takes without the webhook, it takes with the webhook's patch."""

import json
import pathlib

import pytest
from pods import max_fd, pods_of

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"


def reviewed():
    """The Pods of recorded reviews, as (name, Pod)."""
    for path in sorted((FIXTURES / "admission-reviews").glob("*.pod.json")):
        request = json.loads(path.read_text())["request"]
        if request["operation"] == "CREATE" and not request.get("subResource"):
            yield path.name.removesuffix(".pod.json"), request["object"]


def launched():
    """The containers of the corpus that detection is held against, each in a Pod of its own."""
    for entry in json.loads((FIXTURES / "corpus.json").read_text()):
        container = {
            key: entry[key] for key in ("image", "command", "args", "env", "envFrom", "volumeMounts") if entry.get(key)
        }
        volumes = {mount["name"]: {"name": mount["name"], "emptyDir": {}} for mount in entry.get("volumeMounts") or []}
        group = {"init": "initContainers", "sidecar": "initContainers"}.get(entry["containerKind"], "containers")
        spec = {"volumes": list(volumes.values()), "containers": [{"name": "main", "image": "main"}]}
        container["name"] = "corpus" if group == "initContainers" else "main"
        if entry["containerKind"] == "sidecar":
            container["restartPolicy"] = "Always"
        spec[group] = [container]
        yield entry["id"], {"metadata": {"name": "corpus"}, "spec": spec}


def prepared(pod):
    """Without what only a Pod has that was made already."""
    kept = {key: pod["metadata"][key] for key in ("name", "generateName", "labels", "annotations") if key in pod["metadata"]}
    spec = dict(pod["spec"])
    # The copy of a static Pod has its node from the start.
    if "kubernetes.io/config.mirror" in kept.get("annotations", {}):
        spec.setdefault("nodeName", "node")
    return {"apiVersion": "v1", "kind": "Pod", "metadata": kept, "spec": spec}


@pytest.mark.parametrize("pods", [reviewed, launched])
def test_every_patch_is_accepted(api, pods):
    taken, patched, refused, not_taken = 0, 0, [], []
    for name, pod in pods():
        without = api.create(pods_of("off"), prepared(pod), dry_run=True)
        if without.status != 201:
            not_taken.append((name, without.message))
            continue
        taken += 1
        answer = api.create(pods_of("mutate"), prepared(pod), dry_run=True)
        if answer.status != 201:
            refused.append((name, answer.message))
            continue
        groups = ("containers", "initContainers")
        values = [max_fd(answer, index, group) for group in groups for index in range(len(answer.body["spec"].get(group, [])))]
        patched += "1048576" in values
    print(f"{taken} taken, {patched} with the variable, not taken without the webhook either: {not_taken}")
    assert refused == []
    assert taken > 20 and patched > 5
    assert not_taken == []
