"""Deepgram's text-to-speech API: `POST /v1/speak` and `WS /v1/speak`."""
