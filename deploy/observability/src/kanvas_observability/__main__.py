"""Writes what is generated: `python -m kanvas_observability`."""

from kanvas_observability import burn_rules, metrics_page
from kanvas_observability.objectives import objectives


def main() -> None:
    """Write the page about metrics, and the rules of the objectives."""
    metrics_page.PAGE.write_text(metrics_page.page())
    burn_rules.FILE.write_text(burn_rules.file_of(objectives()))


if __name__ == "__main__":
    main()
