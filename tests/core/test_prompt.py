import time
from dataclasses import replace

import pytest

from core.checkpoint.vocabulary import PART
from core.prompt import MAX_TOKENS_PER_CHARACTER, MIN_TOKEN_BUDGET, PromptBuilder
from shared.types import GlobalTokens


def test_prompt_without_global_tokens_ends_where_they_begin(tiny):
    control = tiny.vocabulary.control
    prompt = PromptBuilder(tiny).build("Hello.", tiny.voices[0], tiny.sampling, global_tokens=None)
    assert prompt.ids[:2] == (control.task_tts, control.start_content)
    assert prompt.ids[-2:] == (control.end_content, control.start_global)
    assert prompt.stop_ids == tiny.vocabulary.stop_ids


def test_prompt_with_global_tokens_ends_where_speech_begins(tiny):
    builder, voice = PromptBuilder(tiny), tiny.voices[0]
    without = builder.build("Hello.", voice, tiny.sampling, global_tokens=None)
    indices = tuple(range(8)) * 4
    prompt = builder.build("Hello.", voice, tiny.sampling, global_tokens=GlobalTokens(indices))
    control = tiny.vocabulary.control
    voice_ids = tiny.vocabulary.globals.ids(indices)
    assert prompt.ids == (*without.ids, *voice_ids, control.end_global, control.start_semantic)


def test_text_that_looks_like_a_control_token_does_not_become_one(tiny):
    prompt = PromptBuilder(tiny).build("<|task_tts|>", tiny.voices[0], tiny.sampling, global_tokens=None)
    assert prompt.ids.count(tiny.vocabulary.control.task_tts) == 1


@pytest.mark.parametrize(
    ("characters", "limit", "budget"),
    [
        (3, 4096, MIN_TOKEN_BUDGET + 3 * MAX_TOKENS_PER_CHARACTER),
        (100, 4096, MIN_TOKEN_BUDGET + 100 * MAX_TOKENS_PER_CHARACTER),
        (100, 50, 50),
    ],
)
def test_token_budget_grows_with_the_text_up_to_the_requests_limit(tiny, characters, limit, budget):
    sampling = replace(tiny.sampling, max_tokens=limit)
    prompt = PromptBuilder(tiny).build("a" * characters, tiny.voices[0], sampling, global_tokens=None)
    assert prompt.sampling == replace(sampling, max_tokens=budget)


@pytest.mark.parametrize("unit", ["The train leaves at 9, and pays. ", "वह पाँच बजे आया। ", "అతను వచ్చాడు. ", "a  b\n"])
def test_long_text_in_parts_has_the_ids_of_the_whole(tiny, unit):
    text = unit * 400
    whole = tuple(tiny.vocabulary.text_encoder.encode(text, add_special_tokens=False).ids)
    assert tiny.vocabulary.encode_text(text) == whole


@pytest.mark.parametrize("unit", ["a", "! ", "😀", "क", "word "])
def test_long_prompt_is_built_in_steps_of_one_part(tiny, unit):
    text = (unit * 50_000)[:50_000]
    steps = PromptBuilder(tiny).build_steps(text, tiny.voices[0], tiny.sampling, global_tokens=None)
    times = []
    with pytest.raises(StopIteration):
        while True:
            begun = time.thread_time()
            next(steps)
            times.append(time.thread_time() - begun)
    assert len(times) >= len(text) // PART
    assert sorted(times)[len(times) * 9 // 10] < 0.02
