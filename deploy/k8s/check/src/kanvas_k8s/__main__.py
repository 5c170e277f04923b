"""`make k8s-check`: builds every installation and judges it, with the images it is made of."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kanvas_k8s.agreement import disagreements
from kanvas_k8s.calls import FILE, Matrix, listeners_differ, read_matrix
from kanvas_k8s.kinds import Judge, install_judge, package_of
from kanvas_k8s.rendering import Rendered, render_all
from kanvas_k8s.resources import K8S, Finding, Resource
from kanvas_k8s.restricted import unrestricted
from kanvas_k8s.schemas import (
    ORIGINS,
    VERSIONS,
    KindsUnknown,
    Schemas,
    custom_schemas,
    read_origins,
)
from kanvas_k8s.tools import core_schemas, find_hadolint, find_kubectl
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY
from kanvas_local.progress import ProgressLines

_SCRATCH = REPOSITORY / ".local/k8s"


def main() -> int:
    """Print what is wrong, and return 1 if anything is."""
    parser = argparse.ArgumentParser(prog="kanvas_k8s", description=__doc__)
    parser.add_argument(
        "--crds",
        type=Path,
        help="folder with the definitions of custom resources; else they are fetched",
    )
    folder = parser.parse_args().crds
    progress = ProgressLines()
    try:
        custom = custom_schemas(folder, read_origins(ORIGINS.read_text()))
        schemas = Schemas(core_schemas(progress), custom)
        rendered = list(render_all(find_kubectl(progress), _SCRATCH))
        linted = lint_images(find_hadolint(progress))
        packaged = judge_packaged(rendered, install_judge(progress))
    except (StackError, KindsUnknown) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    matrix = read_matrix(FILE.read_text())
    wrong = [*([linted] if linted else []), *map(str, packaged)]
    for each in rendered:
        wrong += [f"{each.name}: {finding}" for finding in judge(each, schemas, matrix)]
    for line in wrong:
        print(line)
    if not wrong:
        resources = sum(len(each.resources) for each in rendered)
        versions = ", ".join(VERSIONS)
        print(f"{len(rendered)} installations, {resources} resources: sound for {versions}")
    return bool(wrong)


def judge(rendered: Rendered, schemas: Schemas, matrix: Matrix) -> list[Finding]:
    """Return what is wrong with an installation, in a steady order."""
    resources = rendered.resources
    found = listeners_differ(resources, matrix)
    for resource in resources:
        found += unrestricted(resource)
        if package_of(resource) is None:
            found += schemas.errors(resource)
    if rendered.site:
        found += disagreements(resources, matrix)
    return sorted(found)


def judge_packaged(rendered: Sequence[Rendered], judge: Judge) -> list[Finding]:
    """Return what is wrong with resources whose kinds npm packages know, each resource once.

    Raises:
        StackError: They cannot be judged.
    """
    found: list[Resource] = []
    for each in rendered:
        found += [one for one in each.resources if package_of(one) is not None and one not in found]
    return judge.errors(found)


def lint_images(hadolint: Path) -> str:
    """Return what the linter says of the Dockerfiles; empty where they are sound."""
    files: Sequence[Path] = sorted(K8S.glob("images/*.Dockerfile"))
    result = subprocess.run(
        [hadolint, "--no-color", *files], cwd=K8S, capture_output=True, text=True, check=False
    )
    return (result.stdout + result.stderr).strip() if result.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
