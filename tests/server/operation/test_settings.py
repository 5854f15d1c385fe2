"""Settings of the server: where they come from and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.bootstrap._server_settings import crosses_in_clear, server_settings
from studio.domain.errors import UserError
from studio.domain.settings import ServerSettings, secret_settings
from studio.services.operation.looking import settings_shown


def test_flags_go_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text('port = 1\nhost = "a"\nlog_level = "debug"\n')
    found = server_settings(tmp_path, {"port": 3}, {"STUDIO_PORT": "2", "STUDIO_HOST": "b"})
    assert (found.port, found.host, found.log_level) == (3, "b", "debug")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("port = 70000", "settings.invalid"),
        ('log_level = "loud"', "settings.invalid"),
        ('trusted_proxies = ["10.0.0"]', "settings.invalid"),
        ('public_url = "studio.example.org"', "settings.invalid"),
        ('tls_cert = "x.pem"', "settings.needs"),
        ('tls_cert = "x.pem"\ntls_key = "y.pem"', "settings.tls"),
        ("prot = 1", "settings.unknown"),
        ("port", "settings.not_toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "studio.toml").write_text(text)
    with pytest.raises(UserError) as raised:
        server_settings(tmp_path, {}, {})
    assert raised.value.code == code


def test_a_file_with_secrets_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "studio.toml"
    file.write_text('metrics_token = "hidden"')
    file.chmod(0o644)
    with pytest.raises(UserError) as raised:
        server_settings(tmp_path, {}, {})
    assert raised.value.code == "settings.readable"
    assert "hidden" not in str(raised.value)
    file.chmod(0o600)
    assert server_settings(tmp_path, {}, {}).metrics_token == "hidden"
    file.write_text("port = 1")
    file.chmod(0o644)
    assert server_settings(tmp_path, {}, {}).port == 1


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("smtp_password = 12345678")
    (tmp_path / "studio.toml").chmod(0o600)
    with pytest.raises(UserError) as raised:
        server_settings(tmp_path, {}, {})
    assert "12345678" not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "more", "clear"),
    [
        ("127.0.0.1", {}, False),
        ("::1", {}, False),
        ("localhost", {}, False),
        ("0.0.0.0", {}, True),
        ("studio.internal", {}, True),
        ("0.0.0.0", {"public_url": "https://studio.example.org"}, False),
        ("0.0.0.0", {"public_url": "http://studio.example.org"}, True),
        ("0.0.0.0", {"tls_cert": "a", "tls_key": "b"}, False),
    ],
)
def test_when_secrets_cross_in_clear(host: str, more: dict[str, str], clear: bool) -> None:
    assert crosses_in_clear(ServerSettings(host=host, **more)) is clear  # pyright: ignore[reportArgumentType]


def test_secrets_are_not_shown() -> None:
    settings = ServerSettings(metrics_token="one", smtp_password="two", otlp_headers="three")
    shown = {one.name: one.value for one in settings_shown(settings)}
    assert secret_settings() == {"metrics_token", "smtp_password", "otlp_headers"}
    assert [shown[name] for name in sorted(secret_settings())] == [None, None, None]
