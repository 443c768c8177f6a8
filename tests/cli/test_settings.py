"""Settings: where they come from, and what is said of a wrong one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.settled import unread
from bot.settings import KNOWN, SettingsError, load
from tests.cli.conftest import Call


def test_nothing_need_be_set(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert settings.database == f"sqlite:///{tmp_path}/data/hubbot.sqlite3"
    assert settings.data == tmp_path / "data"
    assert (settings.hubs / "pl" / "hub.toml").is_file()
    assert settings.pacing
    assert not settings.test_clock


def test_a_variable_goes_before_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# a comment\n\nexport HUBBOT_DATA_DIR='x y'\nHUBBOT_LOG=debug\nTOKEN=\"1:a\"\n")
    env.chmod(0o600)
    settings = load({"HUBBOT_LOG": "error"}, tmp_path)
    assert settings.data == tmp_path / "x y"
    assert settings.log == "error"
    assert settings.secret("TOKEN") == "1:a"
    assert settings.secret("ANOTHER") == ""


def test_a_file_may_hold_a_value(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\n")
    settings = load({"HUBBOT_KEY_FILE": str(tmp_path / "key"), "TOKEN_FILE": str(tmp_path / "key")}, tmp_path)
    assert settings.key == settings.secret("TOKEN") == "abc"
    assert "abc" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("sqlite+aiosqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("postgresql+asyncpg://u:p@h/n?host=/s", "postgresql://u:p@h/n?host=/s"),
        ("postgres://u@h/n", "postgresql://u@h/n"),
    ],
)
def test_a_driver_suffix_is_accepted(url: str, wanted: str, tmp_path: Path) -> None:
    assert load({"HUBBOT_DATABASE_URL": url}, tmp_path).database == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBBOT_DATABASE_URL", "mysql://u:hunter2@h/n"),
        ("HUBBOT_DATABASE_URL", "hunter2"),
        ("HUBBOT_DATABASE_URL", "sqlite:///"),
        ("HUBBOT_DATABASE_URL", "sqlite://hunter2"),
        ("HUBBOT_HUBS", "/nowhere/hunter2"),
        ("HUBBOT_HUBS", "hunter2" * 100),
        ("HUBBOT_DATA_DIR", "/etc/passwd/hunter2"),
        ("HUBBOT_PACING", "hunter2"),
        ("HUBBOT_CLOCK", "hunter2"),
        ("HUBBOT_LOG", "hunter2"),
        ("HUBBOT_TELEGRAM_API", "hunter2"),
        ("HUBBOT_MATRIX_HOMESERVER", "https://u:hunter2@h"),
        ("HUBBOT_KEY_FILE", "/nowhere/hunter2"),
        ("HUBBOT_KEY_FILE", "/dev/zero"),
        ("HUBBOT_KEY_FILE", "/tmp"),
    ],
)
def test_a_wrong_value_is_told_by_its_name_and_not_shown(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        load({name: value}, tmp_path)
    assert str(wrong.value).startswith(name)
    assert "hunter2" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_both_a_value_and_a_file_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HUBBOT_KEY and HUBBOT_KEY_FILE"):
        load({"HUBBOT_KEY": "a", "HUBBOT_KEY_FILE": "b"}, tmp_path)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Security 11."""
    env = tmp_path / ".env"
    env.write_text("HUBBOT_KEY=hunter2\n")
    env.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600") as wrong:
        load({}, tmp_path)
    assert "hunter2" not in str(wrong.value)


def test_a_line_that_is_none_is_told_by_its_number(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("HUBBOT_LOG=info\nhunter2\n")
    env.chmod(0o600)
    with pytest.raises(SettingsError, match=r"\.env:2: not NAME=VALUE") as wrong:
        load({}, tmp_path)
    assert "hunter2" not in str(wrong.value)


def _looped(path: Path) -> None:
    path.symlink_to(path.name)


def _dangling(path: Path) -> None:
    path.symlink_to("hunter2")


def _piped(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _holds(data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data)
        path.chmod(0o600)

    return write


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_looped, ".env: cannot be read: "),
        (_dangling, ".env: cannot be read: No such file"),
        (Path.mkdir, ".env: not a file"),
        (_piped, ".env: not a file"),
        (_holds(b"HUBBOT_KEY=hunter2\xff\n"), ".env: not UTF-8"),
        (_holds(b"A=1\nB=hunter2\0\n"), ".env:2: not NAME=VALUE"),
        (_holds(b"A=hunter2\n" * 10_000), ".env: the file is larger than"),
    ],
)
def test_an_env_file_that_cannot_be_read_is_never_passed_over(
    make: Callable[[Path], None], why: str, tmp_path: Path, call: Call
) -> None:
    make(tmp_path / ".env")
    for command in (("chat",), ("check",), ("report", "hub", "pl")):
        done = call(*command)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert done.err.startswith(f"hubbot: {tmp_path}/{why}")
        assert "hunter2" not in done.err


def test_an_env_file_of_windows_is_read(tmp_path: Path) -> None:
    _holds("\ufeffHUBBOT_LOG=info\r\n\r\nTOKEN='ż'\r\n".encode())(tmp_path / ".env")
    settings = load({}, tmp_path)
    assert settings.log == "info"
    assert settings.secret("TOKEN") == "ż"


@pytest.mark.parametrize("make", [Path.touch, _looped, _dangling])
def test_a_data_directory_that_is_none_is_told_by_its_setting(
    make: Callable[[Path], None], tmp_path: Path, call: Call
) -> None:
    make(tmp_path / "data")
    for command in (("chat",), ("check",), ("db", "upgrade")):
        done = call(*command)
        assert (done.code, done.out, done.err) == (2, "", "hubbot: HUBBOT_DATA_DIR: not a folder\n")


def test_a_data_directory_that_cannot_be_made_is_told_by_its_setting(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("/proc/nowhere/data", "x" * 300):
        monkeypatch.setenv("HUBBOT_DATA_DIR", place)
        done = call("chat")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("hubbot: HUBBOT_DATA_DIR: the folder cannot be made: ")
        assert done.err.count("\n") == 1


def test_a_name_that_nothing_reads_is_told_with_the_nearest(call: Call, tmp_path: Path) -> None:
    _holds(b"HUBBOT_DATABSE_URL=hunter2\nHUBBOT_PL_TELEGRAM_TOKEN_FILE=/nowhere\n")(tmp_path / ".env")
    done = call("chat", input="/help\n")
    assert done.code == 0
    assert (
        done.err == "hubbot: warning: HUBBOT_DATABSE_URL is set, and nothing reads it: is HUBBOT_DATABASE_URL meant?\n"
    )
    assert call("check").err == done.err


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("HUBBOT_LOGS", "HUBBOT_LOG"),
        ("HUBBOT_KEYFILE", "HUBBOT_KEY"),
        ("hubbot_data_dir", "HUBBOT_DATA_DIR"),
        ("HUBBOT_PL_TELEGRAM_TOKN", "HUBBOT_PL_TELEGRAM_TOKEN"),
        ("HUBBOT_FLAVOUR", ""),
        ("HUBBOT_" + "X" * 300, ""),
        ("HUBBOT_", ""),
    ],
)
def test_only_what_is_alike_is_named(name: str, near: str, tmp_path: Path) -> None:
    (line,) = unread(load({name: "hunter2"}, tmp_path))
    assert line.endswith(f": is {near} meant?" if near else "nothing reads it")
    assert len(line) < 200
    assert "hunter2" not in line


def test_what_is_read_is_not_told(tmp_path: Path) -> None:
    names = ("HUBBOT_KEY", "HUBBOT_KEY_FILE", "HUBBOT_PT_MATRIX_USER", "HUBBOT_PT_MATRIX_PASSWORD_FILE", "HUB", "PATH")
    (tmp_path / "empty").touch()
    values = {name: str(tmp_path / "empty") if name.endswith("_FILE") else "" for name in names}
    assert [*unread(load(values, tmp_path))] == []


def test_every_setting_is_read(tmp_path: Path) -> None:
    """A wrong value of each is refused, or it is a place or a key: those are refused where they are used."""
    silent = {"HUBBOT_DATA_DIR", "HUBBOT_KEY"}
    for name in set(KNOWN) - silent:
        with pytest.raises(SettingsError, match=name):
            load({name: "\0"}, tmp_path)
