"""A new pack from the template.

One rule: what is there already is never written over.
"""

import re
from pathlib import Path

from bot.packs.known import ID

TEMPLATE = Path(__file__).parent / "template"
_ID = re.compile(r'(?m)^id = "example"')


def new(directory: Path) -> tuple[Path, ...]:
    """Write the template into `directory` and return its files. The hub's id is the directory's name, where that can be
    one. FileExistsError where there is something already."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(f"{directory} is there already and not empty: give the name of a new folder")
    name = directory.resolve().name.lower()
    hub = name if ID.fullmatch(name) else "example"
    made = []
    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_dir() or source.suffix not in (".toml", ".md", ".csv", ".yaml"):
            continue
        text = source.read_text(encoding="utf-8")
        if source.name == "hub.toml":
            text = _ID.sub(f'id = "{hub}"', text, count=1).replace("HUBBOT_EXAMPLE_", f"HUBBOT_{_variable(hub)}_")
        target = directory / source.relative_to(TEMPLATE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        made.append(target)
    return tuple(made)


def _variable(hub: str) -> str:
    return hub.upper().replace("-", "_")
