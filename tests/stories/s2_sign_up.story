# S2: signing up, interrupted in every way. Hub pt of the stories.
as ana telegram pt
> /start event_rastreio
expect Rastreio: perguntas e respostas
expect Lisboa
expect 10 de março de 2027
expect 18:00
lang pt
choices 2
count 1 2
tap 1
expect Rastreio
lang pt
choices 2
keep consent
tap 1
count 1
> Ana Quintela Zarco
count 1
choices 4
keep diet
> posso levar o meu marido?
expect acompanhante
same diet
count 2 3
tap /outra/
count 1
> sem gluten xq7
count 1
> /back
expect sem gluten xq7
count 1
> /back
same diet
count 1
tap /vegetariana/
count 1
absent xq7
> /language
choices 2
count 1
tap /English/
lang en
expect before the session
count 1 2
tap 1 under diet
lang en
expect passed
expect before the session
> nothing
expect Ana Quintela Zarco
expect Vegetarian
absent xq7
choices 2
count 1
keep summary
tap 2
expect name
tap /name/
expect Ana Quintela Zarco
> Ana Quintela
expect Ana Quintela
absent Zarco
choices 2
keep check
tap 1
expect signed up
file \.ics$
tap 1 under check
absent signed up
report event rastreio confirmed=1 held=0 waitlisted=0
> /mine
expect Rastreio
choices 2
# Not even sealed: what was dropped with the closed branch is nowhere, and names are sealed.
nowhere sem gluten xq7
nowhere Ana Quintela
# Three days of silence: a greeting submits nothing.
as bia telegram pt
> /start event_rastreio
tap 1
tap 1
> Bia
choices 4
advance P3D
> olá
expect continua
choices 2
tap 1
choices 4
report event rastreio confirmed=1
# Redelivered: nothing changes, nothing is said twice.
again
count 0
# The pack changes under the questions: the option she chose is gone.
tap /vegana/
edit-pack events/rastreio.toml "vegetarian", "vegan", "other" -> "vegetarian", "other"
edit-pack events/rastreio.toml "Comida vegetariana", "Comida vegana", -> "Comida vegetariana",
edit-pack events/rastreio.toml "Vegetarian food", "Vegan food", -> "Vegetarian food",
> nada
choices 3
tap /vegetariana/
> nada
expect Bia
