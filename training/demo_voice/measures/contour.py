"""Figures of a pitch contour: its range, its movement at the end, and its longest constant stretch."""

import numpy as np

from training.demo_voice.measures.pitch import STEP_S, Array, Pitch

LOW_PERCENT, HIGH_PERCENT = 5, 95
END_S, BEFORE_S = 0.1, 0.3
"""Seconds of voiced speech at the end, and just before it, whose medians are compared: a last syllable's second half,
and the one or two syllables before it.
"""
RISE, FALL = 2.0, -0.5
"""Semitones from which the end counts as a rise, as the issue of the voice asks, or as a fall: five times the error of
the tracker on a constant pitch. The size of falls is told beside their share.
"""
CONSTANT = 0.25
"""Semitones on each side of a value within which pitch is constant. The tracker spreads version 6 of the demo voice,
whose pitch is constant by construction, over 0.5 semitones.
"""
SMOOTHED = 5
"""Frames of the median filter that removes single errors of the tracker before constant stretches are searched."""


def pitch_range(pitch: Pitch) -> float:
    """Return the range in semitones, from the 5th to the 95th percentile of the voiced frames; 0 without voice."""
    if not pitch.voiced.any():
        return 0.0
    low, high = np.percentile(pitch.semitones, [LOW_PERCENT, HIGH_PERCENT])
    return float(high - low)


def final_movement(pitch: Pitch) -> float | None:
    """Return the movement at the end in semitones: positive where pitch rises.

    The median of the last END_S of voiced speech is compared with that of the BEFORE_S of voiced speech before.
    Pauses and voiceless sounds do not count. None: there is too little voiced speech.
    """
    end, before = round(END_S / STEP_S), round(BEFORE_S / STEP_S)
    semitones = pitch.semitones
    if len(semitones) < end + before:
        return None
    return float(np.median(semitones[-end:]) - np.median(semitones[-end - before : -end]))


def longest_constant_s(pitch: Pitch) -> float:
    """Return the length of the longest stretch of voiced speech whose pitch stays within CONSTANT of one value.

    Voiceless sounds between are left out and do not end a stretch: the ear hears the same pitch again.
    """
    semitones = _median_filtered(pitch.semitones)
    longest = start = 0
    for end in range(1, len(semitones) + 1):
        while np.ptp(semitones[start:end]) > 2 * CONSTANT:
            start += 1
        longest = max(longest, end - start)
    return longest * STEP_S


def _median_filtered(values: Array) -> Array:
    if len(values) < SMOOTHED:
        return values
    half = SMOOTHED // 2
    padded = np.pad(values, half, mode="edge")
    filtered: Array = np.median(np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED), axis=1)
    return filtered
