"""Voices and readers for the tests of markup."""

from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form, read_steps
from processing.script import Script, ScriptRules, write_script
from services.voices import VoiceBook
from shared.passages import MarkedText, MarkupReport, Passage
from shared.steps import finish
from shared.types import Sampling, Utterance, Voice

VOICES = VoiceBook([Voice(id="one", name="One"), Voice(id="two", name="Two", aliases=("second",))])
RULES = ScriptRules(threshold=220, target=170, emotions=("excited",))


def read(text: str, form: Form = Form.SSML) -> tuple[tuple[Passage, ...], MarkupReport]:
    marked, report = finish(read_steps(text, form, VOICES))
    return marked.passages, report


def script(text: str, form: Form = Form.SSML, **more: object) -> Script:
    passages, _ = read(text, form)
    written = MarkedText.of(passages)
    voice = VOICES.voices[0]
    fields = {"text": written, "voice": voice, "sampling": Sampling(), "rate": 16_000, "passages": passages}
    return write_script(Utterance(**fields | more), RULES)


def spoken(text: str, form: Form = Form.SSML) -> str:
    return script(text, form).spoken


def arrive(text: str, size: int, form: Form = Form.SSML) -> list[Passage]:
    """Return the passages of a text that arrives in pieces of `size` characters."""
    segmenter = MarkupSegmenter(form, VOICES)
    given = [finish(segmenter.feed_steps(text[at : at + size])) for at in range(0, len(text), size)]
    return [passage for text in (*given, segmenter.finish()) if text for passage in text.passages]
