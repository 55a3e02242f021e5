"""Client that asks `/live` 50 times a second until its input is closed. It prints the seconds that each answer took."""

import select
import sys
import time

import httpx

EVERY_S = 0.02


def main(url: str) -> None:
    took = []
    with httpx.Client(base_url=url, timeout=30) as client:
        client.get("/live")
        sys.stdout.write("probing\n")
        sys.stdout.flush()
        while not select.select([sys.stdin], [], [], EVERY_S)[0]:
            begun = time.perf_counter()
            client.get("/live").raise_for_status()
            took.append(time.perf_counter() - begun)
    sys.stdout.write(" ".join(map(str, took)))


if __name__ == "__main__":
    main(sys.argv[1])
