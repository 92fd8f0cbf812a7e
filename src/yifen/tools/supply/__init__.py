"""What Yifen is made of: its bill of materials, and known weaknesses of it. Both work offline."""
