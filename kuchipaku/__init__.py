"""The vocabulary of a plugin author: the hook marker, the values, the protocols, the errors."""

from importlib.util import find_spec

if missing := [name for name in ("flask", "numpy", "pluggy", "pydantic") if find_spec(name) is None]:
    raise ImportError(
        f"{', '.join(missing)} not installed: run ./start.sh, or python -m pip install -r requirements.txt"
    )

from kuchipaku.avatar import AudioAvatar, Avatar, Frame, Pixels
from kuchipaku.cancel import CancelToken
from kuchipaku.character import Character
from kuchipaku.costume import Costume
from kuchipaku.emotion import LABELS, EmotionReader, Feeling
from kuchipaku.encode import Encoder
from kuchipaku.errors import (
    BadRequest,
    Busy,
    EngineUnavailable,
    KuchipakuError,
    PluginError,
    SwitchedOff,
    TooLarge,
    UnknownName,
)
from kuchipaku.hookspecs import hookimpl
from kuchipaku.llm import LanguageModel, Message
from kuchipaku.pose import THA_RIG, Layer, Pose, Rig
from kuchipaku.script import Line
from kuchipaku.settings import Section, Settings
from kuchipaku.speech import Aligner, Delivery, Phone, Samples, Speech, Voice, VoiceInfo, Word
from kuchipaku.timeline import Cue, Timeline

__version__ = "0.1.0"

__all__ = [
    "LABELS", "THA_RIG", "Aligner", "AudioAvatar", "Avatar", "BadRequest", "Busy", "CancelToken", "Character",
    "Costume", "Cue", "Delivery", "EmotionReader", "Encoder", "EngineUnavailable", "Feeling", "Frame", "KuchipakuError",
    "LanguageModel", "Layer", "Line", "Message", "Phone", "Pixels", "PluginError", "Pose", "Rig", "Samples",
    "Section", "Settings",
    "Speech", "SwitchedOff", "Timeline", "TooLarge", "UnknownName", "Voice", "VoiceInfo", "Word", "hookimpl",
]  # fmt: skip
