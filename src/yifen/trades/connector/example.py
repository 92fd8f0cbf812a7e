"""A small utility's tables and their whole mapping: the page begins with it, the demo's cable TV has it."""

TABLES = """
CREATE TABLE customer (no TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE bill (bill_no TEXT PRIMARY KEY, customer_no TEXT NOT NULL REFERENCES customer, period TEXT NOT NULL,
    amount NUMERIC NOT NULL, due_on TEXT NOT NULL, paid INTEGER NOT NULL DEFAULT 0);
CREATE TABLE receipt (serial TEXT NOT NULL, customer_no TEXT NOT NULL, amount NUMERIC NOT NULL, paid_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'P');
CREATE TABLE receipt_bill (serial TEXT NOT NULL, bill_no TEXT NOT NULL);
"""
MAPPING = """\
format = 1

[customer]
sql = "SELECT name FROM customer WHERE no = :account"
name = "name"

[owed]
sql = "SELECT bill_no, period, amount, due_on FROM bill WHERE customer_no = :account AND paid = 0 ORDER BY period"
bill = "bill_no"
title = "period"
due = "amount"
amounts = "yuan"
due_on = "due_on"

[paid]
sql = "SELECT amount, state FROM receipt WHERE serial = :serial"
amount = "amount"
amounts = "yuan"
back = "state"
back_is = ["R"]

[[pay]]
sql = "UPDATE bill SET paid = 1 WHERE bill_no = :bill AND paid = 0 AND amount = :bill_yuan"
each = "bill"

[[pay]]
sql = "INSERT INTO receipt_bill (serial, bill_no) VALUES (:serial, :bill)"
each = "bill"

[[pay]]
sql = "INSERT INTO receipt (serial, customer_no, amount, paid_at) VALUES (:serial, :account, :yuan, :at)"

[[back]]
sql = "UPDATE bill SET paid = 0 WHERE bill_no IN (SELECT bill_no FROM receipt_bill WHERE serial = :serial)"
rows = "any"

[[back]]
sql = "UPDATE receipt SET state = 'R' WHERE serial = :serial AND state = 'P'"

[day]
sql = "SELECT serial, customer_no, amount, paid_at, state FROM receipt WHERE paid_at >= :since AND paid_at < :until"
serial = "serial"
account = "customer_no"
amount = "amount"
amounts = "yuan"
at = "paid_at"
back = "state"
back_is = ["R"]
"""
