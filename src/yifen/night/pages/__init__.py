"""The end of day on the console: nights, their steps, the signature, proof and statements."""
