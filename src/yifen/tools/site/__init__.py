"""The documentation as a site, in Chinese and English, built offline: `./yifen docs --site` (decision 0031)."""
