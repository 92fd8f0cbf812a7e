"""Pages of official cards: the holder's phone, units' claims and cards, what banks said wrongly."""
