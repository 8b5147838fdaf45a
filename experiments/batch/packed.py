"""Arrays as bytes and back, without anything in them that could be executed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
_KINDS: Final = "biuf"
"""Kinds of numbers: booleans, whole ones with and without sign, floating point."""
_ABOUT: Final = b"careerflows"
_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def pack(about: Any, parts: Sequence[Arrays]) -> bytes:
    """Numbers by name, in parts that can be read one by one, and plain data about them, as compressed bytes."""
    schema = pa.schema(
        [("name", pa.string()), ("kind", pa.string()), ("shape", pa.list_(pa.int64())), ("data", pa.large_binary())],
        metadata={_ABOUT: json.dumps(about).encode()},
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema, options=_OPTIONS) as writer:
        for arrays in parts:
            rows = [
                [*arrays],
                [array.dtype.str for array in arrays.values()],
                [list(array.shape) for array in arrays.values()],
                [np.ascontiguousarray(array).tobytes() for array in arrays.values()],
            ]
            writer.write_batch(pa.record_batch(rows, schema=schema))
    return sink.getvalue().to_pybytes()


def about(content: bytes) -> Any:
    """The data about what is packed; ValueError where the bytes are not what `pack` made."""
    try:
        with pa.ipc.open_file(content) as reader:
            return json.loads(reader.schema.metadata[_ABOUT])
    except (pa.ArrowException, KeyError, TypeError) as error:
        raise ValueError(f"not packed by careerflows: {error}") from None


def unpack(content: bytes, part: int) -> dict[str, NDArray[Any]]:
    """The numbers of a part by name; ValueError where the bytes are not what `pack` made."""
    try:
        with pa.ipc.open_file(content) as reader:
            batch = reader.get_batch(part)
        names, kinds, shapes = (batch.column(name).to_pylist() for name in ("name", "kind", "shape"))
        found = {}
        for name, kind, shape, data in zip(names, kinds, shapes, batch.column("data"), strict=True):
            if np.dtype(kind).kind not in _KINDS:
                raise ValueError(f"{name} holds {kind}")
            found[name] = np.frombuffer(data.as_buffer(), np.dtype(kind)).reshape(shape)
        return found
    except (pa.ArrowException, KeyError, TypeError) as error:
        raise ValueError(f"not packed by careerflows: {error}") from None
