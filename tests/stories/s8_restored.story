# S8: a stop and an erasure outlive a restart, another key and a restored backup (which was made under the key before). Hub pl of the stories.
as oksana telegram uk
> /start news_events
tap 1
> /start news_screening
tap 1
as eleni terminal en
> /start news_events
tap 1
as piotr terminal pl
> /start news_events
tap 1
report hub pl subscriptions=4
# From here on the backup knows nothing.
backup before
as oksana
> СТОП
lang uk
as eleni
> /mydata
tap /erase/
choices 2
tap 1
expect E-
report hub pl subscriptions=1
# She signs up for an event, and stays stopped: through a restart and another key.
as oksana
> /events
tap 1
kill
report hub pl subscriptions=1
rekey
as oksana
> /mydata
lang uk
absent E-
report hub pl subscriptions=1
# The backup comes back, and with it what it knew; the stop and the erasure are done again before anything is said.
restore before
report hub pl subscriptions=1
as eleni terminal en
> /start
expect program
> /mydata
absent event news
report hub pl subscriptions=1
as oksana telegram uk
> Що таке місія «Рак»?
lang uk
report hub pl subscriptions=1
# Somebody else is as they were; and after a word from whoever runs it the hub may speak by itself again.
resume
as piotr
> /mydata
lang pl
choices 5
# A new yes counts again.
as oksana
> /start news_events
tap 1
report hub pl subscriptions=2
