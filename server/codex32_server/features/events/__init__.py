"""Events: what bots said has happened, one append-only table a workspace. The full log comes with
delivery.
"""
