"""Collection of training lines. English: WordNet, fortunes, rows of words, everyday sentences; no held-out sentence.

Run as `python -m training.demo_voice.texts --work DIR`; writes DIR/texts.txt, each line after its language and a tab.
Needs the Debian packages wordnet-base, fortunes, wamerican, hunspell-hi and hunspell-te.
"""

import argparse
import hashlib
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from training.demo_voice.everyday import Everyday
from training.demo_voice.indic_texts import lines as indic_lines
from training.demo_voice.unseen import held_out

MAX_CHARACTERS = 118
WORDNET = Path("/usr/share/wordnet")
FORTUNES = Path("/usr/share/games/fortunes")
WORDLIST = Path("/usr/share/dict/american-english")
PLAIN = re.compile(r"[A-Za-z ,.;:?!'\"()-]+")
SHARES = {"everyday": 0.22, "frequent": 0.54, "gloss": 0.13, "fortune": 0.04, "words": 0.07}
FREQUENT_WORDS, FLATTENED = 7_000, 0.35
"""Number of frequent words, and the exponent of their frequencies: rare words occur more often than in real texts."""
SMALL_WORDS, SMALL_SHARE, AGAIN_SHARE = 60, 0.25, 0.35
"""Number of the most frequent words, their share of a row, and the share of longer rows that repeat words."""
SPELT = {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd"}
ENGLISH_SHARE = 0.3
"""Share of English words in a mixed line."""
COMMON_WORDS = 2500
"""Words of each part of speech."""
PARTS_OF_SPEECH = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}


def fingerprint(text: str) -> str:
    """Return a hash of the letters alone, which finds held-out sentences despite case and punctuation."""
    return hashlib.sha256(re.sub(r"[^a-z]", "", text.lower()).encode()).hexdigest()


def common_words() -> dict[str, tuple[list[str], list[float]]]:
    """Return words by class with cumulative weights: the square root of WordNet's sense counts.

    Plurals and past forms are made by rule.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in set(PARTS_OF_SPEECH.values())}
    for line in (WORDNET / "cntlist.rev").read_text().splitlines():
        sense, _, count = line.split()
        lemma, _, rest = sense.partition("%")
        if lemma.isalpha() and lemma.islower() and len(lemma) > 1:
            counts[PARTS_OF_SPEECH[rest[0]]][lemma] += int(count)
    ranked = {name: counter.most_common(COMMON_WORDS) for name, counter in counts.items()}
    ranked["nouns"] = [(_plural(word), count) for word, count in ranked["noun"]]
    ranked["verbed"] = [(_past(word), count) for word, count in ranked["verb"]]
    ranked["cadj"] = [(word, count) for word, count in ranked["adj"] if word[0] not in "aeiouh"]
    return {
        name: ([word for word, _ in rows], list(itertools.accumulate(count**0.5 for _, count in rows)))
        for name, rows in ranked.items()
    }


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeiou" else word + "s"


def _past(word: str) -> str:
    if word.endswith("e"):
        return word + "d"
    return word[:-1] + "ied" if word.endswith("y") and word[-2] not in "aeiou" else word + "ed"


def glosses() -> Iterator[str]:
    """Yield the parts of WordNet's glosses."""
    for name in ("data.noun", "data.verb", "data.adj", "data.adv"):
        for line in (WORDNET / name).read_text().splitlines():
            if line.startswith("  "):  # the licence at the head of each file
                continue
            for part in line.partition(" | ")[2].split(";"):
                yield part.strip().strip('"').strip()


def fortunes() -> Iterator[str]:
    """Yield the sentences of the fortunes."""
    for path in sorted(FORTUNES.iterdir()):
        if path.suffix:
            continue
        text = path.read_text(errors="ignore")
        for entry in text.split("\n%\n"):
            flat = re.sub(r"\s+", " ", entry.partition("\t\t--")[0]).strip()
            yield from re.split(r"(?<=[.?!]) ", flat)


def word_rows(rng: random.Random) -> Iterator[str]:
    """Yield rows of one to six random words, for the spelling of rare words and for texts shorter than sentences."""
    words = [word for word in WORDLIST.read_text().split() if word.isascii() and word.replace("'", "").isalpha()]
    common = common_words()
    while True:
        row = [rng.choice(words) for _ in range(rng.choice((1, 1, 2, 3, 4, 6)))]
        for i in range(len(row)):
            if rng.random() < 0.4:
                pool, cumulative = common[rng.choice(("noun", "verb", "adj", "adv", "nouns"))]
                row[i] = rng.choices(pool, cum_weights=cumulative)[0]
        yield rng.choice((" ", ", ")).join(row) + rng.choice(("", ".", "?", "!", "."))


def frequent_rows(rng: random.Random) -> Iterator[str]:
    """Yield rows of two to fourteen frequent words, many of which have irregular spellings.

    Repeated words teach the model to tell similar positions of a line apart.
    """
    import wordfreq  # of the extra `train`; other generators and readers of this module work without it

    words = [word for word in wordfreq.top_n_list("en", FREQUENT_WORDS) if PLAIN.fullmatch(word)]
    cumulative = list(itertools.accumulate(wordfreq.word_frequency(word, "en") ** FLATTENED for word in words))
    while True:
        row = rng.choices(words, cum_weights=cumulative, k=rng.randint(2, 12))
        row = [rng.choice(words[:SMALL_WORDS]) if rng.random() < SMALL_SHARE else word for word in row]
        if len(row) > 4 and rng.random() < AGAIN_SHARE:
            said = rng.randrange(len(row) - 2)
            again = rng.randint(said + 1, len(row))
            row[again:again] = row[said : said + rng.randint(1, 2)]
        text = " ".join(SPELT.get(word, word) for word in row)
        yield (text.replace(" ", ", ", 1) if rng.random() < 0.1 else text) + rng.choice(("", ".", ".", ".", "?", "!"))


def dressed(text: str, rng: random.Random) -> str:
    """The same text as people type it: mostly a sentence, at times bare or all in lower case."""
    if rng.random() < 0.7 and text[:1].islower():
        text = text[0].upper() + text[1:]
        if text[-1].isalpha():
            text += "."
    if rng.random() < 0.06:
        text = text.lower().rstrip(".!")
    return text


def collect(count: int, rng: random.Random) -> list[str]:
    """Return `count` distinct lines in the proportions of SHARES, fewer if a source has too few."""
    forbidden = {fingerprint(line) for line in held_out() if line.isascii()}
    everyday = Everyday(common_words(), rng)
    gloss_rows, fortune_rows = list(glosses()), list(fortunes())
    rng.shuffle(gloss_rows)
    rng.shuffle(fortune_rows)
    sources: dict[str, Iterator[str]] = {
        "everyday": (everyday.sentence() for _ in itertools.count()),
        "frequent": frequent_rows(rng),
        "gloss": iter(gloss_rows),
        "fortune": iter(fortune_rows),
        "words": word_rows(rng),
    }
    lines: dict[str, None] = {}
    for name, share in SHARES.items():
        wanted = len(lines) + int(count * share)
        for candidate in sources[name]:
            text = re.sub(r"\s+", " ", candidate).strip()
            if not (2 <= len(text) <= MAX_CHARACTERS and PLAIN.fullmatch(text) and text[0].isalpha()):
                continue
            if fingerprint(text) in forbidden:
                continue
            lines[dressed(text, rng)] = None
            if len(lines) >= wanted:
                break
        print(f"{name}: {len(lines)} lines so far", flush=True)
    result = list(lines)
    rng.shuffle(result)
    return result


def collect_indic(counts: dict[str, int], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield language and line; `hi-en` is Hindi with English words."""
    forbidden = held_out()
    for language, count in counts.items():
        own, _, guest = language.partition("-")
        found = indic_lines(own, rng, english_share=ENGLISH_SHARE if guest else 0.0)
        yield from ((language, line) for line in itertools.islice(found, count) if line not in forbidden)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--english", type=int, default=80_000, help="lines")
    parser.add_argument("--indic", type=int, default=8_000, help="lines of Hindi, and as many of Telugu")
    parser.add_argument("--mixed", type=int, default=3_500, help="lines of each of the two with English words in them")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    rows = [("en", line) for line in collect(options.english, rng)]
    counts = {"hi": options.indic, "te": options.indic, "hi-en": options.mixed, "te-en": options.mixed}
    rows += collect_indic(counts, rng)
    (options.work / "texts.txt").write_text("".join(f"{language}\t{line}\n" for language, line in rows), "utf-8")


if __name__ == "__main__":
    main()
