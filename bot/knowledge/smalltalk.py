"""Greetings and thanks: no question, so no search.

One rule: the whole message is small talk, or none of it is. "hello, when is my mammogram" is a question.
"""

from bot.knowledge.fold import words

_MOST = 7  # words of small talk; longer ones say something

# Folded words that say nothing by themselves. A message of these alone, with one of _OPENS among them, is small talk.
_FILLS = frozenset(
    words(
        "a and the to you very much so all good well there bot hub my dear everyone for your help answer info that was this is it me "
        "i oh ok okay za i bardzo pięknie ślicznie wszystko wszystkim wam ci panu pani państwu pomoc odpowiedź tobie tam się to jest "
        "muito pela pelo ajuda resposta tudo e a de por sua informação bom vai és está "
        "дуже щиро вам тобі усім всім за допомогу відповідь і та це"
    )
)
_OPENS = frozenset(
    words(
        "hi hello hey hiya thanks thank thx ty cheers bye goodbye morning evening afternoon night welcome great cool perfect super nice "
        "cześć hej hejka witam witaj siema dzięki dziękuję dziekuje dziekuję dzieki dobry dzień wieczór dobranoc widzenia pa super świetnie "
        "olá oi boa bom dia tarde noite obrigado obrigada obg adeus tchau ótimo "
        "привіт вітаю добрий добрий день доброго дня вечір вечора ранку добридень дякую дякуємо спасибі бувайте побачення до"
    )
)
# Whole messages that are small talk although their words are not.
_WHOLE = frozenset(
    " ".join(words(it))
    for it in (
        "how are you", "how are you?", "who cares", "what's up", "good to know", "see you", "co słychać", "jak się masz", "co tam", "do widzenia",
        "do zobaczenia", "miłego dnia", "na razie", "tudo bem", "como está", "como estás", "até logo", "até amanhã", "как дела",
        "як справи", "як ти", "до побачення", "гарного дня", "have a nice day", "nice to meet you", "no problem", "nie ma za co", "de nada",
    )
)  # fmt: skip


def small_talk(text: str) -> bool:
    """Whether a message only greets, thanks or says good-bye, in any of our languages; or has no letters at all."""
    said = words(text)
    if not any(it.isalpha() for it in said):
        return True
    if len(said) > _MOST:
        return False
    if " ".join(said) in _WHOLE:
        return True
    return all(it in _OPENS or it in _FILLS for it in said) and any(it in _OPENS for it in said)
