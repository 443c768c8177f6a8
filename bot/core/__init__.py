"""What a hub's bot is, without network, database, clock or chance: every other part of hubbot stands on these files."""
