"""Write a GGUF file with two layers of phi4-mini's width of keys and values, so that llama.cpp allocates its cache.

Heads and their size are phi4-mini's (8 of 128 elements); all else is as small as llama.cpp takes it, and zero.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from tests.fakes.scripted_gguf import byte_characters

LAYERS = 2
KV_HEADS = 8
HEAD_SIZE = 128
TRAINED_WINDOW = 131_072
_WIDTH = 32


def write_wide_gguf(path: Path) -> None:
    """Write the file; 1.1 MB."""
    texts = [*byte_characters().values(), "<|end|>"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(TRAINED_WINDOW)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(_WIDTH)
    writer.add_head_count(KV_HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD_SIZE)
    writer.add_value_length(HEAD_SIZE)
    writer.add_rope_dimension_count(HEAD_SIZE)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(texts))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types([gguf.TokenType.NORMAL] * (len(texts) - 1) + [gguf.TokenType.CONTROL])
    writer.add_token_merges(["\u0120 \u0120\u0120"])
    writer.add_bos_token_id(len(texts) - 1)
    writer.add_eos_token_id(len(texts) - 1)
    writer.add_add_bos_token(value=False)
    writer.add_tensor("token_embd.weight", np.zeros((len(texts), _WIDTH), np.float32))
    writer.add_tensor("output_norm.weight", np.zeros(_WIDTH, np.float32))
    heads = KV_HEADS * HEAD_SIZE
    shapes = {"attn_q": (heads, _WIDTH), "attn_k": (heads, _WIDTH), "attn_v": (heads, _WIDTH)}
    shapes |= {"attn_output": (_WIDTH, heads)}
    shapes |= dict.fromkeys(("ffn_gate", "ffn_up", "ffn_down"), (_WIDTH, _WIDTH))
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.zeros(shape, np.float32))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.zeros(_WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
