"""Pages of visits: the office's, the phone's, houses, the wall."""
