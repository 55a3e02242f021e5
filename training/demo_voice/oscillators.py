"""Harmonics as the wave generator's weights: its Snakes are the sines, the prenet tells amplitudes and phases.

BiCodec's Snake is x + sin²(αx)/α, and sin²(x + y) - sin²(x - y) = sin(2x) sin(2y). With x a multiple of the phase and y
an amplitude, two channels of a residual unit are one harmonic. The phase is told by numbers for each token, its start
and its steps in turns; x - sin(2πNx)/(2πN), three times, pulls them to multiples of 1/N, the slots, so that the
prenet's small errors disappear. Between frames the pitch follows a quadratic spline. Noise passes beside the
oscillators as coefficients of a lapped transform (training/demo_voice/synthesis.py).

Channels of the generator's input: amplitudes, start and step of the phase, noise. Two upsampling stages: 2.5 ms rows,
then samples.
"""

import math

import torch
from torch import Tensor

from core.bicodec.generator import ResidualUnit, Stage, WaveGenerator
from training.demo_voice.codes import SLOTS

HARMONICS, NOISE_DIRECTIONS = 62, 190
"""Oscillators, and directions of the noise: as many as the channels of the last and of the first stage allow."""
START, STEP, NOISE = HARMONICS, HARMONICS + 1, HARMONICS + 2
INPUTS = HARMONICS + 2 + NOISE_DIRECTIONS
CHANNELS, RATES, KERNELS = 256, (8, 40), (24, 80)
"""The generator's first width, its stages' rates and kernels: three frames, two rows."""
ROWS, BLOCK = RATES
NEIGHBOURS = 3
"""Frames whose steps shape the pitch of one frame."""
ROW_NOISE, ROW_START = HARMONICS, HARMONICS + BLOCK
ROW_STEPS = ROW_START + 1
"""Channels of a 2.5 ms row: amplitudes, noise samples, start, and steps of the frame before, this and the next one,
each in the channel of the row's place in its frame."""
PHASE, SOUND = HARMONICS, HARMONICS + 1
"""Channels of a sample, after the amplitudes."""
DISPERSION = 0.006
"""Curvature of the harmonics' phases, in turns: pulses are spread over some milliseconds, as a throat does."""


def spline(place: float) -> list[float]:
    """Return the turns from a frame's start to `place` (0 to 1 frame) as weights of the steps before, here and next."""
    return [_integral(place + 0.5) - 1, _integral(place - 0.5), _integral(place - 1.5)]


def _integral(x: float) -> float:
    """Return the integral up to x of the quadratic B-spline, which is 1 beyond 1.5."""
    if abs(x) >= 1.5:
        return float(x > 0)
    if abs(x) <= 0.5:
        return 0.5 + 0.75 * x - x**3 / 3
    return 0.5 + math.copysign(0.5 - (1.5 - abs(x)) ** 3 / 6, x)


def hat(kernel: int, rate: int) -> Tensor:
    """Return the taps of linear interpolation between the centres of rows that are `rate` apart."""
    places = torch.arange(kernel) - (kernel - 1) / 2
    return (1 - places.abs() / rate).clamp(min=0)


def dispersed() -> Tensor:
    """Return the phase of each harmonic in turns."""
    index = torch.arange(1, HARMONICS + 1)
    return -DISPERSION * index**2 / 2


@torch.no_grad()
def become_oscillators(generator: WaveGenerator, *, scale: Tensor, peaks: Tensor, basis: Tensor) -> None:
    """Set the generator's weights.

    `scale` [INPUTS] multiplies the prenet's channels. An amplitude channel is then y, and the harmonic's amplitude is
    `peaks` [HARMONICS] times sin(2y). `basis` [NOISE_DIRECTIONS, 640] are the noise's waveforms.
    """
    first, rows, samples, _, last, _ = generator.model
    for parameter in generator.parameters():
        parameter.zero_()
    middle = first.kernel_size[0] // 2
    first.weight[:INPUTS, :INPUTS, middle] = torch.diag(scale)
    _set_rows(rows, basis)
    for unit in rows.block[2:]:
        _snap(unit)
    _set_samples(samples)
    half = -(-HARMONICS // 2)
    for unit, chosen in zip(samples.block[2:4], (range(half), range(half, HARMONICS)), strict=True):
        _oscillate(unit, chosen, peaks)
    last.weight[0, :HARMONICS, middle] = -2 * peaks
    last.weight[0, SOUND, middle] = 1


@torch.no_grad()
def settings_of(generator: WaveGenerator) -> dict[str, Tensor]:
    """Return the arguments that `become_oscillators` was called with, from the weights that it set."""
    first, rows, _, _, last, _ = generator.model
    middle = first.kernel_size[0] // 2
    up = rows.block[1]
    lead = up.padding[0]
    beside = up.weight[NOISE : NOISE + NOISE_DIRECTIONS, ROW_NOISE : ROW_NOISE + BLOCK, lead - 4 : lead + 12]
    return {
        "scale": first.weight[:INPUTS, :INPUTS, middle].diagonal().clone(),
        "peaks": last.weight[0, :HARMONICS, middle] / -2,
        "basis": beside.mT.reshape(NOISE_DIRECTIONS, -1),
    }


def _set_rows(stage: Stage, basis: Tensor) -> None:
    up = stage.block[1]
    lead = up.padding[0]
    for k in range(HARMONICS):
        up.weight[k, k] = hat(KERNELS[0], ROWS)
    beside = basis.view(NOISE_DIRECTIONS, -1, BLOCK).mT  # 16 rows: half a frame before, the frame, half a frame after
    up.weight[NOISE : NOISE + NOISE_DIRECTIONS, ROW_NOISE : ROW_NOISE + BLOCK, lead - 4 : lead + 12] = beside
    up.weight[START, ROW_START, lead : lead + ROWS] = 1
    for place in range(ROWS):
        for k, shift in enumerate((1, 0, -1)):  # a step reaches the rows of the next frame, its own, the one before
            up.weight[STEP, ROW_STEPS + k * ROWS + place, lead + ROWS * shift + place] = 1


def _snap(unit: ResidualUnit) -> None:
    """Make x - sin(2πNx)/(2πN) of the phases' channels."""
    _, wide, snake, narrow = unit.block
    middle = wide.kernel_size[0] // 2
    for i in range(1 + NEIGHBOURS * ROWS):
        channel = ROW_START + i
        for inner, sign in ((2 * i, 1), (2 * i + 1, -1)):
            wide.weight[inner, channel, middle] = sign
            wide.bias[inner] = sign / (4 * SLOTS)
            snake.alpha[0, inner] = math.pi * SLOTS
            narrow.weight[channel, inner, 0] = -0.5
        narrow.bias[channel] = 1 / (2 * math.pi * SLOTS)


def _set_samples(stage: Stage) -> None:
    up = stage.block[1]
    lead = up.padding[0]
    own = slice(lead, lead + BLOCK)
    for k in range(HARMONICS):
        up.weight[k, k] = hat(KERNELS[1], BLOCK)
    for n in range(BLOCK):
        up.weight[ROW_NOISE + n, SOUND, lead + n] = 1
    up.weight[ROW_START, PHASE, own] = 1
    along = torch.arange(BLOCK) / BLOCK
    for place in range(ROWS):
        for k, (a, b) in enumerate(zip(spline(place / ROWS), spline((place + 1) / ROWS), strict=True)):
            up.weight[ROW_STEPS + k * ROWS + place, PHASE, own] = a + (b - a) * along


def _oscillate(unit: ResidualUnit, chosen: range, peaks: Tensor) -> None:
    """Add the chosen harmonics to the sound; twice their amplitude channels are added too, which the end takes away."""
    _, wide, snake, narrow = unit.block
    middle = wide.kernel_size[0] // 2
    phases = dispersed()
    for i, k in enumerate(chosen):
        for inner, sign in ((2 * i, 1), (2 * i + 1, -1)):
            wide.weight[inner, PHASE, middle] = math.pi * (k + 1)
            wide.weight[inner, k, middle] = sign
            wide.bias[inner] = math.pi * phases[k]
            snake.alpha[0, inner] = 1
            narrow.weight[SOUND, inner, 0] = sign * peaks[k]


def oscillate(amplitudes: Tensor, starts: Tensor, steps: Tensor) -> Tensor:
    """Return the harmonics' sum, samples [320 T], of amplitudes [T, HARMONICS] and phases [T]: for comparison."""
    count = len(amplitudes)
    hop = ROWS * BLOCK
    at = torch.arange(count * hop)
    places = ((at + 0.5) / hop - 0.5).clamp(0, count - 1)
    low = places.long().clamp(max=count - 2)
    share = (places - low)[:, None]
    level = amplitudes[low] * (1 - share) + amplitudes[low + 1] * share
    weights = torch.tensor([spline(n / hop) for n in range(hop)]).repeat(count, 1)
    frame = at // hop
    around = torch.stack([steps[(frame + k).clamp(0, count - 1)] for k in (-1, 0, 1)], 1)
    phase = starts[frame].double() + (weights * around).sum(1).double()
    index = torch.arange(1, HARMONICS + 1)
    angles = 2 * math.pi * (phase[:, None] * index + dispersed())
    return (level * angles.sin()).sum(1).float()
