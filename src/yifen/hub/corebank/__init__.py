"""The core port 核心接口: banks' core systems, and the moves of money asked of them."""
