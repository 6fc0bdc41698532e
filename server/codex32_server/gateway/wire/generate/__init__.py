"""Google generateContent: its side of the translation between formats. Only providers speak it."""
