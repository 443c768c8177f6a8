# S4, 1 to 5: a consultation, stopped and finished days later. Hub pl of the stories; opened by form_<id>.
as nowak telegram pl
> /start form_kap
expect Konsultacje planu pracy
expect 30 czerwca 2027
expect anonim|adres
lang pl
choices 3
count 1 2
tap 1
expect Jaką organizację
# Progress counts only what is relevant for him.
expect 1 z 8
keep orgtype
tap 4
expect Jaką inną
expect 2 z 9
> Klinika zdrowia
expect Od ilu lat
> sto
expect liczb
expect Od ilu lat
> 99
expect Podaj liczbę od 0 do 60\.
expect Od ilu lat
count 1
> 12
expect dziedziny
keep years own
# He mends the message itself: a changed answer, never a second one.
edit years 13
expect dziedziny
absent późno
keep fields
# A question in the middle is answered; then the open question again.
> Do kiedy mogę odpowiedzieć?
expect 30 czerwca
same fields
count 2 3
> 1, 3
expect tygodnia
> 2,5
expect Kiedy zaczęła się
> 3.5.2027
expect przydatny
# He changes his mind about an answer far above, without losing the others.
> 4
expect priorytety
choices 3
# He stops for a day: it is asked whether to go on, and what he wrote is kept until he says.
advance P1D
> 2, 1, 3
choices 2
tap 1
expect Co jeszcze
> Nic, dziękuję
expect Klinika zdrowia
expect 2,5
expect Od ilu lat[^?]*\?\s+\S[^:]*: 13
expect 3 maja 2027
expect Jakość
choices 2
keep check
# An answer that opens and closes branches: what does not count is not shown and not sent.
tap 2
tap /organizację/
tap /Szpital/
absent Klinika
expect Szpital
# He goes on in English: stored values do not change.
> /language
tap /English/
lang en
expect Hospital
tap /^send/
expect reference|sent
lang en
report form kap sent=1 started=1
# An old button, and the same link again.
tap 1 under orgtype
expect passed
> /start form_kap
expect already
nowhere Klinika
nowhere dziękuję
# Stopped with /cancel: a draft that comes back by the same link, with its answers.
as silva telegram en
> /start form_kap
tap 1
tap 2
> /cancel
choices 2
> /mine
expect Consultation|Konsultacje
> /start form_kap
expect years have you worked
