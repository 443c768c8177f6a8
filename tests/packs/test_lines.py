"""The line of each key: of TOML by our scan, of YAML by its own marks."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import toml, yaml
from bot.packs.problems import Key

ROOT = Path(__file__).resolve().parents[2]
TOML = sorted(
    path for folder in ("hubs", "tests/hubs", "bot/packs/template") for path in ROOT.glob(f"{folder}/**/*.toml")
)

STRANGE = r"""# a comment with = and [brackets]
a = 1
"b c" = "x # no comment"   # a comment
'd' = 'literal \'
e.f . "g h" = true
text = QQQ
[not.a.table]
key = "no key" \QQQ still
QQQ
raw = '''
x = [1, {
'''
list = [
  1, # one
  [2,
   3],
  { in = "line", deep = { er = 1 } },
]
[table]
key = 2027-01-01T10:00:00
[table . "sub table"]
key = 1.5
[[many]]
name = "first"
[many.inner]
x = 1
[[many.rows]]
y = 1
[[many.rows]]
y = 2
[[many]]
name = "second"
[[many.rows]]
y = 3
""".replace("QQQ", '"' * 3)


def keys(data: Any, key: Key = ()) -> list[Key]:
    """Every key of plain data, those of list items too."""
    found = [key] if key else []
    if isinstance(data, dict):
        found += [inner for name, value in data.items() for inner in keys(value, (*key, name))]
    elif isinstance(data, list):
        found += [inner for number, value in enumerate(data) for inner in keys(value, (*key, number))]
    return found


@pytest.mark.parametrize("path", TOML, ids=lambda it: str(it.relative_to(ROOT)))
def test_every_key_of_our_files_has_the_line_on_which_it_stands(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = toml.parse(path, text)
    assert document.data == tomllib.loads(text)
    for key in keys(document.data):
        assert key in document.lines
        name = next(part for part in reversed(key) if isinstance(part, str))
        if isinstance(key[-1], str):
            assert name in text.split("\n")[document.lines[key] - 1]


def test_strange_toml_has_lines_too() -> None:
    document = toml.parse(Path("x.toml"), STRANGE)
    lines = STRANGE.split("\n")
    wanted = {
        ("a",): "a = 1",
        ("b c",): '"b c" = "x # no comment"   # a comment',
        ("d",): "'d' = 'literal \\'",
        ("e", "f", "g h"): 'e.f . "g h" = true',
        ("text",): 'text = """',
        ("raw",): "raw = '''",
        ("list", 1): "  [2,",
        ("list", 1, 1): "   3],",
        ("list", 2, "deep", "er"): '  { in = "line", deep = { er = 1 } },',
        ("table", "key"): "key = 2027-01-01T10:00:00",
        ("table", "sub table", "key"): "key = 1.5",
        ("many", 0, "inner", "x"): "x = 1",
        ("many", 0, "rows", 0, "y"): "y = 1",
        ("many", 0, "rows", 1, "y"): "y = 2",
        ("many", 1, "name"): 'name = "second"',
        ("many", 1, "rows", 0, "y"): "y = 3",
    }
    assert {key: lines[document.lines[key] - 1] for key in wanted} == wanted
    assert set(keys(document.data)) <= set(document.lines)


names = st.text(st.sampled_from("ab_-1"), min_size=1, max_size=3)
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r\x7f", exclude_categories=["Cc", "Cs"]), max_size=8
)
values = st.recursive(
    st.integers(-9, 9) | st.booleans() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


def shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[\n" + ",\n".join(map(shown, value)) + "\n]"
        case dict():
            return "{ " + ", ".join(f"{name} = {shown(it).replace(chr(10), ' ')}" for name, it in value.items()) + " }"
        case _:
            return str(value)


@given(st.dictionaries(names, values, max_size=5))
def test_any_toml_has_a_line_for_each_key(data: dict[str, Any]) -> None:
    text = "\n".join(f"{name} = {shown(value)}" for name, value in data.items())
    document = toml.parse(Path("x.toml"), text)
    assert document.data == data
    assert set(keys(data)) <= set(document.lines)


@given(st.text(max_size=200))
def test_any_text_is_toml_or_told_with_a_line(text: str) -> None:
    lines = []
    try:
        toml.parse(Path("x.toml"), text)
    except toml.TomlError as error:
        lines.append(error.line)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@given(st.text(max_size=200))
def test_any_text_is_yaml_or_told_with_a_line(text: str) -> None:
    lines = []
    try:
        yaml.parse(Path("x.yaml"), text)
    except yaml.YamlError as error:
        lines.append(error.line)
    assert all(line >= 1 for line in lines)


def test_yaml_keeps_words_as_they_stand() -> None:
    text = "a: no\nb: 12:30\nc: 2026-11-24\nd: '2026-11-24'\ne: 007\nf: true\ng:\n  - x\n  - {k: 1}\nh: |\n  two\n  lines\ni: ~\n"
    document = yaml.parse(Path("x.yaml"), text, first=10)
    data = document.data
    assert (data["a"], data["b"], data["d"], data["e"], data["f"]) == ("no", "12:30", "2026-11-24", 7, True)
    assert str(data["c"]) == "2026-11-24"
    assert data["h"] == "two\nlines\n"
    assert data["i"] is None
    assert document.line(("g", 1, "k")) == 18
    assert document.line(("h",)) == 19
    assert document.line(("g", 1, "unknown")) == 18
