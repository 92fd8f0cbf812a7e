"""What is measured, beside PostgreSQL's own figures."""
