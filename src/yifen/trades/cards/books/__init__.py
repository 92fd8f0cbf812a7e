"""Official cards as they were kept, read again by `yifen verify`."""
