"""Build the prompt for the text of one chunk: the token ids that the model continues. Knows nothing of engines."""

from dataclasses import replace

from core.checkpoint.reading import Checkpoint
from core.checkpoint.style_tokens import StyleTokens
from shared.errors import ValidationFailed
from shared.steps import Steps, finish
from shared.types import GlobalTokens, Prompt, Sampling, Style, Voice, VoiceSource

MAX_TOKENS_PER_CHARACTER = 10
"""Semantic tokens (20 ms each) allowed per character: 0.2 s, twice what slow speech takes in any of the languages."""
MIN_TOKEN_BUDGET = 200
"""Semantic tokens allowed in addition: 4 s. Chosen: it covers pauses, and short texts such as one number."""


class PromptBuilder:
    """Builder of prompts in Spark-TTS's published layout, for one checkpoint.

    A voice of the checkpoint, and a mix of such voices, is named by the checkpoint's template. Another voice that a
    caller made has upstream's own prompt, which contains the text alone.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._vocabulary = checkpoint.vocabulary
        self._template = checkpoint.prompt

    def build(
        self,
        text: str,
        voice: Voice,
        sampling: Sampling,
        *,
        global_tokens: GlobalTokens | None,
    ) -> Prompt:
        """Return the prompt of one chunk. With the voice's `global_tokens`, the answer has semantic tokens alone.

        The token budget is proportional to the length of the text, which bounds a model that does not stop.
        """
        return finish(self.build_steps(text, voice, sampling, global_tokens=global_tokens))

    def build_steps(
        self, text: str, voice: Voice, sampling: Sampling, *, global_tokens: GlobalTokens | None
    ) -> Steps[Prompt]:
        """Do the work of `build` in steps; a text of one chunk takes one."""
        vocabulary, control = self._vocabulary, self._vocabulary.control
        content = yield from vocabulary.encode_text_steps(self._content(text, voice))
        task = control.task_tts if voice.style is None else self._style_tokens().task
        ids = [task, control.start_content, *content, control.end_content]
        if voice.style is not None:
            ids += self._style(voice.style)
        if global_tokens is not None:
            ids += [control.start_global, *vocabulary.globals.ids(global_tokens.ids), control.end_global]
            ids += self._speech(voice)
        elif voice.style is None:
            ids.append(control.start_global)
        budget = min(sampling.max_tokens, MIN_TOKEN_BUDGET + MAX_TOKENS_PER_CHARACTER * len(text))
        return Prompt(tuple(ids), vocabulary.stop_ids, replace(sampling, max_tokens=budget))

    def _content(self, text: str, voice: Voice) -> str:
        if voice.source is VoiceSource.CHECKPOINT or (voice.source is VoiceSource.MIXED and voice.speaker):
            return self._template.format(speaker=voice.speaker, text=text)
        return f"{voice.reference.transcript}{text}" if voice.reference else text

    def _speech(self, voice: Voice) -> tuple[int, ...]:
        """Return the beginning of the semantic part; upstream leaves it to the model for a clone without transcript."""
        if voice.reference:
            return self._vocabulary.control.start_semantic, *self._vocabulary.semantics.ids(
                voice.reference.semantic_tokens
            )
        return () if voice.source is VoiceSource.CLONED else (self._vocabulary.control.start_semantic,)

    def _style(self, style: Style) -> list[int]:
        """Return the labels, and the acoustic block where its values are known; else the model generates it."""
        tokens = self._style_tokens()
        labels = tokens.gender[style.gender], tokens.pitch_label[style.pitch], tokens.speed_label[style.speed]
        ids = [tokens.start_style, *labels, tokens.end_style]
        if style.pitch_value is not None and style.speed_value is not None:
            values = tokens.pitch_value[style.pitch_value], tokens.speed_value[style.speed_value]
            ids += [tokens.start_acoustic, *values, tokens.end_acoustic]
        return ids

    def _style_tokens(self) -> StyleTokens:
        if self._vocabulary.style is None:
            raise ValidationFailed("the loaded checkpoint has no tokens for designed voices")
        return self._vocabulary.style
