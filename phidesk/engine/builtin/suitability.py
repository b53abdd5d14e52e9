"""Whether the built-in engine can talk with what a GGUF file holds, seen in its header.

llama.cpp refuses a family that it does not know only when it loads the file, and says so on its error stream.
"""

from __future__ import annotations

from pathlib import Path

from phidesk.core.errors import ModelFileDamaged, ModelFileForeign
from phidesk.engine.gguf import READABLE_VERSIONS, GgufHeader, read_gguf_header
from phidesk.engine.protocol import BUILTIN

NOT_GGUF = "not_gguf"
"""Another format: PyTorch, safetensors, an archive, a web page that was saved instead of the model."""
VERSION = "version"
"""A GGUF version that llama.cpp does not read, or one of a big-endian computer."""
ARCHITECTURE = "architecture"
"""A family that this llama.cpp does not know."""
PART = "part"
"""One of the files of a split model, an adapter, or the part that reads pictures."""
EMBEDDING = "embedding"
"""Gives numbers for texts, and no texts."""

PICTURE_ARCHITECTURE = "clip"
EMBEDDING_ARCHITECTURES = (
    "bert", "nomic-bert", "jina-bert", "modern-bert", "neo-bert", "eurobert", "t5encoder", "gemma-embedding",
    "llama-embed",
)  # fmt: skip
"""Beginnings of the names of families that give numbers for texts, and no texts."""

CHAT_ARCHITECTURES = frozenset(
    """
    afmoe apertus arcee arctic arwkv7 baichuan bailingmoe bailingmoe2 bailingmoe3 bitnet bloom chameleon chatglm
    codeshell cogvlm cohere2 cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4 dots1
    dots3note dream ernie4_5 ernie4_5-moe exaone exaone-moe exaone4 falcon falcon-h1 gemma gemma2 gemma3 gemma3n gemma4
    glm-dsa glm4 glm4moe glm5-next gpt-oss gpt2 gptj gptneox granite granite_swa granitehybrid granitemoe graniteswitch
    grok grovemoe hrm_text hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 hy_v4 internlm2 jais jais2 jamba k2-horizon
    kimi-k3 kimi-linear laguna lfm2 lfm2moe llada llada-moe llama llama4 maincoder mamba mamba2 maple mellum mimo2
    minicpm minicpm3 minimax-01 minimax-m2 mistral3 mistral4 mpt nanbeige nemotron nemotron_h nemotron_h_moe olmo olmo2
    olmoe openelm orion paddleocr pangu-embedded phi2 phi3 phimoe plamo plamo2 plamo3 plm qwen qwen2 qwen2moe qwen2vl
    qwen3 qwen35 qwen35moe qwen3moe qwen3next qwen3vl qwen3vlmoe qwen4exp refact rnd1 rwkv6 rwkv6qwen2 rwkv7 seed_oss
    smallthinker smollm3 spark2_5 stablelm starcoder starcoder2 step35 talkie xverse
    """.split()  # noqa: SIM905 - as a list it would take two pages
)
"""LLM_ARCH_NAMES of the llama.cpp in xllamacpp (b11549), without those that write no texts; a test compares them."""


def check_model_file(path: Path) -> GgufHeader:
    """Read what a file holds and see that one can talk with it. Costs 0.1 s; the weights are not read.

    Raises:
        ModelFileDamaged: missing, unreadable, cut short, or without what every language model has.
        ModelFileForeign: whole, but of no use; `reason` is one of the words above.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise ModelFileDamaged(engine=BUILTIN, model=path.stem, detail=str(error), path=path) from error
    if len(start) < 8:
        raise ModelFileDamaged(engine=BUILTIN, model=path.stem, detail="the file is cut short", path=path)
    if start[:4] != b"GGUF":
        raise _foreign(path, NOT_GGUF, f"begins with {start!r}")
    version = int.from_bytes(start[4:], "little")
    if version not in READABLE_VERSIONS:
        raise _foreign(path, VERSION, str(version))
    header = read_gguf_header(path, BUILTIN)
    refuse_unsuitable(header, path)
    return header


def refuse_unsuitable(header: GgufHeader, path: Path) -> None:
    """See that one can talk with what the header tells of. Raises as `check_model_file` does."""
    architecture = header.architecture
    if header.is_part or header.part_count > 1 or architecture == PICTURE_ARCHITECTURE:
        raise _foreign(path, PART, architecture)
    if architecture.startswith(EMBEDDING_ARCHITECTURES):
        raise _foreign(path, EMBEDDING, architecture)
    if architecture not in CHAT_ARCHITECTURES:
        raise _foreign(path, ARCHITECTURE, architecture)
    needed = {
        "vocabulary": header.vocabulary_size,
        "context_length": header.trained_window_tokens,
        "block_count": header.block_count,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        detail = f"the header lacks {', '.join(missing)}"
        raise ModelFileDamaged(engine=BUILTIN, model=path.stem, detail=detail, path=path)


def _foreign(path: Path, reason: str, detail: str) -> ModelFileForeign:
    return ModelFileForeign(engine=BUILTIN, model=path.stem, detail=detail, path=path, reason=reason)
