"""What can be set from outside: environment variables, a .env file beside the work, and files named by NAME_FILE.

One rule: a wrong value is told by its name and never shown, since it may be a secret.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 65_536  # bytes of a settings or secret file; a key has 44, a token 46, so more is a mistaken path

# Every setting, with its default and its meaning: docs/operators.md and .env.example have each, a test compares.
KNOWN: Mapping[str, tuple[str, str]] = {
    "HUBBOT_DATABASE_URL": (
        "sqlite:///<data directory>/hubbot.sqlite3",
        "the database: sqlite:///PATH or postgresql://...",
    ),
    "HUBBOT_DATA_DIR": ("./data", "the folder of the database, the key file, the lock files and the list of erasures"),
    "HUBBOT_HUBS": ("the sample hubs", "the folder of hub packs"),
    "HUBBOT_KEY": ("a key file in the data directory", "the master key: 32 bytes in base64; several, parted by commas"),
    "HUBBOT_PACING": ("on", "off: no limits on how fast we send and people write; for load tests"),
    "HUBBOT_CLOCK": ("", "test: the clock of a database that begins now may be moved; never for real people"),
    "HUBBOT_TELEGRAM_API": ("https://api.telegram.org", "the base address of the Bot API server"),
    "HUBBOT_MATRIX_HOMESERVER": ("each hub's own", "the address of the Matrix homeserver, for every hub"),
    "HUBBOT_LOG": ("warning", "how much is logged on stderr: debug, info, warning or error"),
}

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)")


class SettingsError(Exception):
    """What was set wrongly, in one line that names the setting and shows no value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. `database` has no driver suffix. `variables` is every variable, for the secrets of hubs."""

    database: str = field(repr=False)
    data: Path
    hubs: Path
    key: str = field(repr=False)
    pacing: bool = True
    test_clock: bool = False
    telegram_api: str = ""
    matrix_homeserver: str = ""
    log: str = "warning"
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def made_data(self) -> Path:
        """The data directory, made for its owner alone where it is not there yet. SettingsError where it cannot be."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise SettingsError(f"HUBBOT_DATA_DIR: the folder cannot be made: {fault.strerror}") from None
        return self.data

    def secret(self, name: str) -> str:
        """The value of the variable that a hub's settings name, or of the file that NAME_FILE names; "" where unset.

        SettingsError where the file cannot be read.
        """
        return _value(name, self.variables)


def load(environment: Mapping[str, str], folder: Path) -> Settings:
    """The settings that hold for a process in `folder`. A variable goes before the same name in folder/.env."""
    variables = {**_dotenv(folder / ".env"), **environment}
    value = {name: _value(name, variables) for name in KNOWN}
    data = _data(folder / (value["HUBBOT_DATA_DIR"] or "data"))
    hubs = (folder / value["HUBBOT_HUBS"]).absolute() if value["HUBBOT_HUBS"] else ROOT / "hubs"
    if not _is(hubs, stat.S_ISDIR):
        raise SettingsError("HUBBOT_HUBS: there is no such folder of hub packs")
    return Settings(
        database=_database(value["HUBBOT_DATABASE_URL"], data, folder),
        data=data,
        hubs=hubs,
        key=value["HUBBOT_KEY"],
        pacing=_one_of(value, "HUBBOT_PACING", "on", "off") != "off",
        test_clock=_one_of(value, "HUBBOT_CLOCK", "", "test") == "test",
        telegram_api=_address(value, "HUBBOT_TELEGRAM_API"),
        matrix_homeserver=_address(value, "HUBBOT_MATRIX_HOMESERVER"),
        log=_one_of(value, "HUBBOT_LOG", "warning", "debug", "info", "error"),
        variables=variables,
    )


def _one_of(value: Mapping[str, str], name: str, default: str, *others: str) -> str:
    given = value[name].lower() or default
    if given not in (default, *others):
        wanted = " or ".join(word for word in (default, *others) if word)
        raise SettingsError(f"{name}: not {wanted}")
    return given


def _address(value: Mapping[str, str], name: str) -> str:
    if value[name] and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value[name]):
        raise SettingsError(f"{name}: not an address that begins with https:// or http://")
    return value[name].rstrip("/")


def _database(url: str, data: Path, folder: Path) -> str:
    """The URL without a driver suffix (we pick the driver), with an absolute path for SQLite."""
    if not url:
        return f"sqlite:///{data / 'hubbot.sqlite3'}"
    match = re.fullmatch(r"(sqlite|postgres|postgresql)(?:\+\w+)?://(.+)", url)
    if match and match[1] != "sqlite":
        return f"postgresql://{match[2]}"
    if match and match[2].startswith("/") and len(match[2]) > 1 and "?" not in match[2]:
        return f"sqlite:///{(folder / match[2][1:]).absolute()}"
    raise SettingsError("HUBBOT_DATABASE_URL: neither sqlite:///PATH nor postgresql://USER:PASSWORD@HOST/NAME")


def _value(name: str, variables: Mapping[str, str]) -> str:
    given, path = variables.get(name, "").strip(), variables.get(f"{name}_FILE", "").strip()
    if not path:
        return given
    if given:
        raise SettingsError(f"{name} and {name}_FILE are both set: keep one")
    return read_small(Path(path), f"{name}_FILE").strip()


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether there is something of that kind. False, too, where the system cannot follow the path."""
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _data(path: Path) -> Path:
    """A path that is a folder or may become one. A file or a broken link in its place is told before anything is done."""
    taken = next((it for it in (path, *path.parents) if os.path.lexists(it)), path)
    if not _is(taken, stat.S_ISDIR):
        raise SettingsError("HUBBOT_DATA_DIR: not a folder")
    return path.absolute()


def read_small(path: Path, what: str) -> str:
    """The text of a regular file of at most LARGEST bytes. SettingsError, begun with `what`, where it is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device would block us
            raise SettingsError(f"{what}: not a file")
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise SettingsError(f"{what}: the file is larger than {LARGEST} bytes")
        return text.decode("utf-8-sig")  # some editors begin every file with a mark
    except UnicodeDecodeError:
        raise SettingsError(f"{what}: not UTF-8: save the file with the encoding UTF-8") from None
    except OSError as fault:
        raise SettingsError(f"{what}: cannot be read: {fault.strerror}") from None
    except ValueError:  # a NUL in the path
        raise SettingsError(f"{what}: cannot be read") from None


def _dotenv(path: Path) -> dict[str, str]:
    """NAME=VALUE lines; `export ` before and quotes around are taken away, lines that begin with # are not looked at."""
    if not os.path.lexists(path):  # a link that leads nowhere is no missing file: somebody meant one
        return {}
    lines = read_small(path, str(path)).split("\n")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SettingsError(f"{path}: others can read it. Try: chmod 600 {path}")
    found = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match and "\0" not in line:
            text = match[2].strip()
            found[match[1]] = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
        elif line.strip() and not line.lstrip().startswith("#"):
            raise SettingsError(f"{path}:{number}: not NAME=VALUE")
    return found
