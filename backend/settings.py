"""Settings: the environment, and a `.env` file beneath it. Read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from dotenv import dotenv_values

DATABASE_URL = "sqlite:///imbizo.db"
PUBLIC_URL = "http://127.0.0.1:8000"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class MediaStore:
    """An S3-compatible store for pictures and recordings."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator set. `environment` also answers the $NAMES in city profiles. `alerts` are
    the addresses (a web hook, e-mail) that are told what goes wrong; `smtp_url` sends the mail."""

    database_url: str = DATABASE_URL
    secret_keys: tuple[str, ...] = ()
    public_url: str = PUBLIC_URL
    cities: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    media_store: MediaStore | None = None
    alerts: tuple[str, ...] = field(default=(), repr=False)
    smtp_url: str = field(default="", repr=False)

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, where it is SQLite."""
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return None
        return Path(self.database_url.removeprefix(prefix))

    @property
    def key_file(self) -> Path | None:
        """Where keys are kept when none are set: beside a SQLite database."""
        return self.sqlite_file.with_suffix(".keys") if self.sqlite_file else None

    def secret(self, name: str) -> str:
        """The value a profile's $NAME stands for; "" where it is not set."""
        return self.environment.get(name.removeprefix("$"), "")


def read_settings(environment: Mapping[str, str] | None = None, env_file: str = ".env") -> Settings:
    """The settings of this process. Raises SettingsError."""
    given = dict(os.environ) if environment is None else dict(environment)
    beneath = {k: v for k, v in dotenv_values(env_file).items() if v is not None}
    values = {**beneath, **given}
    url = values.get("IMBIZO_DATABASE_URL") or DATABASE_URL
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise SettingsError(
            "IMBIZO_DATABASE_URL must begin with sqlite:/// or postgresql://, for example"
            " sqlite:///imbizo.db"
        )
    if not _is_readable(url):
        raise SettingsError(
            "IMBIZO_DATABASE_URL is no address: postgresql://USER:PASSWORD@HOST/NAME"
        )
    keys = tuple(k.strip() for k in values.get("IMBIZO_SECRET_KEYS", "").split(",") if k.strip())
    if not keys and not url.startswith("sqlite"):
        raise SettingsError(
            "IMBIZO_SECRET_KEYS is required with PostgreSQL: set it to a long random text, and"
            " keep a copy apart from the database"
        )
    public_url = (values.get("IMBIZO_PUBLIC_URL") or PUBLIC_URL).rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise SettingsError("IMBIZO_PUBLIC_URL must begin with https:// (or http:// for a trial)")
    cities = values.get("IMBIZO_CITIES")
    alerts, smtp_url = _alerts(values)
    folder = Path(cities) if cities else None
    return Settings(url, keys, public_url, folder, values, _media_store(values), alerts, smtp_url)


def _media_store(values: Mapping[str, str]) -> MediaStore | None:
    """Where pictures are kept, if not in the database. Raises SettingsError."""
    text = values.get("IMBIZO_MEDIA_STORE", "")
    if not text:
        return None
    address = urlsplit(text)
    more = dict(parse_qsl(address.query))
    endpoint = more.pop("endpoint", "")
    region = more.pop("region", "us-east-1")
    if address.scheme != "s3" or not address.netloc or more or not endpoint.startswith("http"):
        raise SettingsError(
            "IMBIZO_MEDIA_STORE must read s3://BUCKET/PREFIX?endpoint=https://HOST (and &region=…)"
        )
    named = ("IMBIZO_MEDIA_ACCESS_KEY", "IMBIZO_MEDIA_SECRET_KEY")
    secrets = [values.get(name, "") for name in named]
    if not all(secrets):
        raise SettingsError(f"IMBIZO_MEDIA_STORE also needs {' and '.join(named)}")
    return MediaStore(address.netloc, address.path.strip("/"), endpoint, region, *secrets)


def _alerts(values: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """Who is told what goes wrong, and how mail is sent."""
    hook = values.get("IMBIZO_ALERT_WEBHOOK", "").strip()
    if hook and not hook.startswith(("http://", "https://")):
        raise SettingsError("IMBIZO_ALERT_WEBHOOK must begin with https:// (or http://)")
    mails = [one.strip() for one in values.get("IMBIZO_ALERT_EMAIL", "").split(",") if one.strip()]
    if any(one.count("@") != 1 for one in mails):
        raise SettingsError("IMBIZO_ALERT_EMAIL is a list as ops@example.org,duty@example.org")
    smtp = values.get("IMBIZO_SMTP_URL", "").strip()
    if smtp and not (smtp.startswith(("smtp://", "smtps://")) and _is_readable(smtp)):
        raise SettingsError(
            "IMBIZO_SMTP_URL is no address: smtp://USER:PASSWORD@HOST:587?tls=starttls, or smtps://…"
        )
    if mails and not smtp:
        raise SettingsError("IMBIZO_ALERT_EMAIL needs IMBIZO_SMTP_URL, the server that sends mail")
    return ((hook, *mails) if hook else tuple(mails)), smtp


def _is_readable(url: str) -> bool:
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True
