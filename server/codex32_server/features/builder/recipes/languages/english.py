"""English."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from . import english_steps
from . import english_web as web
from .language import Language, words

CLASSES = {
    "drop": "drop|drops|remove|delete|discard|exclude|eliminate|skip|omit|ignore|filter out|throw away|throw out|"
    "get rid of|strip out|leave out|take out|dropping|removing|deleting|discarding|excluding|ignoring",
    "keep": "keep only|only keep|keep just|just keep|keep|retain only|retain|leave only|filter for|filter to|keeping only|keeping",
    "rows": "rows|row|lines|line|records|record|entries|entry|ones|items|item",
    "every_row": "(all|any|every|each)? (of)? the? {things}|all|anything|those",
    "lacking": "without|with no|missing|lacking|with missing|with empty|with blank|with an? (empty|missing|blank)|"
    "with the (empty|missing|blank)|(that|which|who) (have|has|had) no|(that|which|who) (are|is) missing|(that|which|who) lack|"
    "(that|which|who) (don't|doesn't|do not|does not) have|not having|having no|with nothing in|whose",
    "where": "where|whose|with|having|that have|which have|who have|that has|if|in which|when|for which",
    "tell": "(tell (me|us)|report|notify (me|us)|alert (me|us)?|warn (me|us)?|let (me|us) know|inform (me|us)|say|"
    "show (me|us)?|give (me|us)|list|print|display|output|return|(ping|message) (me|us)?) {channel}?|"
    "(email|e-mail|mail|slack) {channel:mailed}|(send|write|drop|post) (me|us)? {channel:note}",
    **web.CLASSES,
    "compute": "what is|what are|what was|what's|extract|calculate|compute|work out|find|get|determine|report|show (me|us)?|tell (me|us)|give (me|us)|"
    "produce|create|make|print|output|return|list|display|calculating|computing|and",
    "by": "by|per|for each|for every|in each|grouped by|group by|broken down by|split by|of each|within each|based on|on|using",
    "grouped": "by|per|for each|for every|in each|grouped by|group by|broken down by|split by|of each|within each",
    "result": "the? (result|results|output|outcome|rest|cleaned (data|file|rows|table|version)|clean (data|file|rows|table)|data|rows|report|file|table|it|them|everything)|it|them|result|results",
    "watch": "remember|watch|monitor|track|keep an eye on|follow|keep track of|observe|check|store|record",
    "duplicates": "duplicates|duplicate {things}|duplicated {things}|repeated {things}|dupes|repeats|doubles|duplicate entries|duplications",
    "up": "goes above|rises above|goes over|climbs above|exceeds|is above|is over|is higher than|is greater than|is more than|"
    "gets above|gets over|passes|crosses|surpasses|goes beyond|reaches more than|rises over|goes higher than|tops|goes up above|gets higher than|crosses above|"
    "exceed|go above|rise above|go over|are above|are over|are more than|are higher than|climb above|pass",
    "down": "goes below|falls below|drops below|goes under|is below|is under|is lower than|is less than|gets below|falls under|"
    "drops under|sinks below|gets under|dips below|goes lower than|gets lower than|crosses below|go below|fall below|drop below|are below|are under|are less than|are lower than",
    "up_by": "(rises|increases|grows|goes up|climbs|jumps) (by|more than|by more than|over|by over|at least)",
    "down_by": "(falls|decreases|drops|goes down|shrinks|sinks) (by|more than|by more than|over|by over)",
    "move_by": "(changes|moves|varies|differs) (by|more than|by more than|over|by over)",
    "common": "most (common|frequent|used|important)|top|main|commonest|frequent|leading",
    "words": "words|keywords|terms|word",
    "sorted": "sort|order|rank|arrange|sorted|ordered|sorting",
    "be": "is|are|be|was|were",
    "not": "not|n't",
    "rename": "rename|call|relabel|renaming",
    "and_keep": "(,|;|:)? (and|but|then)? (only)? (keep|keeping|keeps) (only|just)?",
    "ensure": "validate|check|verify|ensure|make sure|confirm",
    "ought": "must be|must always be|must all be|should be|should always be|should all be|has to be|have to be|needs to be|need to be",
    "ought_not": "must not be|mustn't be|must never be|should not be|shouldn't be|should never be|cannot be|can't be|can not be|may not be",
    "valid": "valid|proper|correct|real|well-formed",
    "blank": "empty|missing|blank|null|left empty|left blank",
    "have": "has|have|must have|must always have|should have|needs|need",
}

FILLERS = (
    "(and|then|also|please|finally|next|afterwards|lastly|first|second|third|plus|now|just|firstly|secondly|thereafter)",
    "(the|a|an)",
    "after (that|this)",
    "at the end",
    "in the end",
    "(i|we) (want|need|would like|wish) (to|you to)?",
    "(i'd|we'd) (like|love) (to|you to)?",
    "(can|could|would|will) you (please)?",
    "(hi|hello|hey)",
    "(make|create|build|write|set up|give me|have|i need|i want|we need|develop|generate) (me)? a? (small|little|simple|new)? "
    "(bot|script|program|job|automation|tool|task) (that|which|to|for me|who|and)?",
    "a (bot|script|program|job|automation) (that|which|to)",
    "(that|which) (will|should|can) ",
    "(for|to) (me|us)",
    "(in|of|from|to|for|on)? (it|them)",
    "(in|of|from|for) (the|this|that|my|our|each) (file|data|table|list|result|rows|dataset|sheet)",
    "(the|this) (file|data|table|list|result)",
    "thanks",
    "thank you",
    "it should",
    "you should",
    "should",
    "as well",
    "too",
    "(which|that) i (upload|give|attach|provide|send) (you|it)?",
    "i (upload|give|attach|provide)",
)

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
    "(hack|crack|steal|phish|phishing|spam|ddos|malware|ransomware|virus|keylogger|exploit|brute force|passwords?|credentials|"
    "mine bitcoin|mine crypto|/etc/passwd|/etc/shadow|rm -rf|bypass|spy on)": "harmful",
    "(buy|sell|trade|pay|invoice customers|transfer money|order pizza|book)": "effects",
    "(print it on paper|turn on|turn off|unlock|reboot|restart|shut down|install|execute|run a command|shell|sudo|delete all files)": "machine",
    "(tomorrow|today|tonight|yesterday|once|next week|next month|in an hour)": "once",
    "(every|each)? {number}? (seconds|second|milliseconds)": "seconds",
    "(every|each|on)? (the)? (first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th) {weekdays} (of|in) (the|every|each|a) month (,? at {clocks})?": "monthly",
    "(every|each) (the)? (first|third|fourth|last|1st|3rd|4th) {weekdays} (,? at {clocks})?": "monthly",
    "(every month|each month|monthly) on (the)? (first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th) {weekdays} (of the month)? (,? at {clocks})?": "monthly",
    "(every other|every second|fortnightly|biweekly|bi-weekly|fortnight) (day|week|month|monday|tuesday|wednesday|thursday|friday)?": "irregular",
    "(when|whenever|as soon as|after|each time|every time) (a|the|an|some|someone)? (new)? ({things}|file) (is|gets|has been)? "
    "(arrives|uploaded|created|comes in|signs up|added|appears|changed|received|deleted)": "event",
}

TABLES = {
    **english_steps.TABLES,
    **web.TABLES,
    "tests": {
        "{column:any_column} <be>? (less than|under|below|lower than|smaller than|fewer than|lt) {value:number}": "is_below",
        "{column:any_column} <be>? (more than|over|above|higher than|greater than|bigger than|larger than|exceeds|gt) {value:number}": "is_above",
        "{column:any_column} <be>? (at most|no more than|up to|not more than|less than or equal to|le) {value:number}": "is_at_most",
        "{column:any_column} <be>? (at least|no less than|not less than|greater than or equal to|ge) {value:number}": "is_at_least",
        "{column:any_column} <be>? between {low:number} (and|to|-) {high:number}": "is_between",
        "{column:any_column} <be>? not between {low:number} and {high:number}": "not is_between",
        "{column:any_column} <be>? (before|earlier than|older than|lt) {value:day}": "is_before",
        "{column:any_column} <be>? (after|later than|newer than|since|gt) {value:day}": "is_after",
        "{column:any_column} <be>? (older than|more than) {value:count} days (ago|old)?": "is_older_than",
        "{column:any_column} <be>? (in|within|from) (the)? last {value:count} days": "is_within_last",
        "{column:any_column} <be> (empty|missing|blank|null|not set)": "is_missing",
        "{column:any_column} (is|are)? (not|isn't|aren't) (empty|missing|blank|null)": "not is_missing",
        "{column:any_column} (isn't|aren't) (empty|missing|blank|null)": "not is_missing",
        "{column:any_column} (is|are) (filled|present|filled in)": "not is_missing",
        "{column:any_column} (<be> equal to|equals|eq|<be> exactly|<be>|equal to|of) {values}": "is_same",
        "{column:any_column} (is|are) (one of|in|either|any of) {values}": "is_same",
        "{column:any_column} (<be> not|isn't|aren't|ne|does not equal|doesn't equal|<be> different from|<be> other than) {values}": "not is_same",
        "{column:any_column} (contains|contain|includes|include|containing|including|has) (the)? (word|text)? {value}": "contains",
        "{column:any_column} (does not|doesn't|do not|don't) (contain|include) {value}": "not contains",
        "{column:any_column} (starts with|begins with|starting with|start with|beginning with) {value}": "starts_with",
        "{column:any_column} (does not|doesn't) (start with|begin with) {value}": "not starts_with",
        "{column:any_column} (ends with|ending with|ends in|end with|ending in) {value}": "ends_with",
        "{column:any_column} (does not|doesn't) (end with|end in) {value}": "not ends_with",
    },
    "days": {
        "(every|each|on|all|during)? (single)? (weekday|weekdays|workday|workdays|working day|working days|business day|business days|week day|week days)": "1-5",
        "(every|each|on|at|all|during)? (the)? (weekend|weekends)": "6,0",
        "(every|each) (single)? day": "*",
        "(daily|everyday|once a day|each and every day|nightly|every day of the week)": "*",
        "(every|each|on|all|weekly on|once a week on|every week on|weekly)? {weekdays}": "",
    },
    "halves": {
        "in the morning": "am",
        "in the (afternoon|evening)": "pm",
        "at night": "pm",
        "o'clock": "am",
        "(hours|hrs)": "am",
        "(sharp)": "am",
    },
    "functions": {
        "(sum|total|sums|totals|sum total|add up)": "sum",
        "(average|mean|avg|averages)": "average",
        "(median|medians)": "median",
        "(minimum|min|lowest|smallest)": "min",
        "(maximum|max|highest|largest|biggest)": "max",
    },
    "row_counts": {
        "(number|count|amount) of (<rows>|{things})": "rows",
        "(row|line|record) count": "rows",
    },
    "rules": {
        "(email|emails|e-mail|email address|email addresses|e-mail address|e-mail addresses)": "is_email",
        "(number|numbers|numeric)": "is_number",
        "(positive|positive number|positive numbers|above zero|greater than zero)": "is_positive",
        "(integer|integers|whole number|whole numbers)": "is_integer",
        "(date|dates)": "is_date",
        "(phone|phone number|phone numbers|telephone number|telephone numbers)": "is_phone",
        "(url|urls|web address|web addresses|link|links)": "is_web_address",
        "(not empty|filled|filled in|present|required|mandatory|non-empty|there|not blank|not missing)": "is_filled",
        "(address|addresses)": "",
    },
    "limits": {
        "(less than|under|below|lower than|smaller than|fewer than|lt) {value:number}": "is_below",
        "(more than|over|above|higher than|greater than|bigger than|larger than|gt) {value:number}": "is_above",
        "(at most|no more than|up to|not more than|less than or equal to|le) {value:number}": "is_at_most",
        "(at least|no less than|not less than|greater than or equal to|ge) {value:number}": "is_at_least",
        "{value:number} or (more|above|higher|greater|over)": "is_at_least",
        "{value:number} or (less|below|lower|fewer|under)": "is_at_most",
        "between {low:number} (and|to|-) {high:number}": "is_between",
        "(not negative|non-negative)": "is_at_least",
    },
    "verdicts": {
        "{columns} (<ought>|is|are) {limit}": "",
        "{columns} (<ought>|is|are) (a|an|the)? <valid>? {rule}": "",
        "{columns} (<ought>|is|are) <valid>": "",
        "{columns} (<ought_not>|is not|are not|isn't|aren't|is never) <blank>": "is_filled",
        "{columns} (<ought_not>|is not|are not|isn't|aren't|is never) negative": "not_negative",
    },
    "requirements": {
        "{column} (that is|which is|of)? {limit}": "",
        "(a|an)? <valid> {column}": "",
        "{column}": "is_filled",
    },
}

VERBS = words(
    "remove delete discard exclude eliminate skip ignore clean tidy sort keep read load report count sum join merge combine validate "
    "verify save write export send remind tell calculate compute group rename convert filter trim remember monitor track "
    "deduplicate dedupe summarise summarize lowercase uppercase select replace fill append stack alert notify warn print show "
    "give list take look find extract"
)

ENGLISH = Language(
    code="en",
    classes=CLASSES,
    fillers=FILLERS,
    reserved=words(
        "a an the and or but then also please to of in into on at by per for from with without within as is are be was were been "
        "it its them they their this that these those there which who whose where when whenever while if unless except until than "
        "not no nor never only just all any each every both either neither none some most more less fewer least "
        "i me my we us our you your he she him her his do does did don't doesn't done have has had having can could will would should "
        "shall may might must so because "
        "drop remove delete discard exclude eliminate skip omit ignore filter throw get rid keep retain leave select pick choose "
        "sort order rank arrange sorted ordered deduplicate dedupe dedup rename call trim strip lowercase uppercase capitalise capitalize "
        "validate check verify ensure make clean cleanse tidy normalise normalize join merge combine match concatenate append stack "
        "sum add up calculate compute count average avg mean median minimum maximum min max summarise summarize aggregate group grouped "
        "report tell notify alert warn show give list print display output return say save write export store convert turn put "
        "remember watch monitor track follow remind reminder send email-me read load open take use using find produce create build "
        "rows row lines line records record entries entry duplicates duplicate column columns field fields "
        "csv json file files data table dataset values cells cell "
        "above below over under between before after older newer greater smaller higher lower larger bigger equal equals contains "
        "contain containing starts ends starting ending like matches goes rises falls drops changes exceeds "
        "empty missing blank invalid valid incomplete broken correct wrong unique distinct ascending descending alphabetically "
        "daily weekly monthly hourly yearly weekdays weekday weekend weekends noon midnight morning evening afternoon night "
        "top first last how many much what why something anything everything someone stuff things thing nice nicely better pretty "
        "fast quickly properly correctly somehow maybe perhaps etc whatever new pls translate scrape fetch download upload post "
        "slack telegram url api website classify predict forecast chart graph plot excel pdf xlsx workbook database "
        "except but unless instead rather otherwise else again other others another same different similar about around approximately "
    ),
    vague=words(
        "big large huge small tiny little high low old new recent wrong bad good weird strange odd suspicious important relevant "
        "interesting too very long short many few few-ish enough soon late early reasonable normal best worst cheap expensive "
    ),
    tails=words(
        "name names number date dates address id ids code codes price prices amount amounts total totals country city type status rate "
        "value values score time key category quantity email phone zip region level cost balance count title url percentage day month year"
    ),
    articles=words("a an the any their its his her this that my our"),
    conjunctions=words("that if whether"),
    suggestions=dict.fromkeys(
        ("dupes", "duplicates", "duplicate", "the duplicates", "duplicated"), "remove duplicates"
    ),
    numbers={
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
        "fifty": 50,
        "hundred": 100,
        "zero": 0,
    },
    weekdays={
        "sunday": 0,
        "monday": 1,
        "tuesday": 2,
        "wednesday": 3,
        "thursday": 4,
        "friday": 5,
        "saturday": 6,
        "sundays": 0,
        "mondays": 1,
        "tuesdays": 2,
        "wednesdays": 3,
        "thursdays": 4,
        "fridays": 5,
        "saturdays": 6,
        "sun": 0,
        "mon": 1,
        "tue": 2,
        "wed": 3,
        "thu": 4,
        "fri": 5,
        "sat": 6,
    },
    months={
        "january": 1,
        "february": 2,
        "march": 3,
        "april": 4,
        "may": 5,
        "june": 6,
        "july": 7,
        "august": 8,
        "september": 9,
        "october": 10,
        "november": 11,
        "december": 12,
    },
    also=words("and & plus ,"),
    either=words("or"),
    unavailable=UNAVAILABLE,
    tables=TABLES,
    clocks={"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)},
    ordinals={
        "1st": "1",
        "first": "1",
        "second": "2",
        "third": "3",
        "fourth": "4",
        "fifth": "5",
        "tenth": "10",
        "fifteenth": "15",
        "twentieth": "20",
        "last": "L",
    },
    column_words=words("column columns field fields"),
    compounds=frozenset(
        {
            "first name",
            "last name",
            "second name",
            "start date",
            "end date",
            "last login",
            "due date",
            "first order",
            "last order",
            "last seen",
            "date of birth",
            "tax rate",
            "full name",
            "middle name",
        }
    ),
    links=frozenset(),
    units=words("euros euro dollars dollar usd eur pounds gbp points degrees units kg km years"),
    decimal_comma=False,
    row_words=words("rows row lines line records record entries entry ones"),
    file_words=words("file files data export list"),
    table_words=words("csv csvs json jsonl tsv spreadsheet excel xlsx workbook"),
    text_words=words("text document txt article pdf"),
    file_links=words("of with called named for"),
    at_words=words("at @"),
    every=words("every each on"),
    inflected={f"{verb}s": verb for verb in VERBS} | {"watches": "watch", "says": "say", "matches": "match"},
    until=words("to until through till -"),
    of_words=words("of for in"),
    value_words=words("value values current latest newest level"),
    numeric_words=words(
        "price prices value number amount temperature stock count total rate level balance score humidity pressure size weight "
        "speed cost revenue sales quantity inventory usage load traffic visits visitors orders followers percentage distance"
    ),
    schedule_starts=words(
        "every each daily weekly monthly hourly on at weekdays weekends in @ mondays tuesdays wednesdays "
        "thursdays fridays saturdays sundays monday tuesday wednesday thursday friday saturday sunday the ,"
    ),
)
