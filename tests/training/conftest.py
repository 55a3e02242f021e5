"""Fixtures of training tests: prompts as the service builds them, with the vocabulary of the voice."""

from dataclasses import replace

import pytest

from core.checkpoint.vocabulary import read_vocabulary
from core.prompt import PromptBuilder
from training.demo_voice.vocabulary import TOKEN_COUNT, write


@pytest.fixture(scope="module")
def prompts(tiny, tmp_path_factory) -> PromptBuilder:
    folder = tmp_path_factory.mktemp("vocabulary")
    write(folder)
    return PromptBuilder(replace(tiny, vocabulary=read_vocabulary(folder / "tokenizer.json", rows=TOKEN_COUNT)))
