"""Sentences and what they must be understood to mean, in the notation of `describe`.

`files @zone | blocks`, `? ids of the questions`, or `! first sentence of the refusal`.
"""
# ruff: noqa: E501 - one sentence on one line

from __future__ import annotations

SENTENCES: list[tuple[str, str]] = [
    (
        "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, and report how many were dropped",
        "contacts.csv | cron 0 9 * * 1-5; DropMissing email; Deduplicate email; ReportCounts",
    ),
    (
        "at 9 every weekday, clean the contacts CSV by dropping rows without an email and removing duplicates by email",
        "contacts.csv | cron 0 9 * * 1-5; DropMissing email; Deduplicate email",
    ),
    (
        "Deduplicate contacts.csv by email, then drop the rows that have no email and tell me how many were removed",
        "contacts.csv | Deduplicate email; DropMissing email; ReportCounts",
    ),
    ("clean contacts.csv", "contacts.csv | Clean"),
    ("tidy up the contacts CSV", "contacts.csv | Clean"),
    ("clean the CSV", "data.csv | Clean"),
    ("drop rows without an email from contacts.csv", "contacts.csv | DropMissing email"),
    ("remove all rows with no phone number in people.csv", "people.csv | DropMissing phone number"),
    ("delete the records missing a name from people.csv", "people.csv | DropMissing name"),
    ("discard customers who have no phone from customers.csv", "customers.csv | DropMissing phone"),
    ("filter out rows where email is empty in contacts.csv", "contacts.csv | DropMissing email"),
    ("keep only rows with an email in contacts.csv", "contacts.csv | DropMissing email"),
    ("keep only rows with an email and a phone in contacts.csv", "contacts.csv | DropMissing email,phone"),
    ("drop rows without an email or phone from people.csv", "? drop-rows-without-a-value-1.mode"),
    ("drop incomplete rows from people.csv", "people.csv | DropMissing"),
    ("drop rows with empty values in people.csv", "people.csv | DropMissing"),
    ("remove blank lines from data.csv", "data.csv | DropEmptyRows"),
    ("drop empty emails from contacts.csv", "contacts.csv | DropMissing emails"),
    (
        "get rid of rows where the email or the phone is missing in people.csv",
        "? drop-rows-without-a-value-1.mode",
    ),
    ("drop rows where amount is below 10 in sales.csv", "sales.csv | FilterRows [amount is below 10]"),
    ("drop rows where amount < 10 in sales.csv", "sales.csv | FilterRows [amount is below 10]"),
    (
        "remove orders with amount under 1,000 from orders.csv",
        "orders.csv | FilterRows [amount is below 1000]",
    ),
    (
        "keep orders whose amount is at least $50 in orders.csv",
        "orders.csv | FilterRows [amount is at least 50] True",
    ),
    (
        "keep only rows where country is Spain in people.csv",
        "people.csv | FilterRows [country is Spain] True",
    ),
    (
        'keep only rows where country is "New York" in people.csv',
        "people.csv | FilterRows [country is New York] True",
    ),
    (
        "keep only rows where city is New York in people.csv",
        "people.csv | FilterRows [city is New York] True",
    ),
    (
        "keep rows where country is Spain, France or Italy in people.csv",
        "people.csv | FilterRows [country is one of Spain or France or Italy] True",
    ),
    (
        "keep rows where price is between 10 and 20 in products.csv",
        "products.csv | FilterRows [price is between 10 and 20] True",
    ),
    ("drop rows where status is not active in users.csv", "users.csv | FilterRows [status is not active]"),
    (
        "drop rows where date is before 2024-01-01 in orders.csv",
        "orders.csv | FilterRows [date is before 2024-01-01]",
    ),
    (
        "keep rows where date is within the last 30 days in orders.csv",
        "orders.csv | FilterRows [date is within the last 30 days] True",
    ),
    (
        "drop rows where created_at is older than 90 days in logs.csv",
        "logs.csv | FilterRows [created_at is older than 90 days]",
    ),
    (
        'drop rows where email ends with "@test.com" in users.csv',
        "users.csv | FilterRows [email ends with @test.com]",
    ),
    ("keep rows where name starts with A in people.csv", "people.csv | FilterRows [name starts with A] True"),
    ("drop rows where notes contains test in leads.csv", "leads.csv | FilterRows [notes contains test]"),
    (
        "filter sales.csv where region is north and amount > 100",
        "sales.csv | FilterRows [region is north and amount is above 100] True",
    ),
    (
        "keep rows where amount is above 10 or status is vip in sales.csv",
        "sales.csv | FilterRows [amount is above 10 or status is vip] True",
    ),
    (
        "keep rows where amount is above 10 or status is vip and country is Spain in sales.csv",
        "? words-is-spain",
    ),
    ("keep rows where email is not empty in contacts.csv", "contacts.csv | DropMissing email"),
    ("remove duplicates from people.csv", "people.csv | Deduplicate"),
    ("deduplicate people.csv by first name and last name", "people.csv | Deduplicate first name,last name"),
    ("drop duplicate rows in people.csv", "people.csv | Deduplicate"),
    ("remove rows with the same email from people.csv", "people.csv | Deduplicate email"),
    ("keep the last row per email in people.csv", "people.csv | Deduplicate email True"),
    ("keep one row per customer_id in orders.csv", "orders.csv | Deduplicate customer_id"),
    (
        "dedupe people.csv by email or phone",
        "! Duplicates are found by one column or by several together, not by one *or* another; use two steps for that",
    ),
    ("validate the emails in people.csv", "people.csv | Validate emails,is_email"),
    ("check that the email is a valid email in people.csv", "people.csv | Validate email,is_email"),
    ("make sure every row has a name in people.csv", "people.csv | Validate name,is_filled"),
    (
        "validate that email is a valid email and amount is a number in orders.csv",
        "orders.csv | Validate email,is_email,amount,is_number",
    ),
    ("drop rows with an invalid email from subscribers.csv", "subscribers.csv | Validate email,is_email"),
    ("remove invalid phone numbers from people.csv", "people.csv | Validate phone numbers,is_phone"),
    (
        "email must be a valid email and age must be a whole number in people.csv",
        "people.csv | Validate email,is_email,age,is_integer",
    ),
    ("validate code in items.csv", "? validate-1.rule-code"),
    (
        "validate orders.csv: amount must be greater than 0 and region is required",
        "orders.csv | Validate amount,is above 0,region,is_filled",
    ),
    ("check orders.csv: amount must be a number", "orders.csv | Validate amount,is_number"),
    (
        "validate that every row of orders.csv has an amount greater than 0 and a region",
        "orders.csv | Validate amount,is above 0,region,is_filled",
    ),
    ("make sure every row of orders.csv has a region", "orders.csv | Validate region,is_filled"),
    ("check that email in contacts.csv is a valid address", "contacts.csv | Validate email,is_email"),
    ("check that delivery in contacts.csv is a valid address", "? validate-1.rule-delivery"),
    (
        "validate orders.csv: emails must be valid; amount must be between 1 and 10, region must not be empty",
        "orders.csv | Validate emails,is_email,amount,is between 1 and 10,region,is_filled",
    ),
    (
        "every weekday at 9 make sure every order in orders.csv has an amount above 0",
        "orders.csv | cron 0 9 * * 1-5; Validate amount,is above 0",
    ),
    ("check that every row of a.csv contains Spain", "? words-contains-spain"),
    ("amount must not be negative in orders.csv", "orders.csv | Validate amount,is at least 0"),
    (
        "make sure every row of orders.csv has an amount above 5 or a region",
        "? words-or-a-region",
    ),
    ("validate orders.csv", "? words-validate"),
    ("check the email in contacts.csv", "? source-email"),
    ("valida pedidos.csv: importe debe ser mayor que 0", "pedidos.csv | Validate importe,is above 0"),
    (
        "comprueba que cada fila de pedidos.csv tenga un importe mayor que 0 y una region",
        "pedidos.csv | Validate importe,is above 0,region,is_filled",
    ),
    (
        "summarise the column amount in orders.csv: total, mean and max",
        "orders.csv | Summarise sum,average,max amount True",
    ),
    ("a report of the most frequent words in notes.txt", "notes.txt | FrequentWords 10"),
    ("deduplicate by email and keep the last one", "| Deduplicate email True"),
    ("remove dupes by email from a.csv and keep the first one", "a.csv | Deduplicate email"),
    ("dupes", "? words-dupes"),
    ("remove dupes by email", "| Deduplicate email"),
    ("tidy up my customers spreadsheet.csv", "spreadsheet.csv | Clean"),
    ("clean my emails contacts.csv", "? words-clean-my-emails"),
    (
        "every first monday of the month at 7am sort a.csv by name",
        "! A certain weekday of the month, such as the first Monday, cannot be said as a schedule",
    ),
    (
        "el primer lunes de cada mes a las 7 ordena a.csv por nombre",
        "! A certain weekday of the month, such as the first Monday, cannot be said as a schedule",
    ),
    ("trim the spaces in people.csv", "people.csv | ChangeText trim"),
    ("remove extra spaces from name in people.csv", "people.csv | ChangeText trim name"),
    ("lowercase the email in people.csv", "people.csv | ChangeText lower email"),
    ("convert country to uppercase in people.csv", "people.csv | ChangeText upper country"),
    ("normalise the email in people.csv", "people.csv | ChangeText lower email"),
    ("normalise the name in people.csv", "? tidy-text-1.way"),
    ("fill missing country with Spain in people.csv", "people.csv | FillMissing country Spain"),
    ("keep only the columns name and email of people.csv", "people.csv | SelectColumns name,email True"),
    ("keep only name and email from people.csv", "people.csv | SelectColumns name,email True"),
    ("drop the phone column from people.csv", "people.csv | SelectColumns phone"),
    ("rename mail to email in people.csv", "people.csv | RenameColumn mail email"),
    ("sort people.csv by age", "people.csv | SortRows age"),
    ("sort by amount descending in sales.csv", "sales.csv | SortRows amount True"),
    ("order sales.csv by region and date, newest first", "? sort-1.scope"),
    ("keep the first 10 rows of sales.csv", "sales.csv | FirstRows 10 True"),
    ("top 5 products by price in products.csv", "products.csv | FirstRows 5 price True"),
    (
        "join orders.csv with customers.csv on customer_id",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id",
    ),
    (
        "merge orders.csv and customers.csv by customer_id",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id",
    ),
    (
        "left join orders.csv with customers.csv on customer_id",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id True",
    ),
    ("combine january.csv and february.csv", "? join-1.columns"),
    ("append february.csv to january.csv", "january.csv february.csv | StackTables january.csv february.csv"),
    (
        "join orders.csv with customers.csv on customer_id and sum amount per country",
        "orders.csv customers.csv | JoinTables orders.csv customers.csv customer_id; Summarise sum amount country True",
    ),
    ("sum of amount in sales.csv", "sales.csv | Summarise sum amount True"),
    ("what is the average price in products.csv", "products.csv | Summarise average price True"),
    ("total amount per country in sales.csv", "sales.csv | Summarise sum amount country True"),
    (
        "calculate the average, minimum and maximum of price by category in products.csv",
        "products.csv | Summarise average,min,max price category True",
    ),
    ("count rows per status in orders.csv", "orders.csv | Summarise status True"),
    ("how many orders are there in orders.csv", "orders.csv | Summarise True"),
    (
        "for each country report the total of amount in sales.csv",
        "sales.csv | Summarise sum amount country True",
    ),
    (
        "summarise amount by department in payroll.csv",
        "payroll.csv | Summarise sum,average,median,min,max amount department True",
    ),
    ("median of salary by team in staff.csv", "staff.csv | Summarise median salary team True"),
    ("top 3 countries by total amount in sales.csv", "sales.csv | Summarise sum amount countries 3 True"),
    ("group sales.csv by region and sum amount", "sales.csv | Summarise sum amount region True"),
    ("summarise sales.csv", "? summarise-numbers-1.columns"),
    ("every monday at 8 give me a report on sales.csv", "sales.csv | cron 0 8 * * 1; Profile"),
    ("keyword report of article.txt", "article.txt | FrequentWords 10"),
    ("report the top 20 words in notes.txt", "notes.txt | FrequentWords 20"),
    ("what are the most common words in notes.txt", "notes.txt | FrequentWords 10"),
    ("count the words in notes.txt", "notes.txt | FrequentWords 10"),
    ('count how often "error" and "timeout" appear in app.log', "app.log | CountKeywords error,timeout"),
    (
        "every day at 7 extract the top 15 keywords from feed.txt",
        "feed.txt | cron 0 7 * * *; FrequentWords 15",
    ),
    ("keyword report", "| FrequentWords 10"),
    (
        "remember the price and tell me when it changes",
        "| Watch remember the price given as input; Watch change the price given as input",
    ),
    (
        "remember a value and report when it changes",
        "| Watch remember the value given as input; Watch change the value given as input",
    ),
    (
        "remember the price and tell me when it drops below 100",
        "| Watch remember the price given as input; Watch below 100 the price given as input",
    ),
    (
        "watch the temperature and alert me when it goes above 30",
        "| Watch remember the temperature given as input; Watch above 30 the temperature given as input",
    ),
    ("tell me when the price rises by more than 10%", "| Watch rise 10 the price given as input"),
    (
        "watch the sum of amount in sales.csv and report when it exceeds 1000",
        "sales.csv | Watch remember the sum of amount; Watch above 1000 the sum of amount",
    ),
    (
        "remember the number of rows in orders.csv and report if it changes",
        "orders.csv | Watch remember the number of rows; Watch change the number of rows",
    ),
    (
        "every hour remember the total of amount in sales.csv and alert me if it drops by more than 20 percent",
        "sales.csv | cron 0 * * * *; Watch remember the sum of amount; Watch fall 20 the sum of amount",
    ),
    (
        "keep track of the status and report any change",
        "| Watch remember the status given as input (text); Watch change the status given as input (text)",
    ),
    ("every hour check the price and tell me when it changes", "? source-price"),
    (
        "alert me when the stock is below 5 or above 100",
        "| Watch below 5 the stock given as input; Watch above 100 the stock given as input",
    ),
    ("remind me to water the plants every friday at 18:00", "| Reminder water the plants; cron 0 18 * * 5"),
    ("every weekday at 9:15 remind us about the stand-up", "| cron 15 9 * * 1-5; Reminder the stand-up"),
    ("remind me every day at noon to drink water", "| Reminder drink water; cron 0 12 * * *"),
    ("remind me to call mum", "? schedule"),
    (
        "remind me on the first of each month at 8am to pay rent",
        "| Reminder pay rent; cron 0 8 1 * *",
    ),
    (
        "remind us every last day of the month to pay the invoices",
        "? schedule-1.time",
    ),
    (
        "Reminder: every Tuesday at 10, call the bank",
        "| Reminder call the bank; cron 0 10 * * 2",
    ),
    (
        "remind me every 2 hours to stretch",
        "| Reminder stretch; cron 0 */2 * * *",
    ),
    (
        "remind me at 9 to call mum",
        "? schedule-1.days",
    ),
    (
        "remind me every hour that the meeting room must be booked",
        "| Reminder the meeting room must be booked; cron 0 * * * *",
    ),
    (
        "remind me about the standup every weekday at 9:55",
        "| Reminder the standup; cron 55 9 * * 1-5",
    ),
    (
        "alert me when the value of temperature goes above 30",
        "| Watch above 30 the temperature given as input",
    ),
    (
        "every hour report if the value of temperature goes above 30",
        "? source-temperature",
    ),
    (
        "remember the number of followers and report when it changes",
        "| Watch remember the number of followers given as input; Watch change the number of followers given as input",
    ),
    (
        "watch the number of orders in orders.csv and tell me when it changes",
        "orders.csv | Watch remember the number of rows; Watch change the number of rows",
    ),
    (
        "SUM THE AMOUNT PER CUSTOMER IN ORDERS.JSON",
        "ORDERS.json | Summarise sum AMOUNT CUSTOMER True",
    ),
    (
        "average price and max price by Category in items.json",
        "items.json | Summarise average,max price Category True",
    ),
    (
        "sum of amount and average of price per country in sales.csv",
        "sales.csv | Summarise sum amount country True; Summarise average price country True",
    ),
    (
        "min price and max stock in items.csv",
        "items.csv | Summarise min price True; Summarise max stock True",
    ),
    (
        "how many tickets per status are in tickets.csv?",
        "tickets.csv | Summarise status True",
    ),
    (
        "recuérdame el primero de cada mes a las 8 pagar el alquiler",
        "| Reminder pagar el alquiler; cron 0 8 1 * *",
    ),
    (
        "avísame cuando el valor de temperatura suba de 30",
        "| Watch above 30 the temperatura given as input",
    ),
    (
        "remember the max price and tell me when it changes",
        "| Watch remember the max of price; Watch change the max of price",
    ),
    ("remind me tomorrow to call mum", "! Only repeating schedules are possible so far, not a single moment"),
    (
        "remind me to clean the contacts CSV every month on the 15th at 10am",
        "| Reminder clean the contacts CSV; cron 0 10 15 * *",
    ),
    ("every 15 minutes count the rows in queue.csv", "queue.csv | cron */15 * * * *; Summarise True"),
    (
        "every 5 minutes between 8 and 18 on weekdays count rows in queue.csv",
        "queue.csv | cron */5 8-17 * * 1-5; Summarise True",
    ),
    ("hourly count rows in queue.csv", "queue.csv | cron 0 * * * *; Summarise True"),
    ("every 2 hours count rows in queue.csv", "queue.csv | cron 0 */2 * * *; Summarise True"),
    ("on the first of the month at 7 sort a.csv by name", "a.csv | cron 0 7 1 * *; SortRows name"),
    ("monthly on the 15th at 6:30 sort a.csv by name", "a.csv | cron 30 6 15 * *; SortRows name"),
    (
        "every monday, wednesday and friday at 8:45pm sort a.csv by name",
        "a.csv | cron 45 20 * * 1,3,5; SortRows name",
    ),
    ("on weekends at midnight sort a.csv by name", "a.csv | cron 0 0 * * 6,0; SortRows name"),
    (
        "every day at 9, 12 and 18:30 sort a.csv by name",
        "a.csv | cron 0 9,12 * * * & 30 18 * * *; SortRows name",
    ),
    ("monday to thursday at 7 sort a.csv by name", "a.csv | cron 0 7 * * 1-4; SortRows name"),
    (
        "every day at 9 in New York time sort a.csv by name",
        "a.csv @America/New_York | cron 0 9 * * *; SortRows name",
    ),
    (
        "every weekday at 9 Europe/Madrid sort a.csv by name",
        "a.csv @Europe/Madrid | cron 0 9 * * 1-5; SortRows name",
    ),
    ("every day sort a.csv by name", "? schedule-1.time"),
    ("every morning sort a.csv by name", "? schedule-1.time"),
    (
        "every 7 minutes sort a.csv by name",
        "! Every 7 minutes does not come out even in an hour; every 6 minutes is possible",
    ),
    (
        "every 3 days at 9 sort a.csv by name",
        "! A schedule can repeat by minutes, hours, days of the week or days of the month, not every few days or weeks",
    ),
    ("every other friday sort a.csv by name", "! Every other week cannot be said as a schedule"),
    ("every 30 seconds sort a.csv by name", "! A schedule runs at most once a minute"),
    ("every day at 25:00 sort a.csv by name", "? schedule-1.time"),
    ("at 9 sort a.csv by name", "? schedule-1.days"),
    ("convert people.csv to JSON", "people.csv | SaveTable json"),
    ("convert people.json to CSV", "people.json | SaveTable csv"),
    (
        "sort people.csv by name and save it as sorted.csv",
        "people.csv | SortRows name; SaveTable sorted.csv csv",
    ),
    (
        "drop duplicates from people.json and save the result to clean.json",
        "people.json | Deduplicate; SaveTable clean.json json",
    ),
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
    ("delete all files on the server", "! A bot runs in a sandbox and cannot touch the machine"),
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
