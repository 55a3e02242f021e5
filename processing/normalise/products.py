"""Rules for versions of software and for products with figures: 'Python 3.11', 'v2.x', 'RTX 4090', 'i7-13700K'."""

import re

from processing.normalise.capitals import spell
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_SOFTWARE = """Python Java Ruby PHP Rust Swift Kotlin Scala Perl Julia Dart Deno Bun Node Node.js Next.js Django Flask Rails Laravel
React Angular Vue Svelte Flutter Unity Unreal TensorFlow PyTorch Keras numpy NumPy pandas Pandas scikit-learn CUDA cuDNN ROCm
Kubernetes Docker Helm Terraform Ansible Jenkins Postgres PostgreSQL MySQL MariaDB SQLite Redis MongoDB Kafka Spark Hadoop
Elasticsearch OpenSearch nginx Nginx Apache OpenSSL OpenSSH GCC gcc clang Clang CMake cmake glibc npm pip Maven Gradle TypeScript
Linux kernel Kernel Ubuntu Debian Fedora CentOS RHEL Alpine Android iOS iPadOS macOS watchOS tvOS visionOS Windows Chrome Chromium
Firefox Safari Edge Xcode Minecraft Blender Godot Selenium Cypress FastAPI Pydantic SQLAlchemy OpenAPI Grafana Prometheus""".split()
"""Names before a version, whose parts are whole numbers: 'Python 3.11' is no decimal."""
_VERSION = re.compile(
    rf"(?<![\w.-])(?P<name>(?:{alternatives(_SOFTWARE)})(?: version)?(?: {{0,2}}(?:[=<>~]=|===|[<>≥≤]) {{0,2}}| v?|-))"
    r"(?P<major>\d{1,3})\.(?P<minor>\d{2,3})(?P<over>\+)?(?![\w%]|[.,]\d)"
)
_GO = re.compile(
    r"(?<![\w.-])(?P<name>(?:Go|Golang|Rust|Kubernetes|K8s|k8s) )1\.(?P<minor>\d{2})(?P<over>\+)?(?![\w%]|[.,]\d)"
)
_OTHER_VERSION = re.compile(
    r"(?=\d)(?:(?<=than )|(?<=and )|(?<=or )|(?<=to )|(?<=from )|(?<=with )|(?<=vs ))(?P<major>\d{1,2})\.(?P<minor>1\d)(?P<over>\+)?(?![\w%]|[.,]\d| (?:percent|times|million|crore|lakh))"
)
_NAMED = re.compile(rf"(?<![\w.-])(?:{alternatives(_SOFTWARE)}) ")
_ANY_PATCH = re.compile(r"(?<![\w.,])(?P<version>[vV]?)(?P<parts>\d{1,3}(?:\.\d{1,3})?)\.[xX](?![\w])")
_GRAPHICS = re.compile(
    r"(?<![A-Za-z])(?P<name>(?:GTX|RTX|RX|GeForce|Radeon|Ryzen [3579]|Threadripper|EPYC|Xeon|Core [iI][3579]|Core Ultra [579]) )"
    r"(?P<first>\d\d)(?P<second>\d\d)(?P<letters>X3D|[A-Z]{1,3})?(?![\w]|[.,]\d)"
)
_PROCESSOR = re.compile(
    r"(?<![A-Za-z\d])[iI](?P<line>[3579])-(?P<first>\d\d)(?:(?P<rest>\d{3})(?P<letters>[A-Z]{0,2})|(?P<last>\d\d)(?P<fast>K[A-Z]?))(?!\w)"
)
_CIRCLE = re.compile(r"(?:(?<=Xbox )|(?<=Office )|(?<=Microsoft ))36(?P<last>[05])(?!\w|[.,]\d)")
_BOEING = re.compile(
    r"(?<=Boeing )(?P<code>7\d7)(?=[\s.,;:)s]|$)|(?<![\w.,])(?P<alone>7[0-8]7)(?= (?:MAX(?:es)?|Max|Dreamliner|jets?|aircraft|freighter|NG)(?![a-z]))"
)


def _figure(digits: str) -> str:
    """Return a part of a version: a number, or digits behind a nought."""
    return ENGLISH.digits(digits) if digits[0] == "0" else ENGLISH.cardinal(int(digits))


def _say_version(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'Python three point eleven' of 'Python 3.11'; a sentence in an Indic script reads its own decimal."""
    if verbalizer.block is not None:
        return None
    major = match.groupdict().get("major") or "1"
    over = f" {ENGLISH.signs['over']}" if match["over"] else ""
    name = f"{match['name'][:-1]}version " if match["name"].endswith(" v") else match["name"]
    return f"{name}{_figure(major)} {ENGLISH.signs['point']} {_figure(match['minor'])}{over}"


def _say_other_version(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'three point twelve' of 'Python 3.13 is faster than 3.12'."""
    named = seen_before(_NAMED, match, 60)
    if verbalizer.block is not None or named is None:
        return None
    over = f" {ENGLISH.signs['over']}" if match["over"] else ""
    return f"{_figure(match['major'])} {ENGLISH.signs['point']} {_figure(match['minor'])}{over}"


def _say_any_patch(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'version two point X' of 'v2.x'."""
    figures = [_figure(part) for part in match["parts"].split(".")]
    named = f"{verbalizer.signs['version']} " if match["version"] else ""
    joint = f" {ENGLISH.signs['point']} "
    return named + joint.join([*figures, "X"])


def _say_graphics(match: re.Match[str], verbalizer: Verbalizer) -> str:
    letters = f" {spell(match['letters'], beside_digit=True)}" if match["letters"] else ""
    letters = letters.replace("X3D", "X three D")
    return f"{match['name']}{ENGLISH.two_numbers(int(match['first']), int(match['second']))}{letters}"


def _say_processor(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'I seven thirteen seven hundred K' of 'i7-13700K'."""
    first, rest = match["first"], match["rest"]
    if not rest:
        said = ENGLISH.two_numbers(int(first), int(match["last"]))
    elif rest.endswith("00"):
        said = f"{ENGLISH.cardinal(int(first))} {_figure(rest)}"
    else:
        said = ENGLISH.digits(first + rest)
    letters = " ".join(match["letters"] or match["fast"] or "")
    return f"I {ENGLISH.cardinal(int(match['line']))} {said} {letters}".rstrip()


def _say_circle(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'three sixty' of 'Xbox 360'."""
    return f"three {ENGLISH.cardinal(int('6' + match['last']))}"


def _say_boeing(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'Boeing 737'."""
    return ENGLISH.digits(match["code"] or match["alone"])


_ENGINE_OIL = re.compile(r"(?<![\w.,])(?P<cold>\d{1,2})W-?(?=\d\d(?!\d))")


def _say_engine_oil(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '5 W ' of '5W-30', an oil and no power."""
    return f"{match['cold']} W "


_LAPTOP = re.compile(r"(?<=HP )(?P<size>1[3-7])s(?!\w)")


def _say_laptop(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '15 S' of 'HP 15s', which are no seconds."""
    return f"{match['size']} S"


_TROUSERS = re.compile(r"(?<![\w.,])(?P<waist>[2-5]\d) ?W ?[xX×/, ]? ?(?P<length>[23]\d) ?L(?!\w)")


def _say_trousers(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the waist and the length of '32W x 34L', a size and no power."""
    return f"{match['waist']} waist {match['length']} length"


FIGURES = (
    Rule(_LAPTOP, _say_laptop, "s", needs="HP 1"),
    Rule(_TROUSERS, _say_trousers, "W ", needs="L"),
    Rule(_ENGINE_OIL, _say_engine_oil, "W"),
    Rule(_OTHER_VERSION, _say_other_version, "."),
    Rule(_VERSION, _say_version, "."),
    Rule(_GO, _say_version, ".", needs="1."),
    Rule(_ANY_PATCH, _say_any_patch, ".", needs="."),
    Rule(_PROCESSOR, _say_processor, "-", needs="-"),
    Rule(_GRAPHICS, _say_graphics, " "),
    Rule(_CIRCLE, _say_circle, " ", needs=" 36"),
    Rule(_BOEING, _say_boeing, " ", needs="7"),
)
"""Rules before those of numbers with stops and of models."""
