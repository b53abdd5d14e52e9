"""Templates of model files that are rendered here, and those that are left to llama.cpp."""

from __future__ import annotations

import pytest

from phidesk.engine.chat_template import render_chat_template

CHATML = (
    "{% for message in messages %}\n{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' }}\n"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
QUESTION = {"role": "user", "content": "{{ 7 * 7 }} <b>"}
UNFINISHED = {"role": "assistant", "content": "49, I "}


def test_a_prompt_ends_where_the_model_is_to_write() -> None:
    prompt = render_chat_template(CHATML, [QUESTION])

    assert prompt == "<|im_start|>user\n{{ 7 * 7 }} <b><|im_end|>\n<|im_start|>assistant\n"


def test_an_unfinished_answer_stays_open() -> None:
    prompt = render_chat_template(CHATML, [QUESTION, UNFINISHED])

    assert prompt is not None
    assert prompt.endswith("<|im_end|>\n<|im_start|>assistant\n49, I ")


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{% if tools %}{{ tools }}{% endif %}",
        "{{ strftime_now('%d') }}",
        "{{ bos_token }}",
        "{% for message in messages %}",
        "{% include 'other' %}",
        "{{ messages[7]['content'] + 'x' }}",
        "{{ messages[0]['content'] + 1 }}",
        "{{ 1 / 0 }}",
        "{% for index in range(100000000) %}{% endfor %}",
        "{{ messages.append(1) }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    ],
)
def test_what_is_not_simple_is_left_to_llama_cpp(template: str) -> None:
    assert render_chat_template(template, [QUESTION]) is None
