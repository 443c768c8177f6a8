"""What things cost, each beside its bar: `make bench`, or `python -m tools.bench turn line` for some of them.

One rule: what is compared is the processor's time, since a busy machine blurs the wall's; no test times anything.
"""
