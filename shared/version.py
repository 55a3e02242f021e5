"""The version of this code; `pyproject.toml` takes it from here, so that it is known where nothing was installed."""

APP_VERSION = "0.1.0"
