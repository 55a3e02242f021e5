"""Export of the trained demo voice as a checkpoint directory.

Run as `python -m training.demo_voice.export --work DIR --out voices/demo`; reads DIR/lm.pt and DIR/decoder.pt.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import save_file
from transformers import Qwen2Config

from core.bicodec.checkpoint import load_bicodec, open_bicodec
from core.bicodec.layout import decode_layout
from core.checkpoint.reading import open_checkpoint
from training.demo_voice.decoder_config import config, document
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.vocabulary import END_OF_TURN, ENDING, tokenizer
from training.demo_voice.vocabulary import write as write_tokenizer

CHUNK_THRESHOLD, CHUNK_TARGET = 80, 60
"""Characters above which a text is split, and of a chunk: the language model makes more errors in longer lines."""
LOOKAHEAD, FIRST_LOOKAHEAD = 16, 15
"""Least look-ahead of windows and that of a stream's first one, in tokens: 60 and 40 dB or more from the whole
(docs/decisions/0003-windows.md)."""


def blended(states: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the first run's state with the mean of all runs' weights, which reduces their errors.

    The runs must have started from the same weights.
    """
    models = [state["model"] for state in states]
    return states[0] | {"model": {name: sum(model[name] for model in models) / len(models) for name in models[0]}}


def write_language_model(state: dict[str, Any], folder: Path, temperature: float) -> None:
    """Write bfloat16 weights without the tied output matrix, the tokenizer, and the sampling that measured best."""
    write_tokenizer(folder)
    if state["tokens"] != tokenizer().get_vocab():
        raise SystemExit("the model was trained on another vocabulary")
    weights = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in state["model"].items()}
    weights.pop("lm_head.weight", None)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    model = Qwen2Config.from_dict({**state["config"], "dtype": "bfloat16", "architectures": ["Qwen2ForCausalLM"]})
    settings = {**model.to_diff_dict(), "rope_theta": model.rope_parameters["rope_theta"]}
    write_json(folder / "config.json", settings)
    sampling = {"do_sample": True, "temperature": temperature, "top_k": 50, "top_p": 1.0, "repetition_penalty": 1.0}
    write_json(folder / "generation_config.json", {"eos_token_id": [END_OF_TURN, ENDING[0]], **sampling})


def write_codec(model: dict[str, torch.Tensor], folder: Path) -> None:
    """Write float16 weights, with convolutions split as published: weight_g is the norm of a slice of axis 0.

    The loader computes v·g/‖v‖ in float32; weight_v is stored as the unit direction, which fits float16's range. A
    slice of zeros gets an arbitrary direction.
    """
    stored: dict[str, torch.Tensor] = {}
    for name in decode_layout(config()):
        if name.endswith("weight_g"):
            weight = model[name.removesuffix("_g")].float()
            norm = torch.linalg.vector_norm(weight, dim=(1, 2), keepdim=True)
            direction = torch.where(norm > 0, weight / norm, weight[:1].numel() ** -0.5)
            stored[name] = norm.half()
            stored[name.removesuffix("_g") + "_v"] = direction.half()
        elif not name.endswith("weight_v"):
            stored[name] = model[name].half()
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
            "global_tokens": speaker.global_tokens,
        }
        for speaker in SPEAKERS
    ]
    return {
        "model": "veena3-demo",
        "version": "6",
        "prompt": "{speaker}: {text}",
        "emotions": [],
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
    parser.add_argument("--temperature", type=float, default=0.6)
    parser.add_argument("--blend", type=Path, nargs="+", default=[], help="lm.pt of other runs, with other seeds")
    options = parser.parse_args()
    runs = [torch.load(path, map_location="cpu") for path in (options.work / "lm.pt", *options.blend)]
    language_model = blended(runs)
    decoder = torch.load(options.work / "decoder.pt", map_location="cpu")
    write_language_model(language_model, options.out / "LLM", options.temperature)
    write_codec(decoder["model"], options.out / "BiCodec")
    settings = {"sample_rate": 16_000, "ref_segment_duration": 6, "latent_hop_length": 320, "volume_normalize": True}
    (options.out / "config.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    (options.out / "voices.yaml").write_text(yaml.safe_dump(voice_sheet(), sort_keys=False, width=120))
    open_checkpoint(options.out)
    load_bicodec(open_bicodec(options.out / "BiCodec"))
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 1e6:.1f} MB, steps {language_model['step']} and {decoder['step']}")


if __name__ == "__main__":
    main()
