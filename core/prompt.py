"""Text of one chunk -> the token ids that ask the model to speak it. Knows nothing of engines."""

from dataclasses import replace

from core.checkpoint.reading import Checkpoint
from shared.types import GlobalTokens, Prompt, Sampling, Voice

SLOWEST_TOKENS_PER_CHARACTER = 10  # 0.2 s a character: twice what slow speech in any of the three languages takes
LEAST_BUDGET = 200


class PromptBuilder:
    """The published prompt layout (Spark-TTS, as fine-tunes with named speakers use it) for one checkpoint."""

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
        streaming: bool = True,
    ) -> Prompt:
        """Build a prompt. With the voice's `global_tokens`, the answer begins at the first semantic token.

        The token budget follows the length of the text, which stops a model that runs away.
        """
        vocabulary, control = self._vocabulary, self._vocabulary.control
        asked = vocabulary.encode_text(self._template.format(speaker=voice.speaker, text=text))
        ids = [control.task_tts, control.start_content, *asked, control.end_content, control.start_global]
        if global_tokens is not None:
            ids += [*vocabulary.globals.ids(global_tokens.ids), control.end_global, control.start_semantic]
        budget = min(sampling.max_tokens, LEAST_BUDGET + SLOWEST_TOKENS_PER_CHARACTER * len(text))
        return Prompt(tuple(ids), vocabulary.stop_ids, replace(sampling, max_tokens=budget), streaming)
