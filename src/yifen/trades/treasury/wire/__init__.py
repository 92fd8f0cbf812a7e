"""Messages of agent bank and treasury as tables: the vouchers' MOF envelope, TIPS's CFX. Pure, without Django."""
