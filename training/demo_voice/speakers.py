"""The twelve speakers as points of a space of voices, and any other point of it.

Global tokens are the point's coordinates: each is told by a third of a dozen of the tokens' digits, so that the decoder
learns a space and not twelve names. Ids are lower case.
"""

from dataclasses import dataclass, fields

GLOBAL_TOKENS, GLOBAL_LEVELS = 32, (4, 4)
DIGIT_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Throat:
    """Point of the space of voices.

    `around_hz` is the middle of the pitches that slots can tell; `stretch` multiplies the teacher's formants; `tilt_db`
    is added per octave above 1 kHz; `breath_db` raises the noise of voiced sounds.
    """

    around_hz: float
    stretch: float = 1.0
    tilt_db: float = 0.0
    breath_db: float = 0.0

    @property
    def middle_hz(self) -> float:
        """Return `around_hz` as the global tokens tell it."""
        low, high = SPACE[0]
        return low + (high - low) * self._totals()[0] / (DIGITS * (DIGIT_LEVELS - 1))

    @property
    def global_tokens(self) -> list[int]:
        """Return 32 numbers below 16; the first coordinate is told by the first tokens."""
        digits = [(total + i) // DIGITS for total in self._totals() for i in range(DIGITS)]
        return [low + DIGIT_LEVELS * high for low, high in zip(digits[::2], digits[1::2], strict=True)]

    def _totals(self) -> list[int]:
        """Return the sum of each coordinate's digits."""
        shares = []
        for coordinate, (low, high) in zip(fields(self), SPACE, strict=True):
            shares.append((getattr(self, coordinate.name) - low) / (high - low))
        return [round(min(max(share, 0), 1) * DIGITS * (DIGIT_LEVELS - 1)) for share in shares]


SPACE = ((100.0, 250.0), (0.94, 1.22), (-4.0, 4.0), (0.0, 9.0))
"""Least and largest value of each coordinate."""
MIDDLES_HZ = (100.0, 150.0, 200.0, 250.0)
"""Middles in use: whole turns in a frame, so that a slot moves little, and alike in all voices, from frame to frame."""
DIGITS = 2 * GLOBAL_TOKENS // len(SPACE)
"""Digits of a coordinate, each with DIGIT_LEVELS levels; their sum tells it."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaker: a throat and a manner.

    `pitch_hz` is the usual pitch, `range` multiplies the teacher's semitones, `rate` its speed.
    """

    id: str
    gender: str
    throat: Throat
    pitch_hz: float
    range: float
    rate: float
    description: str
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name for display."""
        return self.id.capitalize()

    @property
    def middle_hz(self) -> float:
        """Return the middle of the pitches that the speaker can reach."""
        return self.throat.middle_hz

    @property
    def global_tokens(self) -> list[int]:
        """Return the throat's global tokens."""
        return self.throat.global_tokens


SPEAKERS = (
    Speaker("lipakshi", "female", Throat(200, 1.14, 0.0, 0), 194, 0.75, 1.0, "Clear and warm.", ("alloy", "nova")),
    Speaker("reet", "female", Throat(200, 1.15, 0.5, 2), 199, 0.75, 1.06, "Light and bright.", ("shimmer",)),
    Speaker("aarvi", "female", Throat(200, 1.15, -0.8, 0), 203, 0.85, 1.1, "High and young.", ("coral",)),
    Speaker("asha", "female", Throat(150, 1.1, -1.5, 3), 152, 0.7, 0.92, "Low and warm.", ("sage",)),
    Speaker("bittu", "male", Throat(100, 1.0, 0.0, 0), 101, 0.8, 1.0, "Calm and low.", ("onyx", "cedar")),
    Speaker("mira", "female", Throat(200, 1.08, -2.5, 6), 191, 0.72, 0.95, "Soft and dark.", ("marin",)),
    Speaker("kabir", "male", Throat(100, 0.96, -1.5, 0), 89, 0.7, 0.92, "Deep and heavy.", ("ash",)),
    Speaker("tara", "female", Throat(250, 1.16, 0.0, 0), 243, 0.85, 1.04, "A child's voice.", ("fable",)),
    Speaker("dev", "male", Throat(150, 1.0, 1.5, 0), 143, 1.0, 1.08, "Bright and keen.", ("echo",)),
    Speaker("isha", "female", Throat(200, 1.12, 1.0, 5), 197, 0.75, 1.0, "Crisp and light."),
    Speaker("rohan", "male", Throat(100, 1.09, 2.0, 0), 108, 0.9, 1.12, "Lean and sharp.", ("verse",)),
    Speaker("veer", "male", Throat(100, 0.97, -3.0, 4), 95, 0.85, 0.96, "Broad and mild.", ("ballad",)),
)
