"""Embedding of the language model's tokens: a semantic token is the sum of its part's vector and its slot's.

All phones share sixteen vectors of slots, so that the model learns once how a phase goes on. The sum makes a token's
logit a sum as well; the normaliser over all tokens needs only the parts and the slots.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.checkpoint.names import semantic_token
from training.demo_voice.codes import CODE_COUNT, PART_OF, PARTS, SLOT_OF, SLOTS, TURNS
from training.demo_voice.designs import pitch_rows
from training.demo_voice.vocabulary import EMBEDDING_ROWS, SEMANTIC_0, STYLES, tokenizer


class TokenTable(nn.Module):
    """Rows of all tokens: `plain` for tokens without a meaning in sound, `parts` and `slots` for semantic ones."""

    def __init__(self, width: int) -> None:
        super().__init__()
        plain = EMBEDDING_ROWS - CODE_COUNT
        self.rows = nn.Parameter(0.02 * torch.randn(plain + PARTS, width))
        values = torch.tensor(STYLES.pitch_value) - CODE_COUNT  # these tokens follow the semantic ones
        self.rows.data[values] = pitch_rows(width, len(values))
        self.slots = nn.Parameter(_turning(width))
        places = torch.cat(
            (torch.arange(SEMANTIC_0), plain + torch.from_numpy(PART_OF), torch.arange(SEMANTIC_0, plain))
        )
        slots = torch.full((EMBEDDING_ROWS,), SLOTS)
        slots[SEMANTIC_0 : SEMANTIC_0 + CODE_COUNT] = torch.from_numpy(SLOT_OF) % (SLOTS + 1)
        turning = torch.zeros(plain + PARTS)
        turning[plain:] = torch.from_numpy(TURNS)
        self.register_buffer("place_of", places)
        self.register_buffer("slot_of", slots)
        self.register_buffer("turning", turning)

    def forward(self, ids: Tensor) -> Tensor:
        """[...] ids -> [..., width]."""
        silent = self.slots.new_zeros(1, self.slots.shape[1])
        return self.rows[self.place_of[ids]] + torch.cat((self.slots, silent))[self.slot_of[ids]]

    def whole(self) -> Tensor:
        """Return the rows of all tokens [EMBEDDING_ROWS, width]."""
        return self(torch.arange(EMBEDDING_ROWS))

    def losses(self, hidden: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return the cross-entropy of each id [N] after states [N, width], and the part of it that slots make."""
        logits, turns = (hidden @ self.rows.T).float(), (hidden @ self.slots.T).float()
        spread = turns.logsumexp(1, keepdim=True)
        total = (logits + self.turning * spread).logsumexp(1)
        slots = self.slot_of[ids]
        voiced = slots < SLOTS
        chosen = torch.where(voiced, turns.gather(1, slots.clamp(max=SLOTS - 1)[:, None])[:, 0], 0.0)
        right = logits.gather(1, self.place_of[ids][:, None])[:, 0] + chosen
        return total - right, torch.where(voiced, spread[:, 0] - chosen, 0.0)

    @torch.no_grad()
    def take(self, rows: Tensor, names: Mapping[str, int]) -> None:
        """Take the rows of another table with the same semantic tokens, whose ids have `names`.

        A part gets the mean of its codes, a slot the mean of what its codes have beyond their parts.
        """
        for name, i in tokenizer().get_vocab().items():
            if name in names and not SEMANTIC_0 <= i < SEMANTIC_0 + CODE_COUNT:
                self.rows[self.place_of[i]] = rows[names[name]]
        codes = rows[[names[semantic_token(code)] for code in range(CODE_COUNT)]]
        parts = _means(codes, torch.from_numpy(PART_OF), PARTS)
        self.rows[-PARTS:] = parts
        turning = torch.from_numpy(SLOT_OF) >= 0
        self.slots[:] = _means((codes - parts[PART_OF])[turning], torch.from_numpy(SLOT_OF)[turning], SLOTS)


def _means(rows: Tensor, places: Tensor, count: int) -> Tensor:
    """Return the mean of the rows [N, width] of each place [N]: [count, width]."""
    sums = torch.zeros(count, rows.shape[1]).index_add_(0, places, rows)
    return sums / places.bincount(minlength=count)[:, None]


def _turning(width: int) -> Tensor:
    """Return vectors of the slots that turn with them, [SLOTS, width], of length 1."""
    angles = 2 * math.pi * torch.arange(SLOTS)[:, None] * torch.arange(1, SLOTS // 2) / SLOTS
    waves = torch.cat((angles.cos(), angles.sin()), 1)
    axes, _ = torch.linalg.qr(torch.randn(width, waves.shape[1]))
    return waves @ axes.T / waves.shape[1] ** 0.5 * 2**0.5
