"""A pack comes from outside: nothing in it hangs the program, leads out of the folder, or fills the memory."""

import os
import socket
import time
from pathlib import Path

import pytest

from bot.fingerprint import fingerprint
from bot.packs import files
from bot.packs.problems import Report
from tests.packs.conftest import ARTICLE, Broken, read, said

BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"
HOSTILE = {
    "anchors": ("xx/articles/en/bomb.md", f"---\n{BOMB}---\ntext\n"),
    "nested yaml": ("xx/articles/en/bomb.md", "---\ntitle: " + "[" * 30_000 + "\n---\ntext\n"),
    "nested yaml blocks": ("xx/articles/en/bomb.md", "---\n" + "".join(" " * n + "a:\n" for n in range(300)) + "---\nx\n"),
    "yaml keys": ("xx/articles/en/bomb.md", "---\n" + "".join(f"k{n}: 1\n" for n in range(6000)) + "---\ntext\n"),
    "nested toml": ("xx/events/bomb.toml", "a = " + "[" * 30_000),
    "nested toml tables": ("xx/events/bomb.toml", "a = " + "{a=" * 10_000),
    "dotted toml": ("xx/events/bomb.toml", "a" + ".a" * 30_000 + " = 1"),
    "many tables": ("xx/events/bomb.toml", "".join(f"[[a{n}]]\n" for n in range(6000))),
    "one table often": ("xx/events/bomb.toml", "[[a]]\n" * 10_000),
    "many questions": ("xx/events/bomb.toml", "[[questions]]\n" * 4_000),
    "huge": ("xx/articles/en/bomb.md", "x" * 20_000_000),
    "no end": ("xx/articles/en/bomb.md", "---\n" + "title: x\n" * 5000),
    "nul": ("xx/articles/en/bomb.md", "---\ntitle: a\0b\n---\ntext"),
    "direction": ("xx/articles/en/bomb.md", ARTICLE.replace("symptoms", "\u202esymptoms")),
    "many brackets": ("xx/articles/en/bomb.md", ARTICLE.replace("symptoms", "](" * 5000)),
    "many tags": ("xx/articles/en/bomb.md", ARTICLE.replace("symptoms", "<a" * 4000)),
    "many digits": ("xx/articles/en/bomb.md", ARTICLE.replace("symptoms", "1 " * 5000 + "x")),
    "many dots": ("xx/articles/en/bomb.md", ARTICLE.replace("symptoms", "a." * 5000 + "-")),
    "pattern": ("_network/safety.yaml", "order: [a]\nroute_of: {a: crisis}\npatterns: {en: {a: ['" + "(" * 900 + "']}}\n"),
    "big pattern": ("xx/safety.yaml", "order: [emergency]\npatterns: {en: {emergency: ['(a{1,9999}){1,9999}']}}\n"),
    "name": ("xx/articles/en/Bad Name.md", ARTICLE),
    "long name": (f"xx/articles/en/{'a' * 65}.md", ARTICLE),
}  # fmt: skip

QUICK = {"many tags", "many dots", "big pattern"}  # odd, and no error: they need only be read in time


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_told_quickly(packs: Path, name: str) -> None:
    file, text = HOSTILE[name]
    (packs / file).write_text(text, encoding="utf-8")
    start = time.process_time()  # a busy machine is no hang
    lines = said(packs)
    assert time.process_time() - start < 5
    assert name in QUICK or any(line.startswith(file) and ": warning: " not in line for line in lines), lines
    assert all("\x00" not in line and "\u202e" not in line and len(line) < 1000 for line in lines)


SECRETS = {
    "telegram": "123456789:" + "A" * 35,
    "matrix": "syt_" + "YW5h_" + "a" * 20,
    "github": "ghp_" + "a" * 36,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "file",
    ["xx/hub.toml", "xx/articles/en/about.md", "_network/safety.yaml", "xx/README.md", "xx/notes.txt", "xx/.env",
     "xx/hub.toml~", "xx/articles/de/about.md", "_network/articles/en/about.md"],
)  # fmt: skip
def test_W01_a_secret_in_any_file_of_a_pack_is_told_with_its_line_and_not_shown(
    packs: Path, file: str, secret: str
) -> None:
    path = packs / file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n# {secret}\n", encoding="utf-8")
    lines = said(packs)
    assert any(it.startswith(f"{file}:{before.count(chr(10)) + 2}: looks like a secret") for it in lines), lines
    assert not any(secret in it for it in lines)


FOLLOWED = {  # by an app, when somebody presses it
    "script": "[look](javascript:alert(1))",
    "script in capitals": "[look](JaVaScRiPt:alert(1))",
    "script taken apart": "[look](java&#115;cript:alert(1))",
    "script below": "[look][1]\n\n[1]: javascript:alert(1)",
    "file": "[look](file:///etc/passwd)",
    "person": "[look](tg://user?id=1)",
    "person in the open": "write to tg://resolve?domain=somebody",
    "room": "matrix:u/somebody:example.org",
    "app": "intent://scan/#Intent;end",
    "data": "<data:text/html,hello>",
    "no scheme": "[look](//elsewhere.example/)",
    "no host": "[look](page.html)",
    "other scheme": "ftp://files.example.org/list",
    "hidden host": "https://hub.example.org@elsewhere.example/",
}


@pytest.mark.parametrize("link", FOLLOWED.values(), ids=FOLLOWED)
def test_W23_an_article_leads_to_https_alone(packs: Path, link: str) -> None:
    path = packs / "xx/articles/en/about.md"
    path.write_text(ARTICLE.replace("symptoms.", f"symptoms. {link}"), encoding="utf-8")
    assert any(": warning: " not in line and "is not allowed: only https:// is" in line for line in said(packs))
    assert "article/about/en" not in read(packs).contents


@pytest.mark.parametrize("link", ["http://example.org/a", "[look](http://example.org/a)", "[1]: http://example.org/a"])
def test_W23_an_address_without_https_is_warned_of_wherever_it_stands(packs: Path, link: str) -> None:
    path = packs / "xx/articles/en/about.md"
    path.write_text(ARTICLE.replace("symptoms.", f"symptoms. {link}"), encoding="utf-8")
    assert said(packs) == ["xx/articles/en/about.md:15: warning: the link http://example.org/a is not https"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("xx/articles/en/about.md", "title: About screening", "title: About tg://resolve?domain=x"),
        ("xx/articles/en/about.md", "topics: [screening]", "status: See tg://resolve?domain=x"),
        ("xx/articles/en/about.md", "https://example.org/source", "https://example.org@elsewhere.example/"),
        ("xx/events/talk.toml", "About screening.", "Come to tg://resolve?domain=x"),
        ("xx/events/talk.toml", "https://hub.example.org/talk", "javascript:alert(1)"),
        ("xx/hub.toml", "May I send you news?", "See tg://resolve?domain=x"),
    ],
)
def test_W23_so_does_whatever_else_people_are_shown(broken: Broken, file: str, old: str, new: str) -> None:
    lines = said(broken(file, old, new))
    assert any(line.startswith(file) and ": warning: " not in line and "https://" in line for line in lines), lines


def test_latin_1_is_told_with_its_line(packs: Path) -> None:
    path = packs / "xx/articles/en/about.md"
    path.write_bytes(ARTICLE.replace("symptoms", "sympt\u00f4mes").encode("latin-1"))
    assert said(packs) == ["xx/articles/en/about.md:15: not UTF-8: save the file with the encoding UTF-8"]


def test_a_link_that_leads_out_is_refused(packs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(ARTICLE)
    (packs / "xx/articles/en/out.md").symlink_to(tmp_path / "secret.md")
    (packs / "xx/articles/en/in.md").symlink_to("about.md")
    (packs / "xx/articles/en/nowhere.md").symlink_to("gone.md")
    (packs / "xx/articles/de").symlink_to(tmp_path)
    lines = said(packs)
    assert [line for line in lines if "leads out" in line] == [
        "xx/articles/de:1: a link that leads out of the pack: copy the file into the pack",
        "xx/articles/en/out.md:1: a link that leads out of the pack: copy the file into the pack",
    ]
    assert any(line.startswith("xx/articles/en/nowhere.md:1: cannot be read") for line in lines)
    assert "article/in/en" in read(packs).contents


def test_a_pipe_is_not_opened(packs: Path) -> None:
    os.mkfifo(packs / "xx/articles/en/pipe.md")
    assert said(packs) == [
        "xx/articles/en/pipe.md:1: not a regular file: a pack holds files and, two deep, folders; take it out"
    ]


def test_a_hub_whose_first_file_is_none_is_not_passed_over(packs: Path) -> None:
    for name in ("aa", "bb", "cc"):
        (packs / name).mkdir()
    (packs / "aa/hub.toml").mkdir()
    (packs / "bb/hub.toml").symlink_to("gone.toml")
    assert [line.partition(":1: ")[0] for line in said(packs)] == ["aa/hub.toml", "bb/hub.toml"]


@pytest.mark.parametrize("name", ["Upper", "-first", "_first", "a b", "a.b", "é", "a%2f", "a\\b", "a" * 65, "a\u202eb"])
def test_W22_a_file_whose_name_is_no_id_is_refused_and_not_read(packs: Path, name: str) -> None:
    for folder, ending, text in (("articles/en", ".md", ARTICLE), ("events", ".toml", "x = ["), ("forms", ".csv", "x")):
        (packs / "xx" / folder / f"{name}{ending}").write_text(text, encoding="utf-8")
    loaded = read(packs)
    assert len(loaded.errors) == 3
    assert all("rename the file: its id must be" in it.text for it in loaded.errors)
    assert not any(name in it for it in loaded.contents)


def test_W22_a_socket_is_not_opened(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(packs / "xx/articles/en")  # an address has a hundred letters at most
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("talk.md")
        assert [it for it in said(packs) if "not a regular file" in it]


def test_a_loop_of_folders_ends(packs: Path) -> None:
    (packs / "xx/articles/en/loop").symlink_to(packs / "xx", target_is_directory=True)
    start = time.monotonic()
    assert said(packs)
    fingerprint(packs)
    assert time.monotonic() - start < 5


def test_too_many_files_are_too_many(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 3)
    report = Report()
    files.collect(packs / "xx", report)
    assert any("more than 3 files" in problem.text for problem in report.problems)


def test_a_folder_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    loaded = read(tmp_path, "none")
    assert loaded.hub is None
    assert loaded.errors
