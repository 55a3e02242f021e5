"""librosa reads what the service streams: `librosa_reads.py URL KEY`. Prints seconds, or the error, by format."""

import io
import json
import sys
import urllib.request

import librosa

TEXT = "Hello, this is the demo voice."


def main(url: str, key: str) -> None:
    told: dict[str, object] = {}
    for name in ("wav", "mulaw", "opus", "flac", "flac, whole"):
        format, _, whole = name.partition(", ")
        body = {"text": TEXT, "speaker": "lipakshi", "format": format, "stream": not whole, "seed": 7}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{url}/v1/tts/generate", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(asked) as answer:
            file = io.BytesIO(answer.read())
        try:
            samples, rate = librosa.load(file, sr=None)
        except Exception as error:  # noqa: BLE001 - any class may come, and the test compares it
            told[name] = type(error).__name__
        else:
            told[name] = round(len(samples) / rate, 2)
    json.dump(told, sys.stdout)


main(*sys.argv[1:])
