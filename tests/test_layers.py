"""The architecture, held: who may import whom, and what a start may load."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = sorted((ROOT / "kuchipaku").rglob("*.py"))
MODULES = sorted((ROOT / "modules").glob("*/**/*.py"))
VALUES = ("speech", "timeline", "pose", "emotion", "script", "avatar", "llm", "encode", "score", "marks")
THREADED = {
    "cancel",
    "character",
    "conversation",
    "director",
    "live_avatar",
    "loop",
    "manuscript",
    "performance",
    "performer",
    "registry",
    "services",
    "shelf",
    "stage",
    "stream",
}
IMPORT_NAMES = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "edge_tts": "edge-tts",
    "espeakng_loader": "espeakng-loader",
    "faster_whisper": "faster-whisper",
    "huggingface_hub": "huggingface-hub",
    "prometheus_client": "prometheus-client",
    "sentence_transformers": "sentence-transformers",
    "typing_extensions": "typing-extensions",
    "yaml": "pyyaml",
}


def imports(path: Path, *, top: bool = False) -> Iterator[str]:
    """Dotted names that a file imports at run time; with `top`, only those of its module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_the_core_imports_no_module_no_plugin_and_no_network_of_neurons(path: Path) -> None:
    assert not packages(path) & {"modules", "plugins", "server", "torch", "transformers", "groq"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_imports_only_the_core_and_itself(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2])
    for name in imports(path):
        assert not name.startswith("modules.") or (name + ".").startswith(own + "."), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", [*CORE, *MODULES], ids=relative)
def test_flask_stays_in_the_web_layer(path: Path) -> None:
    allowed = "web" in path.parts or path.name in ("routes.py", "hookspecs.py", "serve.py", "cli.py")
    assert allowed or "flask" not in packages(path)


@pytest.mark.parametrize("name", VALUES)
def test_values_import_only_numpy_and_each_other(name: str) -> None:
    path = ROOT / "kuchipaku" / f"{name}.py"
    foreign = packages(path) - set(sys.stdlib_module_names) - {"kuchipaku", "numpy"}
    assert not foreign


@pytest.mark.parametrize("path", sorted((ROOT / "kuchipaku").glob("*.py")), ids=relative)
def test_threads_and_locks_live_at_the_edges(path: Path) -> None:
    if path.stem not in THREADED:
        assert not packages(path) & {"threading", "queue"}


@pytest.mark.parametrize("path", sorted((ROOT / "modules").glob("*/__init__.py")), ids=relative)
def test_a_module_loads_nothing_heavy_when_it_is_found(path: Path) -> None:
    ours = {"numpy", "cv2", "PIL", "groq", "httpx", "espeakng_loader", "flask", "soundfile"}
    heavy = ours | {"torch", "transformers", "numba", "llvmlite", "yaml", "safetensors"}
    assert not {name.partition(".")[0] for name in imports(path, top=True)} & heavy


def test_every_third_party_import_is_required() -> None:
    required = {
        re.split(r"[<>=~!\[; ]", line, maxsplit=1)[0].lower()
        for file in ROOT.glob("requirements*.txt")
        for line in file.read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    ours = {"kuchipaku", "modules", "server", "plugins"}
    for path in [*CORE, *MODULES, ROOT / "server.py"]:
        for name in packages(path) - set(sys.stdlib_module_names) - ours:
            assert IMPORT_NAMES.get(name, name).lower() in required, f"{relative(path)} imports {name}"


def test_starting_up_loads_no_engine() -> None:
    heavy = ("torch", "numba", "transformers", "groq", "espeakng_loader", "sklearn", "fpng")
    code = (
        "import server, sys; status = server.main(['--check']); "
        f"loaded = [name for name in {heavy!r} if name in sys.modules]; sys.exit(str(loaded) if loaded else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "POST        /api/chat" in done.stdout


def test_the_server_file_is_short_and_functions_are_small() -> None:
    assert len((ROOT / "server.py").read_text().splitlines()) <= 60
    for path in [*CORE, *MODULES]:
        source = path.read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 400, relative(path)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                head = node.body[0]
                documented = ast.get_docstring(node) is not None
                docs = (head.end_lineno or 0) - head.lineno + 1 if documented else 0
                length = (node.end_lineno or 0) - node.lineno + 1 - docs
                assert length <= 40, f"{relative(path)}: {node.name} has {length} lines"
