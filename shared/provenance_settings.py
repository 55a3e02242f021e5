"""Settings of provenance: the marks of synthetic speech. `Settings` of `shared/config.py` inherits them."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class ProvenanceSettings(BaseSettings):
    """Part of `Settings` that concerns provenance."""

    mark_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="secret of the quiet mark in all speech, with which `veena3 detect` finds it; unset: no mark",
    )
    spoken_disclosure: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="sentence that precedes the text of every HTTP request, `This voice is synthetic.`; unset: none",
    )
    file_tags: bool = Field(
        False, description='`true`: files have a comment with the model, the request\'s id and "synthetic speech"'
    )
    mark_id: int = Field(0, ge=0, le=255, description="number that the mark carries: of this deployment, for example")
