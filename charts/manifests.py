"""Renders the chart to one file of plain manifests. Called by `manifests`, which sets up Helm's engine."""

import argparse
import pathlib
import re
import sys

import helm_python
import yaml

CHART = pathlib.Path(__file__).resolve().parent / "uwsgi-max-fd-webhook"
# What others refer to comes first, and the webhook configurations last: they must not be there before
# the Service has something behind it.
ORDER = [
    "Namespace",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "Issuer",
    "Certificate",
    "NetworkPolicy",
    "Service",
    "Deployment",
    "DaemonSet",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "GrafanaDashboard",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
]
NAMESPACE = """apiVersion: v1
kind: Namespace
metadata:
  name: %s
  labels:
    pod-security.kubernetes.io/enforce: %s
"""
HEADER = """# uwsgi-max-fd-webhook %s, rendered from its Helm chart. Certificates: %s.
# Apply with: kubectl apply --server-side -f FILE
"""
NO_REPOSITORY = """# No image.repository was given, so the nodes must hold the image already (imagePullPolicy: Never).
"""


def merged(base, over):
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged(base[key], value)
        else:
            base[key] = value
    return base


def values_from(arguments):
    values = {}
    for path in arguments.values:
        merged(values, yaml.safe_load(path.read_text()) or {})
    for text in arguments.set:
        merged(values, helm_python.parse_set_string(text))
    # Plain manifests are rendered without a cluster, so each render of `generated` would differ.
    certificates = values.setdefault("certificates", {})
    if certificates.setdefault("mode", "certManager") == "generated":
        raise SystemExit(
            "certificates.mode=generated makes another certificate at each render, which plain manifests "
            "cannot keep: choose certManager, existingSecret or serviceCA"
        )
    return values


def take_image_from_nodes(values):
    """Whether no registry was named. Then no node may pull what a stranger publishes under the chart's placeholder."""
    image = values.setdefault("image", {})
    if image.get("repository") or values.get("global", {}).get("imageRegistry"):
        return False
    image["repository"], image["pullPolicy"] = "uwsgi-max-fd-webhook", "Never"
    return True


def namespaces(values, release_namespace):
    """{namespace: the Pod Security level that its Pods need}"""
    own = values.get("namespaceOverride") or release_namespace
    needed = {own: "privileged" if values.get("hostNetwork", {}).get("enabled") else "restricted"}
    nodes = values.get("nodes", {})
    if nodes.get("enabled"):
        needed[nodes.get("namespace") or own] = "privileged"
    return needed


def rank(kind):
    """What others refer to first; kinds that the chart does not know (extraObjects) before the webhooks."""
    return ORDER.index(kind if kind in ORDER else "ValidatingAdmissionPolicy")


def documents(files):
    """The rendered objects' texts, in the order in which to apply them, without Helm's own."""
    found = []
    for path in sorted(files):
        if not path.endswith(".yaml"):
            continue
        for text in re.split(r"^---\s*$", files[path], flags=re.MULTILINE):
            item = yaml.safe_load(text)
            if not item or "helm.sh/hook" in (item["metadata"].get("annotations") or {}):
                continue
            lines = [
                line
                for line in text.strip("\n").splitlines()
                if not re.match(r" +(helm\.sh/chart|app\.kubernetes\.io/managed-by): ", line)
            ]
            found.append((rank(item["kind"]), "\n".join(lines) + "\n"))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])]


def main():
    parser = argparse.ArgumentParser(
        prog="manifests", description="Renders the chart to one file of plain manifests."
    )
    parser.add_argument("--name", default="uwsgi-max-fd", help="name of the objects (default: %(default)s)")
    parser.add_argument("--namespace", default="uwsgi-max-fd", help="default: %(default)s")
    parser.add_argument("--values", metavar="FILE", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="as Helm's --set")
    parser.add_argument("--no-namespace", action="store_true", help="leave the Namespace object out")
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path, help="default: standard output")
    arguments = parser.parse_args()

    values = values_from(arguments)
    has_no_repository = take_image_from_nodes(values)
    try:
        with helm_python.Chart.load(str(CHART)) as chart:
            version = chart.version
            files = chart.render(values, name=arguments.name, namespace=arguments.namespace)
    except helm_python.HelmError as error:
        raise SystemExit(str(error).strip()) from None
    texts = documents(files)
    if not arguments.no_namespace:
        levels = namespaces(values, arguments.namespace)
        texts = [NAMESPACE % pair for pair in levels.items()] + texts
    header = HEADER % (version, values["certificates"]["mode"]) + (NO_REPOSITORY if has_no_repository else "")
    text = header + "".join("---\n" + item for item in texts)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text)
        print("%s: %d objects" % (arguments.output, len(texts)), file=sys.stderr)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
