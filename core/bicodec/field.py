"""Compute the decoder's receptive field for any config, by arithmetic on ranges.

Except for the speaker, every operation of the decoder is local, so a range of outputs depends on one range of inputs.
Ranges are not clipped: a negative start lies before the first token.
"""

from dataclasses import dataclass

from core.bicodec import vocos
from core.bicodec.config import BiCodecConfig, GeneratorConfig, PrenetConfig
from core.bicodec.generator import DILATIONS
from core.bicodec.generator import KERNEL as GENERATOR_KERNEL


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """Numbers of semantic tokens before and after a token on which its samples depend.

    `prenet_*`: from frames to tokens. `generator_*`: from samples to frames, in tokens. Their sum is an upper bound of
    the whole decoder's field, and exact for the published model (57 + 10 on each side).
    """

    prenet_left: int
    prenet_right: int
    generator_left: int
    generator_right: int

    @classmethod
    def of(cls, config: BiCodecConfig) -> "ReceptiveField":
        """Return the receptive field of a decoder."""
        frames = config.frames_per_token
        tokens = prenet_inputs(config.prenet, range(frames))
        span = generator_inputs(config.decoder, range(config.hop))[0]
        return cls(
            prenet_left=-tokens.start,
            prenet_right=tokens.stop - 1,
            generator_left=-(span.start // frames),
            generator_right=-((frames - span.stop) // frames),
        )

    @property
    def left(self) -> int:
        return self.prenet_left + self.generator_left

    @property
    def right(self) -> int:
        return self.prenet_right + self.generator_right


def generator_inputs(config: GeneratorConfig, samples: range) -> list[range]:
    """Return the rows on which `samples` depend: inputs of the first convolution, each stage and the last Snake."""
    margin = GENERATOR_KERNEL // 2
    rows = _widened(samples, margin)
    needed = [rows]
    for kernel, rate in reversed(list(zip(config.kernel_sizes, config.rates, strict=True))):
        rows = _widened(rows, margin * sum(DILATIONS))
        rows = _before_transposed(rows, kernel=kernel, rate=rate, padding=(kernel - rate) // 2)
        needed.append(rows)
    return [_widened(rows, margin), *reversed(needed)]


def prenet_inputs(config: PrenetConfig, frames: range) -> range:
    """Return the semantic tokens on which prenet frames depend."""
    margin = vocos.KERNEL // 2
    rows = _widened(frames, margin * (1 + config.vocos_num_layers))
    for ratio in reversed(config.sample_ratios):
        rows = _widened(rows, margin * (1 + vocos.STAGE_BLOCKS))
        if ratio > 1:  # each input is repeated and passes a transposed convolution
            smooth = _before_transposed(rows, kernel=2 * ratio, rate=ratio, padding=ratio // 2 + ratio % 2)
            rows = range(min(smooth.start, rows.start // ratio), max(smooth.stop, (rows.stop - 1) // ratio + 1))
    return rows


def _widened(rows: range, margin: int) -> range:
    return range(rows.start - margin, rows.stop + margin)


def _before_transposed(rows: range, *, kernel: int, rate: int, padding: int) -> range:
    """Return a transposed convolution's inputs: output n depends on t with 0 <= n + padding - rate * t < kernel."""
    first = -((kernel - 1 - padding - rows.start) // rate)
    return range(first, (rows.stop - 1 + padding) // rate + 1)
