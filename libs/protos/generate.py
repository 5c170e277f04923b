"""Writes the Python code of the contracts in ``proto/`` into ``libs/protos/src``.

What nobody calls is left out: modules of gRPC without a service, and the classes by which gRPC
calls a method without a channel, which it says are an experiment.

``make proto`` runs it; CI runs it and fails when the checked-in code differs.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
OUT = ROOT / "libs" / "protos" / "src"
EXPERIMENT = re.compile(
    r"\n\n\n # This class is part of an EXPERIMENTAL API\.\n.*?(?=\n\n\nclass |\Z)", re.DOTALL
)


def main() -> int:
    """Generate messages, services and type stubs; return the compiler's exit status."""
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    for area in (OUT / "kanvas").iterdir():
        if area.is_dir():
            shutil.rmtree(area)
    status = int(
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
    for module in OUT.rglob("*_pb2_grpc.py"):
        leave_out(module)
    return status


def leave_out(module: Path) -> None:
    """Take out of a module of gRPC what nobody calls; remove one that serves nothing."""
    code = module.read_text()
    if "Servicer" in code:
        module.write_text(EXPERIMENT.sub("", code).rstrip("\n") + "\n")
    else:
        module.unlink()
        module.with_suffix(".pyi").unlink()


if __name__ == "__main__":
    sys.exit(main())
