"""Keys: master keys from outside the database, and under them one key for each person and each hub.

One rule: no value is readable without a key that lives apart from it; who destroys a person's key has erased the person.

A sealed value is version (1 byte), key id (4), nonce (12), ciphertext and tag (16): AES-256-GCM. Table, column, hub and
contact are bound to it, so that it cannot be moved to another row.
"""

import hashlib
import hmac
import json
import os
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.message import Json
from storage.errors import StoreError
from storage.schema.base import SEALED_MORE, SEALED_VERSION

KEY_BYTES = 32
NONCE_BYTES = 12
FEWEST_VALUES = 12  # different bytes in a key; of 32 random ones fewer than 20 are different once in 10^11 keys
FILE = "hubbot.key"

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # json.dumps would make one at each call


class KeyMismatch(Exception):  # noqa: N818  # it becomes a StoreError where it is known what was to be opened
    """None of the keys opens the value."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `id` are the first four bytes of its hash, so that the right one is found without trying."""

    id: bytes
    aes: AESGCM = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> "Key":
        return cls(id_of(secret), AESGCM(secret))

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """`plain` under this key, bound to a place."""
        nonce = os.urandom(NONCE_BYTES)
        return SEALED_VERSION + self.id + nonce + self.aes.encrypt(nonce, plain, SEALED_VERSION + bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """The inverse. Raises KeyMismatch for another key's value, a moved one, or a damaged one."""
        if len(sealed) < SEALED_MORE or sealed[:1] != SEALED_VERSION or sealed[1:5] != self.id:
            raise KeyMismatch
        try:
            return self.aes.decrypt(sealed[5:17], sealed[17:], SEALED_VERSION + bound)
        except InvalidTag:
            raise KeyMismatch from None


@dataclass(frozen=True, slots=True)
class Master:
    """The master keys: the first wraps, all unwrap."""

    keys: tuple[Key, ...]

    def wrap(self, secret: bytes, *place: str) -> bytes:
        """A key under the first master key; `place` names its row."""
        return self.keys[0].seal(secret, _bound(*place))

    def unwrap(self, wrapped: bytes, *place: str) -> bytes:
        """The key that was wrapped. Raises KeyMismatch."""
        key = next((it for it in self.keys if it.id == wrapped[1:5]), None)
        if key is None:
            raise KeyMismatch
        return key.open(wrapped, _bound(*place))


@dataclass(frozen=True, slots=True)
class Box:
    """Seals and opens the values of one person (or of a hub, where `contact` is empty)."""

    key: Key
    hub: str
    contact: str

    def seal(self, table: str, column: str, value: Json) -> bytes:
        """Plain data, sealed for one column of the person's rows."""
        plain = _written(value).encode("utf-8", "surrogatepass")
        return self.key.seal(plain, _bound(table, column, self.hub, self.contact))

    def open(self, table: str, column: str, sealed: bytes) -> "Json":
        """The inverse. Raises KeyMismatch."""
        plain = self.key.open(sealed, _bound(table, column, self.hub, self.contact))
        value: Json = json.loads(plain.decode("utf-8", "surrogatepass"))
        return value


def new_secret() -> bytes:
    """A new key's bytes."""
    return os.urandom(KEY_BYTES)


def id_of(secret: bytes) -> bytes:
    """What tells a key from others, and tells nothing of the key."""
    return hashlib.sha256(b"hubbot key id\0" + secret).digest()[:4]


def index_of(secret: bytes, channel: str, account: str, network_id: str) -> bytes:
    """The blind index of an address. `secret` is the index key: ids are guessable, so a plain hash would hide nothing."""
    return hmac.new(
        secret, "\0".join((channel, account, network_id)).encode("utf-8", "surrogatepass"), "sha256"
    ).digest()


def parse(text: str) -> Master:
    """The keys in HUBBOT_KEY: 32 random bytes in base64, or several parted by commas. Raises StoreError."""
    return Master(tuple(_key(part.strip(), "HUBBOT_KEY") for part in text.split(",")))


def from_file(folder: Path) -> Master | None:
    """The key in the folder's key file, or None where there is no file. Raises StoreError on one that others can read."""
    path = folder / FILE
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe is not waited for
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1_000).decode("ascii", "replace").strip() if stat.S_ISREG(mode) else ""
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path}: not a file")
    if mode & 0o077:
        raise StoreError(f"{path}: others can read the key; do `chmod 600 {path}`")
    return Master((_key(text, str(path)),))


def make_file(folder: Path) -> Master:
    """A new key in a new key file that its owner alone can read; never over an old one. Raises StoreError."""
    path, secret = folder / FILE, new_secret()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(b64encode(secret) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path}: cannot be made ({error.strerror})") from None
    return Master((Key.of(secret),))


def _bound(*place: str) -> bytes:
    return "\0".join(place).encode("utf-8", "surrogatepass")


def _key(text: str, name: str) -> Key:
    """One key. The text itself is in no message: logs are read by more people than settings."""
    try:
        secret = b64decode(text, validate=True)
    except ValueError:
        raise StoreError(f"{name}: not a key: 32 random bytes in base64 are needed") from None
    if len(secret) != KEY_BYTES:
        raise StoreError(f"{name}: a key of {len(secret)} bytes; 32 random bytes in base64 are needed")
    if len(set(secret)) < FEWEST_VALUES or len({(b - a) % 256 for a, b in pairwise(secret)}) < FEWEST_VALUES:
        raise StoreError(f"{name}: an example, not a key: 32 random bytes in base64 are needed")
    if secret.isascii() and secret.decode("ascii").isprintable():  # once in 10^13 random keys
        raise StoreError(f"{name}: words, not a key: 32 random bytes in base64 are needed")
    return Key.of(secret)
