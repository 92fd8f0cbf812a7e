"""The part of the POS door that serves; no Django."""
