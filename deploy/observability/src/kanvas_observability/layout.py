"""Where things lie."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[4]
FOLDER = REPOSITORY / "deploy/observability"
