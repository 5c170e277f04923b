"""Print the OpenAPI description of REST: `make api` writes it to `docs/api/openapi.json`."""

import json
import sys
from importlib import metadata
from typing import Any, Final

from kanvas_gateway.entrypoints.http.app import describe

_OPEN: Final = 3
"""How deep a line begins for each entry: what changes in an operation or a schema is one line."""


def _written(value: Any, depth: int = _OPEN) -> str:
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    entries = (f"{json.dumps(name)}:{_written(one, depth - 1)}" for name, one in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"


if __name__ == "__main__":
    sys.stdout.write(f"{_written(describe(metadata.version('kanvas-gateway')))}\n")
