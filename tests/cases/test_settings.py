"""Settings: the environment first, then the file; a bad one is named with what it may be."""

import threading
from pathlib import Path

import pytest

from bot.settings import settings as bot_settings
from cases.language import speaking
from cases.settings import BadSetting, settings
from tests.databases import forget


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    """No settings but the test's own."""
    monkeypatch.setenv("TREGUA_CONFIG", str(tmp_path / "tregua.toml"))
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path / "data"))
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("name", "value", "english", "spanish"),
    [
        ("TREGUA_SMTP_PORT", "many", "must be a number", "debe ser un número"),
        ("TREGUA_SMTP_PORT", "70000", "at most 65535", "como máximo 65535"),
        ("TREGUA_SMTP_SECURITY", "ssl", "one of tls, starttls, none", "uno de tls, starttls, none"),
        ("TREGUA_ACKNOWLEDGE", "perhaps", "true or false", "true o false"),
        ("TREGUA_QUIET_HOURS", "24:00-08:00", "as 21:00-08:00", "como 21:00-08:00"),
    ],
)
def test_a_bad_setting_is_named_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, english: str, spanish: str
) -> None:
    monkeypatch.setenv(name, value)
    for language, words in (("en", english), ("es", spanish)):
        with speaking(language), pytest.raises(BadSetting, match=words) as refusal:
            bot_settings()
        assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("zone", "Madrid", "such as Europe/Madrid"), ("opening_hours", "9-18", "as mon-fri 09:00")],
)
def test_hours_that_no_promise_can_go_by_are_refused_before_mail_comes(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"TREGUA_{name.upper()}", value)
    with pytest.raises(BadSetting, match=says):
        settings()


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tregua.toml").write_text('zone = "Atlantic/Canary"\nlanguage = "en"\n')
    monkeypatch.setenv("TREGUA_LANGUAGE", "es")
    assert (settings().zone, settings().language) == ("Atlantic/Canary", "es")


def test_the_secret_is_made_once_and_only_its_owner_reads_it() -> None:
    first = settings().secret()
    assert settings().secret() == first
    assert len(first) >= 32
    assert (settings().data / "secret.key").stat().st_mode & 0o077 == 0


def test_a_secret_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    file = settings().data / "secret.key"
    file.parent.mkdir()
    file.touch()
    writing = threading.Timer(0.05, file.write_bytes, [b"a secret that came late"])
    writing.start()
    assert settings().secret() == b"a secret that came late"
    writing.join()


def test_nothing_is_signed_with_an_empty_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.settings.PATIENCE_SECONDS", 0.0)
    file = settings().data / "secret.key"
    file.parent.mkdir()
    file.touch()
    with pytest.raises(BadSetting, match="is empty"):
        settings().secret()


def test_without_a_setting_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert settings().database() == f"sqlite:///{tmp_path.resolve() / 'data' / 'tregua.db'}"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "nonsense", "as postgresql"),
        ("DATABASE_URL", "mysql://ana:geheim@db/tregua", "as postgresql"),
        ("DATABASE_URL", "postgresql+psycopg2://ana:geheim@db/tregua", "as postgresql"),
        ("REDIS_URL", "cache:6379", "as redis://cache"),
        ("REDIS_URL", "redis://:geheim@cache:many/0", "as redis://cache"),
        ("OLD_SECRET_KEYS", "geheim", "OLD_SECRET_KEYS cannot be used: it is written as JSON"),
        ("LOG", "loud", "one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_an_address_of_a_server_is_refused_without_repeating_its_password(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"TREGUA_{name}", value)
    with pytest.raises(BadSetting, match=says) as refusal:
        settings(), bot_settings()
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b'language = "en"\nzone =\n', "line 2"), (b"\xff\xfe", "written as TOML")],
)
def test_a_file_that_is_no_toml_is_named_with_its_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "tregua.toml").write_bytes(content)
    with pytest.raises(BadSetting, match=says) as refusal:
        settings()
    assert str(tmp_path) in str(refusal.value)


def test_nobody_else_may_look_into_the_folder_of_the_data(tmp_path: Path) -> None:
    settings().database()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_named_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TREGUA_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(BadSetting, match="TREGUA_DATA"):
        settings().database()
