"""Deletion of a voice: no byte of it is left in the database or in the records."""

import sqlite3
from pathlib import Path

from services.accounts.caller import Scope
from tests.api.keys import guarding, make_key
from tests.api.voices.conftest import RECORDING

NAME, TRANSCRIPT, DESCRIPTION = "Zephyrine Quill", "The quick onyx goblin jumps.", "A quite peculiar description"


def test_deletion_leaves_no_byte(cloning, tmp_path):
    database, records = f"sqlite:///{tmp_path}/veena3.db", tmp_path / "records.db"
    key = make_key(database, Scope.GENERATE, Scope.VOICES)[1]
    with guarding(cloning, database, cloning="full", records="full", records_path=records) as guarded:
        form = {"name": NAME, "consent": "true", "transcript": TRANSCRIPT, "description": DESCRIPTION}
        made = guarded.ask("POST", "/v1/voices", key, data=form, files={"audio": ("a.wav", RECORDING)}, timeout=60)
        assert made.status_code == 201, made.text
        voice = made.json()
        assert guarded.generate(key, speaker=voice["id"]).status_code == 200
        hashed = voice["consent"]["recordings_sha256"][0]
        secrets = [NAME, NAME.casefold(), TRANSCRIPT, DESCRIPTION, hashed]
        with sqlite3.connect(tmp_path / "veena3.db") as reader:
            (tokens,) = reader.execute("SELECT tokens FROM voices").fetchone()
        secrets.append(tokens[:100])
        before = _bytes(tmp_path)
        assert all(secret.encode() in before for secret in secrets)
        assert guarded.ask("DELETE", f"/v1/voices/{voice['id']}", key).status_code == 200
        after = _bytes(tmp_path)
        assert [secret for secret in secrets if secret.encode() in after] == []


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def test_records_name_the_voice_by_its_id_alone(cloning, tmp_path):
    database, records = f"sqlite:///{tmp_path}/veena3.db", tmp_path / "records.db"
    key = make_key(database, Scope.GENERATE, Scope.VOICES)[1]
    with guarding(cloning, database, records="full", records_path=records) as guarded:
        form = {"name": NAME, "consent": "true"}
        made = guarded.ask("POST", "/v1/voices", key, data=form, files={"audio": ("a.wav", RECORDING)}, timeout=60)
        assert guarded.generate(key, speaker=NAME).status_code == 200
        content = b"".join(path.read_bytes() for path in tmp_path.glob("records.db*"))
        assert made.json()["id"].encode() in content
        assert NAME.encode() not in content and TRANSCRIPT.encode() not in content
