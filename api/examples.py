"""Example requests of the OpenAPI description.

Their voice is one of the demo checkpoint's. A test sends every one of them.
"""

from fastapi.openapi.models import Example

Examples = dict[str, Example]

GENERATE: Examples = {
    "file": {
        "summary": "A WAV file, 16 kHz",
        "value": {"text": "Good morning. How are you today?", "speaker": "lipakshi"},
    },
    "stream": {
        "summary": "Ogg Opus, streamed while it is generated",
        "value": {
            "text": "[excited] It leaves at 9:30!",
            "speaker": "lipakshi",
            "stream": True,
            "format": "opus",
        },
    },
    "dialogue": {
        "summary": "SSML: two voices and a pause",
        "value": {
            "text": "<speak>Hello.<break time='500ms'/><voice name='reet'>Who is it?</voice></speak>",
            "speaker": "lipakshi",
            "input_type": "ssml",
        },
    },
    "hindi": {
        "summary": "Hindi with numbers and currency; the spoken form is in the answer",
        "value": {"text": "टिकट ₹1,250 का है।", "speaker": "lipakshi", "normalize_verbose": True},
    },
    "sampling": {
        "summary": "48 kHz, faster, with sampling options and a seed",
        "value": {
            "text": "The same request with the same seed gives the same audio.",
            "speaker": "lipakshi",
            "output": "48khz",
            "speed": 1.25,
            "temperature": 0.6,
            "top_k": 40,
            "seed": 7,
        },
    },
}

OPENAI_SPEECH: Examples = {
    "stream": {
        "summary": "MP3, streamed",
        "value": {"model": "tts-1", "voice": "lipakshi", "input": "Good morning. How are you today?"},
    },
    "events": {
        "summary": "PCM in Server-Sent Events",
        "value": {
            "model": "gpt-4o-mini-tts",
            "voice": {"id": "lipakshi"},
            "input": "Good morning. How are you today?",
            "response_format": "pcm",
            "stream_format": "sse",
        },
    },
}

NORMALIZE: Examples = {
    "text": {"summary": "Plain text", "value": {"text": "It costs Rs. 1,25,000."}},
    "ssml": {
        "summary": "An SSML document, with a word of its own",
        "value": {
            "text": "<speak>Room <say-as interpret-as='digits'>12</say-as> has SQL.</speak>",
            "input_type": "ssml",
            "lexicon": {"sql": "sequel"},
        },
    },
}

DICTIONARY: Examples = {
    "names": {
        "summary": "How a team speaks its words",
        "value": {"name": "our words", "language": "en-IN", "entries": {"sql": "sequel", "Rao": "Row"}},
    },
}

DICTIONARY_ENTRIES: Examples = {
    "names": {"summary": "All entries of the next version", "value": {"entries": {"sql": "S Q L"}}},
}

PLS: Examples = {
    "aliases": {
        "summary": "A W3C Pronunciation Lexicon",
        "value": "<lexicon version='1.0' xml:lang='en-IN' alphabet='ipa'><lexeme><grapheme>SQL</grapheme>"
        "<alias>sequel</alias></lexeme></lexicon>",
    },
}

KEY_CREATE: Examples = {
    "speech": {"summary": "A key that generates speech, without an end", "value": {"name": "website"}},
    "limited": {
        "summary": "A key with limits, for 30 days",
        "value": {
            "name": "trial",
            "scopes": ["generate", "debug"],
            "requests_per_minute": 20,
            "characters_per_minute": 10_000,
            "streams": 2,
            "expires_in_s": 2_592_000,
        },
    },
}

JOB: Examples = {
    "chapter": {
        "summary": "A long text as MP3",
        "value": {"text": "It was a bright cold day in April. …", "speaker": "lipakshi", "format": "mp3"},
    },
}

FRONTEND_EVENT: Examples = {
    "received": {
        "summary": "Bytes that a player received since its last event",
        "value": {"event": "received", "data": {"bytes": 32_000}, "session": "5f0c1d2e"},
    },
    "ended": {"summary": "The end of a stream", "value": {"event": "ended", "session": "5f0c1d2e"}},
}

VOICE_CHANGE: Examples = {"public": {"summary": "Let every key speak with it", "value": {"public": True}}}

CONSENT_CHANGE: Examples = {"name": {"summary": "Rename it", "value": {"name": "Anjali R."}}}

VOICE_DESIGN: Examples = {
    "narrator": {"summary": "A low, calm man", "value": {"gender": "male", "pitch": "low", "rate": "low"}},
    "exact": {"summary": "Pitch and speed as numbers", "value": {"gender": "female", "pitch_hz": 210, "candidates": 1}},
}

CANDIDATE: Examples = {"name": {"summary": "Name it", "value": {"name": "Narrator"}}}

VOICE_MIX: Examples = {
    "blend": {"summary": "Two parts of one, one of the other", "value": {"name": "Blend", "mix": "lipakshi(2)+reet"}}
}
