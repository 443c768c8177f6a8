"""News that a person asked for by topic, and the stop that works at once, in any state, without questions."""

from bot.core.consents import ask_consent, given
from bot.core.flow import Ask, Do, Fetch, Say
from bot.core.hub import Hub, ThisHub, Topic
from bot.core.message import Button, Cancel, Line, Start
from bot.core.news import MySubscriptions, StopAll, Stopped, Subscribe, UndoStop, Unsubscribe
from bot.core.respond import Unfinished
from flows.welcome import TO_MENU


async def news() -> None:
    """The topics, each with a button to begin or to end it."""
    hub, mine, stopped = await Fetch(ThisHub()), await Fetch(MySubscriptions()), await Fetch(Stopped())
    await Say(Line("news.stopped" if stopped else "news.what"))
    if mine:
        await Say(Line("news.mine", topics=tuple(Line("news.topic", topic=it) for it in hub.topics if it.id in mine)))
    buttons = [
        Button(Line("news.end", topic=it), Start("unsubscribe", (it.id,)))
        if it.id in mine
        else Button(Line("news.begin", topic=it), Start("subscribe", (it.id,)))
        for it in hub.topics
    ]
    await Say(Line("news.how-to-stop"), *buttons, Button(Line("stop.messages"), Start("stop")))


LINES = ("news.stopped", "news.what")


def topic_of(hub: Hub, id: str) -> Topic | None:
    """The topic of this id, where the hub has it."""
    return next((it for it in hub.topics if it.id == id), None)


async def subscribe(id: str) -> None:
    """One topic, one consent (R25). Somebody who is too young keeps reading without a subscription (R32)."""
    hub, mine = await Fetch(ThisHub()), await Fetch(MySubscriptions())
    topic = topic_of(hub, id)
    if topic is None:
        await Say(Line("news.unknown"), Button(Line("menu.news"), Start("news")), TO_MENU)
        return
    if id in mine:
        await Say(Line("news.already", topic=topic), Button(Line("menu.news"), Start("news")), TO_MENU)
        return
    agreed = await Ask("consent", ask_consent(hub, "news", age=True, topic=topic))
    if not agreed:
        await Say(Line("news.not-subscribed" if agreed is False else "core.too-young"), TO_MENU)
        return
    await Do(Subscribe(id, given(hub, "news", id)))
    await Say(Line("news.subscribed", topic=topic), Button(Line("news.undo"), Start("unsubscribe", (id,))), TO_MENU)


async def unsubscribe(id: str) -> None:
    """One step, as giving was (R27)."""
    hub = await Fetch(ThisHub())
    topic = topic_of(hub, id)
    ended = await Do(Unsubscribe(id))
    if topic is None or not ended:
        await Say(Line("news.not-there"), Button(Line("menu.news"), Start("news")))
        return
    await Say(Line("news.unsubscribed", topic=topic), Button(Line("news.undo"), Start("subscribe", (id,))))


async def stop() -> None:
    """No more announcements from this moment, said in one sentence; what still comes, and how to end that too.

    In the middle of something the word can also mean "leave this": both are kept apart.
    """
    hub = await Fetch(ThisHub())
    under_way = any(frame.open for frame in await Fetch(Unfinished()))
    topics = await Do(StopAll())
    await Say(Line("stop.done"), Button(Line("stop.undo"), Start("undo-stop")))
    await Say(Line("stop.still-comes", hub=hub), Button(Line("menu.mine"), Start("mine")))
    if len(topics) > 1:
        only = [it for it in hub.topics if it.id in topics]
        await Say(
            Line("stop.only-one"), *(Button(Line("stop.only", topic=it), Start("stop-only", (it.id,))) for it in only)
        )
    if under_way:
        await Say(Line("stop.leave-too"), Button(Line("core.leave"), Cancel()))
    else:
        await Say(Line("stop.erase-too"), Button(Line("mydata.erase"), Start("erase")))


async def stop_only(id: str) -> None:
    """The stop was meant for one topic: the others come back, within the ten minutes of an undo."""
    hub = await Fetch(ThisHub())
    topic = topic_of(hub, id)
    back = await Do(UndoStop())
    if back and topic:
        await Do(Unsubscribe(id))
        await Say(Line("news.unsubscribed", topic=topic), Button(Line("menu.news"), Start("news")))
    else:
        await Say(Line("stop.too-late"), Button(Line("menu.news"), Start("news")))


async def undo_stop() -> None:
    """Take the stop back. After ten minutes only asking for news again does."""
    if await Do(UndoStop()):
        await Say(Line("stop.undone"), Button(Line("menu.news"), Start("news")))
    else:
        await Say(Line("stop.too-late"), Button(Line("menu.news"), Start("news")))
