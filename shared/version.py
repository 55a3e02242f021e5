"""Version of this code. `pyproject.toml` reads it from here, so that it is known without an installation too."""

APP_VERSION = "0.1.0"
