"""Other words for the same wishes, in both languages; here those about tables, texts and reminders."""
# ruff: noqa: E501 - a sentence is read best on one line

from __future__ import annotations

from support.builder.sentences_said_spanish import SAID_IN_SPANISH
from support.builder.sentences_said_web import SAID_OF_THE_WEB

_SAID: list[tuple[str, str]] = [
    ("remove duplicates from contacts.csv by email", "contacts.csv | Deduplicate email"),
    ("remove duplicates, by email, from contacts.csv", "contacts.csv | Deduplicate email"),
    ("remove duplicate contacts from contacts.csv by email", "contacts.csv | Deduplicate email"),
    ("deduplicate the contacts in contacts.csv by email", "contacts.csv | Deduplicate email"),
    ("sort data/input.csv by name", "input.csv | SortRows name"),
    ("every 31st of february at 9 sum the amount in sales.csv", "! There is no such day in the calendar"),
    ("on 31 february at 9 sum the amount in sales.csv", "! There is no such day in the calendar"),
    ("deduplicate people.csv on the phone", "people.csv | Deduplicate phone"),
    ("validate that phone is a valid phone number in people.csv", "people.csv | Validate phone,is_phone"),
    ("convert date to DD/MM/YYYY in people.csv", "people.csv | ChangeDates date %d/%m/%Y"),
    ("convert speed from km/h to mph in cars.csv", "cars.csv | ConvertUnit speed km/h mph"),
    ("delete all rows where status is done from tasks.csv", "tasks.csv | FilterRows [status is done]"),
    ("sum the amount on the 31st of every month in sales.csv at 9", "? schedule-1.time, schedule-2.days"),
    (
        "check that every email in people.csv is a valid email and tell me how many are wrong",
        "people.csv | Validate email,is_email; ReportCounts",
    ),
    (
        "rename the column name to customer and email to mail in people.csv",
        "people.csv | RenameColumn name customer; RenameColumn email mail",
    ),
    (
        "compare old.csv with new.csv by id and tell me what was added and removed",
        "old.csv new.csv | CompareFiles old.csv new.csv id; ReportCounts",
    ),
    (
        "sum the amount per month of date in sales.csv",
        "sales.csv | DatePart date month month; Summarise sum amount month True",
    ),
    (
        "add a column revenue = amount * quantity to sales.csv, sum the revenue per region and draw a bar chart of it",
        "sales.csv | ComputeColumn revenue [amount * quantity]; Summarise sum revenue region True; Chart bar region revenue sum",
    ),
    (
        "keep only rows where amount is above 100 and amount is below 50 in sales.csv",
        "! No row can be left where amount is above 100 and amount is below 50",
    ),
    (
        "keep rows where amount is above 50 and amount is below 100 in sales.csv",
        "sales.csv | FilterRows [amount is above 50 and amount is below 100] True",
    ),
    (
        "drop rows where amount is below 100 and then drop rows where amount is above 50 in sales.csv",
        "! No row can be left where amount is at least 100 and amount is at most 50",
    ),
    (
        "drop rows where amount is below 50 and then drop rows where amount is above 100 in sales.csv",
        "sales.csv | FilterRows [amount is below 50]; FilterRows [amount is above 100]",
    ),
    (
        "keep rows where region is west and region is north in sales.csv",
        "! No row can be left where region is west and region is north",
    ),
    (
        "keep rows where status is open and drop rows where status is open in a.csv",
        "! No row can be left where status is open and status is not open",
    ),
    ("every day at 9 clean contacts.csv by email if the moon is full", "? words-if-the-moon-is-full"),
    (
        "summarise article.txt with a language model in three sentences",
        "article.txt | SummariseText 3 sentences",
    ),
    (
        "show the rows where amount is above 100 in sales.csv",
        "sales.csv | ReportCounts; FilterRows [amount is above 100] True",
    ),
    (
        "list the rows of sales.csv where region is west",
        "sales.csv | ReportCounts; FilterRows [region is west] True",
    ),
    (
        "count the orders per day of created_at in orders.csv",
        "orders.csv | DatePart created_at day day; Summarise day True",
    ),
    (
        "average of amount by year of date in sales.csv",
        "sales.csv | DatePart date year year; Summarise average amount year True",
    ),
    (
        "group sales.csv by month of date and sum amount",
        "sales.csv | DatePart date month month; Summarise sum amount month True",
    ),
    (
        "sum amount per weekday of date in sales.csv",
        "sales.csv | DatePart date weekday weekday; Summarise sum amount weekday True",
    ),
    ("summarise notes.txt in three sentences", "notes.txt | SummariseText 3 sentences"),
    (
        "summarise each review in reviews.csv with a language model",
        "reviews.csv | SummariseRows review 1 sentence",
    ),
    ("use a language model to summarise notes.txt", "notes.txt | SummariseText 5 sentences"),
    (
        "with a language model, classify the message in tickets.csv as bug or question",
        "tickets.csv | ClassifyRows message bug,question",
    ),
    ("draw a line chart of the amount by date of sales.csv", "? chart-1.function"),
    (
        "count orders per country in orders.csv and draw a pie chart of it",
        "orders.csv | Summarise country True; Chart pie country count",
    ),
    (
        "sum the amount per month of date in sales.csv and draw a line chart",
        "sales.csv | DatePart date month month; Summarise sum amount month True; Chart line month amount sum",
    ),
    ("keep the ten highest amounts in sales.csv", "sales.csv | FirstRows 10 amounts True"),
    ("top 3 customers by total amount in orders.csv", "orders.csv | Summarise sum amount customers 3 True"),
    (
        "which region has the highest total amount in sales.csv",
        "sales.csv | Summarise sum amount region 1 True",
    ),
    ("replace empty country with unknown in people.csv", "people.csv | FillMissing country unknown"),
    (
        "merge first name and last name into full name in people.csv",
        "people.csv | MergeColumns first name,last name full name",
    ),
    ("convert prices.csv to Excel", "prices.csv | SaveTable xlsx"),
    ("turn data.json into CSV", "data.json | SaveTable csv"),
    ("zip all csv files", "| Archive; AllFiles"),
    (
        "remove duplicate emails from people.csv and save as clean.csv",
        "people.csv | Deduplicate emails; SaveTable clean.csv csv",
    ),
    (
        "tell me how many rows in people.csv have no email",
        "people.csv | FilterRows [email is empty] True; Summarise True",
    ),
    ("how many orders are there per status in orders.csv", "orders.csv | Summarise status True"),
    ("round amount to 2 decimals in sales.csv", "sales.csv | RoundNumbers amount 2"),
    (
        "add a column total = price * quantity to orders.csv and sort by total descending",
        "orders.csv | ComputeColumn total [price * quantity]; SortRows total True",
    ),
    ("flag outliers of amount in sales.csv", "sales.csv | Outliers amount mark"),
    ("extract all email addresses from notes.txt", "notes.txt | ExtractFromText emails"),
    ("count how often error and timeout appear in app.log", "app.log | CountKeywords error,timeout"),
    (
        "join orders.csv with customers.csv by customer_id and sum amount per country",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id; Summarise sum amount country True",
    ),
    (
        "join orders.csv and customers.csv on customer_id",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id",
    ),
    ("stack january.csv and february.csv", "january.csv february.csv | StackTables january.csv february.csv"),
    ("translate notes.txt to Spanish", "notes.txt | TranslateText Spanish"),
    ("translate the column review to English in reviews.csv", "reviews.csv | TranslateColumn review English"),
    (
        "classify each ticket in tickets.csv as bug, question or praise by its text",
        "tickets.csv | ClassifyRows text bug,question,praise",
    ),
    ("what is the sentiment of each review in reviews.csv", "reviews.csv | SentimentRows review"),
    ("extract name, date and amount from invoice.pdf", "invoice.pdf | ExtractFieldsText name,date,amount"),
    (
        'answer "what is the notice period" from contract.pdf',
        "contract.pdf | AnswerQuestion what is the notice period",
    ),
    ("draft a reply to each message in tickets.csv", "tickets.csv | DraftReplies message polite"),
    (
        "read the sheet March of sales.xlsx and sum amount",
        "sales.xlsx | ExcelSheet March sales.xlsx; Summarise sum amount True",
    ),
    ("remove duplicate names from people.csv", "people.csv | Deduplicate names"),
    ("remove duplicate contacts from people.csv", "people.csv | Deduplicate"),
    (
        "count the rows with amount above 100 in sales.csv",
        "sales.csv | FilterRows [amount is above 100] True; Summarise True",
    ),
    ("remind me every day at 9 to drink water", "| Reminder drink water; cron 0 9 * * *"),
    ("remind me on the 1st of every month at 9 to pay the rent", "| Reminder pay the rent; cron 0 9 1 * *"),
    (
        "find the sentiment of each comment in comments.csv and keep only the negative ones",
        "comments.csv | SentimentRows comment; FilterRows [sentiment is negative] True",
    ),
    (
        "extract invoice number, date and total from invoice.txt",
        "invoice.txt | ExtractFieldsText invoice number,date,total",
    ),
    (
        "classify notes.txt as complaint, question or praise",
        "notes.txt | ClassifyText complaint,question,praise",
    ),
]
SENTENCES_SAID: list[tuple[str, str]] = [*_SAID, *SAID_OF_THE_WEB, *SAID_IN_SPANISH]
