"""`yifen doctor`: what is wrong with an installation, each with what to do."""
