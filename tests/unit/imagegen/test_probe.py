"""The probe's exit status: whether to start Triton anew would help."""

from __future__ import annotations

import pytest

from kanvas_imagegen import probe as command
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.ports import PaintingError


class Painter:
    """Paints with every model but those for which there is a reason not to."""

    wrong: dict[str, Reason]

    def __init__(self, target: str, *, probe_model: str) -> None:
        pass

    async def probe(self, timeout: float, model: str = "") -> None:
        if model in self.wrong:
            raise PaintingError(self.wrong[model], "")

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({}, 0),
        ({"collage": Reason.MODEL_FAULT}, 1),
        ({"collage": Reason.MODEL_UNAVAILABLE}, 1),
        ({"easel": Reason.MODEL_INTERRUPTED}, 1),  # its process is dead
        ({"easel": Reason.MODEL_FAULT}, 0),  # it lives, without its networks
    ],
)
def test_a_dead_process_fails_the_probe_and_a_broken_second_model_does_not(
    wrong: dict[str, Reason],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "TritonPainter", type("Fake", (Painter,), {"wrong": wrong}))
    monkeypatch.setenv("KANVAS_TRITON_GRPC", "127.0.0.1:1")
    assert command.probe() == status
    said = capsys.readouterr().err.splitlines()
    assert said == [f"{model}: {reason}" for model, reason in wrong.items()]
