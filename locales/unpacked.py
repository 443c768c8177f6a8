"""py3langid's model, unpacked once and mapped into memory: packed as it is shipped, each process would take most of a second
and 70 MB to unpack it before it answers the first words of its first person.

One rule: what is unpacked is the library's own model, under a name that no other has. Where it is missing, or damaged, the
packed one is read as ever.

    python -m locales.unpacked        unpacks it into the environment; `make` and the Dockerfile do so
"""

import sys
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
from py3langid.modelio import load_model

PARTS = ("features", "priors", "labels", "moves", "found", "rows")


def identifier(place: Path | None = None) -> Any:
    """py3langid's identifier with normal probabilities. `place`: where the model lies unpacked, if not in the environment."""
    folder = place or _place()
    try:
        part = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in PARTS}
    except (OSError, ValueError):
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return LanguageIdentifier(
        np.asarray(part["features"]),
        np.asarray(part["priors"]),
        part["labels"].tolist(),
        memoryview(part["moves"]),  # of plain integers: it is walked letter by letter
        memoryview(part["found"]),
        norm_probs=True,
        tk_row=memoryview(part["rows"]),
    )


def unpack(place: Path | None = None) -> None:
    """Unpack the model, whole or not at all; nothing to do where it is unpacked. OSError."""
    folder = place or _place()
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    features, priors, labels, moves, rows, found = load_model(MODEL_DIR / MODEL_FILE)
    part = {
        "features": features,
        "priors": priors,
        "labels": np.array(labels),
        "moves": np.asarray(moves),
        "found": np.asarray(found, dtype=np.int32),
        "rows": np.asarray(rows),
    }
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    for name in PARTS:
        np.save(made / f"{name}.npy", part[name], allow_pickle=False)
    made.chmod(0o755)  # for whoever runs hubbot
    made.rename(folder)


def _place() -> Path:
    digest = blake2b((MODEL_DIR / MODEL_FILE).read_bytes(), digest_size=8).hexdigest()
    return Path(sys.prefix) / "share" / "hubbot" / f"py3langid-{digest}"


if __name__ == "__main__":
    unpack()
