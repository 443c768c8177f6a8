"""Greetings, thanks, good-byes, a bare "ok" or "no": no question, so no search.

One rule: the whole message is small talk, or none of it is. "hello, when is my mammogram" is a question.
"""

from bot.knowledge.fold import words

_MOST = 7  # words of small talk; longer ones say something

# Folded words that say nothing by themselves. A message of these alone, with one of _OPENS among them, is small talk.
_FILLS = frozenset(
    words(
        "a and the to you very much so all good well there bot hub my dear everyone for your help answer info that was this is it me "
        "i oh ok okay for now later na za i bardzo pięknie ślicznie wszystko wszystkim wam ci panu pani państwu pomoc odpowiedź tobie tam się to jest "
        "muito pela pelo bem ajuda resposta tudo e a de por sua informação bom vai és está "
        "дуже щиро вам тобі усім всім за допомогу відповідь і та це"
    )
)
# What each kind has at least one word of; where a message has several, the last kind counts.
_KINDS = {
    "nod": "yes yeah yep no nope none maybe tak nie żaden żadne może sim não nenhum nenhuma talvez так ні да нет можливо",
    "ok": "ok okay fine alright great cool perfect super dobra dobrze spoko świetnie okej pewnie sure certo ótimo perfeito "
    "fixe combinado ок окей добре гаразд чудово супер ясно",
    "greeting": "hi hello hey hiya morning evening afternoon night welcome cześć hej hejka witam witaj siema dobry dzień wieczór "
    "olá oi boa bom dia tarde noite привіт вітаю добрий день доброго дня вечір вечора ранку добридень",
    "thanks": "thanks thank thx ty cheers dzięki dziękuję dziekuje dziekuję dzieki obrigado obrigada obg дякую дякуємо спасибі",
    "bye": "bye goodbye cya dobranoc widzenia razie pa adeus tchau бувайте побачення",
}
KINDS = tuple(_KINDS)
_KIND_OF = {word: kind for kind, those in _KINDS.items() for word in words(those)}
# Whole messages that are small talk although their words are not.
_WHOLE = {
    " ".join(words(it)): kind
    for kind, those in (
        ("greeting", ("how are you", "what's up", "co słychać", "jak się masz", "co tam", "tudo bem", "como está", "como estás",
                      "как дела", "як справи", "як ти", "nice to meet you")),
        ("ok", ("good", "nice", "very good", "está bem", "tá bem", "who cares", "good to know", "no problem", "nie ma za co", "de nada", "got it", "i see", "rozumiem", "percebi",
                "зрозуміло", "do not worry", "não faz mal", "nic nie szkodzi")),
        ("nod", ("not really", "i agree", "nie bardzo", "zgadzam się", "concordo", "погоджуюся", "de acordo", "не зовсім", "nem por isso")),
        ("bye", ("see you", "do widzenia", "do zobaczenia", "miłego dnia", "na razie", "até logo", "até amanhã", "do jutra",
                 "до побачення", "гарного дня", "have a nice day", "good night", "boa noite", "dobranoc", "на добраніч")),
    )
    for it in those
}  # fmt: skip


def small_talk(text: str) -> str:
    """What a message is that only greets, nods, thanks or says good-bye, in any of our languages: greeting, nod, ok, thanks
    or bye. "" for everything else."""
    said = words(text)
    if not any(it.isalpha() for it in said):
        return "nod" if said else "greeting"  # a number that no list has; or a smile
    if len(said) > _MOST:
        return ""
    if kind := _WHOLE.get(" ".join(said)):
        return kind
    kinds = [_KIND_OF[it] for it in said if it in _KIND_OF]
    if not kinds or not all(it in _KIND_OF or it in _FILLS for it in said):
        return ""
    return max(kinds, key=KINDS.index)
