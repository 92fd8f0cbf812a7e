"""System state 系统状态: what Prometheus would say, said without it."""
