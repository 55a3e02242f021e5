"""Training of the aligner's network, in two stages, each bounded in seconds.

Stage 1 trains a network that sees one token on each side, by the sum over all paths (expectation-maximisation): with so
little context a letter's score rises where it sounds, and not later. A network that sees more learns to announce
letters late, because its context tells it what came before (measured: docs/alignment.md). Stage 2 trains the network
with the whole context on the shares that stage 1's network gives: it tells apart more, and inherits the times.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.alignment.files import AlignerConfig
from core.alignment.units import SILENCE
from tools.aligner.batches import Batch, Example, batches
from tools.aligner.network import AlignerNetwork
from tools.aligner.occupancy import occupancy

NARROW_OFFSETS = (-1, 0, 1)
NARROW_SHARE = 0.25
"""Share of the time for stage 1. Chosen: its starts stop improving after 3 million tokens."""
RATE, WARM_UP_STEPS, LAST_RATE = 3e-3, 50, 0.02
"""AdamW's learning rate, its first steps, and its last share: flat for half of the time, then linear."""
FLAT_SHARE = 0.15
"""Share of stage 1 at its beginning whose paths are drawn to an even spread of letters over the tokens. Chosen."""
SAVE_EVERY_S = 20.0
"""Seconds between two saved states of a training that can be resumed. Chosen."""
Report = Callable[[float, float], None]
"""Called with the share that is done, and the mean loss."""


class Trainer:
    """Trainer of both stages; resumes from `state_path` if that exists."""

    def __init__(
        self,
        rows: Sequence[Example],
        config: AlignerConfig,
        state_path: Path,
        device: torch.device,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows, self._path, self._device, self._clock = rows, state_path, device, clock
        narrow = config.model_copy(update={"first_offsets": NARROW_OFFSETS, "second_offsets": (0,)})
        self._narrow = AlignerNetwork(narrow).to(device)
        self.network = AlignerNetwork(config).to(device)
        self._done = [0.0, 0.0]  # shares of the stages
        if state_path.exists():
            self._restore(torch.load(state_path, weights_only=True, map_location=device))

    def run(self, seconds: float, report: Report) -> None:
        """Train both stages; a resumed training takes what remains of `seconds`."""
        shares = (NARROW_SHARE, 1 - NARROW_SHARE)
        for stage, (network, share) in enumerate(zip((self._narrow, self.network), shares, strict=True)):
            before = sum(shares[:stage])
            self._train(stage, network, seconds * share, _part(report, before, share))

    def _train(self, stage: int, network: AlignerNetwork, seconds: float, report: Report) -> None:
        optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-4)
        first = self._done[stage]
        begun = saved = self._clock()
        resumed, loss_mean = first > 0, 0.0
        for step, batch in enumerate(self._batches(stage)):
            done = self._done[stage] = min(1.0, first + (self._clock() - begun) / max(seconds, 1e-9))
            if done >= 1 and (step or resumed):
                break
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / WARM_UP_STEPS) * min(1, max(LAST_RATE, 2 * (1 - done)))
            flat = 0.0 if stage or done >= FLAT_SHARE else 1 - 0.7 * done / FLAT_SHARE
            loss = self._step(network, optimizer, batch, stage, flat)
            loss_mean = loss if step == 0 else loss_mean + 0.02 * (loss - loss_mean)
            report(done, loss_mean)
            if (now := self._clock()) - saved > SAVE_EVERY_S:
                self._save()
                saved = now
        self._save()

    def _batches(self, stage: int) -> Iterator[Batch]:
        seed = round(1e6 * self._done[stage])  # a resumed stage draws other pairs than it began with
        return batches(self._rows, codes=self.network.config.codes, seed=seed + stage)

    def _step(
        self, network: AlignerNetwork, optimizer: torch.optim.Optimizer, batch: Batch, stage: int, flat: float
    ) -> float:
        ids, mask = batch.ids.to(self._device), batch.mask.to(self._device)
        posteriors, onsets = network(ids)
        network.follow(posteriors[mask])
        with torch.no_grad():
            guide = self._narrow if stage else network
            scores = guide.likelihoods(guide(ids)[0] if stage else posteriors)
            scores = _of_states(scores, batch)
            if flat:
                scores = 0.3 * scores - flat * _distance(batch).to(self._device)
            shares = occupancy(scores.cpu().numpy(), batch.paths)
            possible = torch.from_numpy(shares.sum(2) > 0).to(self._device)  # tokens of texts that have a path
            begins = torch.from_numpy((shares * batch.paths.onsets[:, None]).sum(2)).to(self._device)
        own = _of_states(posteriors, batch)
        loss = -(torch.from_numpy(shares).to(self._device) * own).sum()
        loss = loss + F.binary_cross_entropy_with_logits(onsets[possible], begins[possible], reduction="sum")
        loss = loss / int(batch.paths.tokens.sum())
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        return float(loss.detach())

    def _save(self) -> None:
        state = {"narrow": self._narrow.state_dict(), "network": self.network.state_dict(), "done": self._done}
        partial = self._path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._path)

    def _restore(self, state: dict[str, object]) -> None:
        self._narrow.load_state_dict(state["narrow"])  # type: ignore[arg-type]
        self.network.load_state_dict(state["network"])  # type: ignore[arg-type]
        self._done = list(state["done"])  # type: ignore[call-overload]


def _of_states(scores: Tensor, batch: Batch) -> Tensor:
    """Return the scores [B, T, S] of a batch's states by those of units [B, T, U], all logarithms."""
    units, tails = batch.units.to(scores.device), batch.tails.to(scores.device)
    own = scores.gather(2, units[:, None].expand(-1, scores.shape[1], -1))
    return torch.where(tails[:, None], own.logaddexp(scores[..., SILENCE, None]), own)


def _part(report: Report, before: float, share: float) -> Report:
    """Return a report of one stage, which is `share` of the whole, `before` of which is done."""
    return lambda done, loss: report(before + share * done, loss)


def _distance(batch: Batch) -> Tensor:
    """Return the squared distance [B, T, S], in letters, of each state from where an even spread puts it.

    Silences between words are far from every token, so that no token is theirs before the letters are known.
    """
    silent = batch.units == SILENCE
    places = (~silent).cumsum(1).float() - 0.5
    places[silent] = 1e3
    places[:, 0] = 0
    letters = (~silent).sum(1)[:, None, None]
    tokens = torch.from_numpy(np.maximum(batch.paths.tokens - 4, 1))[:, None, None]
    expected = (torch.arange(batch.ids.shape[1])[None, :, None] - 1) / tokens * letters
    return ((expected - places[:, None]) ** 2 / 3).clamp_max(300)
