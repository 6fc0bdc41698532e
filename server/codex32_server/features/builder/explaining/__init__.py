"""A bot, and why a run of it failed, in plain words: from what is known alone, or in the words of a model.

Nothing here changes anything, and nothing runs or imports the bot: it is read from its syntax tree.
"""
