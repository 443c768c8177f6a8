# S1: an answer, and an honest "I do not know". Hub pl of the stories; the coordinator's half comes with the desk.
as bartek telegram pl
> /start
expect program.*komputerowy
expect 112
expect człowiek
choices 8
count 1 2
lang pl
> Od jakiego wieku jest bezpłatna mammografia?
expect bezpłatna dla kobiet od 45 do 74
expect https://
expect listopad 2026
expect screening editor
absent zgod
lang pl
# Typing errors, no diacritics: the same article.
> od jakiego wieku jest bezplatna mamografia
expect bezpłatna dla kobiet od 45 do 74
# Another country: not from the Polish article.
> a w Niemczech?
absent Narodowy Fundusz Zdrowia osobom
choices 1
tap /zespół|hub/
expect pytanie
> Czy refundujecie dojazd na badania?
expect Czy refundujecie dojazd na badania
expect 90
choices 2
tap 1
expect Q-
> /mine
expect Czy refundujecie dojazd
# A symptom of his own: no diagnosis, no probability, whom to ask, the number to call.
> mam guzek w piersi, czy to rak?
expect lekarz
expect 112
absent procent
# A greeting, things that are not words, and far too many words: one sensible reply each.
> cześć
count 1
send voice.ogg
count 1
send sticker.webp
count 1
report hub pl answered=2 unknown=1 open_questions=1 contacts=1
# R30: nothing but the address and the language is stored of somebody who only asked.
as ola telegram pl
> Od jakiego wieku jest bezpłatna mammografia?
expect komputerow
expect bezpłatna dla kobiet od 45 do 74
nowhere Od jakiego wieku
nowhere dojazd na badania
nowhere bartek
