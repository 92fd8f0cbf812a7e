"""The roles of the processes, and that of who reads figures, in an embedded cluster: made at its first start, and
added to one that an
older version made."""

import secrets

import psycopg
from psycopg import sql

from yifen.core.embedded.cluster import SUPERUSER, Cluster
from yifen.core.facts.processes import EVERYONE, READER
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)


def complete(cluster: Cluster, port: int) -> dict[str, str]:
    """The passwords of all roles; those that had none are made, with their role. Call while holding
    the start lock. A crash on the way is made good by the next start."""
    words = cluster.passwords()
    address = f"postgresql://{SUPERUSER}:{words[SUPERUSER]}@127.0.0.1:{port}/{SUPERUSER}"
    lacking = {role: secrets.token_hex(16) for role in (*EVERYONE, READER) if role not in words}
    with psycopg.connect(address, sslmode="disable", gssencmode="disable") as conn:
        conn.execute("SET LOCAL log_min_error_statement = panic; SET LOCAL log_statement = none")
        for role, word in lacking.items():
            verb = "ALTER" if conn.execute(_SQL["there"], (role,)).fetchone() is not None else "CREATE"
            made = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
            conn.execute(made.format(sql.Identifier(role), sql.Literal(word)))
        if conn.execute(_SQL["unbound"], (READER,)).fetchone() is not None:
            conn.execute(sql.SQL(_SQL["bounds"]).format(reader=sql.Identifier(READER)))
    if not lacking:
        return words
    cluster.keep_passwords(words | lacking)
    return words | lacking
