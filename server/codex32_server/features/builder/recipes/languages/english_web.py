"""English for the world outside: fetching, sending, channels."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

CLASSES = {
    "fetch": "fetch|get|read|load|download|call|query|request|take|pull|retrieve|check|ask|poll|import|use|open|look at|go through|visit|hit|"
    "fetching|getting|reading|calling",
    "web": "(json|rest|http|web|public)? (api|endpoint|service|url|address|json|csv|json file|csv file|data source)",
    "send": "send|post|publish|share|write|push|forward|deliver|report|put|message|sending|posting",
}

_TO = "(on|in|to|via|through|by|over|into|using|with)"

TABLES = {
    "channels": {
        f"{_TO} (the|our|my|a)? (team's)? slack (channel|group|chat|webhook|message|messages)? {{room}}?": "slack",
        f"{_TO} (the|our|my|a)? {{room}} (channel)? (on|in|of) slack": "slack",
        f"{_TO} (the|our|my|a)? telegram (channel|group|chat|bot|message|messages)? {{room}}?": "telegram",
        f"{_TO} (the|our|my|a)? discord (channel|group|chat|server|webhook|message|messages)? {{room}}?": "discord",
        f"{_TO} (the|our|my|a)? (microsoft|ms)? teams (channel|group|chat|webhook|message|messages)? {{room}}?": "teams",
        "(by|via|per|through|over|as) (an|a|my|our)? (email|e-mail|mail|emails|mails) ((to|at) {addresses})?": "email",
        "(to|in|with) (an|my|our|the) (email|e-mail|mail) (to {addresses})?": "email",
        "(to|for|at) {addresses} ((by|via|per|through) (email|e-mail|mail))?": "email",
    },
    "notes": {
        "(an|a|one)? (short)? (email|e-mail|mail) ((to|at) {addresses})?": "email",
        "(an|a|one)? (slack) (message|alert|notification|note|post)": "slack",
        "(an|a|one)? (telegram) (message|alert|notification|note|post)": "telegram",
        "(an|a|one)? (discord) (message|alert|notification|note|post)": "discord",
        "(an|a|one)? (microsoft|ms)? teams (message|alert|notification|note|post)": "teams",
        "(an|a|one)? (message|alert|notification|note|warning|text|notice) {channel}": "",
    },
    "mailed": {
        "(me|us|everyone|everybody|them|the team)": "email",
        "(me|us)? (at|to)? {addresses}": "email",
    },
    "payloads": {
        "(it|them|this|that|everything|all|all of (it|them)|(the|a)? (result|results|output|outcome|data|answer|content|contents|findings))": "all",
        "(the|a|an)? (short|brief|daily|weekly|monthly|final|full)? (report|summary|overview|counts|count|numbers|totals|figures|statistics)": "summary",
        "<changes_made>": "changes",
        "(its|their|all its|all their|all the|all|the) (fields|values|data|contents|content|columns|parameters)": "all",
        "(these|those) (rows|row|lines|records|entries|items|ones|matches|results)": "rows",
        "(these|those) {things}": "all",
        "(the|all|all the|all of the)? (remaining|resulting|filtered|matching)? (rows|row|list|table|lines|records|entries|items|ones|matches)": "rows",
        "(the|all|all the|a list of|a list of the|the list of|the list of the|any) (remaining|resulting|filtered|matching)? {things}": "all",
        "(a|an|the)? (message|alert|notification|note|warning|notice|reminder)": "all",
    },
}
