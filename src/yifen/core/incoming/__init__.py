"""What may come in, before anybody looks at it: how slowly, how much, from whom how much at once."""
