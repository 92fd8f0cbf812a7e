"""Commands, the demo, the benches."""
