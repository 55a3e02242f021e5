"""Build the prompt for the text of one chunk: the token ids that the model continues. Knows nothing of engines."""

from dataclasses import replace

from core.checkpoint.reading import Checkpoint
from shared.steps import Steps, finish
from shared.types import GlobalTokens, Prompt, Sampling, Voice

MAX_TOKENS_PER_CHARACTER = 10
"""Semantic tokens (20 ms each) allowed per character: 0.2 s, twice what slow speech takes in any of the languages."""
MIN_TOKEN_BUDGET = 200
"""Semantic tokens allowed in addition: 4 s. Chosen: it covers pauses, and short texts such as one number."""


class PromptBuilder:
    """Builder of prompts in Spark-TTS's published layout, with named speakers, for one checkpoint."""

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
        """Return the prompt of one chunk. With the voice's `global_tokens`, the answer begins with semantic tokens.

        The token budget is proportional to the length of the text, which bounds a model that does not stop.
        """
        return finish(self.build_steps(text, voice, sampling, global_tokens=global_tokens))

    def build_steps(
        self, text: str, voice: Voice, sampling: Sampling, *, global_tokens: GlobalTokens | None
    ) -> Steps[Prompt]:
        """Do the work of `build` in steps; a text of one chunk takes one."""
        vocabulary, control = self._vocabulary, self._vocabulary.control
        content = yield from vocabulary.encode_text_steps(self._template.format(speaker=voice.speaker, text=text))
        ids = [control.task_tts, control.start_content, *content, control.end_content, control.start_global]
        if global_tokens is not None:
            ids += [*vocabulary.globals.ids(global_tokens.ids), control.end_global, control.start_semantic]
        budget = min(sampling.max_tokens, MIN_TOKEN_BUDGET + MAX_TOKENS_PER_CHARACTER * len(text))
        return Prompt(tuple(ids), vocabulary.stop_ids, replace(sampling, max_tokens=budget))
