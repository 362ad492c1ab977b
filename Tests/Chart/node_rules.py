"""What the DaemonSet that looks at nodes may have: hostPID, and nothing else that a node's owner would mind."""

import re

LARGEST_MEMORY_MEBIBYTES = 128


def nodes(rendered, release_namespace):
    for item in rendered.objects:
        if item["kind"] != "DaemonSet":
            continue
        name, spec = item["metadata"]["name"], item["spec"]["template"]["spec"]
        if spec.get("hostPID") is not True:
            yield "%s: does not see the node's processes" % name
        for field in ("hostNetwork", "hostIPC", "shareProcessNamespace"):
            if spec.get(field):
                yield "%s: %s" % (name, field)
        if spec.get("volumes"):
            yield "%s: has volumes: %s" % (name, spec["volumes"])
        if not any(
            toleration.get("operator") == "Exists" and set(toleration) == {"operator"}
            for toleration in spec.get("tolerations", [])
        ):
            yield "%s: stays away from nodes with taints" % name
        if spec.get("nodeSelector", {}).get("kubernetes.io/os") != "linux":
            yield "%s: goes to nodes without Linux" % name
        for container in spec["containers"]:
            memory = re.fullmatch("([0-9]+)Mi", str(container["resources"]["limits"].get("memory")))
            if not memory or int(memory[1]) > LARGEST_MEMORY_MEBIBYTES:
                yield "%s: may take more than %d MiB on each node" % (name, LARGEST_MEMORY_MEBIBYTES)
