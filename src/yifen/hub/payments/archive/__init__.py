"""Archive 归档: a month that is long over leaves the database for files that prove themselves (decision 0032).

In this order, each step only after the one before: *frozen*, nothing of it may change any more; *detached*, its
tables are out and what has to stay of it is kept; *written*, its files stand and were read back; *dropped*.
Whoever is stopped in between goes on by asking again.
"""
