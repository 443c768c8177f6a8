"""hubbot: the conversational front door of a National Cancer Mission Hub.

One rule: this file runs before everything else of ours, so it holds only what must be true before an import.
"""

import os

# python-telegram-bot hands out durations as timedelta when this is set before its import, and warns when it is not.
os.environ.setdefault("PTB_TIMEDELTA", "1")
