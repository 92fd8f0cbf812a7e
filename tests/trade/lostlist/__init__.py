"""A trade whose plug names a list that is not there."""
