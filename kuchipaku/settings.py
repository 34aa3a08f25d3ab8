"""Settings: a TOML file, then environment variables, then flags; checked once, at the border."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kuchipaku.errors import BadRequest

Model = TypeVar("Model", bound=BaseModel)

PREFIX = "KUCHIPAKU_"
"""KUCHIPAKU_SERVER__PORT=5200 sets `port` in the table [server]."""


class Section(BaseModel):
    """A table of the settings file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(?::\d{1,5})?"


def web_address(text: str) -> str:
    """An http address without query, user or slash at its end; empty stays empty. Raises ValueError."""
    if text and not re.fullmatch(rf"https?://{_HOST}(/[^\s?#]*)?", text):
        raise ValueError("it looks like https://face.example or https://face.example/kuchi")
    return text.rstrip("/")


def web_origin(text: str) -> str:
    """The origin of web pages in lower case, or "*" for all of them. Raises ValueError."""
    if text != "*" and not re.fullmatch(rf"[a-z][a-z0-9+.-]*://{_HOST}", text.lower()):
        raise ValueError('an origin looks like http://127.0.0.1:8000, without a slash at its end; "*" is every origin')
    return text.lower()


class ServerSection(Section):
    """Where the server listens, and to whom."""

    host: str = "127.0.0.1"
    """Address to listen on; one that the network can reach, such as 0.0.0.0, needs `secure` as well, or `no_auth`."""
    port: int = Field(5100, ge=0, le=65535)
    """TCP port; 0 takes a free one."""
    secure: bool = False
    """Whether requests need an API key."""
    no_auth: bool = False
    """Whether everybody on the network may do everything; instead of `secure`, and never on a network you share."""
    api_key_file: Path = Path("api_key.txt")
    """File with the API keys, one a line; made at the first secure start if it is absent."""
    signed_url_minutes: float = Field(5.0, gt=0, le=1440)
    """Minutes for which an address from POST /api/sign may be opened without a key."""
    known_address_minutes: float = Field(10.0, ge=0, le=1440)
    """Minutes after a key for which its sender may open result_feed and TTS samples without it; 0: never."""
    cors_origins: tuple[Annotated[str, AfterValidator(web_origin)], ...] = (
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
        "https://127.0.0.1:8000",
        "https://localhost:8000",
    )
    """Web origins whose pages may call the API; the defaults are SillyTavern's own."""
    hosts: tuple[str, ...] = ()
    """Host names, beside localhost, that a server on a loopback address answers to, such as a proxy passes on."""
    public_url: Annotated[str, AfterValidator(web_address)] = ""
    """Where a proxy serves this server, such as "https://face.example/kuchi"; empty: there is none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged."""


class FoldersSection(Section):
    """Where the user's own things lie."""

    characters: Path = Path("characters")
    """Folder of characters, one folder each."""
    plugins: Path = Path("plugins")
    """Folder of plugins: files and packages."""
    models: Path = Path("models")
    """Folder of published weights; `python -m kuchipaku models fetch` fills it."""


class StreamSection(Section):
    """The live picture."""

    fps: int = Field(30, ge=1, le=120)
    """Frames rendered a second while somebody watches."""
    max_viewers: int = Field(40, ge=1, le=500)
    """Open live streams at once; one more is answered with 503."""


class SpeechSection(Section):
    """The voice that speaks when a character names none."""

    voice: str = "espeak"
    """"engine" or "engine/voice"."""
    aligners: tuple[str, ...] = ("loudness",)
    """Who finds the phones in audio that comes without them: the first that is available and can."""
    lines_ahead: int = Field(2, ge=1, le=16)
    """Lines the language model may be ahead of the voice."""
    seconds_ahead: float = Field(30.0, gt=0, le=600)
    """Seconds of speech that may be ready before they are heard."""


class ReplySection(Section):
    """Who answers, and how much of a conversation is remembered."""

    llms: tuple[str, ...] = ("groq", "eliza")
    """Language models in order of preference: the first that is available answers."""
    turns: int = Field(12, ge=0, le=200)
    """Past messages sent along with a new one."""
    emotion_reader: str = "goemotions"
    """Reads the emotion of lines that carry no mark."""


class LimitsSection(Section):
    """Bounds that keep a long-running server small."""

    text_chars: int = Field(20_000, ge=1)
    """Characters of one text."""
    speech_chars: int = Field(5_000, ge=1)
    """Characters of one text for POST /api/speech, whose audio is made as a whole."""
    upload_mb: int = Field(32, ge=1)
    """Megabytes of one request's body."""
    picture_megapixels: float = Field(40.0, gt=0)
    """Megapixels of one uploaded picture."""
    audio_mb: float = Field(64.0, gt=0)
    """Megabytes of audio kept for download."""
    performances: int = Field(100, ge=1)
    """Performances kept for reading."""
    keep_minutes: float = Field(30.0, gt=0)
    """Minutes after which audio, performances and conversations are let go."""


class Settings(Section):
    """All settings of one server."""

    server: ServerSection = ServerSection()
    folders: FoldersSection = FoldersSection()
    stream: StreamSection = StreamSection()
    speech: SpeechSection = SpeechSection()
    reply: ReplySection = ReplySection()
    limits: LimitsSection = LimitsSection()
    modules: tuple[str, ...] = ("talkinghead", "classify", "silero-tts")
    """SillyTavern-Extras modules that are on; docs/extras.md lists all."""
    plugins: dict[str, Any] = Field(default_factory=dict)
    """One table for each plugin: [plugins.<name>]."""

    def plugin(self, name: str) -> Any:
        """The settings of one plugin: an instance of the model it returned from `settings_model`."""
        return self.plugins[name]


def load_settings(file: Path | None, environ: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """What the file says, changed by the environment, changed by the flags (nested mappings like the file).

    Raises BadRequest that names the wrong key or value and what is allowed.
    """
    tables = read_toml(file) if file else {}
    for layer in (_from_environment(environ), flags):
        tables = laid_over(tables, layer)
    return checked(Settings, tables, "settings")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises BadRequest when it is missing or malformed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRequest(f"{path} cannot be read: {error}", hint="the file must exist and be TOML") from error


def checked(model: type[Model], tables: object, where: str) -> Model:
    """`tables`, which come from outside, as a `model`. Raises BadRequest naming the key and what is allowed."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        raise _explained(model, error, where) from error


def _explained(model: type[BaseModel], error: ValidationError, where: str) -> BadRequest:
    """The first thing that pydantic found wrong, in words for the person who wrote it."""
    first = error.errors(include_url=False)[0]
    location = first["loc"]
    key = ".".join(str(part) for part in location)
    if first["type"] == "extra_forbidden":
        return BadRequest(f"{where}: there is no {key!r}", hint=f"allowed: {_allowed(model, location[:-1])}")
    if first["type"] == "missing":
        return BadRequest(f"{where}: {key!r} is missing", hint=f"allowed: {_allowed(model, location[:-1])}")
    shown = repr(first["input"])
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return BadRequest(f"{where}: {key or 'the value'} is {shown}", hint=first["msg"])


def _allowed(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    for part in location:
        field = model.model_fields.get(str(part))
        annotation = field.annotation if field else None
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
    return ", ".join(sorted(model.model_fields)) or "nothing"


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for name, text in environ.items():
        if name.startswith(PREFIX):
            *path, key = name.removeprefix(PREFIX).lower().split("__")
            table = tables
            for part in path:
                table = table.setdefault(part, {})
            table[key] = _list_or_text(name, text)
    return tables


def _list_or_text(name: str, text: str) -> Any:
    """Scalars stay text, which pydantic turns into numbers; a value in brackets is a TOML list."""
    if not text.startswith("["):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{name} is {text!r}", hint='a list looks like ["one", "two"]') from error


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables, key by key: what `above` says wins."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = laid_over(under, value) if both else value  # type: ignore[arg-type]
    return merged
