"""What `hubbot check` says of the settings together with the packs: a key that lies beside its data, a secret that is half
there, a language that nothing can detect, or that no person has read.

One rule: a pack's own mistakes are told by bot.packs; what is unreadable there is passed over here.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from bot.app.speech import Speech
from bot.packs.files import SECRET
from bot.settings import KNOWN, Settings, SettingsError, read_small

Finding: TypeAlias = tuple[str, bool]  # a line, and whether it is a warning
SECRETS = (
    "HUBBOT_KEY",
    "HUBBOT_DATABASE_URL",
)  # settings that hold one; every other is shown in logs and to colleagues


def of_settings(settings: Settings, names: Sequence[str], speech: Speech) -> Iterator[Finding]:
    """Everything about these hubs that their packs alone do not show."""
    packs = {settings.hubs / name / "hub.toml": _read(settings.hubs / name / "hub.toml") for name in names}
    if not settings.key and any(data and data.get("sample") is not True for data in packs.values()):
        yield f"settings: HUBBOT_KEY is not set: the key lies in {settings.data}, beside what it opens", True
    yield from _misplaced(settings, [name for data in packs.values() for name in _named(data)])
    for path, data in packs.items():
        yield from _secrets(settings, path, data)
        yield from _languages(path, _listed(data), speech)


def _misplaced(settings: Settings, named: Sequence[str]) -> Iterator[Finding]:
    """What looks like a secret where none is looked for: in a setting that holds none, or in a line of .env under a name
    that no hub's pack has, a comment included."""
    for name in KNOWN:
        if name not in SECRETS and SECRET.search(settings.variables.get(name, "")):
            yield f"settings: {name} looks like a secret, and this setting is none: take it out", False
    path = Path.cwd() / ".env"
    lines = read_small(path, str(path)).split("\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        name = re.sub(r"\s*(export\s+)?", "", line, count=1).partition("=")[0].strip()
        if name not in (*KNOWN, *named) and SECRET.search(line):
            yield f"{path}:{number}: looks like a secret, and no hub.toml names it: take it out of here", False


def _named(data: Mapping[str, Any]) -> list[str]:
    """The environment variables that a pack names."""
    tables = [it for it in (data.get("telegram"), data.get("matrix")) if isinstance(it, dict)]
    return [it for table in tables for key, it in table.items() if key.endswith("_env") and isinstance(it, str)]


def _secrets(settings: Settings, path: Path, data: Mapping[str, Any]) -> Iterator[Finding]:
    """A network whose secrets are all missing is not used, and that is no mistake."""
    for network in ("telegram", "matrix"):
        named = _named({network: data.get(network)})
        try:
            missing = [name for name in named if not settings.secret(name)]
        except SettingsError as wrong:
            yield f"settings: {wrong}", False
            continue
        if missing and len(missing) < len(named):
            yield f"settings: {' and '.join(missing)} is not set, and {path} needs it for {network}", False


def _listed(data: Mapping[str, Any]) -> list[str]:
    found = data.get("languages")
    return [it for it in found if isinstance(it, str)] if isinstance(found, list) else []


def _languages(path: Path, languages: Sequence[str], speech: Speech) -> Iterator[Finding]:
    if len(languages) > 1 and (unknown := speech.models.get().unknown(languages)):
        yield f"{path}:1: languages: cannot detect {', '.join(unknown)}: people choose it themselves", True
    catalogues = speech.catalogues.get().by_lang
    if unread := [it for it in languages if it in catalogues and catalogues[it].machine]:
        text = "the bot's own lines were translated by a machine, and people are told so: have them read (R87)"
        yield f"{path}:1: languages: {', '.join(unread)}: {text}", True


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_small(path, str(path)))
    except (SettingsError, ValueError, RecursionError):
        return {}
