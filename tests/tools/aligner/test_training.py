"""Training of an aligner on an invented language."""

from itertools import count

import numpy as np
import pytest
import torch

from core.alignment.aligner import TokenAligner
from core.alignment.files import AlignerConfig, read_aligner_config, read_weights, write_aligner
from core.alignment.network import PRIOR_SCALE, ScoreStream, TokenNetwork
from core.alignment.reading import Standard
from core.alignment.units import UnitTable
from tests.tools.aligner.language import CODES, LETTERS, pairs
from tools.aligner.batches import examples
from tools.aligner.calibration import calibrate
from tools.aligner.evaluation import evaluate
from tools.aligner.network import AlignerNetwork
from tools.aligner.training import Trainer

CONFIG = AlignerConfig(
    letters=LETTERS, codes=CODES, width=16, hidden=32, first_offsets=(-2, -1, 0, 1), second_offsets=(-3, 2)
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> TokenAligner:
    folder = tmp_path_factory.mktemp("aligner")
    torch.manual_seed(0)
    rows = pairs(300, seed=1)
    clock = count().__next__  # two ticks a step, whatever the machine's speed
    trainer = Trainer(examples(rows, UnitTable(LETTERS)), CONFIG, folder / "training.pt", torch.device("cpu"), clock)
    trainer.run(3000, lambda done, loss: None)
    write_aligner(folder, CONFIG, trainer.network.tensors())
    config = read_aligner_config(folder)
    network = TokenNetwork(read_weights(folder, config), UnitTable(config.letters))
    return TokenAligner(
        network, calibrate(TokenAligner(network, Standard(pace=0, alarm=3, jump=-12, again=0)), rows[:100])
    )


@pytest.mark.slow
def test_evaluation_measures_agreement_alarms_and_faults(trained) -> None:
    seen = []
    result = evaluate(trained, pairs(30, seed=3), done=lambda: seen.append(1))
    assert len(seen) == result.pairs == 30
    assert result.agreement > 0.95 and result.false_alarms <= 0.1
    assert result.found.keys() == {"removed", "doubled", "replaced", "tail"}
    assert result.found["tail"] > 0.9


def test_network_that_learns_scores_as_the_network_that_runs(tmp_path) -> None:
    torch.manual_seed(3)
    learning = AlignerNetwork(CONFIG).eval()
    write_aligner(tmp_path, CONFIG, learning.half().float().tensors())
    running = TokenNetwork(read_weights(tmp_path, CONFIG), UnitTable(LETTERS))
    ids = torch.randint(0, CODES, (1, 50))
    with torch.no_grad():
        expected, begins = learning(ids)
    stream = ScoreStream(running)
    stream.feed(ids[0].tolist())
    parts = [stream.take()]
    stream.finish()
    parts.append(stream.take())
    scores = torch.from_numpy(np.concatenate([part.units for part in parts], 1).T)
    onsets = torch.from_numpy(np.concatenate([part.onsets for part in parts]))
    found = scores + PRIOR_SCALE * learning.prior.log()
    letters = [0, *range(2, expected.shape[2])]  # unknown letters score by rule
    assert torch.allclose(found[:, letters].log_softmax(1), expected[0][:, letters].log_softmax(1), atol=2e-3)
    assert torch.allclose(onsets, begins[0], atol=2e-3)


def test_training_that_was_saved_is_not_done_again(tmp_path) -> None:
    torch.manual_seed(0)
    rows, path = examples(pairs(20, seed=1), UnitTable(LETTERS)), tmp_path / "training.pt"
    first = Trainer(rows, CONFIG, path, torch.device("cpu"), count().__next__)
    first.run(20, lambda done, loss: None)
    shares: list[float] = []
    again = Trainer(rows, CONFIG, path, torch.device("cpu"), count().__next__)
    again.run(20, lambda done, loss: shares.append(done))
    assert not shares
    for name, tensor in first.network.tensors().items():
        assert np.array_equal(tensor, again.network.tensors()[name]), name
