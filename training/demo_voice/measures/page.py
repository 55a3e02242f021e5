"""Page to listen to: sentences by the last version and the present one side by side, and a test of listeners.

`python -m training.demo_voice.measures.page --against FOLDER` writes build/voice.html, one file with all its sound.
The test plays sentences of one language in random order; the listener chooses among all of them.
"""

import argparse
import asyncio
import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from audio.encoders import ENCODERS
from shared.config import EngineKind
from shared.process import prepare_process
from shared.types import Pcm
from training.demo_voice.measures.pitch import RATE
from training.demo_voice.measures.systems import Samples, checkpoint_folder, open_checkpoint_system
from training.demo_voice.measures.takes import TAKES, Line, Take, TakeStore, spread
from training.demo_voice.references import TEACHERS
from training.demo_voice.unseen import Kind, sentences_of, unseen_sentences

OUT = Path("build/voice.html")
TEMPLATE = Path(__file__).with_name("page.html")
NAMES = {"en": "English", "hi": "हिन्दी", "te": "తెలుగు"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A version's name and its takes, in the order of the lines."""

    name: str
    takes: Sequence[Take]


def side_by_side(voices: Iterable[str], language: str, of_each_kind: int) -> list[Line]:
    """Return the first sentences of each kind for each voice."""
    return [
        Line(voice, language, kind, text)
        for voice in voices
        for kind in Kind
        for text in sentences_of(kind, language)[:of_each_kind]
    ]


def sound_uri(samples: Samples) -> str:
    """Return the samples as a data URI with Opus in Ogg."""
    opus = ENCODERS["opus"]
    encoder = opus.encoder(RATE)
    blocks = [*encoder.feed(Pcm(samples, RATE)), *encoder.finish()]
    head = bytearray(b"".join(blocks))
    tail = encoder.seal(head, len(head))
    return f"data:{opus.media_type};base64,{base64.b64encode(bytes(head) + tail).decode()}"


def page(versions: Sequence[Spoken], test: Sequence[Take]) -> str:
    """Return the page. All versions have takes of the same lines; `test` are the takes of the listener's test."""
    columns = "".join(f"<th>{escape(version.name)}</th>" for version in versions)
    rows = "".join(_row(takes) for takes in zip(*(version.takes for version in versions), strict=True))
    questions = [
        {"language": take.line.language, "text": take.line.text, "sound": sound_uri(take.samples)} for take in test
    ]
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        columns=columns,
        rows=rows,
        languages=json.dumps(NAMES),
        questions=json.dumps(questions, ensure_ascii=False).replace("</", "<\\/"),
    )


def _row(takes: Sequence[Take]) -> str:
    line = takes[0].line
    players = "".join(
        f'<td><audio controls preload="none" src="{sound_uri(take.samples)}"></audio></td>'
        if len(take.samples)
        else "<td>failed</td>"
        for take in takes
    )
    where = f'data-voice="{escape(line.voice.lower())}" data-language="{line.language}" data-kind="{line.purpose}"'
    return (
        f'<tr {where}><td>{escape(line.voice)}</td><td lang="{line.language}">{escape(line.text)}</td>{players}</tr>\n'
    )


async def speak(options: argparse.Namespace) -> tuple[list[Spoken], list[Take]]:
    """Return the takes of all versions, and those of the test by the present one; the store keeps them.

    Raises ValueError for a voice that a version lacks.
    """
    store, versions, test = TakeStore(options.takes), list[Spoken](), list[Take]()
    for folder in filter(None, (options.against, options.checkpoint)):
        async with open_checkpoint_system(folder, options.engine) as system:
            lines = []
            for language in TEACHERS:
                wanted = options.voices or sorted(system.voices(language), key=str.lower)
                lines += side_by_side(_found(wanted, system.voices(language)), language, options.of_each_kind)
            versions.append(Spoken(system.name, await store.speak(system, lines)))
            if folder == options.checkpoint:
                for language in TEACHERS:
                    texts = unseen_sentences(language)[: options.test]
                    pairs = spread(system.voices(language), texts, 1)
                    test += await store.speak(system, [Line(voice, language, "test", text) for voice, text in pairs])
    return versions, [take for take in test if len(take.samples)]


def _found(wanted: Sequence[str], voices: Sequence[str]) -> list[str]:
    """Return the voices of the wanted ids, which versions may write in other cases."""
    known = {voice.lower(): voice for voice in voices}
    if missing := [name for name in wanted if name.lower() not in known]:
        raise ValueError(f"no voice {', '.join(missing)}; there are {', '.join(voices)}")
    return [known[name.lower()] for name in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=checkpoint_folder, default=Path("voices/demo"))
    parser.add_argument("--against", type=checkpoint_folder, help="the last version, with the same voices")
    parser.add_argument("--voices", nargs="+", help="voices to hear side by side; default: all")
    parser.add_argument("--of-each-kind", type=int, default=1, help="sentences of each kind and voice")
    parser.add_argument("--test", type=int, default=100, help="sentences of each language in the listener's test")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--takes", type=Path, default=TAKES, help="folder that keeps the takes")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    prepare_process()
    try:
        versions, test = asyncio.run(speak(options))
    except ValueError as error:
        parser.error(str(error))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page(versions, test), "utf-8")
    print(f"{options.out}: {len(versions[0].takes)} sentences side by side, {len(test)} in the test")


if __name__ == "__main__":
    main()
