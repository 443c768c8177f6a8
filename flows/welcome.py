"""First words, the menu and the ways from everywhere to everywhere: who this is, what it can do, how to reach a person."""

from bot.core.flow import Fetch, Next, Say
from bot.core.hub import Hub, IsHub, ThisHub, Today
from bot.core.message import Button, Line, Start
from bot.core.person import Speaking

# Eight entries in this order: what most people come for stands first, and a list of more than eight is not read.
MENU = (
    Button(Line("menu.ask"), Start("ask-me")),
    Button(Line("menu.screening"), Start("topic", ("screening",))),
    Button(Line("menu.events"), Start("events")),
    Button(Line("menu.surveys"), Start("surveys")),
    Button(Line("menu.helplines"), Start("helplines")),
    Button(Line("menu.hub"), Start("topic", ("hub",))),
    Button(Line("menu.news"), Start("news")),
    Button(Line("menu.you"), Start("you")),
)
TO_MENU = Button(Line("menu.open"), Start("menu"))


async def start() -> None:
    """Who answers, what it can do, the number to call in danger, the way to a person, and the menu. Asks for nothing."""
    hub = await Fetch(ThisHub())
    speaking = await Fetch(Speaking())
    await Say(Line("welcome.hello", hub=hub))
    if hub.sample:
        await Say(Line("welcome.sample"))
    await Say(Line("welcome.can"))
    await Say(Line("welcome.emergency", number=hub.emergency))
    others = tuple(Line(f"language.{lang}") for lang in hub.languages if lang != speaking)
    if others:
        await Say(Line("welcome.languages", languages=others))
    await Say(Line("menu.what"), *MENU)


async def menu() -> None:
    """The emergency number above the menu, not in it."""
    hub = await Fetch(ThisHub())
    await Say(Line("menu.emergency", number=hub.emergency))
    await Say(Line("menu.what"), *MENU)


async def you() -> None:
    """The last entry of the menu, opened: what is the person's own."""
    await Say(
        Line("menu.you-what"),
        Button(Line("menu.mine"), Start("mine")),
        Button(Line("menu.mydata"), Start("mydata")),
        Button(Line("menu.language"), Start("language")),
        Button(Line("menu.privacy"), Start("privacy")),
        Button(Line("human.ask"), Start("human")),
        Button(Line("stop.messages"), Start("stop")),
        TO_MENU,
    )


async def help_() -> None:
    """Begins with the emergency number: a single "help" can be a cry."""
    hub = await Fetch(ThisHub())
    await Say(Line("help.emergency", number=hub.emergency))
    await Say(Line("help.purpose", hub=hub))
    await Say(Line("help.moving"))
    await Say(
        Line("help.words"),
        TO_MENU,
        Button(Line("menu.helplines"), Start("helplines")),
        Button(Line("human.ask"), Start("human")),
    )


async def helplines() -> None:
    """Every number that may be given today, with its hours and languages; the emergency number first."""
    hub, today = await Fetch(ThisHub()), await Fetch(Today())
    await Say(Line("helplines.emergency", number=hub.emergency))
    lines = hub.numbers(today, "crisis", "crisis_child", "cancer", "health")
    for line in lines:
        await Say(Line("helplines.line", line=line, languages=_languages(hub, line.languages)))
    if not lines:
        await Say(Line("helplines.none"))
    await Say(Line("helplines.more"), Button(Line("article.helplines"), Start("article", ("helplines",))), TO_MENU)


def _languages(hub: Hub, codes: tuple[str, ...]) -> tuple[Line, ...]:
    """The languages of a line that the catalogue can name; those of the hub stand for a line that names none."""
    return tuple(Line(f"language.{code}") for code in codes or hub.languages if code in hub.languages)


async def contact() -> None:
    """Where the hub's people are outside this chat."""
    hub = await Fetch(ThisHub())
    await Say(Line("contact.hub", hub=hub))
    await Say(Line("contact.here"), Button(Line("human.ask"), Start("human")), TO_MENU)


async def who() -> None:
    """What it is that answers, whenever somebody asks (R02), and the way to a person."""
    await Say(Line("welcome.hello", hub=await Fetch(ThisHub())))
    await Say(Line("welcome.person"), Button(Line("human.ask"), Start("human")), TO_MENU)


async def hub_link(hub_id: str) -> None:
    """A link to a hub: this one is greeted; of another nothing can be told from here, of none that there is none."""
    hub = await Fetch(ThisHub())
    if hub.id != hub_id:
        await Say(Line("welcome.other-hub" if await Fetch(IsHub(hub_id)) else "welcome.no-hub", hub=hub))
    await Say(Line("menu.emergency", number=hub.emergency))
    await Say(Line("menu.what"), *MENU)


async def unknown_link() -> None:
    """A link that names nothing here, or nothing any more: one sentence and the menu."""
    await Say(Line("welcome.unknown-link"))
    await Say(Line("menu.what"), *MENU)


async def unknown_command(name: str) -> None:
    """A slash with a word that is no command; coordinators' commands are unknown to everybody else."""
    near = nearest(name)
    await Say(Line("core.unknown-command"), *((Button(Line(f"command.{near}"), Start(near)),) if near else ()), TO_MENU)


NAMES = ("menu", "help", "events", "mine", "surveys", "news", "language", "privacy", "mydata", "stop", "human")
LINES = tuple(f"command.{name}" for name in NAMES)


def nearest(name: str) -> str | None:
    """The command that `name` was meant to be, where two letters at most are wrong and the first is right."""
    far = [(_distance(name[:32], known), known) for known in NAMES if known[:1] == name[:1]]
    return min(far)[1] if far and min(far)[0] <= 2 else None


def _distance(left: str, right: str) -> int:
    """Levenshtein's distance: letters to change, add or drop."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


async def ask_me() -> Next | None:
    """The first entry of the menu: the next words are a question anyway."""
    await Say(Line("ask.write"))
    return None
