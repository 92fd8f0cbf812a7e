"""The bounds of the hub's histograms."""

# A call belongs to the first bound that its milliseconds do not pass, or to the last column.
BOUNDS_MS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
CALL_SECONDS = tuple(bound / 1000 for bound in BOUNDS_MS)
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BATCH_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10)
