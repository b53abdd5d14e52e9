"""Write a GGUF file with phi4-mini's real vocabulary and no weights worth the name, so that llama.cpp tokenises with it.

phi4-mini's vocabulary is OpenAI's o200k with other control tokens: 199,998 tokens of text, 200,064 in all, and 199,742
merges (as `/api/show` of a real daemon tells them). A library has o200k built in; the merges follow from it: a token
was made of the two parts that all more urgent merges leave of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gguf
import numpy as np
import toktok

from tests.fakes.scripted_gguf import byte_characters

TEXT_TOKENS = 199_998
VOCABULARY_SIZE = 200_064
PHI4_MINI_CONTROL_TOKENS = {
    199_999: "<|endoftext|>",
    200_010: "<|tag|>",
    200_018: "<|endofprompt|>",
    200_019: "<|assistant|>",
    200_020: "<|end|>",
    200_021: "<|user|>",
    200_022: "<|system|>",
    200_023: "<|tool|>",
    200_024: "<|/tool|>",
    200_025: "<|tool_call|>",
    200_026: "<|/tool_call|>",
    200_027: "<|tool_response|>",
}
"""By number, as the model's published tokenizer has them; the others are unused."""


@dataclass(frozen=True)
class Shape:
    """How large the layers of a file are."""

    width: int = 8
    layers: int = 1
    heads: int = 1
    kv_heads: int = 1
    rotated: int = 8
    feed_forward: int = 8
    matrices: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32
    embedding: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F16


TINY = Shape()
FOUR_LAYERS_OF_PHI4_MINI = Shape(
    width=3072,
    layers=4,
    heads=24,
    kv_heads=8,
    rotated=96,
    feed_forward=8192,
    matrices=gguf.GGMLQuantizationType.Q4_K,
    embedding=gguf.GGMLQuantizationType.Q6_K,
)
"""Four of its 32, quantised as Ollama's `phi4-mini` mostly is: what a layer takes of the time is right, the head is not."""


def write_vocabulary_gguf(
    path: Path, *, cutting: str = "gpt-4o", architecture: str = "llama", shape: Shape = TINY
) -> None:
    """Write the file; `cutting` is what `tokenizer.ggml.pre` says. 11 MB. As a "phi3" it is taken for phi4-mini.

    Its weights are zero, so all tokens are alike: it writes the same one for ever. The large shape takes 0.8 GB.
    """
    tokens, merges = _o200k()
    unused = range(TEXT_TOKENS, VOCABULARY_SIZE)
    control = [PHI4_MINI_CONTROL_TOKENS.get(number, f"<|dummy_{number}|>") for number in unused]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(131_072)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.rotated)
    writer.add_vocab_size(VOCABULARY_SIZE)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(cutting)
    writer.add_token_list([*tokens, *control])
    writer.add_token_types([gguf.TokenType.NORMAL] * len(tokens) + [gguf.TokenType.CONTROL] * len(control))
    writer.add_token_merges(list(merges))
    writer.add_bos_token_id(199_999)
    writer.add_eos_token_id(199_999)
    writer.add_add_bos_token(value=False)
    _add_zeros(writer, "token_embd", (VOCABULARY_SIZE, shape.width), shape.embedding)
    _add_zeros(writer, "output_norm", (shape.width,))
    for layer in range(shape.layers):
        for name, size in _matrices(architecture, shape).items():
            _add_zeros(writer, f"blk.{layer}.{name}", size, shape.matrices)
        for name in ("attn_norm", "ffn_norm"):
            _add_zeros(writer, f"blk.{layer}.{name}", (shape.width,))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _matrices(architecture: str, shape: Shape) -> dict[str, tuple[int, int]]:
    """Return the matrices of a layer, by name: rows, and numbers in each."""
    width, deep = shape.width, shape.feed_forward
    keys = width // shape.heads * shape.kv_heads
    ends = {"attn_output": (width, width), "ffn_down": (width, deep)}
    if architecture == "phi3":  # It has some of them in one.
        return ends | {"attn_qkv": (width + 2 * keys, width), "ffn_up": (2 * deep, width)}
    heads = {"attn_q": (width, width), "attn_k": (keys, width), "attn_v": (keys, width)}
    return ends | heads | {"ffn_gate": (deep, width), "ffn_up": (deep, width)}


def _add_zeros(
    writer: gguf.GGUFWriter,
    name: str,
    size: tuple[int, ...],
    kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> None:
    """Add a tensor of zeros: bytes of zero are zeros in every kind."""
    numbers, block_bytes = gguf.GGML_QUANT_SIZES[kind]
    written = np.zeros((*size[:-1], size[-1] // numbers * block_bytes), np.uint8)
    writer.add_tensor(f"{name}.weight", written, raw_dtype=kind)


@cache
def _o200k() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return tokens and merges, in the printable characters that GGUF writes bytes with."""
    encoding = toktok._encoding("o200k_base")
    texts = [encoding.decode_bytes([number]) for number in range(TEXT_TOKENS)]
    ranks = {text: rank for rank, text in enumerate(texts)}
    characters = byte_characters()

    def printable(text: bytes) -> str:
        return "".join(characters[byte] for byte in text)

    merges = []
    for rank, text in enumerate(texts):
        if len(text) > 1:
            first, second = _parts(text, ranks, rank)
            merges.append(f"{printable(first)} {printable(second)}")
    return tuple(map(printable, texts)), tuple(merges)


def _parts(text: bytes, ranks: dict[bytes, int], limit: int) -> list[bytes]:
    parts = [text[place : place + 1] for place in range(len(text))]
    while True:
        pairs = [(ranks.get(parts[place] + parts[place + 1], limit), place) for place in range(len(parts) - 1)]
        rank, place = min(pairs, default=(limit, 0))
        if rank >= limit:
            return parts
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
