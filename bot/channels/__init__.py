"""The networks on which people talk to the bot. Channels do not know each other, the store or the engine."""
