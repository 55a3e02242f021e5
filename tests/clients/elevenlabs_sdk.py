"""ElevenLabs' SDK with the service at URL: `elevenlabs_sdk.py URL KEY TLS_URL`. Prints its measurements as JSON.

The SDK's realtime client uses TLS only: TLS_URL is the same service behind it.
"""

import base64
import sys

from elevenlabs import VoiceSettings
from elevenlabs.client import ElevenLabs
from turns import LONG, TEXTS, Told


def main(url: str, key: str, tls_url: str) -> None:
    told, client = Told(), ElevenLabs(base_url=url, api_key=key)
    speech = client.text_to_speech
    asked = {"voice_id": "lipakshi", "output_format": "pcm_16000", "model_id": "eleven_turbo_v2_5"}
    for text in TEXTS:
        turn = told.turn()
        for sound in speech.stream(text=text, voice_settings=VoiceSettings(stability=0.5, speed=1.0), **asked):
            turn.hear(sound)
    turn = told.turn()
    turn.hear(b"".join(speech.convert(text=TEXTS[0], **asked)))
    timed = speech.convert_with_timestamps(text=TEXTS[0], **asked)
    told.turn().hear(base64.b64decode(timed.audio_base_64))
    turn, alignments = told.turn(), [timed.alignment, timed.normalized_alignment]
    characters = ""
    for piece in speech.stream_with_timestamps(text=TEXTS[0], **asked):
        turn.hear(base64.b64decode(piece.audio_base_64))
        characters += "".join(piece.alignment.characters) if piece.alignment else ""
    alignments = ["".join(one.characters) for one in alignments] + [characters]

    turn, realtime = told.turn(), ElevenLabs(base_url=tls_url, api_key=key).text_to_speech
    for sound in realtime.convert_realtime(
        "lipakshi", text=iter(TEXTS), model_id="eleven_turbo_v2_5", output_format="pcm_16000", voice_settings=None
    ):
        turn.hear(sound)

    voices = [client.voices.get_all().voices, client.voices.search().voices, [client.voices.get("lipakshi")]]
    told.more = {"voices": [[voice.voice_id, voice.category] for listed in voices for voice in listed]}
    told.more |= {"alignments": alignments}
    told.fails("voice", lambda: b"".join(speech.convert(text="Hi.", **asked | {"voice_id": "nobody"})))
    told.fails("text", lambda: b"".join(speech.convert(text="", **asked)))
    strange = ElevenLabs(base_url=url, api_key="wrong")
    told.fails("key", lambda: b"".join(strange.text_to_speech.convert(text="Hi.", **asked)))
    strange = ElevenLabs(base_url=tls_url, api_key="wrong")
    told.fails("socket key", lambda: list(strange.text_to_speech.convert_realtime("lipakshi", text=iter(TEXTS))))

    pieces = speech.stream(text=LONG, **asked)
    next(pieces)
    told.interrupt()
    pieces.close()
    told.print()


main(*sys.argv[1:])
