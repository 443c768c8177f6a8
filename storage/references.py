"""References that a person can read out: random, short, without letters and digits that look alike."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8  # 31^8 is 8.5 * 10^11: nobody meets another's by chance, nobody finds one by trying


def reference(kind: str) -> str:
    """A new one, such as R-7KQ2M9XF. `kind` is its letter: R a response, E an erasure."""
    return f"{kind}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
