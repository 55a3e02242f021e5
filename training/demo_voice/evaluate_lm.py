"""Evaluation of the language model alone: its tokens name phones and pitch, so that no sound is needed.

Run as `python -m training.demo_voice.evaluate_lm --work DIR --sentences 24`; reads DIR/lm.pt and prints a table. Needs
flite and espeak-ng, the teachers.
"""

import argparse
import itertools
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers import Qwen2Config, Qwen2ForCausalLM

from training.demo_voice.anybody import anybody
from training.demo_voice.codes import CODE_COUNT, onsets
from training.demo_voice.lines import line_of
from training.demo_voice.melodies import MelodyTeacher
from training.demo_voice.phases import phases, pitch
from training.demo_voice.phones import PAUSE, PHONES
from training.demo_voice.recogniser import phone_error
from training.demo_voice.scores import asks, score
from training.demo_voice.speakers import SPEAKERS, Speaker
from training.demo_voice.vocabulary import END_OF_TURN, ENDING, PADDING, SEMANTIC_0, globals_and_start, prompt

LANGUAGES = ("en", "hi", "te")
TEXTS = Path("tests/data")
MOST_TOKENS = 420
RISE_ST, END_FRAMES = 2.0, 20
"""Least movement of an end in semitones, and the frames before the end that it is looked for in."""
_PAUSE = PHONES.index(PAUSE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentence as the language model speaks it, and as the teacher does."""

    text: str
    speaker: Speaker
    tokens: list[int]
    wanted: list[int]

    @property
    def semitones(self) -> np.ndarray:
        """Return the pitch of the voiced frames above the speaker's middle."""
        return self._above_middle(self.tokens)

    @property
    def off_st(self) -> float:
        """Return the distance of the median pitch from that of the teacher's melody in this voice."""
        return abs(float(np.median(self.semitones) - np.median(self._above_middle(self.wanted))))

    @property
    def end_st(self) -> float:
        """Return the movement of the end: from its lowest to its last pitch, or from its highest to its last."""
        end = np.convolve(self.semitones[-END_FRAMES:], np.ones(3) / 3, "valid")
        return float(end[-1] - (end.min() if asks(self.text) else end.max()))

    def _above_middle(self, tokens: list[int]) -> np.ndarray:
        hz = pitch(phases(tokens, self.speaker.middle_hz))
        return 12 * np.log2(hz[~np.isnan(hz)] / self.speaker.middle_hz)


def load_model(path: Path) -> Qwen2ForCausalLM:
    """Return the language model of a training's checkpoint."""
    state = torch.load(path, map_location="cpu")
    model = Qwen2ForCausalLM(Qwen2Config.from_dict(state["config"]))
    model.load_state_dict(state["model"] | {"lm_head.weight": state["model"]["model.embed_tokens.weight"]})
    print(f"step {state['step']}, {state['seen'] / 1e6:.1f}M tokens", flush=True)
    return model.eval()


@torch.inference_mode()
def answer(model: Qwen2ForCausalLM, text: str, speaker: Speaker, temperature: float) -> list[int]:
    """Return the semantic tokens that the model generates."""
    ids = torch.tensor([[*prompt(speaker, text), *globals_and_start(speaker)]])
    made = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=True,
        temperature=temperature,
        top_k=50,
        max_new_tokens=MOST_TOKENS,
        eos_token_id=[END_OF_TURN, ENDING[0]],
        pad_token_id=PADDING,
    )[0, ids.shape[1] :]
    return [code for code in (made - SEMANTIC_0).tolist() if 0 <= code < CODE_COUNT]


def told(language: str, answers: list[Answer]) -> str:
    """Return the figures of a language as a row of the table."""
    error = phone_error([(onsets_of(one.tokens), onsets_of(one.wanted)) for one in answers])
    moving = [one for one in answers if len(one.semitones) > END_FRAMES]
    ranges = [np.ptp(np.percentile(one.semitones, (5, 95))) for one in moving]
    rises = [one.end_st >= RISE_ST for one in moving if asks(one.text)]
    falls = [one.end_st < 0 for one in moving if not asks(one.text)]
    jumps = [np.abs(np.diff(one.semitones)).max() for one in moving]
    ends = f"{sum(rises)} of {len(rises)} | {sum(falls)} of {len(falls)}"
    off = np.median([one.off_st for one in moving])
    return f"| {language} | {error:.3f} | {np.mean(ranges):.2f} | {ends} | {np.median(jumps):.2f} | {off:.2f} |"


def onsets_of(tokens: list[int]) -> list[int]:
    """Return the phones of tokens without pauses."""
    return [phone for phone in onsets(tokens) if phone != _PAUSE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=24, help="of each language")
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument("--nameless", action="store_true", help="with voices from anywhere, by their tokens alone")
    options = parser.parse_args()
    torch.manual_seed(1)
    model, rng = load_model(options.work / "lm.pt"), random.Random(2)
    speakers = iter(lambda: anybody(rng), None) if options.nameless else itertools.cycle(SPEAKERS)
    rows = []
    for language in LANGUAGES:
        teacher, answers = MelodyTeacher(language), list[Answer]()
        lines = (TEXTS / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()[: options.sentences]
        for text in tqdm(lines, desc=language):
            notes, speaker = teacher.notes(text), next(speakers)
            line = line_of(text, notes)
            made = answer(model, text, speaker, options.temperature)
            answers.append(Answer(text, speaker, made, score(line, speaker).tokens))
        rows.append(told(language, answers))
    print(
        "| | phone error | range, st | questions rise | statements fall | largest step, st | pitch off, st |\n"
        + "|---" * 7
        + "|"
    )
    print("\n".join(rows))


if __name__ == "__main__":
    main()
