"""Configuration: flags over environment (`WHYDOWN_…`) over `whydown.toml` over these defaults.

The only module that reads an environment variable. Nested settings use two underscores:
`WHYDOWN_STORE__MEMORY_LIMIT=2GB`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tools.errors import ConfigError
from tools.live.settings import SourcesSettings

FILE_NAME = "whydown.toml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(_Section):
    """The embedded store."""

    memory_limit: str = Field(
        default="1GB",
        pattern=r"^\d+(\.\d+)? ?([KMGT]i?B|%)$",
        description="DuckDB's memory limit, such as 800MB or 2GB; above it, it spills to disk",
    )
    threads: int = Field(default=2, ge=1, description="DuckDB's worker threads")
    baseline_spans: int = Field(
        default=1_000_000,
        ge=1_000,
        description="baseline spans read at most, by whole traces; quantiles are stable far below this",
    )
    baseline_lines: int = Field(
        default=2_000_000, ge=1_000, description="baseline log lines read at most; counts are scaled above it"
    )


class SurveySettings(_Section):
    """What counts as a finding."""

    false_discovery_rate: float = Field(
        default=0.01, gt=0, lt=1, description="bound on the share of findings that are noise, per analyser"
    )
    min_certainty: float = Field(
        default=2.0, ge=0, description="standard errors below which a change is not reported at all"
    )
    per_analyser: int = Field(default=40, ge=1, description="findings kept per analyser, strongest first")
    analysers_off: tuple[str, ...] = Field(default=(), description="analysers that are not run, by name")


class RankingSettings(_Section):
    """When the first hypothesis is called the cause."""

    min_confidence: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="a component this likely is called the cause",
    )
    likely: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="but only when it is this probable that anything is at fault: one call in five may be for nothing",
    )
    sure: float = Field(
        default=0.9,
        ge=0,
        le=1,
        description="when it is this probable that anything at all is at fault, the likeliest component is named",
    )
    min_lead: float = Field(
        default=0.25, ge=0, le=1, description="but never one below this: of five equals none is worth naming"
    )
    unfounded_alarms: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of alarms that the data confirm and behind which nothing is at fault all the same",
    )
    hypotheses: int = Field(default=5, ge=1, description="hypotheses shown")


class KnowledgeSettings(_Section):
    """The knowledge base of postmortems; without a folder it is left out at no cost."""

    folder: Path | None = Field(default=None, description="folder of postmortems, usually in a git repository")
    embeddings_url: str = Field(default="", description="OpenAI-compatible endpoint; empty means the offline model")
    embeddings_model: str = Field(default="", description="the endpoint's model")
    embeddings_key: SecretStr = Field(default=SecretStr(""), description="the endpoint's key")
    chroma_url: str = Field(default="", description="a Chroma server, such as http://host:8000; empty means embedded")
    chroma_token: SecretStr = Field(default=SecretStr(""), description="bearer token of the Chroma server")
    collection: str = Field(default="postmortems", description="name that teams share on a Chroma server")
    threads: int = Field(default=2, ge=1, description="threads of the offline embedding model")
    half_life_days: float = Field(default=180.0, gt=0, description="age at which freshness counts half")
    lock_seconds: float = Field(default=30.0, ge=0, description="how long to wait for another process's index lock")


class ModelSettings(_Section):
    """The language model: any OpenAI-compatible endpoint. Without a model's name none is used, at no cost."""

    url: str = Field(
        default="https://api.openai.com/v1", pattern=r"^https?://", description="base URL of the endpoint, up to /v1"
    )
    key: SecretStr = Field(default=SecretStr(""), description="the endpoint's key")
    model: str = Field(default="", description="the model's name at the endpoint; empty means no language model")
    prompt_price: float = Field(default=0.0, ge=0, description="price of a million tokens read, in any currency")
    completion_price: float = Field(default=0.0, ge=0, description="price of a million tokens written")
    temperature: float = Field(default=0.0, ge=0, le=2, description="0 gives the most repeatable answers")
    seed: int = Field(default=0, description="seed for endpoints that take one")
    prompt_tokens: int = Field(default=6_000, ge=500, description="tokens sent in one call at most")
    completion_tokens: int = Field(default=800, ge=50, description="tokens asked for in one call at most")
    argument_tokens: int = Field(default=8_000, ge=0, description="tokens read before the model is made to answer")
    budget_tokens: int = Field(default=40_000, ge=0, description="tokens read and written in one investigation")
    budget_calls: int = Field(default=12, ge=0, description="calls in one investigation")
    budget_seconds: float = Field(default=300.0, ge=0, description="seconds of calls in one investigation")
    budget_money: float = Field(default=1.0, ge=0, description="cost of one investigation, in the prices' currency")
    retries: int = Field(default=2, ge=0, description="repeats after status 429, 5xx and broken connections")
    timeout: float = Field(default=120.0, gt=0, description="seconds for one call")
    abilities: Path = Field(default=Path(".whydown/abilities.json"), description="where it is kept what models can do")


class CiSettings(_Section):
    """The PR bot."""

    token: SecretStr = Field(default=SecretStr(""), description="GitHub token; in a workflow ${{ github.token }}")
    api: str = Field(default="https://api.github.com", description="GitHub's API, another one for Enterprise Server")
    server: str = Field(default="https://github.com", description="GitHub's web address, for links to runs")
    author: str = Field(default="github-actions[bot]", description="login that whydown comments as")
    webhook_secret: SecretStr = Field(default=SecretStr(""), description="secret that GitHub signs deliveries with")
    queue: Path = Field(default=Path(".whydown/ci-queue.sqlite"), description="where the server keeps waiting runs")
    knowledge_repo: str = Field(default="", description="repository of the postmortems, owner/repo; empty: none")
    knowledge_path: str = Field(default="", description="folder of the postmortems in it; empty: all of it")
    knowledge_token: SecretStr = Field(
        default=SecretStr(""), description="token that may push branches and open pull requests there; empty: the token"
    )


class Settings(BaseSettings):
    """All settings of whydown."""

    model_config = SettingsConfigDict(
        env_prefix="WHYDOWN_", env_nested_delimiter="__", toml_file=FILE_NAME, extra="forbid", frozen=True
    )

    runs: Path = Field(default=Path(".whydown/runs"), description="where runs, checkpoints and journals are kept")
    owners: dict[str, str] = Field(default_factory=dict, description="service name or glob pattern → owner")
    codeowners: Path | None = Field(default=None, description="a CODEOWNERS file to look owners up in")
    repository: Path | None = Field(default=None, description="git repository of the source, only read, never written")
    store: StoreSettings = StoreSettings()
    survey: SurveySettings = SurveySettings()
    ranking: RankingSettings = RankingSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    model: ModelSettings = ModelSettings()
    ci: CiSettings = CiSettings()
    sources: SourcesSettings = SourcesSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flags, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def token_cache() -> Path:
    """Return the folder where tiktoken looks for vocabularies; unless the user has set one, it is one of ours."""
    ours = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whydown" / "tiktoken"
    return Path(os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(ours)))


def editor_command() -> str:
    """Return the command line of the user's editor: $VISUAL, else $EDITOR, else vi."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


def secret_from(variable: str, file: Path | None) -> SecretStr:
    """Return a secret that an environment variable or a file holds; empty when neither is named.

    Raises:
        ConfigError: the variable is unset, or the file cannot be read.
    """
    if variable:
        if not (value := os.environ.get(variable, "")):
            raise ConfigError(f"the environment variable {variable} is not set", "the configuration names it")
        return SecretStr(value)
    if file is None:
        return SecretStr("")
    try:
        return SecretStr(file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the secret in {file} cannot be read", type(error).__name__) from error


def _near(name: str) -> str:
    """Return what the writer of an unknown setting may have meant."""
    near = get_close_matches(name, _names(Settings), 1, cutoff=0.7)
    return f"did you mean {near[0]!r}?" if near else "`whydown config` lists all"


def _names(section: type[BaseModel], prefix: str = "") -> list[str]:
    found = []
    for name, field in section.model_fields.items():
        kind = field.annotation
        found.append(prefix + name)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += _names(kind, f"{prefix}{name}.")
    return found


def load_settings(file: Path | None = None, **flags: object) -> Settings:
    """Read the configuration.

    Args:
        file: a configuration file; None means `whydown.toml` in the working folder, if there is one.
        flags: top-level settings from the command line; they win.

    Raises:
        ConfigError: the file is missing or not TOML, or a value is wrong or unknown.
    """
    if file is not None and not file.is_file():
        raise ConfigError(f"no configuration file at {file}", "")
    try:
        read = _settings_class(file)(**flags)  # type: ignore[arg-type]  # flags are checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"there is no setting {where!r}", _near(where)) from error
        raise ConfigError(f"setting {where!r} is wrong", str(first["msg"])) from error
    except ValueError as error:
        raise ConfigError(f"{file or FILE_NAME} is not valid TOML", str(error)) from error
    # of the plain class, which other processes can be given
    return Settings.model_construct(_fields_set=read.model_fields_set, **dict(read))


def as_flags(pairs: Iterable[str]) -> dict[str, Any]:
    """Return `section.name=value` texts of a command line as nested settings for `load_settings`.

    Raises:
        ConfigError: a text has another form.
    """
    nested: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        *sections, name = path.strip().split(".")
        if not (equals and all([*sections, name])):
            raise ConfigError(f"cannot read the setting {path!r}", "write SETTING=VALUE, such as model.model=NAME")
        inner = nested
        for section in sections:
            inner = inner.setdefault(section, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"the setting {path!r} is inside another value", "see `whydown config`")
        inner[name] = value
    return nested


def recorded_settings(values: dict[str, object]) -> Settings:
    """Return settings as they once were, whatever file and environment say now.

    Raises:
        ConfigError: this version knows other settings.
    """

    class Recorded(Settings):
        model_config = SettingsConfigDict(**{**Settings.model_config, "toml_file": None})

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings,)

    try:
        return Recorded(**values)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ConfigError(f"the recorded setting {where!r} is none any more", "") from error


def _settings_class(file: Path | None) -> type[Settings]:
    if file is None:
        return Settings

    class FromFile(Settings):
        model_config = SettingsConfigDict(**{**Settings.model_config, "toml_file": file})

    return FromFile
