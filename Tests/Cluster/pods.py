"""Pods and workloads for the tests."""

VARIABLE = "UWSGI_MAX_FD"


def container(name="web", *arguments, program="uwsgi"):
    return {"name": name, "image": f"registry.example.com/{name}", "command": [program, *arguments]}


def pod(*containers, labels=None, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "web-", "labels": labels or {}},
        "spec": {"containers": list(containers) or [container("web", "--http", ":8000")], **spec},
    }


def workload(kind, name):
    """One of each kind of workload, whose Pods run uWSGI without max-fd."""
    template = {"metadata": {"labels": {"app": name}}, "spec": pod()["spec"]}
    selector = {"matchLabels": {"app": name}}
    spec = {
        "Deployment": lambda: {"selector": selector, "template": template},
        "ReplicaSet": lambda: {"selector": selector, "template": template},
        "DaemonSet": lambda: {"selector": selector, "template": template},
        "StatefulSet": lambda: {"selector": selector, "template": template, "serviceName": name},
        "Job": lambda: {"template": job(template)},
        "CronJob": lambda: {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": job(template)}}},
    }[kind]()
    version = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


def job(template):
    return {"metadata": template["metadata"], "spec": {**template["spec"], "restartPolicy": "Never"}}


def path_of(kind, namespace):
    version = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    return f"/apis/{version}/namespaces/{namespace}/{kind.lower()}s"


def pods_of(namespace):
    return f"/api/v1/namespaces/{namespace}/pods"


def max_fd(answer, index=0, group="containers"):
    """The variable's value in a container of an answered Pod, or None."""
    variables = answer.body["spec"][group][index].get("env", [])
    return next((each.get("value") for each in variables if each["name"] == VARIABLE), None)
