"""Place of this process in a fleet, as Modal's containers know it."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Placement(BaseSettings):
    """Container, cloud and region, read from the variables that Modal sets in a container; elsewhere None.

    https://modal.com/docs/guide/environment_variables
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="MODAL_")

    task_id: str | None = None
    cloud_provider: str | None = None
    region: str | None = None
