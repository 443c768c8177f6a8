"""What a process says about itself: lines on stderr, as many as HUBBOT_LOG wants.

One rule: only our own logger gets louder. Others' would print statements and addresses with what is in them.
"""

import logging
import sys

from typing_extensions import override

from bot.channels.parts import harmless

LOG = logging.getLogger("hubbot")


class _Line(logging.Formatter):
    """One line, whatever is in the message; no traceback, whose last line may quote a person."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return harmless(f"hubbot: {record.getMessage()}").replace("\n", " ")


def begin(level: str) -> None:
    """Log on stderr from here on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    LOG.handlers[:] = [handler]
    LOG.propagate = False
    LOG.setLevel(level.upper())


def told(line: str) -> None:
    """Something that whoever runs the process should know."""
    LOG.warning("%s", line)
