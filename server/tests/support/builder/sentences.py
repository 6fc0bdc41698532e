"""Sentences and what they must be understood to mean, in the notation of `describe`.

`files @zone | blocks`, `? ids of the questions`, or `! first sentence of the refusal`.
"""
# ruff: noqa: E501 - one sentence on one line

from __future__ import annotations

from support.builder.sentences_results import RESULTS
from support.builder.sentences_rows import ROWS

_WISHES: list[tuple[str, str]] = [
    (
        "cada día laborable a las 9 limpia el CSV de contactos: elimina las filas sin email, deduplica por email e informa de cuántas se han eliminado",
        "contactos.csv | cron 0 9 * * 1-5; DropMissing email; Deduplicate email; ReportCounts",
    ),
    ("elimina los duplicados por email de contactos.csv", "contactos.csv | Deduplicate email"),
    (
        "elimina las filas donde importe es menor que 10 de ventas.csv",
        "ventas.csv | FilterRows [importe is below 10]",
    ),
    (
        "quédate solo con las filas donde país es España de clientes.csv",
        "clientes.csv | FilterRows [país is España] True",
    ),
    ("suma de importe por país en ventas.csv", "ventas.csv | Summarise sum importe país True"),
    (
        "media de precio por categoría en productos.csv",
        "productos.csv | Summarise average precio categoría True",
    ),
    ("cuenta las filas por estado de pedidos.csv", "pedidos.csv | Summarise estado True"),
    (
        "une pedidos.csv con clientes.csv por id_cliente",
        "pedidos.csv clientes.csv | JoinTables pedidos.csv clientes.csv id_cliente",
    ),
    ("ordena personas.csv por edad de mayor a menor", "personas.csv | SortRows edad True"),
    (
        "recuérdame regar las plantas cada viernes a las 18:00",
        "| Reminder regar las plantas; cron 0 18 * * 5",
    ),
    ("avísame cuando el precio supere 100", "| Watch above 100 the precio given as input"),
    (
        "recuerda el precio y avísame cuando cambie",
        "| Watch remember the precio given as input; Watch change the precio given as input",
    ),
    ("las 20 palabras más frecuentes de notas.txt", "notas.txt | FrequentWords 20"),
    (
        "cada lunes y jueves a las 14:30 cuenta las filas de cola.csv",
        "cola.csv | cron 30 14 * * 1,4; Summarise True",
    ),
    (
        "todos los días a las 9 de la mañana hora de Madrid ordena a.csv por nombre",
        "a.csv @Europe/Madrid | cron 0 9 * * *; SortRows nombre",
    ),
    ("valida el email de personas.csv", "personas.csv | Validate email,is_email"),
    ("envía el informe por correo", "? goal"),
    ("haz algo con mis datos", "? words-haz-algo-con-mis-datos"),
    ("do something with my data", "? words-do-something-with-my-data"),
    ("help me", "? words-help-me"),
    ("clean contacts.csv and make it pretty", "? words-make-it-pretty"),
    (
        "drop rows where the amount is too small in sales.csv",
        "? words-drop-rows-where-the-amount-is-too-small",
    ),
    ("improve people.csv", "? words-improve"),
    ("every weekday at 9", "? goal"),
    ("contacts.csv", "? goal"),
    ("drop the old rows from sales.csv", "? words-drop-the-old-rows"),
    ("sort the best customers in customers.csv", "? words-sort-the-best-customers"),
    ("remove rows that look suspicious from sales.csv", "? words-remove-rows-that-look-suspicious"),
    ("drop all rows except those from Spain in people.csv", "? words-drop-all-rows-except-those-from-spain"),
    ("don't drop anything from people.csv", "? words-don-t-drop-anything"),
    ("clean contacts.csv but keep the duplicates", "? words-but-keep-the-duplicates"),
    ("clean contacts.csv unless it is a holiday", "? words-unless-it-is-a-holiday"),
    ("deduplciate people.csv by name", "? words-deduplciate"),
    ("drop rows without email, do the usual thing and sort by name in a.csv", "? words-do-the-usual-thing"),
    ("email me the report of sales.csv", "? e-mail-1.addresses, e-mail-1.server"),
    ("send the cleaned contacts.csv to bob@example.com", "? words-cleaned"),
    ("post the total of sales.csv to Slack", "? words-total"),
    ("notify me by email when the price changes", "? e-mail-1.addresses, e-mail-1.server"),
    (
        "scrape https://example.com every hour",
        "! There is no block for this service",
    ),
    (
        "download the CSV from https://example.com/a.csv and sort it by name",
        "| WebData https://example.com/a.csv; SortRows name",
    ),
    (
        "call the weather API every morning",
        "? web-data-1.url, schedule-1.time",
    ),
    ("read orders from the database and sum amount", "? database-1.host"),
    ("clean contacts.xlsx", "contacts.xlsx | Clean"),
    (
        "translate article.txt to French",
        "article.txt | TranslateText French",
    ),
    ("summarise article.pdf", "article.pdf | SummariseText 5 sentences"),
    ("make a chart of sales.csv", "? chart-1.kind, chart-1.by, chart-1.function"),
    (
        "do a sentiment analysis of reviews.txt",
        "reviews.txt | SentimentText",
    ),
    (
        "hack into the bank and steal passwords",
        "! That would harm people or break into systems; no bot is built for it",
    ),
    (
        "buy 10 shares when the price drops below 100",
        "! A bot built from recipes cannot buy, sell, pay or book anything",
    ),
    (
        "when a new file arrives clean people.csv",
        "! A bot does not see what happens elsewhere",
    ),
    ("delete all files on the server", "! A bot runs in a sandbox and sees no files of the machine"),
    ("remind me to water the plants every friday and clean contacts.csv", "? schedule-1.time"),
    ("drop rows with email and keep rows where email is empty in a.csv", "? words-drop-rows-with-email"),
    (
        "Please take customers.csv, throw away the ones without a phone, and save the rest as reachable.csv",
        "customers.csv | DropMissing phone; SaveTable reachable.csv csv",
    ),
    (
        "I need a bot which every day at 6pm counts how many rows are in inbox.csv",
        "inbox.csv | cron 0 18 * * *; Summarise True",
    ),
    (
        "could you remove duplicates from leads.csv based on email and phone?",
        "leads.csv | Deduplicate email,phone",
    ),
    ("show me the total sales per month in sales.csv", "sales.csv | Summarise sum sales month True"),
    (
        "give me the top 10 customers by revenue from customers.csv",
        "customers.csv | FirstRows 10 revenue True",
    ),
    (
        "on weekdays at 8:00 compute the average of score per team in results.csv, Europe/London",
        "results.csv @Europe/London | cron 0 8 * * 1-5; Summarise average score team True",
    ),
    (
        "strip whitespace from all columns in people.csv and drop empty rows",
        "people.csv | ChangeText trim; DropEmptyRows",
    ),
    (
        "keep products with price over 100 from products.csv, sort them by price descending and save as expensive.csv",
        "products.csv | FilterRows [price is above 100] True; SortRows price True; SaveTable expensive.csv csv",
    ),
    (
        "from orders.csv keep only rows where status is paid and date is after 2026-01-01, then sum amount by customer",
        "orders.csv | FilterRows [status is paid and date is after 2026-01-01] True; Summarise sum amount customer True",
    ),
    ("remove rows where age is not a number from people.csv", "people.csv | Validate age,is_number"),
    ("drop rows if email is missing in people.csv", "people.csv | DropMissing email"),
    (
        "watch the number of rows in errors.csv every 10 minutes and warn me when it goes above 100",
        "errors.csv | Watch remember the number of rows; cron */10 * * * *; Watch above 100 the number of rows",
    ),
    (
        "let me know whenever the temperature exceeds 30 degrees",
        "| Watch above 30 the temperature given as input",
    ),
    ("report when the balance falls under 1,000", "| Watch below 1000 the balance given as input"),
    ('say "stand up and stretch" every 2 hours', "| Reminder stand up and stretch; cron 0 */2 * * *"),
    ('count the occurrences of "refund" in mails.txt', "mails.txt | CountKeywords refund"),
    ("which 5 words are most frequent in speech.txt", "? words-which-5-words-are-most-frequent"),
    ("sort people.csv by name, then keep the first 3 rows", "people.csv | SortRows name; FirstRows 3 True"),
    (
        'read a.csv, rename "Full Name" to name and keep the columns name and email',
        "a.csv | RenameColumn Full Name name; SelectColumns name,email True",
    ),
    (
        "join the orders CSV with the customers CSV on customer_id, keep rows where country is Spain and report the total of amount",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id; FilterRows [country is Spain] True; Summarise sum amount True",
    ),
    (
        "merge prices.json and stock.json by sku and save as catalog.json",
        "prices.json stock.json | JoinTables prices.json stock.json sku; SaveTable catalog.json json",
    ),
    (
        "clean contacts.csv: trim spaces, lowercase email, drop rows without email, remove duplicates by email, sort by name",
        "contacts.csv | ChangeText trim; ChangeText lower email; DropMissing email; Deduplicate email; SortRows name",
    ),
    ("elimina los espacios sobrantes de nombre en personas.csv", "personas.csv | ChangeText trim nombre"),
    (
        "cada hora cuenta las filas de cola.csv y avísame cuando supere 100",
        "cola.csv | cron 0 * * * *; Summarise True; Watch above 100 the number of rows",
    ),
    (
        "renombra correo a email en personas.csv y guarda el resultado en limpio.csv",
        "personas.csv | RenameColumn correo email; SaveTable limpio.csv csv",
    ),
    ("agrupa por región y suma importe de ventas.csv", "ventas.csv | Summarise sum importe región True"),
    (
        "sum amount where status is paid in orders.csv",
        "orders.csv | FilterRows [status is paid] True; Summarise sum amount True",
    ),
    ("drop rows without email where country is Spain in a.csv", "? words-where-country-is-spain"),
    (
        "report only if more than 10 rows were dropped in contacts.csv",
        "? words-only-if-more-than-10-rows-were-dropped",
    ),
    (
        "every weekday at 9 in Madrid clean contacts.csv",
        "contacts.csv @Europe/Madrid | cron 0 9 * * 1-5; Clean",
    ),
    ("count customers in Spain from customers.csv", "? words-spain"),
    ("every weekday except friday at 9 clean contacts.csv", "? words-except"),
    ("never run on sundays and clean contacts.csv at 9", "? words-never-run"),
    ("drop rows in a.csv where email is in b.csv", "? words-drop-rows, words-where-email-is"),
    ("sort contacts.csv by name before deduplicating by email", "? words-before"),
    ("keep adults from people.csv", "? words-keep-adults"),
    (
        "clean contacts.csv every day at 9 and every day at 17",
        "contacts.csv | Clean; cron 0 9 * * *; cron 0 17 * * *",
    ),
]
"""Spanish, whole wishes, and what nobody can know."""
SENTENCES: list[tuple[str, str]] = [*ROWS, *RESULTS, *_WISHES]
