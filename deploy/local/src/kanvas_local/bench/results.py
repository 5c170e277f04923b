"""What a run leaves behind: one JSON document, with everything that a comparison needs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from kanvas_local.bench.measures import Measure
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY

FOLDER = REPOSITORY / ".local" / "bench-results"
FORMAT = 1


@dataclass(frozen=True)
class Conditions:
    """Where and when a run took place.

    Attributes:
        machine: Kernel and architecture.
        cpu: The processor's own name.
        cores: On how many this process may run.
        memory_gigabytes: Of the machine.
        python: Version.
        load: Load averages (1, 5, 15 minutes) when the run began.
        date: When it began, UTC, ISO 8601.
        commit: What was measured.
        changed: Whether tracked files differed from the commit.
    """

    machine: str
    cpu: str
    cores: int
    memory_gigabytes: float
    python: str
    load: tuple[float, ...]
    date: str
    commit: str
    changed: bool

    @classmethod
    def now(cls) -> Conditions:
        """Return those of this moment."""
        return cls(
            machine=f"{platform.system()} {platform.release()} {platform.machine()}",
            cpu=_cpu(),
            cores=len(os.sched_getaffinity(0)),
            memory_gigabytes=round(psutil.virtual_memory().total / 1e9, 1),
            python=platform.python_version(),
            load=tuple(round(value, 2) for value in os.getloadavg()),
            date=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            commit=_git("rev-parse", "--short", "HEAD"),
            changed=bool(_git("status", "--porcelain", "--untracked-files=no")),
        )

    def __str__(self) -> str:
        changed = " with changes" if self.changed else ""
        load = " ".join(f"{value:.1f}" for value in self.load)
        return (
            f"{self.date}, commit {self.commit}{changed}, {self.cpu}, {self.cores} cores, "
            f"{self.memory_gigabytes:.0f} GB, {self.machine}, Python {self.python}, load {load}"
        )


@dataclass
class Result:
    """One run of `make bench`.

    Attributes:
        conditions: Where and when.
        quick: Whether it was a short one, whose numbers are coarse.
        settings: What was measured under settings that are not the usual ones.
        measures: In the order in which they were taken.
    """

    conditions: Conditions
    quick: bool
    settings: Mapping[str, str] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write the document into `folder`; return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        when = self.conditions.date.replace(":", "").replace("-", "")
        path = folder / f"{when}-{self.conditions.commit}.json"
        document = {
            "format": FORMAT,
            "conditions": asdict(self.conditions),
            "quick": self.quick,
            "settings": dict(self.settings),
            "load_now": [round(value, 2) for value in os.getloadavg()],
            "measures": [measure.document() for measure in self.measures],
        }
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        return path

    @classmethod
    def read(cls, path: Path) -> Result:
        """Return the run whose document lies at `path`.

        Raises:
            StackError: There is no such document.
        """
        try:
            document = json.loads(path.read_text())
            if document["format"] != FORMAT:
                raise ValueError("another format")
            conditions = document["conditions"]
            return cls(
                conditions=Conditions(**{**conditions, "load": tuple(conditions["load"])}),
                quick=document["quick"],
                settings=document["settings"],
                measures=[Measure.of_document(one) for one in document["measures"]],
            )
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise StackError(f"{path} is no result of `make bench`: {error}") from error


def _cpu() -> str:
    for text in Path("/proc/cpuinfo").read_text().splitlines():
        if text.startswith(("model name", "Model")):
            return text.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _git(*command: str) -> str:
    try:
        done = subprocess.run(
            ["git", *command], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
