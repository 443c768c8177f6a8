# S8: stop means stop; my data means mine. Hub pl of the stories.
as oksana telegram uk
> /start
expect програма
lang uk
> /start news_events
choices 3
tap 1
lang uk
> /start news_screening
choices 3
tap 1
report hub pl subscriptions=2
# The stop word, in one sentence, with what still comes and how to end that too.
> СТОП
lang uk
choices 3
report hub pl subscriptions=0
# A question a day later is answered; she stays stopped.
advance P1D
> Що таке місія «Рак»?
lang uk
report hub pl subscriptions=0
# Ordinary sentences that hold such a word stop nothing; stop words of every language do.
as niamh terminal en
> /start news_events
tap 1
> Stop smoking programme please
report hub pl subscriptions=1
> stad.
report hub pl subscriptions=0
as maria terminal en
> /start news_events
tap 1
> IEQAF
report hub pl subscriptions=0
as eleni terminal en
> /start news_events
tap 1
> σταμάτα
report hub pl subscriptions=0
as ivan terminal en
> /start news_events
tap 1
> Nie mogę przestać palić
report hub pl subscriptions=1
> állj, please
report hub pl subscriptions=0
# In the middle of a survey both meanings are kept apart.
as oksana telegram uk
> /start form_kap
tap 1
> стоп
lang uk
choices 2
# Her data: shown, as a file, erased with a receipt.
> /cancel
> /mydata
lang uk
choices 5
tap 1
file \.json$
> /mydata
tap /стерти|видалити/
choices 2
tap 1
expect \d
lang uk
nowhere oksana
# She comes back: a new person.
> /start
expect програма
> /mydata
report hub pl subscriptions=0
