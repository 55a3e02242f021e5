"""Run the benchmarks that need nothing but a CPU, one after the other, each in its own process."""

import subprocess
import sys

NAMES = ("parser", "alignment", "service", "decode", "superres", "speed", "first_audio", "word_times")

if __name__ == "__main__":
    for name in NAMES:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
