"""The platforms' rules can fail: each chart that is broken on purpose must be caught, by the right rule."""

import shutil

import pytest

import breakages_pods
import breakages_webhooks
import platform_rules
from rendering import CHART, NAMESPACE, Rendered, render, render_files

BREAKAGES = breakages_webhooks.BREAKAGES + breakages_pods.BREAKAGES


def test_every_rule_is_shown_to_fail():
    assert {breakage.caught.split(":")[0] for breakage in BREAKAGES} == set(platform_rules.RULES)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda item: item.name)
def test_broken_chart_is_caught(breakage, tmp_path):
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    path = chart / breakage.file
    text = path.read_text()
    assert breakage.old in text, "the text to break is not in %s any more" % breakage.file
    path.write_text(text.replace(breakage.old, breakage.new))

    found = platform_rules.violations(Rendered(render_files(breakage.values, chart=chart)), NAMESPACE)
    assert any(violation.startswith(breakage.caught) for violation in found), found


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda item: item.name)
def test_whole_chart_is_not(breakage):
    if breakage.file != "values.schema.json":
        assert platform_rules.violations(render(breakage.values), NAMESPACE) == []
