"""Write a GGUF file with phi4-mini's real vocabulary and next to no weights, so that llama.cpp tokenises with it.

phi4-mini's vocabulary is OpenAI's o200k with other control tokens: 199,998 tokens of text, 200,064 in all, and 199,742
merges (as `/api/show` of a real daemon tells them). A library has o200k built in; the merges follow from it: a token
was made of the two parts that all more urgent merges leave of it.
"""

from __future__ import annotations

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
_WIDTH = 8
_LLAMA = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
_MATRICES = {
    "llama": dict.fromkeys(_LLAMA, _WIDTH),
    "phi3": {"attn_qkv": 3 * _WIDTH, "attn_output": _WIDTH, "ffn_up": 2 * _WIDTH, "ffn_down": _WIDTH},
}
"""By architecture: the matrices of the one layer and their heights."""


def write_vocabulary_gguf(path: Path, *, cutting: str = "gpt-4o", architecture: str = "llama") -> None:
    """Write the file; `cutting` is what `tokenizer.ggml.pre` says. 11 MB. As a "phi3" it is taken for phi4-mini."""
    tokens, merges = _o200k()
    unused = range(TEXT_TOKENS, VOCABULARY_SIZE)
    control = [PHI4_MINI_CONTROL_TOKENS.get(number, f"<|dummy_{number}|>") for number in unused]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(131_072)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_WIDTH)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH)
    writer.add_vocab_size(VOCABULARY_SIZE)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(cutting)
    writer.add_token_list([*tokens, *control])
    writer.add_token_types([gguf.TokenType.NORMAL] * len(tokens) + [gguf.TokenType.CONTROL] * len(control))
    writer.add_token_merges(list(merges))
    writer.add_bos_token_id(199_999)
    writer.add_eos_token_id(199_999)
    writer.add_add_bos_token(value=False)
    writer.add_tensor("token_embd.weight", np.zeros((VOCABULARY_SIZE, _WIDTH), np.float16))
    writer.add_tensor("output_norm.weight", np.zeros(_WIDTH, np.float32))
    for name, height in _MATRICES[architecture].items():
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((height, _WIDTH), np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros(_WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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
