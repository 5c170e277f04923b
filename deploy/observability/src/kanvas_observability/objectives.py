"""The service level objectives, as `slos.yaml` says them, in Sloth's format."""

from collections.abc import Mapping

import yaml
from pydantic import BaseModel, ConfigDict, Field

from kanvas_observability.layout import FOLDER

FILE = FOLDER / "slos.yaml"
WINDOW = "{{.window}}"
"""Stands in a query for the time over which events are counted."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Events(_Table):
    """What is counted, as rates over `WINDOW`.

    Attributes:
        error_query: The events that broke the promise.
        total_query: All events.
    """

    error_query: str = Field(pattern=r"\{\{\.window\}\}")
    total_query: str = Field(pattern=r"\{\{\.window\}\}")


class Indicator(_Table):
    """How the objective is measured."""

    events: Events


class Alerting(_Table):
    """Which alert tells that the budget burns.

    Attributes:
        name: Of the alert; its runbook has the same.
        annotations: What the alert says.
    """

    name: str
    annotations: Mapping[str, str]


class Objective(_Table):
    """A promise.

    Attributes:
        name: In rules and panels, the label `slo`.
        objective: Percent of the events that keep the promise.
        description: The promise, in words.
        sli: How it is measured.
        alerting: Who is told.
    """

    name: str = Field(pattern=r"^[a-z-]+$")
    objective: float = Field(gt=0, lt=100)
    description: str
    sli: Indicator
    alerting: Alerting

    @property
    def budget(self) -> float:
        """The part of the events that may break the promise."""
        return round(1 - self.objective / 100, 9)


class Objectives(_Table):
    """All promises of a service."""

    version: str = Field(pattern=r"^prometheus/v1$")
    service: str
    slos: tuple[Objective, ...]


def objectives() -> Objectives:
    """Return what `slos.yaml` says.

    Raises:
        ValueError: It has an unknown or a missing key, or an impossible value.
    """
    return Objectives.model_validate(yaml.safe_load(FILE.read_text()))
