"""Everything that the description of REST promises, asked by a program that reads nothing else.

Schemathesis makes requests that the schemas allow and such as they forbid, follows the links from
one answer to the next request, and checks each answer. It makes nothing up by chance, so a failure
comes again; the requests that lead to one stand in what it prints.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.gateway.whole_kanvas import whole_kanvas

_CONFIG = Path(__file__).with_name("schemathesis.toml")
_ROOT = Path(__file__).parents[3]
# Some minute of processor time; only what hangs takes so long, however busy the machine is.
_SECONDS = 3600


@pytest.mark.timeout(_SECONDS + 60)
def test_rest_is_as_it_is_described(tmp_path: Path) -> None:
    with whole_kanvas(tmp_path) as kanvas:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "--config-file",
                str(_CONFIG),
                "run",
                "docs/api/openapi.json",
                "--url",
                kanvas.url,
            ],
            cwd=_ROOT,
            env=os.environ | {"KANVAS_TOKEN": kanvas.token, "KANVAS_ACCOUNT": kanvas.account_id},
            timeout=_SECONDS,
            check=False,
        )
    assert done.returncode == 0, "what it found stands above, as it printed it"
