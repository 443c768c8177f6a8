"""docs/hubs.md has every key, and no key that does not exist."""

import re
from pathlib import Path

import pytest

from bot.packs import articles, events, forms, hub, safety

HANDBOOK = (Path(__file__).resolve().parents[2] / "docs/hubs.md").read_text(encoding="utf-8")


def flat(keys: dict[str, tuple[str, ...]]) -> set[str]:
    return {f"{table}.{key}" if table else key for table, names in keys.items() for key in names}


KEYS = {
    "hub.toml": flat(hub.KEYS) | {f"consents.PURPOSE.{key}" for key in hub.CONSENT},
    "Articles": set(articles.KEYS) | {f"sources.{key}" for key in articles.SOURCE},
    "Events": flat(events.KEYS),
    "Forms": set(forms.KEYS),
    "safety.yaml": set(safety.KEYS),
}


@pytest.mark.parametrize("title", KEYS)
def test_the_handbook_has_each_key_and_no_other(title: str) -> None:
    section = re.split(r"(?m)^## ", HANDBOOK)
    text = next(part for part in section if part.startswith(f"{title}\n"))
    documented = re.findall(r"(?m)^\| `([^`]+)` \|", text)
    assert sorted(documented) == sorted(set(documented))
    assert set(documented) == KEYS[title]


def test_the_template_shows_each_key_of_hub_toml() -> None:
    text = (Path(hub.__file__).parent / "template/hub.toml").read_text(encoding="utf-8")
    shown = set(re.findall(r"(?m)^(?:# )?\[*([a-z_]+)(?:\]| =|\.)", text))
    assert {name.rpartition(".")[2] for name in flat(hub.KEYS)} - shown == set()
