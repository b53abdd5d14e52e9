"""The child that runs llama.cpp: `python -m phidesk.engine.builtin.server_child`.

One line of JSON comes in on standard input, one goes out on standard output once the model is loaded (or could not
be); whatever llama.cpp itself writes goes to the error stream. The key comes over the pipe because arguments and
environment of a process can be read by others.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from phidesk.processes.leash import end_with_parent

CACHE_RAM_MIB = 0
"""Prompts of other conversations are not kept beside the one in the window: that could take gigabytes unseen."""
BATCH_TOKENS = 128
"""How much of a prompt is read before llama.cpp looks whether somebody stopped: 0.1 s at 128 and 6 s at its own
default of 2048 (SmolLM2, two cores), at 4 % less speed of reading."""
GRAPHICS_BATCH_TOKENS = 512
PLAIN_CACHE = "F16"
"""The kind of cache that llama.cpp also reads without flash attention, and then faster on processors.

At 3,100 tokens of context SmolLM2 writes a token in 17 ms instead of 43 and reads a question of 26 tokens in 0.29 s
instead of 0.51; at 4,000 tokens the attention of phi4-mini's heads writes 1.3 and reads a question 2.4 times as fast.
A first prompt of that length takes 15 % longer (processor time of one thread).
"""
PLAIN_STEP_TOKENS = 32
"""How much of a batch is computed at once then: each takes 4 bytes a head for every token of the window, phi4-mini with
128 at once 96 MiB for 8192 tokens; fewer at once cost 3 % of the speed of reading."""
ROOM_FOR_THE_PROGRAM_BYTES = 4 * 1024**3
"""Addresses (not memory) that Python, the libraries and the stacks of the threads take."""
LAST_WORDS_S = 0.2
"""llama.cpp writes its messages on a thread of its own; whoever leaves at once leaves without the reason."""
LOG_WITH_BUFFER_SIZES = 4
"""The verbosity at which llama.cpp says how much memory it allocated; it holds no text of conversations."""


def main() -> None:
    """Load the model, announce the address, and serve until the parent is gone."""
    order = json.loads(sys.stdin.buffer.readline())
    end_with_parent(order["parent_id"])
    announcements = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        server = _load(order)  # It serves as long as this object lives.
    except (ImportError, RuntimeError) as error:
        _announce(announcements, {"failure": f"{type(error).__name__}: {error}"})
        time.sleep(LAST_WORDS_S)
        os._exit(1)
    _announce(announcements, {"address": server.listening_address})
    threading.Event().wait()


def _announce(announcements: IO[str], announcement: dict[str, str]) -> None:
    print(json.dumps(announcement), file=announcements, flush=True)


def _load(order: dict[str, Any]) -> Any:
    import xllamacpp  # noqa: PLC0415 - it is loaded when the order is read

    has_only_processor = all(device["name"] == "CPU" for device in xllamacpp.get_device_info())
    if has_only_processor:
        _refuse_more_than_there_is(Path(order["model_path"]).stat().st_size)
    parameters = xllamacpp.CommonParams()
    parameters.fit_params = not has_only_processor  # Fits layers to graphics memory; without one it is a second load.
    batch_tokens = BATCH_TOKENS if has_only_processor else GRAPHICS_BATCH_TOKENS
    parameters.model.path = order["model_path"]
    parameters.n_ctx = order["window_tokens"]
    parameters.n_parallel = 1
    parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type[f"GGML_TYPE_{order['cache_precision']}"]
    parameters.n_batch = parameters.n_ubatch = batch_tokens
    if has_only_processor and order["cache_precision"] == PLAIN_CACHE:
        parameters.n_ubatch = PLAIN_STEP_TOKENS
        parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.api_keys = [order["key"]]
    parameters.cpuparams.n_threads = order["threads"]
    parameters.ctx_shift = False
    parameters.cache_ram_mib = CACHE_RAM_MIB
    parameters.endpoint_slots = True
    parameters.endpoint_metrics = False
    parameters.ui = False
    parameters.offline = True
    parameters.warmup = False
    parameters.verbosity = LOG_WITH_BUFFER_SIZES
    return xllamacpp.Server(parameters)


def _refuse_more_than_there_is(model_bytes: int) -> None:
    """Let an allocation that exceeds this computer's memory fail at once, so that llama.cpp says why.

    Without a limit Linux promises any amount, and a window that is too large fills the memory for a minute until the
    system kills some process, perhaps another one (tried: 66 s). The file itself is only mapped.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - only POSIX has it

    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = memory_bytes + model_bytes + ROOM_FOR_THE_PROGRAM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
