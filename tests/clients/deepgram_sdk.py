"""Deepgram's SDK with the service at URL: `deepgram_sdk.py URL KEY`. Prints its measurements as JSON."""

import sys

from deepgram import DeepgramClient
from deepgram.environment import DeepgramClientEnvironment
from deepgram.speak.v1.types import SpeakV1Text
from turns import LONG, TEXTS, Told, Turn

ASKED = {"model": "lipakshi", "encoding": "linear16", "sample_rate": 16_000}


def main(url: str, key: str) -> None:
    told = Told()

    def client(api_key: str) -> DeepgramClient:
        socket = url.replace("http", "ws")
        place = DeepgramClientEnvironment(base=url, production=socket, agent=socket, agent_rest=url)
        return DeepgramClient(api_key=api_key, environment=place)

    one = client(key)
    for text in TEXTS:
        turn = told.turn()
        for sound in one.speak.v1.audio.generate(text=text, container="none", **ASKED):
            turn.hear(sound)
    with one.speak.v1.connect(**ASKED) as connection:
        for text in TEXTS:
            turn = told.turn()
            connection.send_text(SpeakV1Text(text=text))
            connection.send_flush()
            until(connection, "Flushed", turn)
        connection.send_text(SpeakV1Text(text=LONG))
        connection.send_flush()
        while not isinstance(connection.recv(), bytes):
            pass
        told.interrupt()
        connection.send_clear()
        until(connection, "Cleared", Turn())
        turn = told.turn()
        connection.send_text(SpeakV1Text(text=TEXTS[0]))
        connection.send_flush()
        until(connection, "Flushed", turn)
        connection.send_close()
        told.more = {"rest": [message for message in connection if isinstance(message, bytes)] == []}

    def speak(api_key: str, **change: object) -> None:
        b"".join(client(api_key).speak.v1.audio.generate(text="Hello.", **ASKED | change))

    def connect(api_key: str) -> None:
        with client(api_key).speak.v1.connect(**ASKED):
            pass

    told.fails("voice", lambda: speak(key, model="nobody"))
    told.fails("key", lambda: speak("wrong"))
    told.fails("socket key", lambda: connect("wrong"))  # this version awaits a class that websockets no longer raises
    told.print()


def until(connection, kind: str, turn: Turn) -> None:
    """Receive up to a message of a type."""
    while isinstance(message := connection.recv(), bytes) or message.type != kind:
        turn.hear(message if isinstance(message, bytes) else b"")


main(*sys.argv[1:])
