"""What a first start works out from the sample packs, worked out once a run: data directories of tests begin with it.

One rule: it is the product's own cache, which may be missing at any time. A test of a first start begins without.
"""

import fcntl
import os
import shutil
from pathlib import Path

from bot.app.cache import Cache
from bot.app.hubs import Shelf
from bot.app.speech import Speech

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "HUBBOT_TEST_WARM"  # the variable that names where it is kept for the run; without it nothing is kept


def begin(data: Path) -> None:
    """Put the cache of ROOT/hubs into a data directory that is yet to be made."""
    if FOLDER not in os.environ or os.path.lexists(data):
        return
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the workers makes it, and the others wait
        if not (folder / "cache").exists():
            shelf = Shelf(ROOT / "hubs", Cache(folder / "making"), Speech.shipped(), print)
            for hub in ("pl", "pt"):
                shelf.open(hub).searched()
            (folder / "making").rename(folder / "cache")
    data.mkdir(mode=0o700, parents=True)
    shutil.copytree(folder / "cache", data / "cache", copy_function=os.link)  # written by renaming
