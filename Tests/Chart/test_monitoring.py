"""Alerts and dashboard: valid, about metrics that exist, and shown to fire and to keep quiet by promtool."""

import json
import pathlib
import re
import subprocess

import pytest
import yaml

from rendering import CHART, NAMESPACE, RELEASE, ROOT, merged, render

HERE = pathlib.Path(__file__).parent
VALUES = {"metrics": {"prometheusRule": {"enabled": True}, "dashboard": {"enabled": True}}}
SERVICE_MONITOR = {"metrics": {"serviceMonitor": {"enabled": True}}}
POD_MONITOR = {"metrics": {"podMonitor": {"enabled": True}}, "nodes": {"enabled": True, "namespace": "nodes"}}
NODES = {**SERVICE_MONITOR, "nodes": {"enabled": True}}
# What promtool plays, and the values of the rules that it plays it to.
PLAYS = [
    ("alerts.test.yaml", SERVICE_MONITOR),
    ("alerts-unscraped.test.yaml", {}),
    ("alerts-podmonitor.test.yaml", POD_MONITOR),
    ("alerts-nodes.test.yaml", NODES),
]
# Labels that a scrape puts on every series.
SCRAPED = {"job", "namespace", "pod", "instance", "node"}
WORDS = {
    "sum", "min", "max", "count", "rate", "increase", "histogram_quantile", "absent", "time", "by",
    "or", "and", "unless", "on", "label_values",
}  # fmt: skip


def known_metrics():
    """{name: its labels}"""
    lines = [line for file in sorted(HERE.glob("metrics*.txt")) for line in file.read_text().splitlines()]
    return {line.split()[0]: set(line.split()[1:]) for line in lines if line and not line.startswith("#")}


def rules(values=None):
    return render(merged(VALUES, values or {})).of_kind("PrometheusRule")["spec"]


def dashboard():
    return json.loads(
        render(VALUES).of_kind("ConfigMap", RELEASE + "-dashboard")["data"]["uwsgi-max-fd.json"]
    )


def expressions():
    """(where, expression) of every alert, panel and dashboard variable."""
    for group in rules(NODES)["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["query"]


def metrics_in(expression):
    """(name, labels matched on) of every metric in an expression, and the labels it groups by."""
    text = re.sub(r"\[[^\]\"]*\]", "", expression)
    selected = []
    for name, matchers in re.findall(r"([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}", text):
        selected.append(
            (name, set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", re.sub(r'"(?:[^"\\]|\\.)*"', '""', matchers))))
        )
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", re.sub(r"\{[^}]*\}", "", text))
    grouped = set()
    for labels in re.findall(r"\bby\s*\(([^)]*)\)", bare):
        grouped |= {label.strip() for label in labels.split(",")}
    bare = re.sub(r"\b(by|on)\s*\([^)]*\)", "", bare)
    if bare.startswith("label_values("):
        bare, label = bare[len("label_values(") : -1].rsplit(",", 1)
        grouped.add(label.strip())
    words = set(re.findall(r"[a-zA-Z_:][\w:]*", bare)) - WORDS
    named = {name for name, _ in selected}
    return selected + [(name, set()) for name in words - named], grouped


def test_expressions_are_about_metrics_that_exist():
    known = known_metrics()
    seen = set()
    for where, expression in expressions():
        metrics, grouped = metrics_in(expression)
        assert metrics, where
        for name, labels in metrics:
            assert name in known, "%s: there is no metric %s" % (where, name)
            assert labels <= known[name] | SCRAPED, "%s: %s has no label %s" % (
                where,
                name,
                labels - known[name],
            )
            seen.add(name)
        possible = SCRAPED.union(*(known[name] for name, _ in metrics))
        assert grouped <= possible, "%s: nothing to group by %s" % (where, grouped - possible)
    own = {name for name in known if name.startswith("uwsgi_max_fd_")} - {
        "uwsgi_max_fd_review_duration_seconds_sum",
        "uwsgi_max_fd_review_duration_seconds_count",
    }
    assert own <= seen, "neither an alert nor a panel shows %s" % (own - seen)


def test_the_list_of_metrics_is_the_servers():
    """metrics.txt against the names that the server's own source writes."""
    source = "".join(
        path.read_text() for path in sorted((ROOT / "Sources" / "WebhookServer").rglob("*.swift"))
    )
    written = set(re.findall(r'"((?:uwsgi_max_fd|process)_[a-z_]+)"', source))
    listed = {
        re.sub("_(bucket|sum|count)$", "", name) if "duration_seconds" in name else name
        for name in known_metrics()
        if name.startswith(("uwsgi_max_fd_", "process_")) and not name.startswith("uwsgi_max_fd_node_")
    }
    assert listed <= written, "the server has no metric %s" % (listed - written)


def test_the_list_of_metrics_of_nodes_is_the_commands():
    sources = sorted((ROOT / "Sources" / "Nodes").rglob("*.swift"))
    written = set(re.findall("uwsgi_max_fd_node_[a-z_]+", "".join(path.read_text() for path in sources)))
    listed = {name for name in known_metrics() if name.startswith("uwsgi_max_fd_node_")}
    assert listed and listed <= written, "the command has no metric %s" % (listed - written)


def test_an_unknown_metric_would_be_noticed():
    metrics, grouped = metrics_in(
        'sum by (le, policy) (rate(uwsgi_max_fd_typo{job="a",wrong=~"b|c"}[5m])) > other_metric'
    )
    assert sorted(metrics) == [("other_metric", set()), ("uwsgi_max_fd_typo", {"job", "wrong"})]
    assert grouped == {"le", "policy"}


def test_webhook_names_in_expressions_match_the_entries():
    rendered = render({**VALUES, "webhooks": {"workloads": {"enabled": True}}})
    names = [entry["name"] for _, entry in rendered.webhooks()]
    patterns = {
        pattern for _, expression in expressions() for pattern in re.findall(r'name=~"([^"]*)"', expression)
    }
    assert patterns
    for pattern in patterns:
        assert all(re.fullmatch(pattern, name) for name in names), pattern
        assert not re.fullmatch(pattern, "mutate.someone-else.webhook")


def promtool(*arguments):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def written(folder, values):
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump(rules(values)))
    return path


@pytest.mark.parametrize("values, count", [({}, 9), (SERVICE_MONITOR, 9), (POD_MONITOR, 10), (NODES, 10)])
def test_promtool_accepts_the_rules(tmp_path, values, count):
    result = promtool("check", "rules", written(tmp_path, values))
    assert result.returncode == 0 and "%d rules found" % count in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize("play, values", PLAYS, ids=[play for play, _ in PLAYS])
def test_alerts_fire_and_keep_quiet(tmp_path, play, values):
    test = yaml.safe_load((HERE / play).read_text())
    test["rule_files"] = [written(tmp_path, values).name]
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(test))
    result = promtool("test", "rules", path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_play_is_played():
    assert {path.name for path in HERE.glob("*.test.yaml")} == {play for play, _ in PLAYS}


def test_every_alert_is_played():
    text = "".join((HERE / play).read_text() for play, _ in PLAYS)
    for group in rules(NODES)["groups"]:
        for rule in group["rules"]:
            assert "alertname: %s\n        exp_alerts" % rule["alert"] in text, rule["alert"]


def test_promtool_parses_every_panel(tmp_path):
    records = []
    for _, expression in expressions():
        if not expression.startswith("label_values"):
            expression = (
                expression.replace("$__rate_interval", "5m").replace("$job", ".+").replace("$namespace", ".+")
            )
            records.append({"record": "panel:%d" % len(records), "expr": expression})
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": records}]}))
    result = promtool("check", "rules", path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_dashboard_is_whole():
    board = dashboard()
    assert json.loads((CHART / "files" / "dashboard.json").read_text()) == board
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        if panel["type"] != "row":
            assert panel["targets"] and panel["datasource"]["uid"] == "${datasource}"
            references = [target["refId"] for target in panel["targets"]]
            assert len(references) == len(set(references))
    taken = [
        (x, y)
        for panel in board["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken)), "panels lie on one another"


def test_readme_lists_every_alert():
    readme = (CHART / "README.md").read_text()
    for group in rules(NODES)["groups"]:
        for rule in group["rules"]:
            name = rule["alert"]
            assert name in readme or name.endswith("VerySoon") and "`…VerySoon`" in readme


def test_alerts_look_at_this_release_only():
    text = yaml.safe_dump(rules())
    assert 'namespace="%s"' % NAMESPACE in text and 'job="%s-metrics"' % RELEASE in text


def test_runbooks_stand_where_the_annotations_say():
    page = "https://example.org/docs/operations.md"
    for group in rules({**NODES, "alerts": {"runbookURL": page}})["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["runbook_url"] == "%s#%s" % (page, rule["alert"].lower())
    for group in rules()["groups"]:
        assert not [rule for rule in group["rules"] if "runbook_url" in rule["annotations"]]


def test_every_alert_has_a_runbook():
    """Headings are anchors, in small letters."""
    text = (ROOT / "docs" / "operations.md").read_text()
    headings = {line.lstrip("# ") for line in text.splitlines() if line.startswith("#")}
    alerts = [rule["alert"] for group in rules(NODES)["groups"] for rule in group["rules"]]
    assert [alert for alert in alerts if alert not in headings] == []
    # The templates' own list of them, which alerts.disabled is held against.
    assert len(alerts) == 10
    assert "groups" in rules({**NODES, "alerts": {"disabled": alerts[1:]}})


def test_alerts_can_be_left_out_and_relabelled():
    spec = rules(
        {
            "alerts": {"disabled": ["UwsgiMaxFdSlow"]},
            "metrics": {"prometheusRule": {"alertLabels": {"severity": "page", "team": "a"}}},
        }
    )
    names = [rule["alert"] for group in spec["groups"] for rule in group["rules"]]
    assert "UwsgiMaxFdSlow" not in names and len(names) == 8
    assert spec["groups"][0]["rules"][0]["labels"] == {"severity": "page", "team": "a"}
