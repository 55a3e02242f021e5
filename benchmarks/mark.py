"""Measure the mark: what it survives, false alarms, cost, its level against masking, and a recogniser's words.

Speech: the demo voice, and recordings in G.722 below `--speech`, as of Debian's packages asterisk-core-sounds-en-g722
and its like for es, fr, it and ru (human speakers). `sox` is needed.
"""

import argparse
import asyncio
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
import numpy as np
import soxr

from audio.encoders.muxed import MuxedEncoder, StreamSettings
from audio.encoders.wav import MULAW_RATE, MulawEncoder
from audio.mark.cepstra import echo_cepstra
from audio.mark.detector import HYPOTHESES, LONGEST, MOST_FALSE_ALARM, MarkDetector, Sighting, cells_of
from audio.mark.pattern import MARK_DB, RATE, MarkPattern
from audio.mark.stage import Marker
from audio.uploads.decoding import decode_recording
from benchmarks.masking import noise_to_mask_db
from benchmarks.report import Sheet, output_option
from core.request_state import Arrival, RequestState
from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.types import Pcm, Samples, Utterance

SECONDS = 10
MARK_ID = 0xA7
SENTENCES = Path("tests/data/unseen_sentences_en.txt")
HINDI = "मौसम आज बहुत अच्छा है और हम सब बाज़ार जा रहे हैं। वहाँ से फल और सब्ज़ियाँ लेकर शाम को घर लौटेंगे। कल मेरी बहन दिल्ली से आ रही है।"
PATTERN = MarkPattern.of("secret of the benchmark")
DETECTOR = MarkDetector(PATTERN)
LENGTHS_S = (1, 2, 3, 5, 10)
BLOCKS_MS = (20, 40, 60, 120, 240, 1000)
ROUNDS = 5
PARTS = ("cost", "demo", "human", "false_alarms", "words")

Attack = Callable[[Samples], Samples]


def marked(wave: Samples, block: int | None = None) -> Samples:
    stage, size = Marker(PATTERN.with_id(MARK_ID), rate=RATE), block or len(wave)
    out = [one.samples for at in range(0, len(wave), size) for one in stage.feed(Pcm(wave[at : at + size], RATE))]
    return np.concatenate(out)


def texts_of(page: Path) -> list[str]:
    """Return three English texts and a Hindi one."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [*(" ".join(lines[at : at + 6]) for at in (0, 6, 12)), HINDI]


async def demo_speech(texts: list[str]) -> list[Samples]:
    """Return clips of every demo voice, in English and Hindi."""
    settings = Settings(engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.EAGER)
    clips = []
    async with open_runtime(settings) as runtime:
        for number, voice in enumerate(runtime.checkpoint.voices):
            for text in (texts[number % 3], texts[3]):
                utterance = Utterance(text, voice, runtime.checkpoint.sampling, RATE)
                request = RequestState(Arrival("mark", time.perf_counter()), utterance)
                async with runtime.pipeline.speak(request) as blocks:
                    clips.append(np.concatenate([block.samples async for block in blocks])[: SECONDS * RATE])
    return clips


def recordings(folder: Path) -> list[Samples]:
    """Return clips of 10 s, of the recordings in each folder below `folder`, joined."""
    by_folder: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob("*.g722")):
        by_folder.setdefault(path.parent, []).append(path)
    clips = []
    for paths in by_folder.values():
        speech = np.concatenate([_read(path) for path in paths])
        clips += list(speech[: len(speech) // (SECONDS * RATE) * SECONDS * RATE].reshape(-1, SECONDS * RATE))
    random.Random(1).shuffle(clips)
    return clips


def _read(path: Path) -> Samples:
    with av.open(path, format="g722") as file:
        frames = [frame.to_ndarray()[0] for frame in file.decode(audio=0)]
    return np.concatenate([np.zeros(0, np.int16), *frames]).astype(np.float32) / np.float32(2**15)


def _piped(*command: str, wave: Samples) -> Samples:
    ended = subprocess.run(command, input=wave.astype("<f4").tobytes(), capture_output=True, check=True)
    return np.frombuffer(ended.stdout, "<f4")


def coded(codec: str, container: str, kbits: int) -> Attack:
    def attack(wave: Samples) -> Samples:
        encoder = MuxedEncoder(RATE, StreamSettings(codec, container, bit_rate=kbits * 1000))  # type: ignore[arg-type]
        data = b"".join([*encoder.feed(Pcm(wave, RATE)), *encoder.finish()])
        return _decoded(data)

    return attack


def _decoded(data: bytes) -> Samples:
    decoded = decode_recording(data, max_s=60)
    return soxr.resample(decoded.wave, decoded.rate, RATE).astype(np.float32)


def mulaw(wave: Samples) -> Samples:
    encoder = MulawEncoder()
    narrow = soxr.resample(wave, RATE, MULAW_RATE)
    return _decoded(b"".join([*encoder.feed(Pcm(narrow, MULAW_RATE)), *encoder.finish()]))


def noisy(below_db: float) -> Attack:
    def attack(wave: Samples) -> Samples:
        power = np.mean(wave.astype(np.float64) ** 2) * 10 ** (-below_db / 10)
        return (wave + np.random.default_rng(5).normal(0, np.sqrt(power), len(wave))).astype(np.float32)

    return attack


def with_sox(*effect: str) -> Attack:
    form = ("-t", "f32", "-r", str(RATE), "-c", "1", "-")
    return lambda wave: _piped("sox", *form, *form, *effect, wave=0.5 * wave)


def resampled(rate: int) -> Attack:
    return lambda wave: soxr.resample(soxr.resample(wave, RATE, rate), rate, RATE)


ATTACKS: dict[str, Attack] = {
    "none": lambda wave: wave,
    "MP3 64 kbit/s": coded("libmp3lame", "mp3", 64),
    "MP3 32 kbit/s": coded("libmp3lame", "mp3", 32),
    "AAC 64 kbit/s": coded("aac", "adts", 64),
    "Opus 24 kbit/s": coded("libopus", "ogg", 24),
    "Opus 16 kbit/s": coded("libopus", "ogg", 16),
    "Opus 12 kbit/s": coded("libopus", "ogg", 12),
    "mu-law 8 kHz": mulaw,
    "resampled to 8 kHz": resampled(8_000),
    "resampled to 11.025 kHz": resampled(11_025),
    "resampled to 44.1 kHz": resampled(44_100),
    "noise 30 dB below": noisy(30),
    "noise 20 dB below": noisy(20),
    "noise 10 dB below": noisy(10),
    "speed 0.9, pitch too": with_sox("speed", "0.9"),
    "speed 1.1, pitch too": with_sox("speed", "1.1"),
    "tempo 0.9": with_sox("tempo", "-s", "0.9"),
    "tempo 1.1": with_sox("tempo", "-s", "1.1"),
    "level -30 dB": lambda wave: 0.0316 * wave,
    "level +20 dB, clipped": lambda wave: np.clip(10 * wave, -1, 1),
    "cut to 5 s": lambda wave: wave[2 * RATE + 777 : 7 * RATE + 777],
    "mu-law, then MP3 64 kbit/s": lambda wave: coded("libmp3lame", "mp3", 64)(mulaw(wave)),
    "reverberation": with_sox("reverb", "50"),
}


def best(wave: Samples) -> Sighting | None:
    return max(DETECTOR.sightings(wave.astype(np.float64)), key=lambda one: one.score, default=None)


def detection(waves: list[Samples]) -> dict[str, object]:
    """Return the share of clips that are found with the right id, wrong ids, and the scores."""
    found = [one for one in map(best, waves) if one]
    right = sum(one.marked and one.mark_id == MARK_ID for one in found)
    scores = [one.score for one in found] or [0.0]
    return {
        "found": f"{right} of {len(waves)}",
        "wrong_ids": sum(one.marked and one.mark_id != MARK_ID for one in found),
        "median_score": round(median(scores), 1),
        "least_score": round(min(scores), 1),
    }


def false_alarms(clips: list[Samples], secrets: int) -> dict[str, object]:
    """Search unmarked clips with several secrets each."""
    detectors = [MarkDetector(MarkPattern.of(f"secret {n} of a deployment")) for n in range(secrets)]
    scores = []
    for clip in clips:
        cells = cells_of(echo_cepstra(clip.astype(np.float64), longest=LONGEST))
        scores += [detector.best(cells)[0] for detector in detectors]
    least = float(np.sqrt(2 * np.log(HYPOTHESES / MOST_FALSE_ALARM)))
    return {
        "bound_by_calculation": MOST_FALSE_ALARM,
        "score_at_the_bound": round(least, 2),
        "clips": len(clips),
        "secrets_each": secrets,
        "found": int(sum(score >= least for score in scores)),
        "largest_score": round(max(scores), 2),
        "median_score": round(median(scores), 2),
    }


def cost_ms(wave: Samples) -> dict[str, float]:
    """Return milliseconds of CPU time for a second of sound, by the length of blocks: the best of ROUNDS."""
    figures = {}
    for block_ms in BLOCKS_MS:
        took = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            marked(wave, RATE * block_ms // 1000)
            took.append(time.process_time() - begun)
        figures[f"blocks of {block_ms} ms"] = round(min(took) * 1000 / (len(wave) / RATE), 3)
    return figures


def audibility(clips: list[Samples], change: Attack) -> dict[str, float]:
    """Return the level of the change against masking, over all frames and bands of speech."""
    levels = []
    for clip in clips:
        changed = change(clip)[: len(clip)].astype(np.float64)
        speech = clip[: len(changed)].astype(np.float64)
        levels.append(noise_to_mask_db(speech, changed - speech))
    every = np.concatenate(levels)
    return {
        "median_db": round(float(np.median(every)), 1),
        "p95_db": round(float(np.percentile(every, 95)), 1),
        "share_above_threshold": round(float(np.mean(every > 0)), 4),
        "mean_of_frames_db": round(float(np.mean(10 * np.log10(np.mean(10 ** (every / 10), axis=1)))), 1),
    }


def words(clips: list[Samples]) -> dict[str, object]:
    """Compare the words that pocketsphinx recognises with and without the mark."""
    from training.demo_voice.recogniser import Recogniser, errors

    recogniser = Recogniser()
    heard = [(recogniser.recognise(clip), recogniser.recognise(marked(clip))) for clip in clips]
    shifted = [
        errors(plain, recogniser.recognise(0.999 * clip[7:])) for (plain, _), clip in zip(heard, clips, strict=True)
    ]
    return {
        "words": sum(len(plain) for plain, _ in heard),
        "differ_with_the_mark": sum(errors(plain, other) for plain, other in heard),
        "differ_after_a_cut_of_7_samples": sum(shifted),
    }


def recordings_option(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return `parser` with the option `--speech`."""
    parser.add_argument("--speech", type=Path, default=Path("/usr/share/asterisk/sounds"))
    return parser


def main() -> None:
    """Measure everything; the figures are written one by one."""
    parser = recordings_option(output_option("mark"))
    parser.add_argument("--clips", type=int, default=24, help="recordings for the attacks")
    parser.add_argument("--unmarked", type=int, default=500, help="recordings for the false alarms")
    parser.add_argument("--secrets", type=int, default=6, help="secrets for the false alarms")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="each is a process's work of minutes")
    options = parser.parse_args()
    parts, human = set(options.parts), recordings(options.speech)
    sets = {"human": human[: options.clips]}
    if parts - {"human", "false_alarms", "cost"}:
        sets["demo"] = asyncio.run(demo_speech(texts_of(SENTENCES)))
    sheet = Sheet(options.out, limit_s=3600, mark_db=MARK_DB, hypotheses=HYPOTHESES)
    if "cost" in parts:
        sheet.add("cost_ms_per_s", cost_ms(human[0]))
    for kind, clips in sets.items():
        if kind in parts:
            survival(sheet, kind, clips)
    if "false_alarms" in parts:
        sheet.add("false_alarms", false_alarms(human[: options.unmarked], options.secrets))
    if "words" in parts:
        sheet.add("words", words([*sets["demo"][::4], *sets["human"][:6]]))


def survival(sheet: Sheet, kind: str, clips: list[Samples]) -> None:
    """Measure the audibility of the mark, and its detection by the clips' length and after each attack."""
    sheet.add(f"{kind}_audibility", audibility(clips, marked))
    sheet.add(f"{kind}_audibility_of_mulaw_16khz", audibility(clips, lambda wave: wave + _mulaw_error(wave)))
    for length in LENGTHS_S:
        sheet.add(f"{kind}_{length}_s", detection([marked(clip)[: length * RATE] for clip in clips]))
    for name, attack in ATTACKS.items():
        sheet.add(f"{kind} {name}", detection([attack(marked(clip)) for clip in clips]))


def _mulaw_error(wave: Samples) -> Samples:
    """Return the error of mu-law at 16 kHz, as a known change to compare with."""
    scaled = np.sign(wave) * np.log1p(255 * np.abs(wave)) / np.log(256)
    rounded = np.round(scaled * 127) / 127
    back: Samples = (np.sign(rounded) * (np.power(256.0, np.abs(rounded)) - 1) / 255).astype(np.float32)
    return back - wave


if __name__ == "__main__":
    main()
