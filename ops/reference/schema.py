"""JSON schemas as Markdown tables: one row a field, with its type, bounds, default and meaning."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Schema = Mapping[str, Any]

_BOUNDS = (("minimum", "at least {:g}"), ("exclusiveMinimum", "above {:g}"), ("maximum", "at most {:g}"))
_LENGTHS = {"string": "characters", "array": "items", "object": "entries"}
_SIZES = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"))
_LINE = 100
"""Characters up to which an example stays on one line."""

NOTES = {
    "context_id": "name of the context",
    "text": "text to speak; at most 50,000 characters in a context",
    "speaker": "a voice's id or alias, as `GET /v1/voices` lists them",
    "frame_ms": "milliseconds of audio in one frame",
    "framing": "`tagged` puts 8 bytes before each frame: its number and its first sample",
}
"""Meaning of the fields whose models carry no description."""


def field_table(model: type[BaseModel], fields: Iterable[str]) -> str:
    """Return a Markdown table of some fields of a model; an empty string where there are none."""
    schema = model.model_json_schema()
    rows = [_row(name, schema["properties"][name], model.model_fields[name]) for name in fields]
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows]) if rows else ""


def own_fields(model: type[BaseModel]) -> list[str]:
    """Return the fields that a model declares itself, without `type`, which names the message."""
    return [name for name in model.model_fields if name in model.__annotations__ and name != "type"]


def type_of(schema: Schema) -> str:
    """Return a field's type and bounds in words."""
    if "anyOf" in schema:
        return ", or ".join(type_of(option) for option in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if schema["type"] == "null":
        return "`null`"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {type_of(schema['additionalProperties'])}{_bounds(schema)}"
    return f"{schema['type']}{_bounds(schema)}"


def example(message: Mapping[str, object]) -> str:
    """Return a message as a fenced block of JSON."""
    text = json.dumps(message, ensure_ascii=False)
    if len(text) > _LINE:
        text = json.dumps(message, ensure_ascii=False, indent=2)
    return f"```json\n{text}\n```"


def _row(name: str, schema: Schema, field: FieldInfo) -> str:
    default = "required"
    if not field.is_required():
        default = f"`{json.dumps(field.get_default(call_default_factory=True), ensure_ascii=False)}`"
    return f"| `{name}` | {type_of(schema)} | {default} | {schema.get('description') or NOTES[name]} |"


def _bounds(schema: Schema) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f", {schema['minimum']:g} to {schema['maximum']:.10g}"
    found = [text.format(schema[name]) for name, text in _BOUNDS if name in schema]
    for least, most in _SIZES:
        if least in schema or most in schema:
            found.append(_size(schema.get(least), schema.get(most), _LENGTHS[schema["type"]]))
    return "".join(f", {bound}" for bound in found)


def _size(least: int | None, most: int | None, unit: str) -> str:
    if least is not None and most is not None:
        return f"{least} to {most} {unit}"
    if least == 1:
        return "not empty"
    return f"at most {most} {unit}" if least is None else f"at least {least} {unit}"
