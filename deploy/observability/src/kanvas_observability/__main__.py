"""Writes what is generated: `python -m kanvas_observability`."""

from kanvas_observability import metrics_page


def main() -> None:
    """Write the page about metrics."""
    metrics_page.PAGE.write_text(metrics_page.page())


if __name__ == "__main__":
    main()
