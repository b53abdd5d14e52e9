"""The models that stand in the store of the recorded daemon: what tags, show and ps tell of them, and what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from tests.fakes.ollama_templates import (
    CONTROL_WORDS,
    Template,
    render_chatml,
    render_phi4_fixed,
    render_phi4_registry,
    render_plain,
    split_tokens,
)

RECORDINGS = Path(__file__).parent.parent / "data" / "ollama"
SCRIPTED_GREETING = "Hello, I am a scripted model. 😀 Grüße!"
SCRIPTED_TOOL_CALL = '<|tool_call|>[{"name":"get_weather","arguments":{"city":"Paris"}}]<|/tool_call|>'
PIECE_CHARACTERS = 4
# The array of a GGUF's token types: normal, control, user-defined.
_NORMAL_TOKEN, _CONTROL_TOKEN, _KEY_TOKEN = 1, 3, 4


class Failure(Enum):
    """How an answer may end badly after its last piece."""

    RUNNER_KILLED = "the runner is gone: 500 before the first piece, else an error line"
    DAEMON_KILLED = "the daemon is gone: every connection breaks off, the port is closed"
    CONNECTION_CUT = "this connection breaks off without its last chunk"
    ENDS_WITHOUT_DONE = "the stream ends properly, but `done:true` never came"
    PAGE_OF_A_PROXY = "a page of HTML comes instead of the next line"


@dataclass(frozen=True)
class Script:
    """What a model says when `key` stands in its prompt; without a key, what it says to everything else.

    Attributes:
        pieces: One token each, invisible control tokens included; bytes may be part of a character; None waits for
            `OllamaDaemon.go_on`.
        is_endless: After the last piece comes the first one.
        pieces_per_s: How fast it is written, above 0; None is the daemon's speed.
        reading_s: Time between the prompt and the first piece.
        then: What happens instead of the end token; a text is the error with which the runner ends.
        prompt_tokens: How many tokens the prompt counts; None counts them.
    """

    pieces: Sequence[str | bytes | None]
    key: str | None = None
    is_endless: bool = False
    pieces_per_s: float | None = None
    reading_s: float = 0.0
    then: Failure | str | None = None
    prompt_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.is_endless and not self.pieces:
            raise ValueError("an endless answer needs pieces")


@dataclass(frozen=True)
class Memory:
    """Bytes that a loaded model takes: `/api/ps` calls them `size` and, for the part on graphics cards, `size_vram`."""

    size_bytes: int
    gpu_bytes: int = 0


@dataclass(frozen=True)
class StoredModel:
    """One model of the store.

    Attributes:
        tags_entry: Its entry of `/api/tags`.
        show_body: The reply of `/api/show`, without verbose.
        words: What is one token in a prompt; of the rest, every byte is one.
        memory: Bytes by window (tokens per slot) and number of slots.
        is_native: Spoken to with the Jinja template of its file: an over-long message is never cut.
        split: How a prompt falls into tokens; None goes by `words`.
    """

    tags_entry: Mapping[str, Any]
    show_body: Mapping[str, Any]
    template: Template
    memory: Callable[[int, int], Memory]
    scripts: tuple[Script, ...] = ()
    words: tuple[str, ...] = CONTROL_WORDS
    is_native: bool = False
    split: Callable[[str], list[bytes]] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The full name, tag included."""
        return str(self.tags_entry["name"])

    @property
    def blob(self) -> str:
        """The file of its weights; models of one file share a runner."""
        return next((line for line in self.show_body["modelfile"].splitlines() if line.startswith("FROM ")), self.name)

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it can do."""
        return tuple(self.tags_entry["capabilities"])

    @property
    def trained_window(self) -> int:
        """The largest window, in tokens."""
        return int(self.tags_entry["details"].get("context_length", 0))

    @property
    def parameters(self) -> dict[str, Any]:
        """The stored parameters, those that may be given several times as lists."""
        stored: dict[str, Any] = {}
        for line in str(self.show_body.get("parameters", "")).splitlines():
            name, _, text = line.partition(" ")
            value = json.loads(text)
            stored[name] = [*stored.get(name, []), value] if name == "stop" else value
        return stored

    def tokens(self, prompt: str) -> list[bytes]:
        """Split a prompt into tokens."""
        return self.split(prompt) if self.split else split_tokens(prompt, self.words)

    def verbose_body(self) -> dict[str, Any]:
        """The reply of `/api/show` with `verbose`: a vocabulary that counts exactly as the model does.

        It has the real size, but stands for the rule of `words`: bytes, words, then tokens that no text leads to.
        """
        info = dict(self.show_body["model_info"])
        size = int(info[f"{info['general.architecture']}.vocab_size"])
        keys = [word for word in self.words if word not in CONTROL_WORDS]
        tokens = [*_byte_characters(), *self.words]
        types = [_NORMAL_TOKEN] * 256 + [_KEY_TOKEN if word in keys else _CONTROL_TOKEN for word in self.words]
        unused = range(len(tokens), size)
        info["tokenizer.ggml.tokens"] = tokens + [f"[unused{number}]" for number in unused]
        info["tokenizer.ggml.token_type"] = types + [_NORMAL_TOKEN] * len(unused)
        info["tokenizer.ggml.merges"] = []
        return {**self.show_body, "model_info": info}


def pieces_of(text: str, *, length: int = PIECE_CHARACTERS) -> list[str]:
    """Cut a text into pieces as `scripted_gguf` does: control words alone, no piece twice, none of one byte."""
    pieces: list[str] = []
    for token in _control_parts(text):
        if token in CONTROL_WORDS:
            pieces.append(token)
            continue
        position = 0
        while position < len(token):
            end = position + length
            while end < len(token) and (token[position:end] in pieces or len(token[position:end].encode()) < 2):
                end += 1
            piece = token[position:end]
            is_tail_to_join = (
                (piece in pieces or len(piece.encode()) < 2) and pieces and pieces[-1] not in CONTROL_WORDS
            )
            pieces.append(pieces.pop() + piece if is_tail_to_join else piece)
            position = end
    return pieces


def smollm2() -> StoredModel:
    """SmolLM2-135M, the practice model."""
    template = Template("chatml", render_chatml)
    return recorded_model("smollm2", template=template, memory=smollm2_memory, scripts=_usual_scripts())


def scripted() -> StoredModel:
    """The model of the engine tests, as `tests/real_engines.py` writes it: greeting, FOREVER, WEATHER."""
    return recorded_model(
        "scripted-fixed",
        show="show_tools_capability",
        rename="scripted",
        template=Template("phi4-fixed", render_phi4_fixed, tool_tag="<|tool_call|>"),
        memory=scripted_memory,
        words=(*CONTROL_WORDS, "FOREVER", "WEATHER"),
        scripts=_usual_scripts(),
    )


def embedding_model() -> StoredModel:
    """A model that cannot chat."""
    return recorded_model("scripted-embed", template=Template("plain", render_plain), memory=_embed_memory)


def phi4_mini() -> StoredModel:
    """phi4-mini as its registry publishes it, wholly on a graphics card."""
    template = (RECORDINGS / "phi4-mini.registry.template").read_text(encoding="utf-8")
    details = {"parent_model": "", "format": "gguf", "family": "phi3", "families": ["phi3"]}
    details |= {"parameter_size": "3.8B", "quantization_level": "Q4_K_M"}
    digest = "78fad5d182a7c33065e153a5f8ba210754207ba9d91973f57dffa7f487363753"
    modified_at = "2026-11-23T20:15:00.123456789Z"
    lengths = {"context_length": 131072, "embedding_length": 3072}
    return StoredModel(
        tags_entry={
            "name": "phi4-mini:latest",
            "model": "phi4-mini:latest",
            "modified_at": modified_at,
            "size": 2491876774,
            "digest": digest,
            "details": details | lengths,
            "capabilities": ["completion", "tools"],
        },
        show_body={
            "license": "MIT License\n\nCopyright (c) Microsoft Corporation.\n",
            # The digest is known by its first twelve digits only.
            "modelfile": f"FROM /var/lib/ollama/models/blobs/sha256-3c168af1dea0{52 * '0'}\nTEMPLATE {template}\n",
            "template": template,
            "details": details,
            "model_info": _PHI4_MINI_INFO,
            "tensors": _phi3_tensors(),
            "capabilities": ["completion", "tools"],
            "modified_at": modified_at,
        },
        template=Template("phi4-registry", render_phi4_registry, tool_tag="<|tool_call|>["),
        memory=phi4_mini_memory,
        scripts=_usual_scripts(),
    )


def cloud_model() -> StoredModel:
    """A model that does not run on this computer."""
    details = {"parent_model": "", "format": "", "family": "gptoss", "families": ["gptoss"]}
    details |= {"parameter_size": "116.8B", "quantization_level": "MXFP4"}
    modified_at = "2026-11-23T20:10:00.5Z"
    remote = {"remote_model": "gpt-oss:120b", "remote_host": "https://ollama.com:443"}
    return StoredModel(
        tags_entry={
            "name": "gpt-oss:120b-cloud",
            "model": "gpt-oss:120b-cloud",
            **remote,
            "modified_at": modified_at,
            "size": 384,
            "digest": f"569662207105{52 * '0'}",
            "details": details,
            "capabilities": ["completion", "tools", "thinking"],
        },
        show_body={
            "modelfile": "",
            "details": details,
            **remote,
            "model_info": {"general.architecture": "gptoss", "gptoss.context_length": 131072},
            "capabilities": ["completion", "tools", "thinking"],
            "modified_at": modified_at,
        },
        template=Template("plain", render_plain),
        memory=_embed_memory,
    )


def recorded_model(
    name: str,
    *,
    template: Template,
    memory: Callable[[int, int], Memory],
    show: str = "show",
    rename: str | None = None,
    scripts: tuple[Script, ...] = (),
    words: tuple[str, ...] = CONTROL_WORDS,
    is_native: bool = False,
) -> StoredModel:
    """Take a model's facts from the recordings: its entry of the recorded tags, and a recorded reply of show."""
    full_name = name if ":" in name else f"{name}:latest"
    entries = [entry for file in ("tags", "tags_two_families") for entry in recorded_body(file)["models"]]
    text = json.dumps([next(entry for entry in entries if entry["name"] == full_name), recorded_body(show)])
    if rename:
        text = text.replace(full_name, f"{rename}:latest")
    tags_entry, show_body = json.loads(text)
    return StoredModel(tags_entry, show_body, template, memory, scripts, words, is_native)


def recorded_body(name: str) -> Any:
    """Read the JSON of a recorded reply."""
    recording = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return json.loads("".join(chunk["bytes_utf8"] for chunk in recording["response"]["chunks"]))


def smollm2_memory(window_tokens: int, slots: int) -> Memory:
    """SmolLM2-135M on the processor, exact for all measured windows (`ps_size_table`, `ps_parallel_2`).

    The cache takes 23,040 bytes for each token of every slot; the compute buffer grows by 1,024 for each token of the
    window, and above 4096 it is larger at once, because the daemon then reads more tokens in one go.
    """
    larger_batch = 23_750_247 if window_tokens > 4096 else 0
    size_bytes = 112_124_230 + 23_040 * window_tokens * slots + 1_024 * window_tokens + 199_229 * (slots - 1)
    return Memory(size_bytes + larger_batch)


def scripted_memory(window_tokens: int, slots: int) -> Memory:
    """The scripted model: one layer with one head of 64, f16, beside what was measured at 4096 tokens."""
    return Memory(16_022_240 + 2 * 2 * 64 * (window_tokens * slots - 4096))


def phi4_mini_memory(window_tokens: int, slots: int) -> Memory:
    """phi4-mini wholly on a graphics card: weights, 128 KiB for each token, a compute buffer."""
    size_bytes = 2_400_000_000 + 131_072 * window_tokens * slots + 180_000_000
    return Memory(size_bytes, size_bytes)


def _usual_scripts() -> tuple[Script, ...]:
    return (
        Script(pieces_of(SCRIPTED_GREETING)),
        Script(pieces_of("tick tock. "), key="FOREVER", is_endless=True),
        Script(pieces_of(SCRIPTED_TOOL_CALL), key="WEATHER"),
    )


def _embed_memory(window_tokens: int, slots: int) -> Memory:
    return Memory(21_820_865 + 256 * (window_tokens * slots - 4096))


def _control_parts(text: str) -> Iterable[str]:
    control = {word.encode() for word in CONTROL_WORDS}
    part = b""
    for token in split_tokens(text, CONTROL_WORDS):
        if token in control:
            yield from filter(None, (part.decode(), token.decode()))
            part = b""
        else:
            part += token
    if part:
        yield part.decode()


def _byte_characters() -> list[str]:
    """The printable character that stands for each byte in vocabularies of GPT-2's kind."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    characters = {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [characters[byte] for byte in range(256)]


def _phi3_tensors() -> list[dict[str, Any]]:
    blocks = [
        {"name": f"blk.{number}.{name}.weight", "type": kind, "shape": shape}
        for number in range(32)
        for name, kind, shape in (
            ("attn_norm", "F32", [3072]),
            ("attn_output", "Q4_K", [3072, 3072]),
            ("attn_qkv", "Q5_K", [3072, 5120]),
            ("ffn_down", "Q6_K", [8192, 3072]),
            ("ffn_norm", "F32", [3072]),
            ("ffn_up", "Q4_K", [3072, 16384]),
        )
    ]
    return [
        {"name": "output_norm.weight", "type": "F32", "shape": [3072]},
        {"name": "token_embd.weight", "type": "Q6_K", "shape": [3072, 200064]},
        *blocks,
    ]


_PHI4_MINI_INFO = {
    "general.architecture": "phi3",
    "general.basename": "Phi-4",
    "general.file_type": 15,
    "general.finetune": "mini-instruct",
    "general.languages": None,
    "general.license": "mit",
    "general.parameter_count": 3836021856,
    "general.quantization_version": 2,
    "general.size_label": "3.8B",
    "general.tags": None,
    "general.type": "model",
    "phi3.attention.head_count": 24,
    "phi3.attention.head_count_kv": 8,
    "phi3.attention.layer_norm_rms_epsilon": 0.00001,
    "phi3.attention.sliding_window": 262144,
    "phi3.block_count": 32,
    "phi3.context_length": 131072,
    "phi3.embedding_length": 3072,
    "phi3.feed_forward_length": 8192,
    "phi3.rope.dimension_count": 96,
    "phi3.rope.freq_base": 10000,
    "phi3.rope.scaling.attn_factor": 1.1902381,
    "phi3.rope.scaling.original_context_length": 4096,
    "phi3.vocab_size": 200064,
    "tokenizer.ggml.add_bos_token": False,
    "tokenizer.ggml.add_eos_token": False,
    "tokenizer.ggml.bos_token_id": 199999,
    "tokenizer.ggml.eos_token_id": 199999,
    "tokenizer.ggml.merges": None,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.padding_token_id": 199999,
    "tokenizer.ggml.pre": "gpt-4o",
    "tokenizer.ggml.token_type": None,
    "tokenizer.ggml.tokens": None,
    "tokenizer.ggml.unknown_token_id": 199999,
}
