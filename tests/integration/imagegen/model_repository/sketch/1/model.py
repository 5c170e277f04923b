"""Paints one color, a step every 20 ms. The prompt may ask for a mishap.

`reject`: it cannot be painted. `fault`: an error after the first step. `crash`: the process dies
after the first step. `junk`: the picture is no picture. `small`: the picture has another size.
`silent`: it ends without a picture. `slow`: a step takes 200 ms. `log:PATH`: each step is written
to that file.
"""

import io
import json
import os
import threading
import time

import triton_python_backend_utils as pb
from PIL import Image

from kanvas_painters.painting import tensors

TEXTS = {"prompt", "negative_prompt", "style"}


class TritonPythonModel:
    """One thread per picture, so that several form at once."""

    def execute(self, requests):
        for request in requests:
            # The request's tensors are gone once this returns: read them first.
            values = {tensor.name(): value(tensor) for tensor in request.inputs()}
            arguments = (values, request.get_response_sender())
            threading.Thread(target=paint, args=arguments, daemon=True).start()


def value(tensor):
    return tensors.text(tensor) if tensor.name() in TEXTS else tensors.number(tensor)


def paint(request, sender):
    try:
        error = follow(request, sender)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the request must be answered
        error = pb.TritonError(str(failure))
    if error is None:
        return
    final = pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL
    sender.send(pb.InferenceResponse(error=error), flags=final)


def follow(request, sender):
    words = request["prompt"].split()
    if "reject" in words:
        return pb.TritonError("nobody can paint this", pb.TritonError.INVALID_ARG)
    path = next((word[4:] for word in words if word.startswith("log:")), None)
    width, height, steps = (request[name] for name in ("width", "height", "steps"))
    color = request["seed"] % 256, len(" ".join(words)) % 256, 64
    for step in range(1, steps + 1):
        if sender.is_cancelled():
            return pb.TritonError("canceled", pb.TritonError.CANCELLED)
        time.sleep(0.2 if "slow" in words else 0.02)
        if path:
            with open(path, "a") as log:
                log.write(f"{step}\n")
        if step == steps:
            break
        sender.send(response("preview", step, steps, encoded(color, 64, 64)))
        if "fault" in words:
            return pb.TritonError("a bug in the model")
        if "crash" in words:
            os._exit(9)
    size = (32, 32) if "small" in words else (width, height)
    image = b"junk" if "junk" in words else encoded(color, *size)
    meta = {
        "seed": request["seed"],
        "style": request["style"],
        "substitutions": ["glurb \u2192 globe"] if "glurb" in words else [],
        "placeholder": "#{:02x}{:02x}{:02x}".format(*color),
        "model_version": "1",
        "statement": "Fills the canvas with one color; for tests.",
    }
    final = pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL
    if "silent" in words:
        sender.send(flags=final)
        return None
    sender.send(response("picture", steps, steps, image, meta), flags=final)
    return None


def response(kind, step, of, image, meta=None):
    return pb.InferenceResponse(
        [
            tensors.of_text(pb, "kind", kind),
            tensors.of_number(pb, "step", step),
            tensors.of_number(pb, "of", of),
            tensors.of_bytes(pb, "image", image),
            tensors.of_text(pb, "meta", json.dumps(meta or {})),
        ]
    )


def encoded(color, width, height):
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "WEBP")
    return file.getvalue()
