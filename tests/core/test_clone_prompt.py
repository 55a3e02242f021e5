"""Prompts of voices that callers made, against upstream's prompt strings as the published tokenizer reads them."""

from dataclasses import replace

import pytest
from tokenizers import Tokenizer

from core.checkpoint.reading import Checkpoint
from core.checkpoint.vocabulary import read_vocabulary
from core.prompt import PromptBuilder
from shared.errors import ValidationFailed
from shared.types import GlobalTokens, Reference, Style, Voice, VoiceSource
from tools.checkpoints.tokenizer import PUBLISHED_ROWS, write_tokenizer

GLOBALS = tuple((7 * n * n + 5) % 4096 for n in range(32))
SEMANTICS = tuple((13 * n * n + 11) % 8192 for n in range(100))
TEXTS = ["How are you today?", "आप कैसे हैं?", "It costs €5 — 'really'!"]
GLOBAL_BLOCK = "<|start_global_token|>" + "".join(f"<|bicodec_global_{g}|>" for g in GLOBALS) + "<|end_global_token|>"
CLONED = Voice("voice_1", "Mine", source=VoiceSource.CLONED)


@pytest.fixture(scope="module")
def published(tiny: Checkpoint, tmp_path_factory) -> tuple[PromptBuilder, Tokenizer]:
    """Return a builder with the published vocabulary, and the tokenizer that reads upstream's strings whole."""
    directory = tmp_path_factory.mktemp("published")
    write_tokenizer(directory, global_codes=4096, semantic_codes=8192, layout="published")
    vocabulary = read_vocabulary(directory / "tokenizer.json", rows=PUBLISHED_ROWS)
    assert vocabulary.control.task_tts == 165137 and vocabulary.style and vocabulary.style.task == 165143
    builder = PromptBuilder(replace(tiny, vocabulary=vocabulary))
    return builder, Tokenizer.from_file(str(directory / "tokenizer.json"))


def expected(published, text: str) -> tuple[int, ...]:
    return tuple(published[1].encode(text, add_special_tokens=False).ids)


@pytest.mark.parametrize("text", TEXTS)
def test_clone_without_transcript_has_upstreams_prompt(published, tiny, text):
    prompt = published[0].build(text, CLONED, tiny.sampling, global_tokens=GlobalTokens(GLOBALS))
    assert prompt.ids == expected(published, f"<|task_tts|><|start_content|>{text}<|end_content|>{GLOBAL_BLOCK}")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("transcript", ["This is my voice.", "This is my voice. ", "यह मेरी आवाज़ है।"])
def test_clone_with_transcript_has_upstreams_prompt(published, tiny, transcript, text):
    voice = replace(CLONED, reference=Reference(transcript, SEMANTICS))
    prompt = published[0].build(text, voice, tiny.sampling, global_tokens=GlobalTokens(GLOBALS))
    speech = "".join(f"<|bicodec_semantic_{s}|>" for s in SEMANTICS)
    assert prompt.ids == expected(
        published,
        f"<|task_tts|><|start_content|>{transcript}{text}<|end_content|>{GLOBAL_BLOCK}<|start_semantic_token|>{speech}",
    )


@pytest.mark.parametrize("style", [Style(0, 2, 2), Style(1, 0, 4)])
@pytest.mark.parametrize("text", TEXTS)
def test_designed_voice_has_upstreams_control_prompt(published, tiny, style, text):
    voice = Voice("voice_2", "Made", source=VoiceSource.DESIGNED, style=style)
    prompt = published[0].build(text, voice, tiny.sampling, global_tokens=None)
    control = (
        f"<|task_controllable_tts|><|start_content|>{text}<|end_content|><|start_style_label|><|gender_{style.gender}|>"
        f"<|pitch_label_{style.pitch}|><|speed_label_{style.speed}|><|end_style_label|>"
    )
    assert prompt.ids == expected(published, control)
    kept = replace(voice, style=replace(style, pitch_value=145, speed_value=4))
    prompt = published[0].build(text, kept, tiny.sampling, global_tokens=GlobalTokens(GLOBALS))
    acoustic = "<|start_acoustic_token|><|pitch_value_145|><|speed_value_4|><|end_acoustic_token|>"
    assert prompt.ids == expected(published, control + acoustic + GLOBAL_BLOCK + "<|start_semantic_token|>")


def test_designed_voice_is_refused_where_the_checkpoint_has_no_style_tokens(tiny):
    voice = Voice("voice_2", "Made", source=VoiceSource.DESIGNED, style=Style(0, 2, 2))
    with pytest.raises(ValidationFailed, match="no tokens for designed voices"):
        PromptBuilder(tiny).build("Hello.", voice, tiny.sampling, global_tokens=None)
