"""A tiny trade that lives only here: it shows that one line plugs a trade in."""
