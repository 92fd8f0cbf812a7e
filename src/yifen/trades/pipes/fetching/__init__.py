"""Fetching: what a partner lays down on its own SFTP server, into the night's landing place."""
