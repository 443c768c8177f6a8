"""What was worked out before and may be deleted at any time: JSON files in a folder, each with the key that it holds for.

One rule: no person's data; and a cache that cannot be read or written is none.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.message import Json


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of such files."""

    folder: Path

    def get(self, name: str, key: Sequence[str]) -> Json:
        """What was put under this name for this very key; None where there is nothing."""
        try:
            data = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
            found: Json = data["data"] if data["key"] == [*key] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found

    def put(self, name: str, key: Sequence[str], data: Json) -> None:
        """Keep it, whole or not at all."""
        part = self.folder / f"{name}.{os.getpid()}.part"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(json.dumps({"key": [*key], "data": data}, ensure_ascii=False), encoding="utf-8")
            part.replace(self.folder / f"{name}.json")
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
