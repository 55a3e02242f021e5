"""OpenAI's SDK with the service at URL: `openai_sdk.py URL KEY`. Prints its measurements as JSON."""

import sys

from openai import OpenAI
from turns import LONG, TEXTS, Told

ASKED = {"model": "tts-1", "voice": "nova", "response_format": "pcm"}


def main(url: str, key: str) -> None:
    told = Told()

    def client(api_key: str) -> OpenAI:
        return OpenAI(base_url=f"{url}/v1", api_key=api_key, max_retries=0)

    one = client(key)
    for text in TEXTS:
        turn = told.turn()
        with one.audio.speech.with_streaming_response.create(input=text, **ASKED) as answer:
            for sound in answer.iter_bytes():
                turn.hear(sound)
    turn = told.turn()
    turn.hear(one.audio.speech.create(input=TEXTS[0], extra_body={"stream": False}, **ASKED).content)

    def speak(api_key: str, **change: str) -> None:
        client(api_key).audio.speech.create(**ASKED | {"input": TEXTS[0]} | change)

    told.fails("voice", lambda: speak(key, voice="nobody"))
    told.fails("model", lambda: speak(key, model="gpt-9"))
    told.fails("text", lambda: speak(key, input=""))
    told.fails("key", lambda: speak("wrong"))

    with one.audio.speech.with_streaming_response.create(input=LONG[:4000], **ASKED) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        told.interrupt()
    turn = told.turn()
    turn.hear(one.audio.speech.create(input=TEXTS[1], **ASKED).content)
    told.print()


main(*sys.argv[1:])
