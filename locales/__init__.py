"""Languages: what the bot's lines read like, what people's words mean, and which language a message is in.

One rule: nothing here knows a flow or a store. A Line goes in, words come out; words go in, a value or None comes out.
"""
