"""The processes of Yifen. Each comes to the database with a role of its own, which may do no more than
that process has to; what is set up once belongs to the owner alone (decision 0014).

A plug says of every function and table which of these roles may call or write it; what it does not
say, nobody may but the owner.
"""

Roles = tuple[str, ...]

GATEWAY = "yifen_gateway"  # `serve`: the signed verbs
WEB = "yifen_web"  # `web`: people's pages, the desk, payers
WORKER = "yifen_worker"  # `worker`: what runs beside them, by the clock or when asked
NIGHT = "yifen_night"  # `worker --night`, `eod`, `cut`, `reconcile`: the end of day
POS = "yifen_pos"  # `pos`: the door of terminals, where one is run

EVERYONE: Roles = (GATEWAY, WEB, WORKER, NIGHT, POS)
INSIDE: Roles = (GATEWAY, WEB, WORKER, NIGHT)  # who reads all tables but what is hidden; others what a plug names
READER = "yifen_reader"  # no process: what an operator's own programs read figures by; may be lacking
OWNER = "yifen_owner"  # commands and scripts: never a process that stays
