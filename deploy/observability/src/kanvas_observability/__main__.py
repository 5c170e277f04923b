"""Writes what is generated: `python -m kanvas_observability`."""

from kanvas_observability import burn_rules, metrics_page
from kanvas_observability.boards import BOARDS, DASHBOARDS
from kanvas_observability.dashboards import json_of
from kanvas_observability.objectives import objectives


def main() -> None:
    """Write the page about metrics, the rules of the objectives, and the dashboards."""
    metrics_page.PAGE.write_text(metrics_page.page())
    burn_rules.FILE.write_text(burn_rules.file_of(objectives()))
    for board in BOARDS:
        (DASHBOARDS / f"{board.name}.json").write_text(json_of(board))


if __name__ == "__main__":
    main()
