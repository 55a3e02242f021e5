"""Export of the trained voice as a checkpoint directory.

Run as `python -m training.demo_voice.export --work DIR --out FOLDER`; reads DIR/lm.pt, DIR/decoder.pt and, where it is
there, DIR/encoder.pt.
"""

import argparse
import json
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file
from transformers import Qwen2Config

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.layout import decode_layout
from core.checkpoint.reading import open_checkpoint
from training.demo_voice.anybody import all_tokens, middle_in_first_token
from training.demo_voice.decoder_config import config, document
from training.demo_voice.manners import TAGS
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.vocabulary import END_OF_TURN, ENDING, tokenizer
from training.demo_voice.vocabulary import write as write_tokenizer
from training.demo_voice.widening import PREFIX

VERSION = "7.2"
CHUNK_THRESHOLD, CHUNK_TARGET = 80, 60
"""Characters above which a text is split, and of a chunk: the language model makes more errors in longer lines."""
LOOKAHEAD, FIRST_LOOKAHEAD = 16, 14
"""Least look-ahead of windows and that of a stream's first one, in tokens: 60 and 40 dB or more from the whole
(docs/decisions/0003-windows.md)."""
PROJECT = "speaker_encoder.project.weight"


def write_language_model(state: dict, folder: Path, temperature: float) -> None:
    """Write bfloat16 weights, the tokenizer, and the sampling."""
    write_tokenizer(folder)
    if state["tokens"] != tokenizer().get_vocab():
        raise SystemExit("the model was trained on another vocabulary")
    weights = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in state["model"].items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    model = Qwen2Config.from_dict({**state["config"], "dtype": "bfloat16", "architectures": ["Qwen2ForCausalLM"]})
    write_json(folder / "config.json", {**model.to_diff_dict(), "rope_theta": model.rope_parameters["rope_theta"]})
    sampling = {"do_sample": True, "temperature": temperature, "top_k": 50, "top_p": 1.0, "repetition_penalty": 1.0}
    write_json(folder / "generation_config.json", {"eos_token_id": [END_OF_TURN, ENDING[0]], **sampling})


def write_codec(model: dict[str, torch.Tensor], encoder: dict[str, torch.Tensor], folder: Path) -> None:
    """Write float16 weights, and the wave generator in float32: its phases are too large for float16's steps.

    `encoder` are the weights of the speaker encoder; without them the voice cannot be cloned.

    Convolutions are split as published: weight_g is the norm of a slice of axis 0, weight_v the unit direction. The
    middle of the pitches is read from the first token alone, because the next seven tell what the decoder needs not.
    """
    model = model | {PROJECT: middle_in_first_token(model[PROJECT])}
    stored: dict[str, torch.Tensor] = {}
    for name in decode_layout(config()):
        kept = torch.float32 if name.startswith("decoder.") else torch.float16
        if name.endswith("weight_g"):
            weight = model[name.removesuffix("_g")].float()
            norm = torch.linalg.vector_norm(weight, dim=(1, 2), keepdim=True)
            stored[name] = norm.to(kept)
            direction = torch.where(norm > 0, weight / norm, weight[:1].numel() ** -0.5)
            stored[name.removesuffix("_g") + "_v"] = direction.to(kept)
        elif not name.endswith("weight_v"):
            stored[name] = model[name].to(kept)
    for name, value in encoder.items():
        stored[PREFIX + name] = value.to(torch.float16) if value.is_floating_point() else value
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in stored.items()}, folder / "model.safetensors")
    (folder / "config.yaml").write_text(yaml.safe_dump(document(), sort_keys=False))


def write_json(path: Path, content: object) -> None:
    """Write indented JSON."""
    path.write_text(json.dumps(content, indent=2) + "\n")


def voice_sheet() -> dict[str, object]:
    """Return the content of `voices.yaml`."""
    voices = [
        {
            "id": speaker.id,
            "name": speaker.name,
            "aliases": list(speaker.aliases),
            "languages": ["en", "hi", "te"],
            "gender": speaker.gender,
            "description": speaker.description,
            "speaker": speaker.id,
            "global_tokens": all_tokens(speaker),
        }
        for speaker in SPEAKERS
    ]
    return {
        "model": "veena3-demo",
        "version": VERSION,
        "prompt": "{speaker}: {text}",
        "controllable": True,
        "emotions": list(TAGS),
        "chunk_threshold": CHUNK_THRESHOLD,
        "chunk_target": CHUNK_TARGET,
        "window_lookahead": LOOKAHEAD,
        "window_lookahead_first": FIRST_LOOKAHEAD,
        "voices": voices,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--temperature", type=float, default=0.3)
    options = parser.parse_args()
    language_model = torch.load(options.work / "lm.pt", map_location="cpu")
    decoder = torch.load(options.work / "decoder.pt", map_location="cpu")
    write_language_model(language_model, options.out / "LLM", options.temperature)
    path = options.work / "encoder.pt"
    encoder = torch.load(path, map_location="cpu")["model"] if path.exists() else {}
    write_codec(decoder["model"], encoder, options.out / "BiCodec")
    settings = {"sample_rate": 16_000, "ref_segment_duration": 6, "latent_hop_length": 320, "volume_normalize": True}
    (options.out / "config.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    (options.out / "voices.yaml").write_text(yaml.safe_dump(voice_sheet(), sort_keys=False, width=120))
    open_checkpoint(options.out)
    load_bicodec(open_bicodec(options.out / "BiCodec"))
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    clones = "clones voices" if encoder else "clones no voices: encoder.pt is missing"
    print(f"{options.out}: {size / 1e6:.1f} MB, steps {language_model['step']} and {decoder['step']}; {clones}")


if __name__ == "__main__":
    main()
