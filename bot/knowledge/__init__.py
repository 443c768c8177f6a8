"""What a hub can answer: the safety words that every text meets first, and the search among its articles.

Nothing here knows a store, a channel or a catalogue: a Hub, its articles and its safety texts go in, core values come out.
"""
