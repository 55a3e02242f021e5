"""Measure the token parser in nanoseconds per token, for deltas of different sizes; published vocabulary."""

import timeit
from dataclasses import dataclass

from benchmarks import report
from core.checkpoint.vocabulary import TokenFamily
from core.parser import SpeechParser, build_codec_table
from shared.types import TokenDelta

TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Published:
    """Part of the published vocabulary that the parser's table is built from."""

    globals: TokenFamily
    semantics: TokenFamily
    rows: int = 166_000


def ns_per_token(delta_size: int) -> float:
    """Return the shortest of several measurements for deltas of one size."""
    published = Published(globals=TokenFamily(151_665, 4096), semantics=TokenFamily(155_761, 8192))
    table, first = build_codec_table(published), published.semantics.first
    deltas = [
        TokenDelta(tuple(first + (at + i) % 8192 for i in range(delta_size))) for at in range(0, TOKENS, delta_size)
    ]

    def parse() -> None:
        parser = SpeechParser(table)
        for delta in deltas:
            for _ in parser.feed(delta):
                pass

    return min(timeit.repeat(parse, number=3, repeat=7)) / 3 / TOKENS * 1e9


def main() -> None:
    arguments = report.output_option("parser").parse_args()
    report.write(
        arguments.out, {f"ns_a_token_in_deltas_of_{size}": round(ns_per_token(size), 1) for size in (1, 4, 10, 50)}
    )


if __name__ == "__main__":
    main()
