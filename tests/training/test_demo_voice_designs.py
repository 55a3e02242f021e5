"""Voices by labels: what labels mean in the space of voices, and the rows that teach it."""

import random
from dataclasses import replace

import torch

from core.voice_style import GENDERS, PITCH_BOUNDS, mel
from shared.types import GlobalTokens, Voice, VoiceSource
from training.demo_voice.anybody import PITCHES_HZ, all_tokens
from training.demo_voice.codes import VOICED
from training.demo_voice.designs import design, pitch_rows
from training.demo_voice.lm_data import IGNORED, designed_row
from training.demo_voice.scores import Line, score
from training.demo_voice.vocabulary import ENDING

LINE = Line("A cat.", (0, VOICED[3], 0), (2, 9, 4), (0.5,) * 15)
DESIGNS = [design(random.Random(seed)) for seed in range(300)]


def test_labels_describe_the_voice() -> None:
    for voice, style in DESIGNS:
        bounds = (0, *PITCH_BOUNDS[style.gender], 1000)
        assert bounds[style.pitch] <= mel(voice.pitch_hz) <= bounds[style.pitch + 1]
        assert style.pitch_value == int(mel(voice.pitch_hz))
        assert PITCHES_HZ[0] - 2 < voice.pitch_hz < PITCHES_HZ[1] + 2
        assert voice.gender == GENDERS[style.gender]
    by_speed = [{voice.rate for voice, style in DESIGNS if style.speed == level} for level in range(5)]
    assert [len(rates) for rates in by_speed] == [1] * 5
    assert max(by_speed[0]) < max(by_speed[1]) < max(by_speed[2]) < max(by_speed[3])


def test_every_label_is_drawn() -> None:
    assert {(style.gender, style.pitch) for _, style in DESIGNS} == {(g, p) for g in range(2) for p in range(5)}
    assert {style.speed for _, style in DESIGNS} == set(range(5))


def test_designed_row_continues_the_prompts_of_the_service(prompts, tiny) -> None:
    voice, style = DESIGNS[0]
    made = designed_row(LINE.text, score(LINE, voice), voice, style)
    labels = replace(style, pitch_value=None, speed_value=None)
    asked = Voice("design", "design", source=VoiceSource.DESIGNED, style=labels)
    prompt = prompts.build(LINE.text, asked, tiny.sampling, global_tokens=None).ids
    assert tuple(made.ids[: len(prompt)]) == prompt
    assert made.labels == [IGNORED] * len(prompt) + made.ids[len(prompt) :]
    kept = replace(asked, style=style)
    tokens = GlobalTokens(tuple(all_tokens(voice)))
    prompt = prompts.build(LINE.text, kept, tiny.sampling, global_tokens=tokens).ids
    assert tuple(made.ids[: len(prompt)]) == prompt
    assert made.ids[-2:] == ENDING


def test_rows_of_near_pitches_are_alike() -> None:
    torch.manual_seed(1)
    rows = pitch_rows(192, 400)
    alike = torch.cosine_similarity(rows[150:300], rows[151:301], dim=1)
    assert alike.min() > 0.9
    assert torch.cosine_similarity(rows[150:260], rows[180:290], dim=1).mean() < 0.6
