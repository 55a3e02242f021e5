"""Parts of a job: together they are the text, and no sentence is divided."""

import json
from dataclasses import replace

import pytest

from processing.markup.reading import Form, read_steps
from processing.sentences import sentences
from services.jobs.parts import MOST_CHARACTERS, JobBody, write_body_steps
from services.voices import VoiceBook
from shared.passages import Insert, Mark, MarkedText, Passage
from shared.steps import finish
from shared.types import Sampling, Utterance, Voice

VOICE = Voice("v", "V", speaker="v")
UTTERANCE = Utterance("", VOICE, Sampling(seed=7), 16_000, format="mp3", lexicon={"SQL": "sequel"}, speed=1.5)
SENTENCES = [f"Sentence {number} of the book is this one, said Dr. Rao." for number in range(500)]


def body_of(utterance: Utterance) -> tuple[JobBody, int]:
    written, count = finish(write_body_steps(utterance))
    return JobBody(written), count


def parts_of(utterance: Utterance) -> list[Utterance]:
    body, count = body_of(utterance)
    return [body.utterance(number) for number in range(count)]


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_parts_are_the_text_in_whole_sentences(between):
    text = between.join(SENTENCES)
    parts = parts_of(replace(UTTERANCE, text=text))
    assert "".join(part.text for part in parts) == text
    assert [one for part in parts for one in sentences(part.text)] == SENTENCES
    assert all(len(part.text) <= MOST_CHARACTERS + len(between) for part in parts) and len(parts) < 25


def test_parts_have_the_options_of_the_job_and_are_stored_as_samples():
    (part,) = parts_of(replace(UTTERANCE, text="Short.", stream=True))
    assert part == replace(UTTERANCE, text="Short.", format="pcm")
    (exact,) = parts_of(replace(UTTERANCE, text="Short.", format="pcm-f32"))
    assert exact.format == "pcm-f32"


def test_later_attempt_has_another_seed():
    body, _ = body_of(replace(UTTERANCE, text="Short."))
    assert len({body.utterance(0, attempt=attempt).sampling.seed for attempt in range(3)}) == 3


def test_text_without_stops_is_divided_all_the_same():
    text = "word " * 10_000
    parts = parts_of(replace(UTTERANCE, text=text))
    assert "".join(part.text for part in parts) == text and max(len(part.text) for part in parts) <= MOST_CHARACTERS + 1


def test_line_ends_of_every_kind_stay_in_their_part():
    text = "One.\r\nTwo.\u2028Three.\x85Four.\vFive."
    (part,) = parts_of(replace(UTTERANCE, text=text))
    assert part.text == text


def test_pause_between_parts_is_that_of_their_punctuation():
    body, count = body_of(replace(UTTERANCE, text=" ".join(SENTENCES)))
    assert {body.part(number).pause_s for number in range(count)} == {0.3}


def test_passages_of_markup_keep_their_delivery_marks_and_inserts():
    many = "".join(
        f"<p>{one} <mark name='m{n}'/><sub alias='doctor'>Dr</sub> Rao.</p>" for n, one in enumerate(SENTENCES)
    )
    marked, _ = finish(
        read_steps(f"<speak><prosody rate='slow'>{many}</prosody></speak>", Form.SSML, VoiceBook((VOICE,)))
    )
    parts = parts_of(replace(UTTERANCE, text=marked, passages=marked.passages))
    assert tuple(passage for part in parts for passage in part.passages) == marked.passages
    assert len(parts) > 5 and all(isinstance(part.text, MarkedText) for part in parts)


def test_long_passage_is_divided_beside_its_spans():
    text = " ".join(SENTENCES)
    spans = [(at, at + 12) for at in range(0, len(text) - 12, 30)]
    inserts = tuple(Insert(start, end, f"<{text[start:end]}>") for start, end in spans)
    marks = tuple(Mark(text[start : start + 5], start) for start, _ in spans)
    whole = Passage(text, inserts=inserts, marks=marks, pause_s=2.0, lead_s=1.0)
    pieces = [
        passage for part in parts_of(replace(UTTERANCE, text=text, passages=(whole,))) for passage in part.passages
    ]
    assert "".join(piece.text for piece in pieces) == text and len(pieces) > 10
    found = [(piece.text[one.start : one.end], one.spoken) for piece in pieces for one in piece.inserts]
    assert found == [(text[start:end], f"<{text[start:end]}>") for start, end in spans]
    assert [(piece.text + " ")[mark.at : mark.at + 5] for piece in pieces for mark in piece.marks] == [
        m.name for m in marks
    ]
    assert [piece.pause_s for piece in pieces] == [None] * (len(pieces) - 1) + [2.0]
    assert [piece.lead_s for piece in pieces] == [1.0] + [0.0] * (len(pieces) - 1)


def test_body_is_json_lines():
    written, count = finish(write_body_steps(replace(UTTERANCE, text="One.\nTwo.")))
    options, *parts = map(json.loads, written.split("\n"))
    assert options["text"] == "" and len(parts) == count == 1
