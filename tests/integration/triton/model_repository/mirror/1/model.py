"""Sends `text` back `times` times, having made each of its tensors `inside` times.

With each response goes `memory`: what this process has resident, in KiB.
"""

import psutil
import triton_python_backend_utils as pb

from kanvas_painters.painting import tensors


class TritonPythonModel:
    """Answers at once, in the thread that asks."""

    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            times = tensors.number(pb.get_input_tensor_by_name(request, "times"))
            inside = tensors.number(pb.get_input_tensor_by_name(request, "inside"))
            for _ in range(times):
                sender.send(pb.InferenceResponse(mirrored(request, inside)))
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)


def mirrored(request, inside):
    for _ in range(inside):
        words = tensors.text(pb.get_input_tensor_by_name(request, "text"))
        text = tensors.of_text(pb, "text", words)
    memory = psutil.Process().memory_info().rss // 1024
    return [text, tensors.of_number(pb, "memory", memory)]
