"""Where issuing banks speak: signed messages and files, kept as they came, believed by the worker."""
