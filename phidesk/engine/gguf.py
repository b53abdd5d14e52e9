"""The header of a GGUF file: what a model is, read without loading it, and whether the file is whole.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian). llama.cpp says
why it refuses a file only on its error stream, so whatever can be seen in the header is seen here first.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from phidesk.core.errors import ModelFileDamaged
from phidesk.engine import phi4_mini

MOST_ENTRIES = 1_000_000
"""Nobody's model has so many values or tensors: the file is not what it says."""
DEFAULT_ALIGNMENT_BYTES = 32
READABLE_VERSIONS = (2, 3)

_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}

_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip
"""llama_ftype of llama.h."""

_TENSOR_TYPES = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""ggml_type of ggml.h: values per block, bytes per block."""

_TOOLS_VARIABLE = re.compile(r"""(?<![\w.'"])tools(?![\w'"])""")
"""In a template (Jinja): what llama.cpp gives it, not the `message['tools']` of phi4-mini."""

Value = str | int | float | bool


@dataclass(frozen=True)
class GgufHeader:
    """What a file says about its model. Zero, empty and None mean: it does not say.

    `values` holds every plain value by its key; arrays (the vocabulary, mostly) are read over, but for those asked for.
    """

    values: dict[str, Value]
    vocabulary_size: int
    has_tool_call_token: bool
    size_bytes: int
    arrays: Mapping[str, Sequence[Value]] = field(default_factory=dict)

    @property
    def architecture(self) -> str:
        """The family, as llama.cpp names it ("phi3", "llama")."""
        return self._text("general.architecture")

    @property
    def trained_window_tokens(self) -> int | None:
        """The longest window that the model was made for."""
        return self._number(f"{self.architecture}.context_length")

    @property
    def block_count(self) -> int | None:
        """Layers."""
        return self._number(f"{self.architecture}.block_count")

    @property
    def quantisation(self) -> str:
        """How the weights are stored ("Q4_K_M")."""
        file_type = self._number("general.file_type")
        return _FILE_TYPES.get(file_type, "") if file_type is not None else ""

    @property
    def parameters(self) -> str:
        """How many weights, as the makers put it ("3.8B")."""
        return self._text("general.size_label")

    @property
    def licence(self) -> str:
        """The name of the licence ("mit")."""
        return self._text("general.license")

    @property
    def chat_template(self) -> str:
        """The template of the model's maker (Jinja)."""
        return self._text("tokenizer.chat_template")

    @property
    def adds_start_token(self) -> bool:
        """Whether llama.cpp puts a token in front of every prompt that is sent as text."""
        return self.values.get("tokenizer.ggml.add_bos_token") is True

    @property
    def is_phi4_mini(self) -> bool:
        """Whether the prompt must be rendered by us (design.md §8)."""
        has_its_vocabulary = self.vocabulary_size == phi4_mini.VOCABULARY_SIZE and self.has_tool_call_token
        is_of_its_family = self.architecture == phi4_mini.ARCHITECTURE and has_its_vocabulary
        return is_of_its_family and not phi4_mini.has_own_system_text(self.chat_template)

    @property
    def knows_tools(self) -> bool:
        """Whether its template has a place for tools, which is what llama.cpp goes by."""
        return _TOOLS_VARIABLE.search(self.chat_template) is not None

    @property
    def is_language_model(self) -> bool:
        """Whether text can be made with it: not an adapter, the picture part, or a later part of a split file."""
        return self.vocabulary_size > 0 and not self.is_part

    @property
    def is_part(self) -> bool:
        """Whether it is an adapter, the picture part, or a later part of a split file."""
        return self.values.get("general.type", "model") != "model" or bool(self._number("split.no"))

    @property
    def part_count(self) -> int:
        """How many files the model is split into."""
        return self._number("split.count") or 1

    def _text(self, key: str) -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def _number(self, key: str) -> int | None:
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_gguf_header(path: Path, engine: str, *, arrays: Collection[str] = ()) -> GgufHeader:
    """Read and check the header. Costs 0.1 s for a vocabulary of 200,000 tokens, which is read over.

    `arrays` are the keys of the arrays to be read in full.

    Raises:
        ModelFileDamaged: missing, unreadable, cut short, or not a GGUF file.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data, arrays).read()
    except (OSError, ValueError, struct.error, OverflowError) as error:
        raise ModelFileDamaged(engine=engine, model=path.stem, detail=str(error), path=path) from error


class _Reader:
    """Goes through the header once. Every read beyond the end raises `struct.error` or `ValueError`."""

    def __init__(self, data: mmap.mmap, wanted_arrays: Collection[str]) -> None:
        self._data = data
        self._wanted_arrays = wanted_arrays
        self._position = 0
        self._arrays: dict[str, list[Value]] = {}
        self._values: dict[str, Value] = {}
        self._vocabulary_size = 0
        self._has_tool_call_token = False

    def read(self) -> GgufHeader:
        if self._data[:4] != b"GGUF":
            raise ValueError("not a GGUF file")
        self._position = 4
        version = self._scalar("<I")
        if version not in READABLE_VERSIONS:
            raise ValueError(f"GGUF version {version} is not supported")
        tensor_count, value_count = self._count(), self._count()
        for _ in range(value_count):
            self._read_value()
        self._check_tensors(tensor_count)
        return GgufHeader(self._values, self._vocabulary_size, self._has_tool_call_token, len(self._data), self._arrays)

    def _read_value(self) -> None:
        key = self._string().decode("utf-8", "replace")
        kind = self._scalar("<I")
        if kind == _STRING:
            self._values[key] = self._string().decode("utf-8", "replace")
        elif kind == _ARRAY:
            self._read_array(key)
        else:
            self._values[key] = self._scalar(self._format(kind))

    def _read_array(self, key: str) -> None:
        kind, count = self._scalar("<I"), self._count()
        start = self._position
        if key in self._wanted_arrays:
            self._arrays[key] = self._elements(kind, count)
        elif kind == _STRING:
            self._skip_strings(count)
        else:
            self._position += count * struct.calcsize(self._format(kind))
        if key == "tokenizer.ggml.tokens":
            self._vocabulary_size = count
            token = phi4_mini.TOOL_CALL_TOKEN.encode()
            mark = struct.pack("<Q", len(token)) + token
            self._has_tool_call_token = self._data.find(mark, start, self._position) >= 0

    def _elements(self, kind: int, count: int) -> list[Value]:
        if kind == _STRING:
            return [self._string().decode("utf-8", "replace") for _ in range(count)]
        form = "<" + str(count) + self._format(kind)[1:]
        start, self._position = self._position, self._position + struct.calcsize(form)
        return list(struct.unpack_from(form, self._data, start))

    def _skip_strings(self, count: int) -> None:
        data, position, length_at = self._data, self._position, struct.Struct("<Q").unpack_from
        for _ in range(count):
            position += 8 + length_at(data, position)[0]
        self._position = position

    def _check_tensors(self, count: int) -> None:
        """Compare where the weights should end with where the file ends."""
        ends = []
        for _ in range(count):
            self._string()
            shape = [self._scalar("<Q") for _ in range(self._count_of_dimensions())]
            kind, offset = self._scalar("<I"), self._scalar("<Q")
            weights = 1
            for length in shape:
                weights *= length
            per_block, block_bytes = _TENSOR_TYPES.get(kind, (1, 0))
            ends.append(offset + weights // per_block * block_bytes)
        alignment = self._values.get("general.alignment", DEFAULT_ALIGNMENT_BYTES)
        if not isinstance(alignment, int) or alignment <= 0:
            raise ValueError("the alignment is not a number")
        start = -(-self._position // alignment) * alignment
        if start + max(ends, default=0) > len(self._data):
            raise ValueError("the file is cut short")

    def _count_of_dimensions(self) -> int:
        count = int(self._scalar("<I"))
        if count > 8:
            raise ValueError("a tensor has too many dimensions")
        return count

    def _scalar(self, form: str) -> int:
        value: int = struct.unpack_from(form, self._data, self._position)[0]
        self._position += struct.calcsize(form)
        return value

    def _count(self) -> int:
        count = self._scalar("<Q")
        if count > MOST_ENTRIES:
            raise ValueError("the header is damaged")
        return count

    def _string(self) -> bytes:
        length = self._scalar("<Q")
        if self._position + length > len(self._data):
            raise ValueError("the file is cut short")
        value = self._data[self._position : self._position + length]
        self._position += length
        return value

    @staticmethod
    def _format(kind: int) -> str:
        if kind not in _SCALARS:
            raise ValueError(f"value type {kind} is not known")
        return _SCALARS[kind]
