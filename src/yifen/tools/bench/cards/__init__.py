"""`yifen bench cards`: a bureau's year of official cards, made in SQL, and how long everybody waits behind it."""
