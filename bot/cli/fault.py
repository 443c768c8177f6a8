"""What is said of a command that failed: one line that somebody can act on.

One rule: the words of an exception that is not ours stay out, since they may hold what a person wrote or a secret.
"""

from traceback import extract_tb

from bot.app import PackError
from bot.channels.jsonl import MalformedError
from bot.cli import UsageError
from bot.settings import SettingsError
from storage.errors import StoreError, Unavailable


def told(fault: Exception) -> str:
    """The line, without its beginning."""
    match fault:
        case UsageError() | SettingsError() | PackError() | StoreError() | MalformedError():
            return str(fault)
        case Unavailable():
            return f"the database cannot be used now: {fault}"
        case OSError(strerror=str(why), filename=str(name)):
            return f"{name}: {why}"
        case OSError(strerror=str(why)):  # a full disk behind stdout
            return why
        case _:
            return f"it failed inside: {type(fault).__name__} at {place(fault)}. Nothing more was done."


def place(fault: Exception) -> str:
    """Where it was raised: file and line of the last steps, nothing else."""
    steps = extract_tb(fault.__traceback__)[-3:]
    return ", ".join(f"{step.filename.rpartition('/')[2]}:{step.lineno}" for step in steps)
