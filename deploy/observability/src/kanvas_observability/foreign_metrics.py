"""The metrics of others that rules and panels use: Prometheus, its client library, Triton.

Each of them is exposed by what `make run` starts, or made by Prometheus as it scrapes.
"""

from collections.abc import Mapping

FOREIGN: Mapping[str, frozenset[str]] = {
    # Prometheus itself.
    "ALERTS": frozenset({"alertname", "alertstate", "severity"}),
    "up": frozenset(),
    # Its client library for Python, in every process.
    "process_cpu_seconds_total": frozenset(),
    "process_max_fds": frozenset(),
    "process_open_fds": frozenset(),
    "process_resident_memory_bytes": frozenset(),
    "process_start_time_seconds": frozenset(),
    "python_gc_collections_total": frozenset({"generation"}),
    # Triton 2.51, https://github.com/triton-inference-server/server/blob/r24.10/docs/user_guide/metrics.md
    "nv_inference_compute_infer_duration_us": frozenset({"model", "version"}),
    "nv_inference_pending_request_count": frozenset({"model", "version"}),
    "nv_inference_queue_duration_us": frozenset({"model", "version"}),
    "nv_inference_request_failure": frozenset({"model", "version", "reason"}),
    "nv_inference_request_success": frozenset({"model", "version"}),
    "nv_gpu_memory_total_bytes": frozenset({"gpu_uuid"}),
    "nv_gpu_memory_used_bytes": frozenset({"gpu_uuid"}),
    "nv_gpu_power_usage": frozenset({"gpu_uuid"}),
    "nv_gpu_utilization": frozenset({"gpu_uuid"}),
}
"""Their series, with the labels of each."""
