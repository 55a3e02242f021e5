"""The twelve speakers: one teacher for each language, varied in pitch, formants and brightness.

Global tokens identify the speaker. Phones and their lengths are the same for all speakers, so that the language model
learns to read once. Pitches are multiples of 50 Hz: a frame has whole periods.
"""

import hashlib
from dataclasses import dataclass

GLOBAL_TOKENS, GLOBAL_LEVELS = 32, (4, 4)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaker: `stretch` multiplies the teacher's formant frequencies, `tilt_db` is added per octave above 1 kHz."""

    id: str
    gender: str
    pitch_hz: int
    stretch: float
    tilt_db: float
    description: str
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name for display."""
        return self.id.capitalize()

    @property
    def global_tokens(self) -> list[int]:
        """Return 32 numbers below 16 that the speaker's id determines."""
        return [byte % 16 for byte in hashlib.sha256(self.id.encode()).digest()]


SPEAKERS = (
    Speaker("lipakshi", "female", 200, 1.14, 0.0, "Clear and even.", ("alloy", "nova")),
    Speaker("reet", "female", 200, 1.17, 2.5, "Light and bright.", ("shimmer",)),
    Speaker("Aarvi", "female", 250, 1.17, 0.0, "High and young.", ("coral",)),
    Speaker("Asha", "female", 150, 1.10, -1.5, "Low and warm.", ("sage",)),
    Speaker("Bittu", "male", 100, 1.0, 0.0, "Calm and low.", ("onyx", "cedar")),
    Speaker("Mira", "female", 200, 1.08, -2.5, "Soft and dark.", ("marin",)),
    Speaker("kabir", "male", 100, 0.96, -1.5, "Deep and heavy.", ("ash",)),
    Speaker("tara", "female", 250, 1.20, 2.0, "A child's voice.", ("fable",)),
    Speaker("Dev", "male", 150, 1.0, 1.5, "Bright and keen.", ("echo",)),
    Speaker("Isha", "female", 150, 1.15, 2.0, "Crisp and light."),
    Speaker("Rohan", "male", 100, 1.09, 2.5, "Lean and sharp.", ("verse",)),
    Speaker("Veer", "male", 150, 0.97, -3.0, "Broad and mild.", ("ballad",)),
)
