"""Writes the names of the front end's icons where the compiler finds them, also before anything is set up.

To be run when package.json takes another release of the icons.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from app.web.http.assets import icons

    if not icons():
        sys.exit("the icons are not here yet: run make setup")
    names = "\n".join(sorted(icons()))
    (ROOT / "generator" / "icons.txt").write_text(f"{names}\n", encoding="utf-8")
