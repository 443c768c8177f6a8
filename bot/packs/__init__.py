"""Hub packs: content that a hub's staff edit, read and checked into the core's types.

One rule: a problem names its file, its line and its key, says what is expected, and harms nothing beside it.
"""

from bot.fingerprint import fingerprint
from bot.packs.forms import Convert, Finding, cached
from bot.packs.loader import Loaded, hubs, load, load_dir
from bot.packs.problems import Problem

__all__ = ["Convert", "Finding", "Loaded", "Problem", "cached", "fingerprint", "hubs", "load", "load_dir"]
