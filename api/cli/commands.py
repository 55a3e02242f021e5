"""The commands of `veena3`: where each is, and its line in the list of commands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command: `place` is module and name below `api.cli`, a function or a Typer of subcommands.

    `summary` is the beginning of its help, so that the list of commands needs none of the modules.
    """

    place: str
    summary: str
    extra: str | None = None
    """Extra of this package that the command needs: `pip install 'veena3-tts[EXTRA]'`."""


COMMANDS = {
    "serve": CommandEntry("serve:serve", "Start the service."),
    "say": CommandEntry("say:say", "Speak a text at a running server."),
    "jobs": CommandEntry("jobs:app", "Submit, list, show, fetch and cancel jobs: long texts at a server."),
    "voices": CommandEntry("voices:app", "List, add, mix, design, preview and delete voices at a running server."),
    "bench": CommandEntry("bench:bench", "Load a running server, one transport after the other."),
    "wyoming": CommandEntry(
        "wyoming.command:wyoming",
        "Serve Home Assistant: speak through a running server what comes over the Wyoming protocol.",
        extra="wyoming",
    ),
    "plan": CommandEntry("plan:plan", "Print containers, their settings on Modal and the cost per hour."),
    "smoke": CommandEntry("smoke:smoke", "Check a deployed server."),
    "doctor": CommandEntry("doctor:doctor", "Check engines, GPU, checkpoint, port and stores."),
    "memory": CommandEntry("memory:memory", "Print an estimate of GPU memory."),
    "migrate": CommandEntry("migrate:migrate", "Apply the missing migrations."),
    "keys": CommandEntry("keys:app", "Create, list, rotate and revoke API keys."),
    "settings": CommandEntry("settings:settings", "Print the table of settings, in Markdown."),
    "normalize": CommandEntry("text:normalize", "Print texts in their spoken form."),
    "chunks": CommandEntry("text:chunks", "Print the chunks that texts are spoken in."),
    "lexicon": CommandEntry("lexicon:lexicon", "Print the entries of a W3C Pronunciation Lexicon."),
    "download": CommandEntry(
        "download:download_command", "Fetch the files that inference needs, check them, and write their manifest."
    ),
    "verify": CommandEntry("download:verify_command", "Read every file again and compare it with the manifest."),
    "make-checkpoint": CommandEntry("checkpoint:make_checkpoint", "Write a checkpoint in the Spark-TTS layout."),
    "train-aligner": CommandEntry(
        "train_aligner:train_aligner_command",
        "Train the aligner of a checkpoint on speech that it generates.",
    ),
    "records": CommandEntry("records:app", "List, export and erase records of requests."),
    "credits": CommandEntry("credits:app", "Grant, show and replay seconds of speech that keys may spend."),
    "check-vectors": CommandEntry(
        "vectors:check_vectors_command", "Print each array's largest error and its tolerance."
    ),
}
"""Commands by name, in the order of their list."""
