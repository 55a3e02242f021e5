"""The version of this code, as `pyproject.toml` states it."""

from importlib.metadata import version

APP_VERSION = version("veena3-tts")
