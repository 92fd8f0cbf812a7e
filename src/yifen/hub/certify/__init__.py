"""Conformance runs: does a biller's system, or a channel, keep the rules of the wire (H6)?"""
