"""Writes the Python code of the contracts in ``proto/`` into ``libs/protos/src``.

``make proto`` runs it; CI runs it and fails when the checked-in code differs.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
OUT = ROOT / "libs" / "protos" / "src"


def main() -> int:
    """Generate messages, services and type stubs; return the compiler's exit status."""
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    for area in (OUT / "kanvas").iterdir():
        if area.is_dir():
            shutil.rmtree(area)
    return int(
        protoc.main(
            [
                "protoc",
                f"--proto_path={PROTO}",
                f"--proto_path={Path(protoc.__file__).parent / '_proto'}",
                f"--python_out={OUT}",
                f"--grpc_python_out={OUT}",
                f"--mypy_out={OUT}",
                f"--mypy_grpc_out=only_async:{OUT}",
                *sources,
            ]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
