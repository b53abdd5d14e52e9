"""Tags, show and ps as a real daemon sent them, and phi4-mini told from its relatives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from phidesk.core.model_info import LoadedModel, ModelInfo
from phidesk.engine.ollama.listings import Listing, read_loaded, read_tags, read_time, with_shown
from tests.engine.ollama.recordings import document_of
from tests.fakes.ollama_models import RECORDINGS

REGISTRY_TEMPLATE = (RECORDINGS / "phi4-mini.registry.template").read_text(encoding="utf-8")
FIXED_TEMPLATE = (RECORDINGS / "phi4-mini.fixed.template").read_text(encoding="utf-8")
REASONING_TEMPLATE = "<|system|>Your name is Phi, an AI math expert developed by Microsoft.<|end|>{{ .Prompt }}"


def listing(name: str, *, digest: str = "", parent: str = "", quantisation: str = "Q4_K_M") -> Listing:
    info = ModelInfo(name, "ollama", digest=digest, architecture="phi3", parameters="3.8B", quantisation=quantisation)
    return Listing(info, None, parent)


def running(name: str, digest: str = "") -> dict[str, Any]:
    return {"models": [{"name": name, "digest": digest, "size": 10, "size_vram": 4, "context_length": 2048}]}


def shown(**changed: Any) -> dict[str, Any]:
    """Return what `/api/show` says of phi4-mini, without verbose: big arrays are null."""
    return {
        "template": REGISTRY_TEMPLATE,
        "details": {"family": "phi3", "parameter_size": "3.8B"},
        "model_info": {
            "general.architecture": "phi3",
            "general.license": "mit",
            "phi3.context_length": 131072,
            "phi3.rope.scaling.original_context_length": 4096,
            "tokenizer.ggml.pre": "gpt-4o",
            "tokenizer.ggml.tokens": None,
        },
        "tensors": [{"name": "token_embd.weight", "type": "Q6_K", "shape": [3072, 200064]}],
        "capabilities": ["completion", "tools"],
        **changed,
    }


def test_recorded_tags_are_read_newest_first() -> None:
    listings = read_tags(document_of("tags_two_families"))

    newest = listings[0].info
    assert newest.name == "gemma3-270m:latest"
    assert newest.digest.startswith("14f8ac0fb3c4")
    assert (newest.size_bytes, newest.trained_window_tokens) == (253113180, 32768)
    assert (newest.architecture, newest.parameters, newest.quantisation) == ("gemma3", "268.10M", "Q4_K_M")
    assert newest.can_chat
    times = [it.changed_at for it in listings]
    assert times == sorted((time for time in times if time), reverse=True)
    embedder = next(it.info for it in listings if it.info.name == "scripted-embed:latest")
    assert not embedder.can_chat
    assert not any(it.is_to_be_shown for it in listings)


def test_a_quantisation_that_ollama_does_not_know_is_not_known() -> None:
    row = {"name": "x", "details": {"quantization_level": "unknown"}}

    (found,) = read_tags({"models": [row]})

    assert found.info.quantisation == ""


def test_an_empty_store_is_an_empty_list() -> None:
    assert read_tags(document_of("tags_empty")) == []
    assert read_tags({"models": None}) == []


@pytest.mark.parametrize(
    "row",
    [
        {"name": "gpt-oss:120b-cloud"},
        {"name": "qwen3-coder:cloud"},
        {"name": "mine:latest", "remote_host": "https://ollama.com:443"},
        {"name": "mine:latest", "remote_model": "gpt-oss:120b"},
    ],
)
def test_a_model_on_somebody_elses_computer_is_never_offered(row: dict[str, Any]) -> None:
    (remote,) = read_tags({"models": [{"capabilities": ["completion"], **row}]})

    assert remote.info.is_remote
    assert not remote.info.can_chat
    assert not remote.is_to_be_shown


def test_what_the_list_leaves_out_is_to_be_shown() -> None:
    old_daemon, phi, other = read_tags(
        {
            "models": [
                {"name": "old:latest", "details": {"family": "llama"}},
                {"name": "phi4-mini:latest", "details": {"family": "phi3"}, "capabilities": ["completion", "tools"]},
                {"name": "other:latest", "details": {"family": "llama"}, "capabilities": ["completion"]},
            ]
        }
    )

    assert (old_daemon.is_to_be_shown, phi.is_to_be_shown, other.is_to_be_shown) == (True, True, False)
    assert old_daemon.info.can_chat


def test_a_recorded_show_completes_what_is_known() -> None:
    info = with_shown(ModelInfo("smollm2:latest", "ollama"), document_of("show"))

    assert info.capabilities == {"completion"}
    assert (info.architecture, info.trained_window_tokens, info.licence) == ("llama", 8192, "apache-2.0")
    assert not info.is_phi4_mini


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"template": FIXED_TEMPLATE},
        {"template": "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}"},
        {"capabilities": None},
        {"tensors": None, "model_info": {"general.architecture": "phi3", "phi3.vocab_size": 200064}},
        {"tensors": [], "model_info": {"general.architecture": "phi3", "tokenizer.ggml.tokens": ["x"] * 200064}},
    ],
    ids=["registry", "repaired", "Microsoft's", "no capabilities", "size told", "verbose"],
)
def test_phi4_mini_is_known_by_architecture_and_vocabulary(changed: dict[str, Any]) -> None:
    info = with_shown(ModelInfo("any-name:latest", "ollama"), shown(**changed))

    assert info.is_phi4_mini
    assert info.can_chat


@pytest.mark.parametrize(
    "changed",
    [
        {"tensors": [{"name": "token_embd.weight", "shape": [5120, 100352]}]},
        {"tensors": None},
        {"model_info": {"general.architecture": "llama"}},
        {"template": REASONING_TEMPLATE},
        {"capabilities": ["completion"]},
        {"system": "You are a pirate."},
        {"remote_host": "https://ollama.com:443", "model_info": {}},
    ],
    ids=["phi4", "vocabulary unknown", "llama", "reasoning", "template without tools", "own system text", "remote"],
)
def test_its_relatives_keep_their_own_template(changed: dict[str, Any]) -> None:
    assert not with_shown(ModelInfo("phi4-mini:latest", "ollama"), shown(**changed)).is_phi4_mini


def test_the_recorded_memory_is_read() -> None:
    (loaded,) = read_loaded(document_of("ps_loaded"), [])

    assert loaded == LoadedModel(
        "smollm2:latest",
        window_tokens=2048,
        size_bytes=161407302,
        gpu_bytes=0,
    )
    assert len(read_loaded(document_of("ps_two_models"), [])) == 3
    assert read_loaded(document_of("ps_idle_empty"), []) == []


def test_a_runner_is_found_under_the_name_of_every_model_that_it_serves() -> None:
    tags = read_tags(document_of("tags"))

    loaded = {it.name: it for it in read_loaded(document_of("ps_shared_runner"), tags)}

    assert loaded["smol-pirate:latest"].window_tokens == 1024
    assert loaded["smollm2:latest"].window_tokens == 1024
    assert {it.info.name for it in tags} == set(loaded)


def test_a_copy_is_in_memory_with_its_original() -> None:
    listings = [listing("copy:latest", digest="a"), listing("other:latest", digest="b")]

    assert [it.name for it in read_loaded(running("deleted:latest", "a"), listings)] == [
        "deleted:latest",
        "copy:latest",
    ]


def test_a_model_in_memory_itself_keeps_its_own_figures() -> None:
    listings = [listing("child:latest", parent="base:latest"), listing("base:latest")]
    rows = running("base:latest")["models"] + [{**running("child:latest")["models"][0], "context_length": 512}]

    loaded = {it.name: it.window_tokens for it in read_loaded({"models": rows}, listings)}

    assert loaded == {"base:latest": 2048, "child:latest": 512}


def test_a_quantised_child_has_weights_of_its_own() -> None:
    listings = [listing("small:latest", parent="base:latest", quantisation="Q2_K"), listing("base:latest")]

    assert [it.name for it in read_loaded(running("base:latest"), listings)] == ["base:latest"]


def test_a_model_made_from_itself_is_no_endless_search() -> None:
    listings = [listing("own:latest", parent="own:latest"), listing("a", parent="b"), listing("b", parent="a")]

    assert [it.name for it in read_loaded(running("own:latest"), listings)] == ["own:latest"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-23T21:47:34.584494895Z", datetime(2026, 11, 23, 21, 47, 34, 584494, UTC)),
        ("2026-11-23T21:47:34Z", datetime(2026, 11, 23, 21, 47, 34, 0, UTC)),
        ("2026-11-23T22:47:34.5+01:00", datetime(2026, 11, 23, 21, 47, 34, 500000, UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("2026-11-23T21:47:34", None),
        ("12345-01-01T00:00:00Z", None),
        ("soon", None),
        (None, None),
        (3, None),
    ],
)
def test_times_are_read_leniently(text: object, time: datetime | None) -> None:
    assert read_time(text) == time
