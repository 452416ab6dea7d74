"""What the environment has to hold. No default here would be wrong in production."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL = Path(".data")
SHORTEST_SECRET = 32
REQUIRED = {
    "database_url": "connection string of the PostgreSQL database",
    "jwt_secret": f"secret that signs tokens, at least {SHORTEST_SECRET} characters",
}


class SettingsError(Exception):
    """The environment lacks something that this process cannot run without."""


class Settings(BaseSettings):
    """The environment, and `.env` where there is one."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    environment: str = "production"
    local_stack: bool = False
    database_url: str = ""
    database_schema: str = ""
    pool_size: int = Field(default=10, ge=1)
    jwt_secret: str = ""
    access_token_minutes: int = Field(default=15, ge=1)
    refresh_token_days: int = Field(default=30, ge=1)
    cors_origins: str = ""
    log_level: str = "info"
    trusted_proxies: int = 0
    api_keys: str = ""
    redis_url: str = ""
    jobs_slots: int = Field(default=10, ge=1)

    @field_validator("jwt_secret")
    @classmethod
    def _is_long(cls, value: str, info: ValidationInfo) -> str:
        if value and len(value) < SHORTEST_SECRET:
            raise ValueError(f"{info.field_name} needs {SHORTEST_SECRET} characters")
        return value

    @property
    def is_production(self) -> bool:
        """Whether the world can reach this process."""
        return self.environment == "production"

    @property
    def is_local(self) -> bool:
        """Whether the embedded database and a secret of this machine will do."""
        return self.local_stack or not self.is_production

    def check(self, *names: str) -> None:
        """Raises SettingsError with one line for each of these that is missing."""
        if self.is_local:
            return
        missing = [
            f"{name.upper()} is not set: {meaning}"
            for name, meaning in REQUIRED.items()
            if name in (names or REQUIRED) and not getattr(self, name)
        ]
        if missing:
            raise SettingsError("\n".join(missing))

    def address_of_database(self) -> str:
        """The URL that was given, or a file of this machine."""
        self.check("database_url")
        return self.database_url or f"sqlite:///{_local_folder() / 'service.db'}"

    def secret_of_tokens(self) -> str:
        """The secret that was given, or one that this machine made for itself."""
        self.check("jwt_secret")
        return self.jwt_secret or _local_secret(_local_folder() / "jwt-secret")

    def allowed_origins(self) -> list[str]:
        """Whose pages may call the API from a browser."""
        return [item.strip() for item in self.cors_origins.split(",") if item.strip()]


def _local_folder() -> Path:
    """What this user keeps for himself; the project's git does not see it."""
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    ignore = LOCAL / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    return LOCAL


def _local_secret(path: Path) -> str:
    """A random secret that outlives restarts: a known one would let anybody in."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    secret = secrets.token_urlsafe(SHORTEST_SECRET)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
