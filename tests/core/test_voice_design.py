"""Tokens of designed voices, from the model's answer to labels."""

import pytest

from core.checkpoint.reading import open_checkpoint
from core.parser import build_codec_table
from core.prompt import PromptBuilder
from core.voice_design import StyleParser, VoiceDesigner
from shared.errors import CheckpointInvalid, TokenStreamInvalid
from shared.types import Finish, Style, TokenDelta
from tests.fakes import FakeEngine
from tests.styled_checkpoint import build_styled_checkpoint


@pytest.fixture(scope="module")
def styled(tmp_path_factory):
    return open_checkpoint(build_styled_checkpoint(tmp_path_factory.mktemp("styled") / "checkpoint"))


def designer_of(checkpoint, engine) -> VoiceDesigner:
    table = build_codec_table(checkpoint.vocabulary)
    return VoiceDesigner(engine, table, PromptBuilder(checkpoint), checkpoint.vocabulary.style, checkpoint.sampling)


async def test_designer_returns_values_and_timbre_of_the_seed(styled):
    designer = designer_of(styled, FakeEngine(styled.vocabulary))
    style, voice = await designer.design("Hello.", Style(0, 2, 2), seed=1)
    assert style == Style(0, 2, 2, pitch_value=250, speed_value=4) and len(voice.ids) == 32
    assert (style, voice) == await designer.design("Hello.", Style(0, 2, 2), seed=1)
    assert voice != (await designer.design("Hello.", Style(0, 2, 2), seed=2))[1]
    given = Style(1, 0, 4, pitch_value=120, speed_value=6)
    assert (await designer.design("Hello.", given, seed=1))[0] == given


class BrokenEngine(FakeEngine):
    """Engine whose first answers lack the acoustic block."""

    def __init__(self, vocabulary, broken: int) -> None:
        super().__init__(vocabulary)
        self.broken = broken

    def _design(self, prompt):
        parts = list(super()._design(prompt))
        yield from parts[1:] if self.started <= self.broken else parts


async def test_designer_tries_again_with_another_seed_and_then_reports(styled):
    style, _ = await designer_of(styled, BrokenEngine(styled.vocabulary, 2)).design("Hi.", Style(0, 2, 2), seed=1)
    assert style.pitch_value == 250
    engine = BrokenEngine(styled.vocabulary, 9)
    with pytest.raises(TokenStreamInvalid, match="no values"):
        await designer_of(styled, engine).design("Hi.", Style(0, 2, 2), seed=1)
    assert engine.started == 3 and engine.unfinished == 0


@pytest.mark.parametrize("size", [1, 3, 100])
def test_parser_reads_deltas_of_any_size(styled, size):
    vocabulary = styled.vocabulary
    tokens, control = vocabulary.style, vocabulary.control
    answer = [tokens.start_acoustic, tokens.pitch_value[7], tokens.speed_value[3], tokens.end_acoustic]
    answer += [control.start_global, *vocabulary.globals.ids(range(32)), control.end_global, control.start_semantic]
    answer += vocabulary.semantics.ids([1, 2, 3])
    parser = StyleParser(build_codec_table(vocabulary), tokens, Style(0, 2, 2))
    found = [
        one for at in range(0, len(answer), size) for one in parser.feed(TokenDelta(tuple(answer[at : at + size])))
    ]
    found += parser.feed(TokenDelta((), Finish.STOP))
    assert [(style.pitch_value, style.speed_value, voice.ids) for style, voice in found][:1] == [
        (7, 3, tuple(range(32)))
    ]


def test_controllable_checkpoint_needs_the_tokens_of_styles(tiny_path, tmp_path):
    for path in tiny_path.iterdir():
        (tmp_path / path.name).symlink_to(path)
    sheet = (tmp_path / "voices.yaml").read_text()
    (tmp_path / "voices.yaml").unlink()
    (tmp_path / "voices.yaml").write_text(sheet + "controllable: true\n")
    with pytest.raises(CheckpointInvalid, match="controllable, but the tokenizer"):
        open_checkpoint(tmp_path)
