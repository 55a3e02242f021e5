"""The trial takes the fastest form that is near enough and nowhere slower than the reference."""

import time

import numpy as np
import pytest

from core.forms import trial
from core.forms.trial import choose, distance_db

SOUND = np.random.default_rng(0).normal(0, 0.1, 1000).astype(np.float32)
SIZES = ("small", "large")


def form(*took_s, error=0.0):
    """Return a form that takes a known time for each size."""

    def run(size):
        time.sleep(took_s[size])
        return SOUND * np.float32(1 + error)

    return run


REFERENCE = form(0.02, 0.03)


def test_trial_takes_the_fastest_form():
    forms = {"slow": form(0.03, 0.05), "eager": REFERENCE, "fast": form(0.002, 0.003), "fair": form(0.01, 0.01)}
    verdict = choose(forms, reference="eager", sizes=SIZES)
    assert verdict.name == "fast" and verdict.gain > 2
    assert "small and large" in verdict.reason and "30 dB or more to eager" in verdict.reason
    assert "fast" in verdict.reason and "equal" in verdict.reason and "\n" not in verdict.reason


def test_trial_refuses_a_form_below_the_bound():
    forms = {"eager": REFERENCE, "rough": form(0.001, 0.001, error=0.04), "near": form(0.01, 0.01, error=0.02)}
    verdict = choose(forms, reference="eager", sizes=SIZES)
    assert verdict.name == "near"
    assert "rough" in verdict.reason and "28 dB (too far)" in verdict.reason


def test_trial_refuses_a_form_that_is_slower_at_one_size():
    forms = {"eager": REFERENCE, "uneven": form(0.0, 0.05)}
    assert choose(forms, reference="eager", sizes=SIZES).name == "eager"


@pytest.mark.parametrize("broken", [SOUND * np.nan, SOUND * np.inf])
def test_trial_refuses_a_form_whose_sound_is_not_finite(broken):
    verdict = choose({"eager": REFERENCE, "broken": lambda size: broken}, reference="eager", sizes=SIZES)
    assert verdict.name == "eager"


def test_trial_ends_within_its_budget(monkeypatch):
    monkeypatch.setattr(trial, "BUDGET_S", 0.05)
    forms = {"eager": form(0.03, 9), "fast": form(0.02, 9)}
    started = time.perf_counter()
    verdict = choose(forms, reference="eager", sizes=SIZES)
    assert time.perf_counter() - started < 2
    assert verdict.name == "fast" and "large" not in verdict.reason, "the large size was left out"


def test_distance_is_the_signal_to_noise_ratio():
    assert distance_db(SOUND * np.float32(1.01), SOUND) == pytest.approx(40, abs=0.1)
    assert distance_db(SOUND, SOUND) == np.inf
    assert distance_db(SOUND, np.zeros_like(SOUND)) == -np.inf
