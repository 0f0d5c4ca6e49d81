"""How long it takes to put a context pack together, as the library grows: record, index, choosing, packing, rendering; one process.

usage: python benchmarks/pack.py [--sizes 1000,10000,100000] [--rounds 300] [--budget 4000]
The example company stands among documents that a generator writes (fixed seed; words by Zipf's law, each document about a few words of its own). Requests are those
of the example company and of the generated documents, half and half, and no request is asked twice. The first ones, which read the index into
memory and parse the runbooks, are given apart.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from runlore.actions.caller import Caller, open_caller
from runlore.actions.compose import compose
from runlore.actions.import_documents import ImportRequest, import_documents
from runlore.actions.init import init
from runlore.actions.search import get_index
from runlore.context.packing.pack import with_margin
from runlore.model.document import Bundle, FileContent, Recognised
from runlore.model.pack import PackRequest
from runlore.record.proposals import create_proposal
from runlore.record.publications import publish
from runlore.runbooks.tokens import count
from runlore.settings import Settings

ACME = Path(__file__).parents[1] / "examples" / "acme"
SHELVES = ("notes", "lessons", "customers", "brand", "runbooks")
REQUESTS = (
    "put a picture of the {} on our instagram account",
    "the {} marina has signed, set them up",
    "bring the bookings of {} back from the backup",
    "release the {} widget",
    "write a linkedin post about {}",
)
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u")]
DAY = 86_400_000_000


def make_words(number: int, chance: random.Random) -> list[str]:
    """Invent words that no library has, the most frequent first."""
    found: dict[str, None] = {}
    while len(found) < number:
        found["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(found)


def write_documents(number: int, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Give the id, the text and a fitting request of each generated document."""
    words = make_words(30_000, chance)
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
    for n in range(number):
        about = chance.sample(words[200:], 4)
        lines = []
        for _ in range(chance.randint(3, 8)):
            sentence = chance.choices(words, cum_weights=weights, k=chance.randint(8, 16))
            sentence[chance.randrange(len(sentence))] = chance.choice(about)
            lines.append(" ".join(sentence).capitalize() + ".")
        shelf = SHELVES[n % len(SHELVES)]
        yield (
            f"{shelf}/d{n:06d}",
            f"# {about[0].capitalize()} {about[1]}\n\n" + "\n\n".join(lines) + "\n",
            " ".join(about[:3]),
        )


def fill(caller: Caller, number: int, chance: random.Random) -> list[str]:
    """Publish the generated documents, and give a request for each hundredth of them."""
    requests = []
    todo = write_documents(number, chance)
    while chunk := list(itertools.islice(todo, 2000)):
        with caller.record.write(caller.company) as tx:
            for document, text, request in chunk:
                name = document.partition("/")[2] + ".md"
                bundle = Bundle("markdown", name, (FileContent(name, text.encode()),))
                offered = create_proposal(
                    tx,
                    caller.company,
                    document,
                    "",
                    bundle,
                    (caller.principal.id,),
                    "benchmark",
                    "import",
                    caller.now,
                    caller.now + DAY,
                )
                said = Recognised(text.split("\n", 1)[0][2:])
                publish(tx, caller.company, offered, caller.principal, said, (), caller.now, self_published=True)
                if len(requests) < 5000:
                    requests.append(request)
    return requests


def measure(caller: Caller, requests: list[str], budget: int) -> tuple[list[float], list[float], int, int]:
    """Give the milliseconds of each pack by the clock and by the processor, sorted; the mean of its tokens, and how many had a runbook."""
    took, worked, tokens, fitting = [], [], [], 0
    for words in requests:
        begun, busy = time.perf_counter(), time.process_time()
        made = compose(caller, PackRequest("request", words), budget=budget)
        worked.append((time.process_time() - busy) * 1000)
        took.append((time.perf_counter() - begun) * 1000)
        assert with_margin(count(made.markdown)) <= budget
        tokens.append(made.tokens)
        fitting += bool(made.runbook)
    return sorted(took), sorted(worked), round(statistics.mean(tokens)), fitting


def run(size: int, rounds: int, budget: int) -> None:
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "home", Path(folder))
        clock = lambda: 1_780_000_000_000_000  # noqa: E731
        init(settings, clock, company="Harbourline", person="Mara")
        with open_caller(settings, clock) as caller:
            import_documents(caller, ImportRequest((ACME,), publish=True))
            begun = time.perf_counter()
            own = fill(caller, size, chance)
            published = time.perf_counter() - begun
            begun = time.perf_counter()
            with get_index(caller):
                pass
            indexed = time.perf_counter() - begun
            asked = [REQUESTS[n % len(REQUESTS)].format(chance.choice(own)) for n in range(rounds // 2)]
            asked += chance.sample(own, min(rounds // 2, len(own)))
            chance.shuffle(asked)
            first, *_ = measure(caller, [words.format(own[0]) for words in REQUESTS], budget)
            took, worked, tokens, fitting = measure(caller, asked, budget)
    middle, last = len(took) // 2, int(len(took) * 0.99)
    cells = (
        f"{size:,}",
        f"{published:.0f} s",
        f"{indexed:.0f} s",
        f"{first[-1]:.0f}",
        f"{took[middle]:.0f}",
        f"{took[last]:.0f}",
        f"{worked[middle]:.0f}",
        f"{worked[last]:.0f}",
        f"{tokens:,}",
        f"{fitting} of {len(took)}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB",
    )
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--budget", type=int, default=4000)
    options = parser.parse_args()
    print(
        "| documents | published in | indexed in | first, ms | p50, ms | p99, ms | p50, CPU ms | p99, CPU ms | tokens | with a runbook | memory |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in options.sizes.split(","):
        run(int(size), options.rounds, options.budget)


if __name__ == "__main__":
    main()
