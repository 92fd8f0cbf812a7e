"""Official cards 公务卡: what was swiped, and what of it is claimed (decision 0045)."""
