"""Monitoring of official swipes 消费监控: rules, hits, notices, their pages."""
