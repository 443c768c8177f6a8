"""`hubbot chat` for a person: in a terminal of its own, and through a pipe."""

import contextlib
import os
import pty
import select
import signal
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.player import ROOT, WAIT, environment, run


@dataclass
class Terminal:
    """A chat in a pseudo-terminal of 60 columns, or of as many as are wanted."""

    pid: int
    handle: int
    seen: str = ""
    read: Callable[[bytes], str] = field(default_factory=lambda: getincrementaldecoder("utf-8")("replace").decode)

    @classmethod
    def start(cls, env: dict[str, str], *arguments: str, columns: int = 60) -> "Terminal":
        pid, handle = pty.fork()
        if pid == 0:
            os.chdir(ROOT / "tests")
            command = [sys.executable, "-m", "bot", "chat", *arguments]
            os.execve(
                sys.executable, command, env | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": f"{columns}"}
            )
        return cls(pid, handle)

    def until(self, wanted: str) -> str:
        """What came up to and with these words; what came after them is kept for the next look."""
        deadline = time.monotonic() + WAIT
        while wanted not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.handle], [], [], 0.1)[0]:
                self.seen += self.read(os.read(self.handle, 65_536))
        before, _, self.seen = self.seen.partition(wanted)
        return before + wanted

    def type(self, words: str) -> None:
        os.write(self.handle, words.encode())

    def end(self, key: str = "") -> int:
        """The exit code, when it has gone by itself. `key` is pressed as often as it takes, once a second: one that comes
        between the prompt and the reading is lost."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self.type(key)
            if select.select([self.handle], [], [], 1)[0]:
                with contextlib.suppress(OSError):  # the other end is closed
                    os.read(self.handle, 65_536)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                os.close(self.handle)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError("it did not end")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "data")


def test_a_person_is_prompted_answered_and_let_go(env: dict[str, str]) -> None:
    chat = Terminal.start(env, "--lang", "en")
    assert "/start begins" in chat.until("> ")
    chat.type("/start\n")
    seen = chat.until("\n> ")
    assert "112" in seen
    assert "\x1b[1m1.\x1b[0m " in seen
    assert max(map(len, seen.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines())) <= 60
    chat.type("/quit\n")
    assert chat.end() == 0


def test_a_narrow_window_breaks_between_words(env: dict[str, str]) -> None:
    chat = Terminal.start(env, "--lang", "en", columns=20)
    seen = chat.until("> ")
    chat.type("/menu\n")
    seen += chat.until("\n> ").replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert max(map(len, seen.splitlines())) <= 20
    chat.type("/quit\n")
    assert chat.end() == 0


def test_several_lines_pasted_are_answered_and_an_empty_one_is_not(env: dict[str, str]) -> None:
    chat = Terminal.start(env, "--lang", "en")
    chat.until("> ")
    chat.type("\n\n/language\n2\n")
    seen = chat.until("I speak: English") + chat.until("\n> ")
    assert "program" not in seen.partition("/language")[0]
    chat.type("\x1b[200~/privacy\nplease\x1b[201~\r")  # what a terminal makes of a paste: one message
    chat.until("Responsible for your data")
    chat.type("/quit\n")
    assert chat.end() == 0


def test_words_that_would_fool_a_terminal_are_not_printed(env: dict[str, str]) -> None:
    """What the person's own terminal echoes of their keys is the terminal's; the bot's answer shows none of it."""
    chat = Terminal.start(env, "--lang", "en")
    chat.until("> ")
    chat.type("\x16\x1b[2J\x16\x1b]0;evil\x16\x07\u202e\u2066 is there anything?\n")  # Ctrl-V: the next key as it is
    answer = chat.until("\n> ").partition("anything?\r\n")[2]
    plain = answer.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert plain
    assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(plain)
    chat.type("/quit\n")
    assert chat.end() == 0


def test_ctrl_d_ends_it_and_ctrl_c_ends_it_cleanly(env: dict[str, str]) -> None:
    for key, code in (("\x04", 0), ("\x03", 130)):
        chat = Terminal.start(env)
        chat.until("> ")
        assert chat.end(key) == code


def test_no_colours_where_none_are_wanted(env: dict[str, str]) -> None:
    chat = Terminal.start(env | {"NO_COLOR": "1"}, "--lang", "en")
    chat.until("> ")
    chat.type("/help\n")
    assert "\x1b[1m" not in chat.until("\n> ")
    chat.type("/quit\n")
    assert chat.end() == 0


def test_a_piped_line_is_a_message_and_numbers_answer(env: dict[str, str]) -> None:
    first = run(env, "chat", "--lang", "en", input="/language\n\n   \n")
    assert (first.returncode, first.stderr) == (0, "")
    number = next(line.split(".")[0].strip() for line in first.stdout.splitlines() if "українська" in line.lower())
    second = run(env, "chat", input=f"{number}\r\n/quit\nnever said\n")
    assert second.returncode == 0
    assert "\x1b" not in first.stdout + second.stdout
    assert any("а" <= char <= "я" for char in second.stdout)


def test_hostile_words_reach_nobody_raw(env: dict[str, str]) -> None:
    said = b"\x1b[2J\x00\xe2\x80\xae\xff\xfe evil\x07 words?\n" * 2
    done = run(env, "chat", input=said)
    assert done.returncode == 0
    assert not {"\x1b", "\x00", "\x07", "\u202e"} & set(done.stdout + done.stderr)


def test_a_coordinator_is_named_by_the_pack(env: dict[str, str]) -> None:
    done = run(env | {"HUBBOT_HUBS": str(ROOT / "tests" / "hubs")}, "chat", "--coordinator", input="/help\n")
    assert done.returncode in (0, 2)
    assert done.stderr.count("\n") == (1 if done.returncode else 0)
