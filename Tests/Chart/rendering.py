"""Renders the chart by Helm's own engine and looks things up in what comes out."""

import copy
import functools
import json
import pathlib

import helm_python
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "uwsgi-max-fd-webhook"
RELEASE, NAMESPACE = "uwsgi-max-fd", "webhooks"

# A CA for modes that want one: any well-formed PEM text will do for rendering.
CA_PEM = (
    "-----BEGIN CERTIFICATE-----\nMIIBejCCASGgAwIBAgIUUR5VbEb2vUOJ5bBNQSLbdqqYXdEwCgYIKoZIzj0EAwIw\n"
    "-----END CERTIFICATE-----\n"
)

# The chart's own default is a placeholder, which it refuses: every install says where its image is.
IMAGE = "registry.example.org/uwsgi-max-fd-webhook"


class StrictLoader(yaml.CSafeLoader):
    """Refuses a key that is there twice, as the API server's strict decoding and Flux do."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, "keys that are there twice: %s" % ", ".join(twice), node.start_mark
            )
        return super().construct_mapping(node, deep)


class Rendered:
    """The objects of one render."""

    def __init__(self, files):
        self.notes = next((text for path, text in files.items() if path.endswith("NOTES.txt")), "")
        self.text = "".join(
            "---\n# %s\n%s\n" % (path, files[path])
            for path in sorted(files)
            if path.endswith(".yaml") and files[path].strip()
        )
        self.objects = [item for item in yaml.load_all(self.text, StrictLoader) if item]

    def kinds(self):
        return [item["kind"] for item in self.objects]

    def of_kind(self, kind, name=None):
        """The only object of this kind, or the one with this name."""
        found = [
            item
            for item in self.objects
            if item["kind"] == kind and (name is None or item["metadata"]["name"] == name)
        ]
        assert len(found) == 1, "%d objects of kind %s %s" % (len(found), kind, name or "")
        return found[0]

    def webhooks(self):
        """(configuration's kind, entry) of every webhook entry."""
        return [
            (item["kind"], entry)
            for item in self.objects
            if item["kind"].endswith("WebhookConfiguration")
            for entry in item["webhooks"]
        ]

    def webhook(self, name, kind="MutatingWebhookConfiguration"):
        found = [entry for owner, entry in self.webhooks() if owner == kind and entry["name"] == name]
        assert len(found) == 1, "%d entries %s in %s" % (len(found), name, kind)
        return found[0]

    def pod_templates(self):
        """(object's name, Pod or Pod template) of everything that runs containers."""
        for item in self.objects:
            spec = item.get("spec", {})
            if item["kind"] == "Pod":
                yield item["metadata"]["name"], item
            elif "template" in spec:
                yield item["metadata"]["name"], spec["template"]
            elif "jobTemplate" in spec:
                yield item["metadata"]["name"], spec["jobTemplate"]["spec"]["template"]

    def pod_specs(self):
        """(object's name, Pod specification) of everything that runs containers."""
        return [(name, template["spec"]) for name, template in self.pod_templates()]

    def server(self):
        """The server's container."""
        return self.of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]


@functools.cache
def _loaded(path):
    return helm_python.Chart.load(path)


def with_image(values):
    """What an install needs in addition to these values."""
    return merged({"image": {"repository": IMAGE}}, values or {})


def render_files(values=None, chart=CHART, upgrade=False, release=RELEASE, namespace=NAMESPACE):
    return _loaded(str(chart)).render(
        with_image(values),
        name=release,
        namespace=namespace,
        is_install=not upgrade,
        is_upgrade=upgrade,
    )


def render(values=None, **options):
    return Rendered(render_files(values, **options))


def merged(*parts):
    """Values put over one another, as Helm does with several files."""
    result = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, dict) and isinstance(result.get(key), dict):
                result[key] = merged(result[key], value)
            else:
                result[key] = copy.deepcopy(value)
    return result


def default_values():
    return yaml.safe_load((CHART / "values.yaml").read_text())


def schema():
    return json.loads((CHART / "values.schema.json").read_text())
