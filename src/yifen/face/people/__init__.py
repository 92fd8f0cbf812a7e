"""Pages of users, roles and institutions."""
