"""Rules follow from the promises, ask for what there is, and each alert is explained and tested."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from kanvas_observability.burn_rules import BURNS, FILE, WINDOWS, file_of
from kanvas_observability.layout import REPOSITORY
from kanvas_observability.objectives import Objectives, objectives
from kanvas_observability.rule_files import files_of_tests, rules
from tests.unit.observability.queries import buckets, complaints, known_series, selectors

RULES = list(rules())
ALERTS = [rule for rule in RULES if "alert" in rule]
NAMES = sorted({rule["alert"] for rule in ALERTS})
CASES = [
    case
    for path in files_of_tests()
    for test in yaml.safe_load(path.read_text())["tests"]
    for case in test["alert_rule_test"]
]
RUNBOOKS = REPOSITORY / "docs/runbooks"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
_EXAMPLE = Objectives.model_validate(
    {
        "version": "prometheus/v1",
        "service": "kanvas",
        "slos": [
            {
                "name": "posts-shown",
                "objective": 99.5,
                "description": "Posts are shown.",
                "sli": {
                    "events": {
                        "error_query": "errors[{{.window}}]\n+ lost[{{.window}}]",
                        "total_query": "all[{{.window}}]",
                    }
                },
                "alerting": {"name": "KanvasPostsHidden", "annotations": {"summary": "Hidden."}},
            }
        ],
    }
)


def of_the_example() -> list[Mapping[str, Any]]:
    (group,) = yaml.safe_load(file_of(_EXAMPLE))["groups"]
    assert group["name"] == "kanvas-slo-posts-shown"
    found: list[Mapping[str, Any]] = group["rules"]
    return found


def called(rule: Mapping[str, Any]) -> str:
    return str(rule.get("record") or f"{rule['alert']}, {rule['labels']['severity']}")


def test_the_rules_of_promises_are_what_the_promises_say() -> None:
    assert FILE.read_text() == file_of(objectives()), "run `make observability`"


def test_errors_are_recorded_over_every_window_that_an_alert_looks_at() -> None:
    looked_at = {window for burns in BURNS.values() for b in burns for window in (b.short, b.long)}
    assert looked_at <= set(WINDOWS)
    recorded = {rule["record"]: rule for rule in of_the_example() if "record" in rule}
    ratio = recorded["slo:sli_error:ratio_rate2h"]
    assert "".join(ratio["expr"].split()) == "(errors[2h]+lost[2h])/((all[2h])>0)"
    assert {str(rule["labels"]) for rule in recorded.values()} == {"{'slo': 'posts-shown'}"}
    assert recorded["slo:error_budget:ratio"]["expr"] == "vector(0.005)"


def test_an_alert_looks_at_a_long_and_a_short_window() -> None:
    page, ticket = (rule for rule in of_the_example() if "alert" in rule)
    assert [rule["labels"]["severity"] for rule in (page, ticket)] == ["page", "ticket"]
    assert burning(page["expr"]) == {"5m": 0.072, "1h": 0.072, "30m": 0.03, "6h": 0.03}
    assert burning(ticket["expr"]) == {"2h": 0.015, "1d": 0.015, "6h": 0.005, "3d": 0.005}
    assert page["annotations"]["runbook"] == "docs/runbooks/KanvasPostsHidden.md"


def burning(query: str) -> dict[str, float]:
    """Return the limit for each window that an alert looks at."""
    return {
        window: float(limit)
        for window, limit in re.findall(r"ratio_rate(\w+)\{[^}]*\} > ([\d.]+)", query)
    }


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"objective": 100}, "less than 100"),
        ({"objectiv": 99}, "Extra inputs"),
        ({"name": "Posts shown"}, "should match pattern"),
    ],
)
def test_a_promise_that_cannot_be_is_refused(change: dict[str, Any], complaint: str) -> None:
    said = _EXAMPLE.model_dump()
    said["slos"][0].update(change)
    with pytest.raises(ValidationError, match=complaint):
        Objectives.model_validate(said)


def test_thresholds_of_promises_stand_on_the_ends_of_buckets() -> None:
    """A bucket that ends elsewhere would count for or against the promise what is between."""
    asked = [
        (slo.name, matcher.value)
        for slo in objectives().slos
        for selector in selectors(slo.sli.events.error_query.replace("{{.window}}", "5m"))
        for matcher in selector.matchers.matchers
        if matcher.name == "le" and matcher.value in buckets()[str(selector.name)]
    ]
    assert asked == [("feed-freshness", "2.0"), ("pictures", "60.0"), ("writes-committed", "5.0")]


@pytest.mark.parametrize("rule", RULES, ids=called)
def test_a_rule_asks_for_what_there_is(rule: Mapping[str, Any]) -> None:
    assert list(complaints(rule["expr"])) == []


@pytest.mark.parametrize("alert", ALERTS, ids=called)
def test_an_alert_says_how_urgent_it_is_and_what_it_means(alert: Mapping[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook"}
    assert alert["annotations"]["runbook"] == f"docs/runbooks/{alert['alert']}.md"


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_has_a_runbook(name: str) -> None:
    title, *sections = (RUNBOOKS / f"{name}.md").read_text().split("\n\n## ")
    assert title == f"# {name}"
    told = {heading: text for heading, _, text in (one.partition("\n\n") for one in sections)}
    assert list(told) == SECTIONS
    assert [heading for heading, text in told.items() if len(text.split()) < 4] == []


def test_every_runbook_of_an_alert_has_its_alert() -> None:
    assert sorted(path.stem for path in RUNBOOKS.glob("Kanvas*.md")) == NAMES


def test_runbooks_name_metrics_and_alerts_that_exist() -> None:
    known = {*NAMES, *metric_names()}
    for name in NAMES:
        text = (RUNBOOKS / f"{name}.md").read_text()
        named = set(re.findall(r"`((?:kanvas|nv|process)_[a-z_]+)[`{]|`(Kanvas\w+)`", text))
        words = {word for pair in named for word in pair if word}
        assert {word for word in words if word not in known} == set(), name


def metric_names() -> set[str]:
    """Return the names by which a page may call a metric; a label may follow."""
    series = set(known_series())
    histograms = {name.removesuffix("_bucket") for name in series if name.endswith("_bucket")}
    return series | histograms


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_has_a_test_that_fires_and_one_that_stays_quiet(name: str) -> None:
    severities = {rule["labels"]["severity"] for rule in ALERTS if rule["alert"] == name}
    expected = [case["exp_alerts"] for case in CASES if case["alertname"] == name]
    fired = {alert["exp_labels"]["severity"] for alerts in expected for alert in alerts}
    assert fired == severities
    assert [] in expected
