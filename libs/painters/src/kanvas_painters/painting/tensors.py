"""Tensors of Triton's as numbers and text, through DLPack.

DLPack is an exchange format on which Triton and NumPy agree, whatever their versions are.
Triton's other way (`as_numpy`, `Tensor(name, array)`) knows the memory layout of NumPy 1 only:
with NumPy 2 it gives wrong bytes and sends empty tensors. DLPack knows no strings, so text
travels as its UTF-8 bytes, one UINT8 each.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CONSUMED = b"used_dltensor"
"""What DLPack calls a capsule whose tensor has been taken; outlives every capsule with it."""

_name_capsule = ctypes.pythonapi.PyCapsule_SetName
_name_capsule.argtypes = (ctypes.py_object, ctypes.c_char_p)
_name_capsule.restype = ctypes.c_int


def number(tensor: Any) -> Any:
    """Return the one value of a tensor of Triton, copied out of it."""
    return np.from_dlpack(tensor).reshape(-1)[0].item()


def text(tensor: Any) -> str:
    """Return the text in a UINT8 tensor of Triton.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    return np.from_dlpack(tensor).tobytes().decode("utf-8")


def of_number(backend: Any, name: str, value: int) -> Any:
    """Return an INT32 tensor of one value; `backend` is `triton_python_backend_utils`."""
    return _tensor(backend, name, np.array([value], dtype=np.int32))


def of_text(backend: Any, name: str, value: str) -> Any:
    """Return a UINT8 tensor with the UTF-8 bytes of `value`."""
    return of_bytes(backend, name, value.encode("utf-8"))


def of_bytes(backend: Any, name: str, value: bytes) -> Any:
    """Return a UINT8 tensor with the bytes of `value`, copied."""
    # A copy, because NumPy does not export what is read-only.
    return _tensor(backend, name, np.frombuffer(bytearray(value), dtype=np.uint8))


def _tensor(backend: Any, name: str, values: NDArray[Any]) -> Any:
    """Hand an array to Triton, which owns it from here on and frees it."""
    capsule = values.__dlpack__()
    tensor = backend.Tensor.from_dlpack(name, capsule)
    # Triton marks a capsule that it has emptied with a name of its own ("used_dlpack"). NumPy
    # knows DLPack's only, and would log an ignored exception for each capsule.
    _name_capsule(capsule, _CONSUMED)
    return tensor
