"""Training, saving, loading and streaming at the published dimensions, with random weights and random pairs.

Nothing here says anything about accuracy: random tokens have none.
"""

import json
import math
import random

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from core.alignment import load_aligner
from core.checkpoint.reading import open_checkpoint
from tools.aligner.batches import word_spans
from tools.aligner.texts import rows
from tools.checkpoints.builder import build_checkpoint

PUBLISHED_CODES = 8192


@pytest.mark.slow
def test_aligner_is_trained_saved_loaded_and_streamed_at_the_published_dimensions(tmp_path) -> None:
    root = build_checkpoint(tmp_path / "full", "full", dtype="bfloat16")
    rng, texts = random.Random(1), rows(["en", "hi", "te", "mr"], 1)
    pairs = tmp_path / "pairs.jsonl"
    with pairs.open("w", encoding="utf-8") as file:
        for text, _ in zip(texts, range(300), strict=False):
            tokens = [rng.randrange(PUBLISHED_CODES) for _ in range(4 * len(text))]
            file.write(json.dumps({"text": text, "tokens": tokens}, ensure_ascii=False) + "\n")
    result = CliRunner().invoke(app, ["train-aligner", str(root), "--minutes", "0.5", "--pairs", str(pairs)])
    assert result.exit_code == 0, result.output
    config = open_checkpoint(root).aligner
    assert config is not None and config.codes == PUBLISHED_CODES
    values = sum(map(math.prod, config.shapes().values()))
    assert 1_000_000 < values < 2_000_000
    aligner = load_aligner(root)
    assert aligner is not None and aligner.lookahead <= 16
    text = next(texts)
    chunk, words = aligner.chunk(text, word_spans(text)), len(word_spans(text))

    spans = [span for _ in range(500) for span in chunk.feed([rng.randrange(PUBLISHED_CODES)])]
    spans += chunk.finish()[0]
    assert sorted({span.index for span in spans}) == list(range(words))
