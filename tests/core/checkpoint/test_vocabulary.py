import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from core.checkpoint import names
from core.checkpoint.vocabulary import Vocabulary, read_vocabulary
from shared.errors import CheckpointInvalid
from tools.checkpoints.tokenizer import PUBLISHED_ROWS, write_tokenizer

PUBLISHED = {
    "<|endoftext|>": 151643,
    "<|im_end|>": 151645,
    "<|bicodec_global_0|>": 151665,
    "<|bicodec_global_4095|>": 155760,
    "<|bicodec_semantic_0|>": 155761,
    "<|bicodec_semantic_8191|>": 163952,
    "<|pitch_value_1000|>": 164953,
    "<|speed_label_4|>": 164990,
    "<|gender_2|>": 165034,
    "<|task_tts|>": 165137,
    "<|task_controllable_tts|>": 165143,
    "<|start_content|>": 165146,
    "<|start_acoustic_token|>": 165149,
    "<|start_semantic_token|>": 165151,
    "<|end_content|>": 165152,
    "<|end_style_label|>": 165153,
    "<|end_global_token|>": 165156,
    "<|end_semantic_token|>": 165157,
}


@pytest.fixture
def compact(tmp_path: Path) -> Path:
    write_tokenizer(tmp_path, global_codes=16, semantic_codes=32)
    return tmp_path / "tokenizer.json"


def read(path: Path) -> Vocabulary:
    return read_vocabulary(path, rows=400)


def edit(path: Path, added: list[dict[str, object]]) -> None:
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, "added_tokens": added}), "utf-8")


def added_tokens(path: Path) -> list[dict[str, object]]:
    added: list[dict[str, object]] = json.loads(path.read_text("utf-8"))["added_tokens"]
    return added


def test_the_published_layout_has_the_published_ids(tmp_path: Path) -> None:
    assert write_tokenizer(tmp_path, global_codes=4096, semantic_codes=8192, layout="published") == 165_158
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert {token: tokenizer.token_to_id(token) for token in PUBLISHED} == PUBLISHED
    vocabulary = read_vocabulary(tmp_path / "tokenizer.json", rows=PUBLISHED_ROWS)
    assert (vocabulary.globals.first, vocabulary.globals.stop) == (151_665, 155_761)
    assert (vocabulary.semantics.first, vocabulary.semantics.stop) == (155_761, 163_953)
    assert vocabulary.stop_ids == {151_645, 165_157}
    assert vocabulary.text_tokens == 151_643


def test_text_becomes_its_bytes(compact: Path) -> None:
    text = "नमस्ते, hello 😀\n\x00" + "".join(map(chr, range(256)))
    assert bytes(read(compact).encode_text(text)) == text.encode()


def test_listed_characters_become_one_token(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, global_codes=4, semantic_codes=4, characters="हिंदीతె€")
    vocabulary = read(tmp_path / "tokenizer.json")
    assert len(vocabulary.encode_text("हिंदी తె€")) == len("हिंदी తె€")
    assert bytes(vocabulary.encode_text("😀")) == "😀".encode()


@pytest.mark.parametrize("token", [*names.CONTROL, names.global_token(3), names.semantic_token(31), "<|endoftext|>"])
def test_text_never_becomes_a_control_token(compact: Path, token: str) -> None:
    assert bytes(read(compact).encode_text(f"a{token}b")) == f"a{token}b".encode()


def test_codec_indices_become_ids(compact: Path) -> None:
    vocabulary = read(compact)
    assert vocabulary.globals.count == 16
    assert vocabulary.semantics.ids([0, 31]) == (vocabulary.semantics.first, vocabulary.semantics.stop - 1)


@pytest.mark.parametrize("token", [*names.CONTROL, names.global_token(0), names.semantic_token(0)])
def test_a_missing_token_is_named(compact: Path, token: str) -> None:
    edit(compact, [entry for entry in added_tokens(compact) if entry["content"] != token])
    with pytest.raises(CheckpointInvalid) as caught:
        read(compact)
    assert str(caught.value) == f"{compact}: no added token {token}"


def test_codec_tokens_out_of_order_are_refused(compact: Path) -> None:
    added = added_tokens(compact)
    one, two = (next(e for e in added if e["content"] == names.semantic_token(i)) for i in (5, 6))
    one["content"], two["content"] = two["content"], one["content"]
    edit(compact, added)
    with pytest.raises(CheckpointInvalid, match=r"<\|bicodec_semantic_5\|> has id 281, not 280"):
        read(compact)


def test_more_tokens_than_rows_are_refused(compact: Path) -> None:
    with pytest.raises(CheckpointInvalid, match=r"has id 31\d, but the language model has 310 rows"):
        read_vocabulary(compact, rows=310)


def test_tokenizer_without_all_bytes_is_refused(compact: Path) -> None:
    document = json.loads(compact.read_text("utf-8"))
    del document["model"]["vocab"]["A"]
    compact.write_text(json.dumps(document), "utf-8")
    with pytest.raises(CheckpointInvalid, match="no token for byte 0x41"):
        read(compact)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not readable as JSON"),
        ("{", "not readable as JSON"),
        ("[]", "the document: Input should be"),
        ("{}", "added_tokens is missing"),
        ('{"added_tokens": [], "model": {}}', "not a readable tokenizer"),
        ('{"added_tokens": [{"content": "a", "id": "1"}], "model": {}}', "added_tokens.0.id: Input should be"),
    ],
)
def test_no_tokenizer_at_all(compact: Path, content: str, reason: str) -> None:
    compact.write_text(content, "utf-8")
    with pytest.raises(CheckpointInvalid, match=reason) as caught:
        read(compact)
    assert "\n" not in str(caught.value)
