"""A real SillyTavern to try things in, with two characters and a language model that needs no network.

python -m tests.sillytavern.start 1.19.0 --port 8000 --extension extension
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from pathlib import Path

from tests.sillytavern.client import NEWEST, running_client
from tests.sillytavern.llm import REPLY, running_llm


def main() -> None:
    """Start the client and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?", default=NEWEST, help=f"release on npm (default {NEWEST})")
    parser.add_argument("--port", type=int, default=8000, help="the client's port (default 8000)")
    parser.add_argument("--extension", type=Path, help="folder of an extension to install")
    parser.add_argument("--extras", default="http://127.0.0.1:5100", help="address in the client's Extras field")
    parser.add_argument("--reply", default=REPLY, help="what the characters answer")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = {"apiUrl": given.extras}
    with tempfile.TemporaryDirectory(prefix="sillytavern-") as folder, running_llm() as llm:
        llm.reply = given.reply
        client = running_client(
            given.version, Path(folder), llm=llm.url, extension=given.extension, settings=settings, port=given.port
        )
        with client as address:
            print(f"SillyTavern {given.version} serves at {address}; data in {folder}; Ctrl+C stops", flush=True)
            try:
                while True:
                    time.sleep(1)
            except KeyboardInterrupt:
                print("stopped")


if __name__ == "__main__":
    main()
