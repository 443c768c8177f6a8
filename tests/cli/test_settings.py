"""Settings: where they come from, and what is said of a wrong one."""

from pathlib import Path

import pytest

from bot.settings import KNOWN, SettingsError, load


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


def test_every_setting_is_read(tmp_path: Path) -> None:
    """A wrong value of each is refused, or it is a place or a key: those are refused where they are used."""
    silent = {"HUBBOT_DATA_DIR", "HUBBOT_KEY"}
    for name in set(KNOWN) - silent:
        with pytest.raises(SettingsError, match=name):
            load({name: "\0"}, tmp_path)
