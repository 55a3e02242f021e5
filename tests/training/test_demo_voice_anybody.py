"""Global tokens of voices without a name: what they tell, and that the decoder hears the same throat."""

import random
from dataclasses import replace

import pytest
import torch

from core.bicodec.quantizer import SpeakerDecoder
from shared.types import GlobalTokens, Voice, VoiceSource
from training.demo_voice.anybody import all_tokens, anybody, first_tokens, middle_in_first_token, told
from training.demo_voice.codes import VOICED
from training.demo_voice.decoder_config import config
from training.demo_voice.lm_data import IGNORED, row
from training.demo_voice.scores import Line, score
from training.demo_voice.speakers import GLOBAL_LEVELS, SPEAKERS, Throat
from training.demo_voice.vocabulary import ENDING, GLOBAL_0, token

LINE = Line("A cat.", (0, VOICED[3], 0), (2, 9, 4), (0.5,) * 15)
VOICES = [anybody(random.Random(seed)) for seed in range(200)]


@pytest.mark.parametrize("voice", [*VOICES[:20], *SPEAKERS])
def test_tokens_tell_pitch_and_throat(voice) -> None:
    heard = told(all_tokens(voice))
    assert heard.middle_hz == voice.middle_hz
    assert heard.pitch_hz == pytest.approx(voice.pitch_hz, abs=1.0)
    assert heard.throat.stretch == pytest.approx(voice.throat.stretch, abs=0.004)
    assert heard.throat.tilt_db == pytest.approx(voice.throat.tilt_db, abs=0.1)
    assert heard.throat.breath_db == pytest.approx(voice.throat.breath_db, abs=0.1)


def test_tokens_tell_range_and_rate_of_random_voices() -> None:
    assert all((told(all_tokens(v)).range, told(all_tokens(v)).rate) == (v.range, v.rate) for v in VOICES)


@pytest.mark.parametrize("voice", VOICES[:20])
def test_wrong_token_of_the_pitch_moves_it_little_when_it_is_a_neighbour_on_the_ring(voice) -> None:
    ring = [2, 3, 7, 11, 15, 14, 13, 12, 8, 4, 0, 1]  # the grid's border, counter-clockwise: index = low + 4 high
    tokens = all_tokens(voice)
    assert set(tokens[1:7]) <= set(ring)
    for place in range(1, 7):
        wrong = [*tokens]
        wrong[place] = ring[(ring.index(tokens[place]) + 1) % len(ring)]
        assert abs(told(wrong).pitch_hz - told(tokens).pitch_hz) < 1.2


@pytest.fixture(scope="module")
def decoders() -> tuple[SpeakerDecoder, SpeakerDecoder]:
    """Return a speaker decoder as the training makes it, and as the export writes it."""
    torch.manual_seed(1)
    trained, exported = (SpeakerDecoder(config().speaker_encoder) for _ in range(2))
    trained.quantizer.project_out.weight.data = torch.eye(config().speaker_encoder.latent_dim, len(GLOBAL_LEVELS))
    trained.quantizer.project_out.bias.data.zero_()
    state = trained.state_dict()
    exported.load_state_dict(state | {"project.weight": middle_in_first_token(state["project.weight"])})
    return trained, exported


def test_exported_decoder_hears_the_trained_throat_in_all_tokens(decoders) -> None:
    trained, exported = decoders
    for voice in [*SPEAKERS, *VOICES[:20]]:
        before = trained(torch.tensor([[voice.throat.global_tokens]]))
        after = exported(torch.tensor([[all_tokens(voice)]]))
        torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)
    low, high = (exported(torch.tensor([[all_tokens(replace(SPEAKERS[0], throat=Throat(hz)))]])) for hz in (100, 200))
    assert (low - high).abs().max() > 0.1


def test_nameless_row_continues_the_prompt_of_a_cloned_voice(prompts, tiny) -> None:
    voice, tokens = VOICES[0], GlobalTokens(tuple(all_tokens(VOICES[0])))
    clone = Voice("voice_1", "Mine", source=VoiceSource.CLONED)
    prompt = prompts.build(LINE.text, clone, tiny.sampling, global_tokens=tokens)
    made = row(LINE.text, score(LINE, voice), voice, with_globals=False)
    assert tuple(made.ids[: len(prompt.ids)]) == prompt.ids
    assert made.labels[: len(prompt.ids)] == [IGNORED] * len(prompt.ids)
    assert made.ids[len(prompt.ids) :] == made.labels[len(prompt.ids) :]
    assert made.ids[len(prompt.ids)] == token("<|start_semantic_token|>")
    assert made.ids[-2:] == ENDING
    assert made.positions == list(range(len(made.ids)))


def test_named_row_has_the_same_tokens_of_pitch() -> None:
    made = row(LINE.text, score(LINE, SPEAKERS[0]), SPEAKERS[0], with_globals=True)
    start = made.ids.index(token("<|start_global_token|>")) + 1
    assert [i - GLOBAL_0 for i in made.ids[start : start + 8]] == first_tokens(SPEAKERS[0])
