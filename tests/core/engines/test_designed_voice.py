"""Designed voices on the transformers engine: the answer to the prompt of labels, and the voice that is made of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from core.checkpoint.reading import Checkpoint, open_checkpoint
from core.engines.transformers_engine import TransformersEngine
from core.parser import build_codec_table
from core.prompt import PromptBuilder
from core.voice_design import VoiceDesigner
from core.voice_style import restyled, style_of
from shared.types import Finish, GlobalTokens, Style, Voice, VoiceSource
from tests.core.engines.conftest import collect, decoder, idle
from tests.styled_checkpoint import build_styled_checkpoint

TEXT = "Hello."


@pytest.fixture(scope="module")
def styled(tmp_path_factory) -> Checkpoint:
    return open_checkpoint(build_styled_checkpoint(tmp_path_factory.mktemp("styled") / "checkpoint"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(styled: Checkpoint) -> AsyncIterator[TransformersEngine]:
    opened = TransformersEngine(decoder(styled), max_waiting=4)
    yield opened
    await opened.close()


def designed(style: Style) -> Voice:
    return Voice("voice_1", "Made", source=VoiceSource.DESIGNED, style=style)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("gender", ["female", "male"])
async def test_engine_answers_labels_with_the_acoustic_block_and_a_voice_that_are_parsed(styled, engine, gender):
    vocabulary, tokens, style = styled.vocabulary, styled.vocabulary.style, style_of(gender, pitch="low")
    prompt = PromptBuilder(styled).build(TEXT, designed(style), styled.sampling, global_tokens=None)
    assert prompt.ids[0] == tokens.task and prompt.ids[-1] == tokens.end_style
    ids, finish = await collect(engine, prompt)
    start, pitch, speed, end, *spoken = ids
    assert (start, end, spoken[0]) == (tokens.start_acoustic, tokens.end_acoustic, vocabulary.control.start_global)
    assert spoken[33:35] == [vocabulary.control.end_global, vocabulary.control.start_semantic]
    assert (len(spoken[35:]), finish) == (2 * len(TEXT), Finish.STOP)

    designer = VoiceDesigner(engine, build_codec_table(vocabulary), PromptBuilder(styled), tokens, styled.sampling)
    values, voice = await designer.design(TEXT, style, seed=styled.sampling.seed)
    assert values.pitch_value == tokens.pitch_value.index(pitch)
    assert values.speed_value == tokens.speed_value.index(speed)
    assert vocabulary.globals.ids(voice.ids) == tuple(spoken[1:33])
    assert (await designer.design(TEXT, style, seed=1))[1] != voice
    await idle(engine)


@pytest.mark.asyncio(loop_scope="module")
async def test_values_of_pitch_and_speed_in_the_prompt_are_not_generated_again(styled, engine):
    prompts, control = PromptBuilder(styled), styled.vocabulary.control
    given = style_of("male", pitch_hz=110.0, syllables_per_s=4.0)
    ids, _ = await collect(engine, prompts.build(TEXT, designed(given), styled.sampling, global_tokens=None))
    assert ids[0] == control.start_global and ids[33:35] == (control.end_global, control.start_semantic)


@pytest.mark.asyncio(loop_scope="module")
async def test_kept_voice_speaks_at_its_own_and_at_other_levels_from_the_first_token(styled, engine):
    prompts, semantics = PromptBuilder(styled), styled.vocabulary.semantics
    kept, voice = style_of("female", pitch_hz=220.0, syllables_per_s=4.0), GlobalTokens(tuple(range(32)))
    spoken = []
    for style in (kept, restyled(kept, pitch="very_high", rate=None), restyled(kept, pitch=None, rate="very_low")):
        prompt = prompts.build(TEXT, designed(style), styled.sampling, global_tokens=voice)
        ids, finish = await collect(engine, prompt)
        assert (len(ids), finish) == (2 * len(TEXT), Finish.STOP)
        assert all(semantics.first <= token < semantics.stop for token in ids)
        spoken.append(prompt.ids)
    assert len(set(spoken)) == 3
