"""A reader process: takes its limits upon itself, reads the file it was given, and says how that ended."""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

_PDEATHSIG = 1


def confine(bounds: dict[str, int]) -> None:
    """Take the limits upon oneself, before anything of the file is looked at."""
    for kind, most, more in (
        (resource.RLIMIT_AS, bounds["memory"], 0),
        (resource.RLIMIT_CPU, bounds["seconds"], 5),
        (resource.RLIMIT_FSIZE, bounds["written"], 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        top = most + more if hard == resource.RLIM_INFINITY else min(most + more, hard)
        resource.setrlimit(kind, (min(most, top), top))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and writing would only fail
    with suppress(OSError, AttributeError):  # whoever waits for the answer has died: so do we
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)


def main(asked: dict[str, Any]) -> int:
    """Read, and leave answer.json beside what was made of the file."""
    confine(asked["bounds"])
    sys.modules["numpy"] = None  # type: ignore[assignment]  # nobody counts here, and it is slow to load
    from app.core.files.archives import Unfit
    from app.core.files.readers import tables, word

    readers = {"workbook": tables.workbook, "separated": tables.separated_text, "word": word.parts}
    source, target = Path(asked["source"]), Path(asked["target"])
    try:
        answer = readers[asked["reader"]](source, target, **asked["options"])
    except Unfit as error:
        answer = {"refused": error.message, "why": error.why}
    except MemoryError:
        os._exit(3)  # there may be none left to say more
    except Exception:  # noqa: BLE001 - what a broken file makes the libraries raise
        traceback.print_exc()
        return 4
    place = target / "answer.part"
    place.write_text(json.dumps(answer, ensure_ascii=False), "utf-8", errors="replace")
    place.replace(target / "answer.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
