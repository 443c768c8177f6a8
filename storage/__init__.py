"""Where everything is kept: one database for every hub, reached by units of work. One rule: a hub sees only its own rows."""
