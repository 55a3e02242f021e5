"""Rows of the language model's training, and batches of them."""

from dataclasses import dataclass

import torch

IGNORED = -100
"""Label of positions that the loss leaves out."""


@dataclass(frozen=True, slots=True)
class Row:
    """Training sequence: token ids, their positions, and labels (IGNORED in the prompt)."""

    ids: list[int]
    positions: list[int]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors [rows, length]: ids, positions and labels, labels already shifted by one."""

    ids: torch.Tensor
    positions: torch.Tensor
    labels: torch.Tensor


def collate(rows: list[Row]) -> Batch:
    """Pad rows on the right, where causal attention needs no mask, and shift the labels."""
    length = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    positions, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids[i, :n] = torch.tensor(row.ids)
        positions[i, :n] = torch.tensor(row.positions)
        labels[i, : n - 1] = torch.tensor(row.labels[1:])
    return Batch(ids, positions, labels)
