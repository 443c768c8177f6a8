"""A person's own data: shown, corrected, given as a file, consents taken back, erased. No reason is asked (R44)."""

from bot.core.events import EventById
from bot.core.flow import Ask, Do, Fetch, Say
from bot.core.hub import Hub, ThisHub
from bot.core.message import Button, File, Line, Param, Start
from bot.core.person import ConsentRecord, Erase, Export, MyConsents, MyData, WithdrawConsent
from bot.core.prompts import YesNo
from bot.core.surveys import SurveyById
from flows.welcome import TO_MENU

HOLDINGS = (
    "address",
    "language",
    "conversation",
    "registrations",
    "needs",
    "subscriptions",
    "stopped",
    "consents",
    "ended",
    "questions",
    "responses",
    "participations",
    "stop",
)
PURPOSES = ("event", "special-needs", "survey", "news", "question")
STAYS = ("stop", "receipt", "responses", "backup")
LINES = (
    *(f"mydata.{kind}" for kind in HOLDINGS),
    *(f"mydata.consent-{purpose}" for purpose in PURPOSES),
    *(f"erase.stays-{what}" for what in STAYS),
)


async def mydata() -> None:
    """What is stored, kind by kind and for how long, and what one can do about it."""
    holdings = await Fetch(MyData())
    consents = await Fetch(MyConsents())
    await Say(Line("mydata.what"))
    for it in holdings:
        what = Line(f"mydata.{it.kind}", count=it.count, until=it.until or "")
        own_words = it.kind == "stopped"  # minutes, not days: it says itself until when, and what for
        await Say(Line("mydata.until", what=what, until=it.until) if it.until and not own_words else what)
    buttons = [Button(Line("mydata.export"), Start("export")), Button(Line("mydata.correct"), Start("correct"))]
    if consents:
        buttons.append(Button(Line("mydata.withdraw"), Start("consents")))
    buttons += [Button(Line("menu.mine"), Start("mine")), Button(Line("mydata.erase"), Start("erase"))]
    await Say(Line("mydata.can"), *buttons, Button(Line("menu.privacy"), Start("privacy")))


async def export() -> None:
    """Everything that is stored, as a file that machines read too (R40)."""
    data = await Fetch(Export())
    await Say(Line("mydata.file"), TO_MENU, files=(File("export", Line("mydata.file-name"), data),))


async def correct() -> None:
    """Where each thing that can be corrected is corrected (R41)."""
    await Say(
        Line("mydata.correct-what"),
        Button(Line("mydata.correct-places"), Start("mine")),
        Button(Line("menu.language"), Start("language")),
        Button(Line("menu.news"), Start("news")),
        Button(Line("human.ask"), Start("human")),
    )


async def consents() -> None:
    """Each consent with a button that takes it back: as many steps as giving it took (R27)."""
    hub, records = await Fetch(ThisHub()), await Fetch(MyConsents())
    if not records:
        await Say(Line("mydata.no-consents"), TO_MENU)
        return
    await Say(Line("mydata.consents-which"))
    for n, record in enumerate(records, 1):
        consent = Line(f"mydata.consent-{record.purpose}", subject=await _subject(hub, record))
        await Say(
            Line("mydata.consent", n=n, consent=consent, given=record.given, version=record.version),
            Button(Line("mydata.take-back", n=n), Start("withdraw-consent", (record.purpose, record.subject))),
        )


async def _subject(hub: Hub, record: ConsentRecord) -> Param:
    """What a consent is about, in words. A person has few, and no question follows: a look-up each is no burden."""
    match record.purpose:
        case "event" | "special-needs":
            listed = await Fetch(EventById(record.subject))
            return listed.event.title if listed else record.subject
        case "survey":
            survey = await Fetch(SurveyById(record.subject))
            return survey.title if survey else record.subject
        case "news":
            return next((topic.name for topic in hub.topics if topic.id == record.subject), record.subject)
        case _:
            return record.subject


async def withdraw_consent(purpose: str, subject: str) -> None:
    """Take one consent back. The others stay, and so does a seat that did not rest on it (R28)."""
    gone = await Do(WithdrawConsent(purpose, subject))
    if not gone:
        await Say(Line("mydata.no-such-consent"), Button(Line("menu.mydata"), Start("mydata")))
        return
    await Say(Line("mydata.taken-back"))
    if purpose == "event":
        await Say(Line("mydata.seat-too"), Button(Line("event.cancel-place"), Start("cancel-place", (subject,))))


async def erase() -> None:
    """Ask once, naming what goes and what stays; then erase in this one transaction, and give a receipt (R42)."""
    hub = await Fetch(ThisHub())
    prompt = YesNo(Line("erase.sure", hub=hub), yes=Line("erase.yes"), no=Line("erase.no"), binding=True)
    if not await Ask("sure", prompt):
        await Say(Line("erase.not-done"), Button(Line("menu.mydata"), Start("mydata")), TO_MENU)
        return
    receipt = await Do(Erase())
    await Say(Line("erase.done", reference=receipt.reference, at=receipt.at))
    for what in receipt.stays:
        await Say(Line(f"erase.stays-{what}", hub=hub))
    await Say(Line("erase.again"))
