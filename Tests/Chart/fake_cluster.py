"""A Kubernetes API server small enough for Helm to install into: it stores what it is given.

It knows discovery, get, list, create, replace, apply and delete of any resource in its table. Nothing
is admitted, defaulted or run. It exists because `lookup` sees nothing without a cluster.
"""

import http.server
import json
import threading
import urllib.parse

import yaml

# (group, version): {plural: (kind, namespaced)}
RESOURCES = {
    ("", "v1"): {
        "namespaces": ("Namespace", False),
        "secrets": ("Secret", True),
        "services": ("Service", True),
        "serviceaccounts": ("ServiceAccount", True),
        "configmaps": ("ConfigMap", True),
        "pods": ("Pod", True),
    },
    ("apps", "v1"): {"deployments": ("Deployment", True)},
    ("policy", "v1"): {"poddisruptionbudgets": ("PodDisruptionBudget", True)},
    ("networking.k8s.io", "v1"): {"networkpolicies": ("NetworkPolicy", True)},
    ("admissionregistration.k8s.io", "v1"): {
        "mutatingwebhookconfigurations": ("MutatingWebhookConfiguration", False),
        "validatingwebhookconfigurations": ("ValidatingWebhookConfiguration", False),
        "validatingadmissionpolicies": ("ValidatingAdmissionPolicy", False),
        "validatingadmissionpolicybindings": ("ValidatingAdmissionPolicyBinding", False),
    },
}
ARGO_CD = {("argoproj.io", "v1alpha1"): {"applications": ("Application", True)}}


class FakeCluster:
    """Use as a context manager; `kubeconfig` is what Helm needs to reach it."""

    def __init__(self, argo_cd=False, visible=True):
        self.resources = {**RESOURCES, **(ARGO_CD if argo_cd else {})}
        self.store = {}
        self.lock = threading.Lock()
        if visible:
            self.put("namespaces", None, {"kind": "Namespace", "metadata": {"name": "kube-system"}})
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                status, answer = cluster.answer(self.command, self.path, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def kubeconfig(self):
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "fake",
                "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
                "clusters": [
                    {"name": "fake", "cluster": {"server": "http://127.0.0.1:%d" % self.server.server_port}}
                ],
                "users": [{"name": "fake", "user": {}}],
            }
        )

    def put(self, plural, namespace, item):
        self.store[(plural, namespace, item["metadata"]["name"])] = item

    def get(self, plural, namespace, name):
        return self.store.get((plural, namespace, name))

    def delete(self, plural, namespace, name):
        return self.store.pop((plural, namespace, name), None)

    def answer(self, method, target, body):
        """(status, JSON) for one request."""
        url = urllib.parse.urlsplit(target)
        parts = [part for part in url.path.split("/") if part]
        if parts == ["version"]:
            return 200, {"major": "1", "minor": "35", "gitVersion": "v1.35.0"}
        if parts == ["api"]:
            return 200, {"kind": "APIVersions", "versions": ["v1"]}
        if parts == ["apis"]:
            return 200, self.groups()
        if parts[:2] == ["openapi", "v3"]:
            return self.openapi(parts[2:])
        if parts[:1] == ["api"]:
            group, version, rest = "", parts[1], parts[2:]
        elif parts[:1] == ["apis"] and len(parts) > 2:
            group, version, rest = parts[1], parts[2], parts[3:]
        else:
            return not_found(target)
        known = self.resources.get((group, version))
        if known is None:
            return not_found(target)
        if not rest:
            return 200, discovery(group, version, known)
        namespace = None
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        if rest[0] not in known:
            return not_found(target)
        with self.lock:
            return self.act(method, group, version, known, namespace, rest, url.query, body)

    def act(self, method, group, version, known, namespace, rest, query, body):
        plural, name = rest[0], rest[1] if len(rest) > 1 else None
        if method in ("POST", "PUT", "PATCH"):
            item = yaml.safe_load(body)
            if method == "PATCH" and self.get(plural, namespace, name) and "kind" not in item:
                # A merge patch of a part, such as a release's status.
                item = merge(self.get(plural, namespace, name), item)
            if method == "POST" and self.get(plural, namespace, item["metadata"]["name"]):
                return 409, {"kind": "Status", "status": "Failure", "reason": "AlreadyExists", "code": 409}
            dry = "dryRun" in urllib.parse.parse_qs(query)
            if not dry:
                self.put(plural, namespace, item)
            return (201 if method == "POST" else 200), item
        if method == "DELETE":
            gone = self.delete(plural, namespace, name)
            return (200, gone) if gone else not_found(name)
        if name:
            found = self.get(plural, namespace, name)
            return (200, found) if found else not_found(name)
        selector = urllib.parse.parse_qs(query).get("labelSelector", [""])[0]
        wanted = dict(pair.split("=", 1) for pair in selector.split(",") if "=" in pair)
        items = [
            item
            for (kind, space, _), item in self.store.items()
            if kind == plural
            and space == namespace
            and wanted.items() <= (item["metadata"].get("labels") or {}).items()
        ]
        api = group + "/" + version if group else version
        return 200, {"kind": known[plural][0] + "List", "apiVersion": api, "metadata": {}, "items": items}

    def openapi(self, parts):
        """Just enough of OpenAPI v3 to say that fields are validated here, so that Helm leaves it to us."""
        paths = {}
        for (group, version), known in self.resources.items():
            path = ["apis", group, version] if group else ["api", version]
            paths["/".join(path)] = {"serverRelativeURL": "/openapi/v3/" + "/".join(path)}
            if parts == path:
                return 200, {
                    "openapi": "3.0.0",
                    "info": {"title": "fake", "version": "v1"},
                    "paths": {
                        "/%s/%s/{name}" % ("/".join(path), plural): {
                            "patch": {
                                "parameters": [{"name": "fieldValidation", "in": "query"}],
                                "responses": {},
                                "x-kubernetes-group-version-kind": {
                                    "group": group,
                                    "version": version,
                                    "kind": kind,
                                },
                            }
                        }
                        for plural, (kind, _) in known.items()
                    },
                }
        return (404, {}) if parts else (200, {"paths": paths})

    def groups(self):
        found = []
        for group, version in self.resources:
            if group:
                entry = {"groupVersion": group + "/" + version, "version": version}
                found.append({"name": group, "versions": [entry], "preferredVersion": entry})
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def discovery(group, version, known):
    verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group + "/" + version if group else version,
        "resources": [
            {
                "name": plural,
                "singularName": kind.lower(),
                "kind": kind,
                "namespaced": namespaced,
                "verbs": verbs,
            }
            for plural, (kind, namespaced) in known.items()
        ],
    }


def merge(old, patch):
    """RFC 7396."""
    result = dict(old)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        else:
            result[key] = value
    return result


def not_found(what):
    return 404, {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": "NotFound",
        "message": "%s not found" % what,
        "code": 404,
    }
