"""Brings every catalogue into step with the English one: `python -m locales.sync`.

One rule: nothing translated is lost. A line that English has gained comes in empty; one whose English words have changed is
marked fuzzy, so that it falls back until somebody has looked; one that English has lost goes.

Each translated line carries the English that it was made from, as a comment (`#. ...`): translators see it beside their
words, and a change in the original is noticed.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from locales.catalogue import HERE, SOURCE


def main(folder: Path = HERE) -> int:
    """Rewrite each file that is not in step; say which. Returns how many lines wait for a translator."""
    english = read(folder / SOURCE / "LC_MESSAGES" / "hubbot.po")
    waiting = 0
    for path in sorted(folder.glob("*/LC_MESSAGES/hubbot.po")):
        if path.parent.parent.name == SOURCE:
            continue
        text = path.read_text(encoding="utf-8")
        new, open_lines = updated(english, text, read(path))
        waiting += open_lines
        if new != text:
            path.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{path.parent.parent.name}: {open_lines} lines to translate or look at\n")
    return waiting


def updated(english: Catalog, text: str, other: Catalog) -> tuple[str, int]:
    """A catalogue's new text, its lines in the order of English, and how many of them are empty or fuzzy."""
    start = text.index('msgid ""')
    parts = [text[: text.index("\n\n", start) + 1] if "\n\n" in text[start:] else text.rstrip("\n") + "\n"]
    waiting = 0
    for message in english:
        if not message.id:
            continue
        old = other.get(_id(message))
        forms = _forms(old) if old is not None else ()
        plural = len(_forms(message)) > 1
        wanted = other.num_plurals if plural else 1
        if len(forms) != wanted:
            forms = ("",) * wanted
        fuzzy = all(forms) and (old is None or old.fuzzy or english_of(old) != original(message))
        waiting += fuzzy or not all(forms)
        parts.append(_entry(message, forms, plural=plural, fuzzy=fuzzy))
    return "\n".join(parts), waiting


def original(message: Message) -> str:
    """A line's English words on one line, as they stand in the comment of its translations."""
    return _forms(message)[-1].replace("\n", "\\n")


def english_of(message: Message) -> str:
    """The English words that a translated line was made from, by its comment."""
    return " ".join(message.auto_comments)


def _entry(message: Message, forms: tuple[str, ...], *, plural: bool, fuzzy: bool) -> str:
    lines = [f"# {comment}" for comment in message.user_comments]
    if lines:
        lines.append("")
    lines.append(f"#. {original(message)}")
    if fuzzy:
        lines.append("#, fuzzy")
    lines.append(f'msgid "{_id(message)}"')
    if plural:
        lines.append(f'msgid_plural "{_id(message)}"')
    for number, form in enumerate(forms):
        name = f"msgstr[{number}]" if plural else "msgstr"
        rows = [row.replace("\\", "\\\\").replace('"', '\\"') for row in form.split("\n")]
        if len(rows) == 1:
            lines.append(f'{name} "{rows[0]}"')
        else:
            lines += [f'{name} ""', *(f'"{row}\\n"' for row in rows[:-1]), f'"{rows[-1]}"']
    return "\n".join(lines) + "\n"


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def read(path: Path) -> Catalog:
    """A .po file as it is."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
