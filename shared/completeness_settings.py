"""Settings of completeness: whether every word was spoken. `Settings` of shared/config.py inherits them."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings


class CompletenessMode(StrEnum):
    """Consequence of an incomplete chunk."""

    OFF = "off"
    REPORT = "report"
    RETRY = "retry"


class CompletenessSettings(BaseSettings):
    """Part of `Settings` that concerns completeness."""

    completeness: CompletenessMode = Field(
        CompletenessMode.RETRY,
        description="check that every word is spoken, where the checkpoint has an aligner: `off`; `report` counts "
        "faults; `retry` also generates a faulty chunk again before it is heard, and cuts babble behind the last word",
    )
    completeness_threshold: float = Field(
        1.0,
        ge=0,
        le=1,
        description="share of its words spoken once and in order up to which a faulty chunk is generated again; 1: "
        "after any fault",
    )

    @property
    def completeness_asked(self) -> bool:
        """Tell whether the setting was given, and asks for the check: an aligner that is missing is then a fault."""
        return "completeness" in self.model_fields_set and self.completeness is not CompletenessMode.OFF
