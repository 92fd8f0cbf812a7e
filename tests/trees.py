"""Syntax trees of sources."""

import ast


def tree_of(source: str) -> ast.Module:
    """Python 3.11 cannot make two trees at once (python/cpython#106905), and who writes a traceback makes one."""
    for _ in range(20):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)
