"""Another mutating webhook, called after ours, which does what a service mesh's does: adds to Pods, or takes from them."""

import base64
import http.server
import json
import ssl
import subprocess
import threading

from pods import VARIABLE, container


def patch_for(pod):
    """By the Pod's labels: `second=adds` brings a container with uWSGI, `second=removes` takes our variable away."""
    containers = pod["spec"]["containers"]
    wish = pod["metadata"].get("labels", {}).get("second")
    if wish == "adds" and all(each["name"] != "second" for each in containers):
        return [{"op": "add", "path": "/spec/containers/-", "value": container("second", "--http", ":8001")}]
    if wish == "removes":
        return [
            {"op": "remove", "path": f"/spec/containers/{index}/env"}
            for index, each in enumerate(containers)
            if any(variable["name"] == VARIABLE for variable in each.get("env", []))
        ]
    return []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        response = {"uid": review["request"]["uid"], "allowed": True}
        if patch := patch_for(review["request"]["object"]):
            response["patchType"] = "JSONPatch"
            response["patch"] = base64.b64encode(json.dumps(patch).encode()).decode()
        body = json.dumps({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start(cluster):
    """Serves it, and returns the configuration by which the API server calls it."""
    certificates = cluster.folder / "second"
    command = [cluster.executable, "certs", "--directory", certificates, cluster.address]
    subprocess.run(command, check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer((cluster.address, 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ca = base64.b64encode((certificates / "ca.crt").read_bytes()).decode()
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        # The API server calls configurations in the order of their names.
        "metadata": {"name": "z-second"},
        "webhooks": [
            {
                "name": "second.example.com",
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "clientConfig": {"url": f"https://{cluster.address}:{server.server_port}/", "caBundle": ca},
                "objectSelector": {"matchExpressions": [{"key": "second", "operator": "Exists"}]},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            }
        ],
    }
