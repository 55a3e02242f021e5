"""Player process of this machine, which takes audio through a pipe as it arrives."""

import shutil
import subprocess
import time
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from veena3_client.errors import PlaybackError

PLAYERS = {
    "ffplay": ["-loglevel", "error", "-nodisp", "-autoexit", "-i", "-"],
    "mpv": ["--no-terminal", "-"],
}
"""Supported players and their arguments, in order of preference."""
LEAST_PLAYED = 0.5
"""Share of the sound's length that a player takes at least, if it plays. ffplay without a device ends at once with
status 0. Chosen: players leave up to their buffer, 0.2 s, unplayed."""
RAW = ("pcm", "pcm-f32", "mulaw-raw")
"""Formats without a header to tell a player their rate."""


def check_player(format: str) -> str:
    """Return the path of the player for a format. Raises PlaybackError where there is none."""
    path = next((path for name in PLAYERS if (path := shutil.which(name))), None)
    if path is None:
        raise PlaybackError(f"no player is installed ({' or '.join(PLAYERS)})")
    if format in RAW:
        raise PlaybackError(f"{format} has no header to tell a player its rate: use another format")
    return path


class Player:
    """Running player. `write` never waits: a thread passes the audio on, faster than it is played.

    `finish` waits for the end of the sound. `close` stops at once and may be called at any time.
    """

    def __init__(self, format: str) -> None:
        """Start the player. Raises PlaybackError where there is none for this format."""
        path = check_player(format)
        self._name = Path(path).name
        try:
            self._process = subprocess.Popen([path, *PLAYERS[self._name]], stdin=subprocess.PIPE)
        except OSError as error:
            raise PlaybackError(f"{self._name}: {error.strerror}") from None
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._begun = time.monotonic()
        self._broken = False
        self._feeder = Thread(target=self._feed, name="veena3-player", daemon=True)
        self._feeder.start()

    def write(self, audio: bytes) -> None:
        """Play these bytes after those before them. Raises PlaybackError where the player has ended."""
        if self._broken:
            raise PlaybackError(f"{self._name} was closed before the end of the sound")
        self._pieces.put(audio)

    def finish(self, seconds: float | None = None) -> None:
        """Wait until the sound is played. `seconds`: its length, if it is known. Raises PlaybackError."""
        self._pieces.put(None)
        self._feeder.join()
        if status := self._process.wait():
            raise PlaybackError(f"{self._name} ended with status {status}")
        if self._broken or time.monotonic() - self._begun < LEAST_PLAYED * (seconds or 0.0):
            raise PlaybackError(f"{self._name} ended before the sound did: it found no audio device, or was closed")

    def close(self) -> None:
        """Stop the player, if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
        self._pieces.put(None)
        self._feeder.join()
        self._process.wait()

    def _feed(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None, "Popen was given a pipe"
        try:
            with pipe:
                while (piece := self._pieces.get()) is not None:
                    pipe.write(piece)
                    pipe.flush()
        except OSError:
            self._broken = True
