"""Time warping between two sequences of which one is a stretched copy."""

import numpy as np

from training.demo_voice.retrieval import distance, warping_path


def frames(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.cumsum(rng.standard_normal((count, 13)), axis=0).astype(np.float32)


def test_path_follows_a_stretched_copy() -> None:
    a = frames(40)
    source = np.repeat(np.arange(40), np.where(np.arange(40) < 20, 1, 3))
    path = warping_path(a, a[source])
    assert tuple(path[0]) == (0, 0)
    assert tuple(path[-1]) == (39, len(source) - 1)
    assert (source[path[:, 1]] == path[:, 0]).all()


def test_path_costs_what_the_distance_says() -> None:
    a, b = frames(30), frames(37)[::-1]
    path = warping_path(a, b)
    assert (np.diff(path, axis=0).max(axis=1) == 1).all()
    cost = np.linalg.norm(a[path[:, 0]] - b[path[:, 1]], axis=1).sum() / (len(a) + len(b))
    assert abs(cost - distance(a, b)) < 1e-3
