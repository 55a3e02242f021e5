"""Pictures of a statement and a yes/no question: spectrograms with the pitch, by the teacher and two versions.

`python -m training.demo_voice.measures.pictures --against FOLDER` writes docs/images/voice-LANGUAGE.png.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from shared.config import EngineKind
from shared.process import prepare_process
from training.demo_voice.measures.pitch import RATE, STEP_S, track
from training.demo_voice.measures.systems import (
    TEACHERS,
    Espeak,
    Flite,
    Samples,
    System,
    checkpoint_folder,
    open_checkpoint_system,
)
from training.demo_voice.measures.takes import TAKES, Line, TakeStore
from training.demo_voice.unseen import Kind, sentences_of

OUT = Path("docs/images")
FFT, WINDOW, HOP = 1024, 400, 80
"""Samples of the transform, of its window (25 ms) and between two columns (5 ms)."""
TOP_HZ, RANGE_DB = 4000, 60
PITCH_HZ = 60.0, 500.0
"""Range of the pitch's axis, in semitones from bottom to top."""
TICKS_HZ = (70, 100, 200, 400)
WIDTH, HEIGHT, LEFT, HEAD, GAP = 520, 200, 60, 34, 16
"""Sizes in pixels: a panel, the axis at its left, its title, the space between panels."""
INK, LINE, HALO = (30, 30, 30), (214, 39, 40), (255, 255, 255)
KINDS = {Kind.STATEMENT: "statement", Kind.YES_NO: "yes/no question"}
Drawn = tuple[str, Samples]
"""A panel: its title and its sound."""


def spectrogram(samples: Samples) -> npt.NDArray[np.uint8]:
    """Return levels [frequency, time], the highest frequency first: 255 for silence, 0 for the loudest."""
    rows = np.lib.stride_tricks.sliding_window_view(np.pad(samples, WINDOW // 2), WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(rows, FFT, axis=1)) ** 2
    level = 10 * np.log10(power[:, : TOP_HZ * FFT // RATE] + 1e-12)
    shown = np.clip((level - level.max() + RANGE_DB) / RANGE_DB, 0, 1)
    grey: npt.NDArray[np.uint8] = (255 * (1 - shown.T[::-1])).astype(np.uint8)
    return grey


def pitch_line(samples: Samples, width: int, height: int) -> list[list[tuple[float, float]]]:
    """Return the lines of the pitch in pixels, one for each voiced stretch."""
    hz = track(samples).hz
    lines: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(hz):
        if value > 0:
            lines[-1].append((i * STEP_S * RATE / len(samples) * width, _height(value, height)))
        elif lines[-1]:
            lines.append([])
    return [line for line in lines if len(line) > 1]


def _height(hz: float, height: int) -> float:
    low, high = np.log2(PITCH_HZ)
    return float(height * (high - np.log2(hz)) / (high - low))


def panel(title: str, samples: Samples) -> Image.Image:
    """Return a panel: spectrogram up to TOP_HZ in grey, pitch as a line on the axis at the left."""
    image = Image.new("RGB", (LEFT + WIDTH, HEAD + HEIGHT), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    image.paste(Image.fromarray(spectrogram(samples)).resize((WIDTH, HEIGHT)).convert("RGB"), (LEFT, HEAD))
    for colour, size in ((HALO, 6), (LINE, 3)):
        for line in pitch_line(samples, WIDTH, HEIGHT):
            draw.line([(LEFT + x, HEAD + y) for x, y in line], fill=colour, width=size)
    for hz in TICKS_HZ:
        y = HEAD + _height(hz, HEIGHT)
        draw.line([(LEFT - 4, y), (LEFT, y)], fill=INK)
        draw.text((LEFT - 8, y), f"{hz} Hz", fill=INK, font=font, anchor="rm")
    draw.text((LEFT, HEAD - 8), f"{title}, {len(samples) / RATE:.1f} s", fill=INK, font=font, anchor="ls")
    return image


def picture(rows: Sequence[Sequence[Drawn]]) -> Image.Image:
    """Return the panels in rows and columns, in 48 colours."""
    panels = [[panel(title, samples) for title, samples in row] for row in rows]
    width, height = panels[0][0].size
    whole = Image.new("RGB", ((width + GAP) * len(panels[0]), (height + GAP) * len(panels)), "white")
    for y, row in enumerate(panels):
        for x, one in enumerate(row):
            whole.paste(one, (x * (width + GAP), y * (height + GAP)))
    return whole.quantize(48)


async def _row(store: TakeStore, system: System, voice: str, language: str) -> list[Drawn]:
    lines = [Line(voice, language, kind, sentences_of(kind, language)[0]) for kind in KINDS]
    takes = await store.speak(system, lines)
    return [(f"{system.name}, {voice}: {KINDS[take.line.purpose]}", take.samples) for take in takes]


async def draw(options: argparse.Namespace) -> None:
    """Draw a picture for each language."""
    store = TakeStore(options.takes)
    rows: dict[str, list[list[Drawn]]] = {}
    for language, (name, voice) in TEACHERS.items():
        teacher: System = Flite() if name == Flite.name else Espeak()
        rows[language] = [await _row(store, teacher, voice, language)]
    for folder in filter(None, (options.against, options.checkpoint)):
        async with open_checkpoint_system(folder, options.engine) as system:
            for language in TEACHERS:
                own = {voice.lower(): voice for voice in system.voices(language)}
                rows[language].append(await _row(store, system, own[options.voice.lower()], language))
    options.out.mkdir(parents=True, exist_ok=True)
    for language in TEACHERS:
        path = options.out / f"voice-{language}.png"
        picture(rows[language]).save(path, optimize=True)
        print(path, *(sentences_of(kind, language)[0] for kind in KINDS), sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=checkpoint_folder, default=Path("voices/demo"))
    parser.add_argument("--against", type=checkpoint_folder, help="the last version's checkpoint")
    parser.add_argument("--voice", default="lipakshi")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--takes", type=Path, default=TAKES, help="folder that keeps the takes")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    prepare_process()
    asyncio.run(draw(options))


if __name__ == "__main__":
    main()
