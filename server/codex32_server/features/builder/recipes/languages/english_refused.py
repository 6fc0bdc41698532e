"""English for what no block can do, and for what no bot is built for."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

_MANY = "(thousand|thousands|million|millions|billion|billions|hundreds|tons|countless|endless|unlimited|infinite)"
_TARGET = "(it|them|{url}|(the|this|that|their|a|my|our)? (site|sites|website|web site|page|server|servers|service|network|system|shop|{things}))"
_OWNER = "(the|this|your|our|my|its)?"

HARMFUL = {
    f"(take|bring|knock|put) {_TARGET}? (down|offline)": "harmful",
    f"(take|bring|knock) (down|offline|out) {_TARGET}?": "harmful",
    f"(overload|flood|overwhelm|crash|attack|cripple|destroy|sabotage|bombard|disable|deface) {_TARGET}?": "harmful",
    f"(a|one|two|many|{{number}})? (of)? {_MANY} (of)? {_MANY}? (http|web)? (requests|request|messages|calls|hits|mails|emails|e-mails|connections|logins|times)": "harmful",
    f"(break|breaking|escape|escaping|get|jailbreak) (out of|out|free of|from|free from) {_OWNER} (sandbox|container|jail|isolation|virtual machine|vm)": "harmful",
    f"(outside|outside of) {_OWNER} (sandbox|container|jail)": "harmful",
    "(to|at|for|as|with|get)? (root|admin|administrator) (access|rights|privileges|permissions)": "harmful",
    "(ignore|forget|disregard|override|overrule|drop|skip) (all|any)? (of)? (your|the|these|those|my)? (previous|prior|earlier|above|other|safety|own)? "
    "(instructions|orders|guidelines|prompt|prompts|restrictions|policies|safeguards|safety)": "orders",
    "(your|the) (system)? (prompt|instructions|guidelines)": "orders",
    "(you are|act as|pretend to be|pretend that you are) (now|no longer)": "orders",
    "(delete|erase|wipe|destroy|remove) (absolutely)? (everything|all data|all (the|our|my)? (bots|files|tables|users|accounts|backups|data)|(the|our|my)? (disk|hard disk|workspace|server|backups|production))": "destroy",
    f"(all|every|any|each|the)? (of)? (the|your|my|our|their|its)? (secrets|api keys|access keys|private keys|ssh keys|access tokens|environment variables|env vars) ((of|in|from|on) {_OWNER} {{things}})?": "secrets",
}
"""What would do harm, or asks the bot to leave its bounds."""

IMPOSSIBLE = {
    "{system_path}": "files",
    "{inner_address}": "inner",
    f"(the|all|all the|any|some)? (files|folders|directories|processes) (of|on|from) {_OWNER} (host|machine|computer|server|system|laptop|hard disk|disk)": "files",
    "(print|fax)? (it|them|this|that|{payload})? (out)? (on|onto|with|to) (a|the|some|our|my)? (paper|printer|laser printer|office printer)": "paper",
    "(fax|fax it|print it out|by fax|by post|by letter|a letter by post|a postcard)": "paper",
    "(call|ring|phone|dial|telephone) (my|our|the|a|each|every)? {things}? {things}? (up)? (on|by|over) (the|my)? (phone|telephone|mobile)": "phone",
    "(on|by|over|via) (the)? (phone|telephone) (call)?": "phone",
    "(make|place|give|have)? (a|an|the|me|us|him|her|them)? (a|automatic|automated)? (phone|telephone|voice) (call|calls)": "phone",
    "(dial|ring up)": "phone",
    "what (my|the|our|his|her|your|their|a|all|everyone|people|somebody|someone)? {things}? {things}? (is|are|am|was|really|truly)? (really|truly|secretly)? (thinking|thinks|think|feeling|feels|dreaming|dreams|hoping|planning)": "mind",
    "(read|reads|reading|guess|know) (my|his|her|their|our|the|people's|your)? {things}? (mind|minds|thoughts|feelings)": "mind",
    "(make|brew|cook|bake|bring|fetch) (me|us)? (a|an|some|the|my)? (cup of)? (coffee|tea|dinner|lunch|breakfast|cake|sandwich)": "hands",
    "(water|feed|walk|wash|iron|drive|clean|vacuum|mow|repair|paint) (my|the|our) (dog|cat|plants|car|dishes|shirts|windows|house|kitchen|flat|lawn|garden)": "hands",
    "(on|at|every|each)? (the)? (30th|31st|30|31|30th of|31st of|30 of|31 of|30th day of) (february|feb)": "no_day",
    "(on|at|every|each)? (the)? (31st|31|31st of|31 of) (april|june|september|november)": "no_day",
    "(every|each|on)? (february|feb) (the)? (30th|31st|30|31)": "no_day",
    "(every|each|on)? (april|june|september|november) (the)? (31st|31)": "no_day",
    "(on|every|each)? (the)? (32nd|33rd|32|33|35th|40th|0th) (day)? (of (the|each|every)? month)?": "no_day",
}
"""What no program in a sandbox can do."""

UNAVAILABLE = {
    "(send|message|write|notify|report|share)? (it|me|us|the {things}|this|a message)? (to|on|in|via|through|by|over)? (the|our|my|a)? "
    "(whatsapp|sms|signal|messenger|mattermost|text message) (channel|message|chat|group|messages)?": "chat",
    "(scrape|crawl|scraping|crawling|google|browse|tweet|twitter|facebook|instagram|linkedin|youtube|gitlab|jira)": "network",
    "(the|a|our|my|from|in|into|to)? (database|postgres|postgresql|mysql|sqlite|sql|mongodb|bigquery|snowflake|warehouse)": "database",
    "(google sheets|google sheet|google drive|dropbox|onedrive|sharepoint|s3|ftp|sftp|notion|airtable|salesforce|hubspot|stripe|shopify)": "network",
    "(xls|word document|docx|image|images|photo|photos|video|videos|audio|parquet|xml|yaml)": "format",
    "{otherfile}": "format",
    "(chatgpt|gpt|llm|ai|openai|claude|predict|forecast|paraphrase|rewrite|transcribe|recommend)": "model",
    "(dashboard|dashboards|map|heatmap|scatter plot|histogram)": "chart",
    "(hack|hacks|crack|steal|steals|phish|phishing|spam|ddos|malware|ransomware|virus|trojan|keylogger|exploit|brute force|password|passwords|credentials|"
    "(mine|mining) (bitcoin|bitcoins|crypto|cryptocurrency|ethereum|monero|coins)|cryptominer|rm - rf|bypass|spy on|stalk|blackmail|impersonate|scam|scrape emails|deepfake)": "harmful",
    "(buy|sell|trade|pay|invoice customers|transfer money|order pizza|book)": "effects",
    "(turn on|turn off|switch on|switch off|unlock|reboot|re-boot|restart|re-start|shut down|power off|power down|install|reinstall|re-install|uninstall|"
    "execute|run a command|shell|sudo|delete all files|format the disk) (the|my|our|all|all the)? {things}?": "machine",
    "(turn|switch) (the|my|our|all|all the)? {things} (on|off)": "machine",
    "(tomorrow|today|tonight|yesterday|once|next week|next month|in an hour)": "once",
    "(every|each)? {number}? (seconds|second|milliseconds)": "seconds",
    "(every|each|on)? (the)? (first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th) {weekdays} (of|in) (the|every|each|a) month (,? at {clocks})?": "monthly",
    "(every|each) (the)? (first|third|fourth|last|1st|3rd|4th) {weekdays} (,? at {clocks})?": "monthly",
    "(every month|each month|monthly) on (the)? (first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th) {weekdays} (of the month)? (,? at {clocks})?": "monthly",
    "(every other|every second|fortnightly|biweekly|bi-weekly|fortnight) (day|week|month|monday|tuesday|wednesday|thursday|friday)?": "irregular",
    "(when|whenever|as soon as|after|each time|every time) (a|the|an|some|someone)? (new)? ({things}|file) (is|gets|has been)? "
    "(arrives|uploaded|created|comes in|signs up|added|appears|changed|received|deleted)": "event",
    **HARMFUL,
    **IMPOSSIBLE,
}
