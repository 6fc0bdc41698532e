"""What sentences about the world outside mean, in the short form of `describe`."""
# ruff: noqa: E501 - a sentence is read best on one line

from __future__ import annotations

SENTENCES_WEB: list[tuple[str, str]] = [
    (
        "every hour fetch the orders from https://api.example.com/orders and keep those where amount is above 100",
        "| cron 0 * * * *; WebData https://api.example.com/orders; FilterRows [amount is above 100] True",
    ),
    (
        "every hour fetch https://api.example.com/orders and post the rows where amount is above 100 to Discord",
        "| cron 0 * * * *; WebData https://api.example.com/orders; FilterRows [amount is above 100] True; Discord all",
    ),
    (
        "get https://api.example.com/price every 10 minutes and tell me on Slack when the price drops below 100",
        "| WebData https://api.example.com/price price; cron */10 * * * *; Watch below 100 the price; Slack all",
    ),
    (
        "watch the sum of amount in sales.csv and tell me on Slack when it exceeds 1000",
        "sales.csv | Watch remember the sum of amount; Watch above 1000 the sum of amount; Slack all",
    ),
    (
        "every monday at 8 email the rows of sales.csv where amount is above 100 to ann@example.com",
        "? e-mail-1.server",
    ),
    (
        "every day at 9 send a Telegram message with the total of amount in sales.csv",
        "sales.csv | cron 0 9 * * *; Telegram all; Summarise sum amount True",
    ),
    (
        "every monday at 9 post the number of rows in orders.csv to Microsoft Teams",
        "orders.csv | cron 0 9 * * 1; Summarise True; Teams all",
    ),
    (
        "fetch https://api.example.com/orders with the token API_TOKEN, all pages, the rows are under data.items, and sum amount",
        "| WebData https://api.example.com/orders data.items Auth(secret='API_TOKEN', header='Authorization') True; Summarise sum amount True",
    ),
    (
        "every 15 minutes fetch the orders from https://api.example.com/orders and post only the new ones to Slack",
        "| cron */15 * * * *; WebData https://api.example.com/orders; NewRows; Slack all",
    ),
    ("send the cleaned contacts.csv to bob@example.com", "? words-cleaned"),
    ("email me the report of sales.csv", "? e-mail-1.addresses, e-mail-1.server"),
    ("post the total of sales.csv to Slack", "? words-total"),
    ("notify me by email when the price changes", "? e-mail-1.addresses, e-mail-1.server"),
    (
        "cada hora lee los pedidos de https://api.example.com/orders, conserva solo las filas donde importe sea mayor que 100 y envíalas por correo a ana@example.com",
        "? e-mail-1.server",
    ),
    (
        'every friday at 16 post "Timesheets please" to Slack',
        "| cron 0 16 * * 5; Reminder Timesheets please; Slack all",
    ),
    (
        "remind the team on Slack every friday at 16:00 to fill in the timesheets",
        "| Reminder fill in the timesheets; cron 0 16 * * 5; Slack all",
    ),
    (
        'deduplicate people.csv by email and send the result by email to ann@example.com with the subject "Clean list"',
        "? e-mail-1.server",
    ),
    (
        "every day at 9 keep the rows where amount is above 100 in sales.csv and post them to Slack, if there are none stay silent",
        "sales.csv | cron 0 9 * * *; FilterRows [amount is above 100] True; Slack all; OnlyIf any",
    ),
    (
        "every hour read the feed https://blog.example/feed.xml and post the new articles to Slack",
        "| cron 0 * * * *; Feed https://blog.example/feed.xml; NewRows; Slack all",
    ),
    (
        "every day at 8 tell me on Slack when the page https://example.com/news changes",
        "| cron 0 8 * * *; WebPage https://example.com/news; Watch change the page example.com (text); Slack all",
    ),
    (
        "every 5 minutes check that https://example.com is up and tell me on Slack when it is down",
        "| cron */5 * * * *; CheckSites https://example.com/ 14 True; Slack all",
    ),
    (
        "every hour check that https://example.com is up and tell me on Slack if it is down, slower than 2 seconds or the certificate expires in less than 30 days",
        "| cron 0 * * * *; CheckSites https://example.com/ 2 30 True; Slack all",
    ),
    (
        "every hour get the open issues of octocat/hello-world and post the new ones to Slack",
        "| cron 0 * * * *; GitHub octocat/hello-world issues; NewRows; Slack all",
    ),
    (
        "when a webhook arrives keep rows where amount is above 100 and post them to Slack",
        "| Webhook; Payload; FilterRows [amount is above 100] True; Slack all",
    ),
    (
        "when a webhook arrives sum amount and answer with the result",
        "| Webhook True; Payload; Summarise sum amount True; Answer",
    ),
    (
        "every day at 9 keep rows where amount is above 100 in sales.csv and post them as JSON to https://hooks.example.com/sales",
        "sales.csv | cron 0 9 * * *; FilterRows [amount is above 100] True; PostTo https://hooks.example.com/sales POST",
    ),
    (
        "every day at 9 keep rows where stock is below 5 in stock.csv and emit the event stock.low, if there are none stay silent",
        "stock.csv | cron 0 9 * * *; FilterRows [stock is below 5] True; EmitEvent stock.low; OnlyIf any",
    ),
    (
        'every monday at 8 keep rows where stock is below 5 in stock.csv and open an issue in ann/shop with the title "Low stock", if there are none stay silent',
        "stock.csv | cron 0 8 * * 1; FilterRows [stock is below 5] True; OpenIssue ann/shop Low stock; OnlyIf any",
    ),
    (
        "every day at 9 keep rows where amount is above 100 in sales.csv and call the bot send-invoice with them",
        "? call-a-bot-1.argument",
    ),
    (
        "when a webhook arrives tell me on Discord if the temperature is above 30",
        "| Webhook; Payload; FilterRows [temperature is above 30] True; OnlyIf any; Discord all",
    ),
    (
        "every day at 9 read the page https://example.com/news and report the top 5 words",
        "| cron 0 9 * * *; WebPage https://example.com/news; FrequentWords 5",
    ),
    (
        'every 30 minutes watch the price on the page https://shop.example/lamp with the selector "span.price" and tell me by email to ann@example.com when it drops below 50',
        "? e-mail-1.server",
    ),
    (
        "every hour watch the stars of octocat/hello-world and tell me on Telegram when they exceed 1000",
        "| cron 0 * * * *; GitHub octocat/hello-world stars; Watch remember the stars; Watch above 1000 the stars; Telegram all",
    ),
    (
        "tell me on Slack when there is a new release of octocat/hello-world, every hour",
        "| ReportCounts; Slack all; GitHub octocat/hello-world releases; NewRows; cron 0 * * * *",
    ),
    (
        "every day at 9 fetch the page https://example.com/news and email it to ann@example.com",
        "? e-mail-1.server",
    ),
    (
        "cada hora lee el feed https://blog.example/feed.xml y publica los artículos nuevos en Slack",
        "| cron 0 * * * *; Feed https://blog.example/feed.xml; NewRows; Slack all",
    ),
    (
        "avísame por Telegram cuando la página https://example.com/precios cambie, cada hora",
        "| WebPage https://example.com/precios; Watch change the page example.com (text); Telegram all; cron 0 * * * *",
    ),
    (
        "cada 5 minutos comprueba que https://example.com funciona y avísame por Slack si se cae",
        "| cron */5 * * * *; CheckSites https://example.com/ 14 True; Slack all",
    ),
    (
        "cuando llegue un webhook conserva solo las filas donde importe sea mayor que 100 y envíalas a Slack",
        "| Webhook; Payload; FilterRows [importe is above 100] True; Slack all",
    ),
    (
        "every weekday at 9 fetch https://api.frankfurter.dev/v1/latest?base=EUR and tell me on Slack when the usd goes above 1.2",
        "| cron 0 9 * * 1-5; WebData https://api.frankfurter.dev/v1/latest?base=EUR usd; Watch above 1.2 the usd; Slack all",
    ),
    ("post the top rows of sales.csv to Slack", "? words-top-rows"),
    ("send the last 5 orders from https://api.example.com/orders to Slack", "? words-last-5-orders"),
    ("email ann@example.com when the price changes", "? e-mail-1.server"),
    (
        "email ann@example.com and bob@example.com the total of amount in sales.csv every monday at 8",
        "? e-mail-1.server",
    ),
    (
        "every day at 9 get the exchange rate from https://api.frankfurter.dev/v1/latest and tell me when it changes by more than 2%",
        "| cron 0 9 * * *; WebData https://api.frankfurter.dev/v1/latest exchange rate; Watch remember the exchange rate; Watch move 2 the exchange rate",
    ),
    (
        "fetch https://api.example.com/users, keep those where city is Madrid, sort by name and save as users.csv",
        "| WebData https://api.example.com/users; FilterRows [city is Madrid] True; SortRows name; SaveTable users.csv csv",
    ),
    (
        "download https://example.com/data.csv every day at 6 and deduplicate by email",
        "| WebData https://example.com/data.csv; cron 0 6 * * *; Deduplicate email",
    ),
    (
        "every hour check https://example.com/status and alert me on slack if it is down",
        "| cron 0 * * * *; CheckSites https://example.com/status 14 True; Slack all",
    ),
    (
        "monitor https://example.com every 10 minutes and notify me by email at ann@example.com if it goes down",
        "? e-mail-1.server",
    ),
    (
        "send me an email every morning with the number of rows in orders.csv",
        "? e-mail-1.addresses, e-mail-1.server, schedule-1.time",
    ),
    (
        "every day at 18:00 post a summary of sales.csv to the #sales channel on Slack",
        "sales.csv | cron 0 18 * * *; Profile; Slack #sales all",
    ),
    (
        "when a new order arrives by webhook, send a Telegram message",
        "| Webhook; Payload; ReportCounts; Telegram all",
    ),
    ("when a webhook arrives with name and email, email me at ann@example.com", "? e-mail-1.server"),
    (
        "tell me on Slack about new releases of python/cpython every day at 9",
        "| ReportCounts; Slack all; GitHub python/cpython releases; NewRows; cron 0 9 * * *",
    ),
    (
        "get the price of bitcoin from https://api.coindesk.com/v1/bpi/currentprice.json every 5 minutes and alert me on Telegram when it goes above 100000",
        "| WebData https://api.coindesk.com/v1/bpi/currentprice.json price; Watch remember the price; cron */5 * * * *; Watch above 100000 the price; Telegram all",
    ),
    (
        "scrape passwords from https://example.com",
        "! That would harm people or break into systems; no bot is built for it",
    ),
    (
        "steal the customer emails from https://example.com and post them to Slack",
        "! That would harm people or break into systems; no bot is built for it",
    ),
    (
        "send spam to a list of emails",
        "! That would harm people or break into systems; no bot is built for it",
    ),
    ("send a message to everyone on whatsapp", "! Sending there is not available"),
    ("post to twitter when the price changes", "! There is no block for this service"),
    (
        'every monday email a report of sales.csv with subject "Weekly sales" to boss@example.com with the csv attached',
        "? schedule-1.time, e-mail-1.server",
    ),
    (
        'every hour, fetch the RSS feed at https://news.example.com/rss and email me new items containing "python" at ann@example.com',
        "? words-containing-python",
    ),
    (
        "every 15 minutes get the open issues labelled bug in octocat/hello-world and post the new ones to Discord",
        "? words-get-the-open-issues-labelled-bug-in-octocat-hello-world",
    ),
    (
        "call the webhook https://hooks.example.com/x with the result of summing amount in sales.csv",
        "? words-of-summing-amount",
    ),
    (
        "cada lunes a las 8 envía por correo a jefe@example.com el total de importe de ventas.csv",
        "? e-mail-1.server",
    ),
    (
        "cada día a las 9 descarga https://example.com/datos.csv, elimina las filas sin email y avísame por Telegram",
        "| cron 0 9 * * *; WebData https://example.com/datos.csv; DropMissing email; ReportCounts; Telegram all",
    ),
    (
        "cuando el precio de https://api.example.com/precio baje de 100 avísame por Slack, cada 10 minutos",
        "| WebData https://api.example.com/precio precio; Watch below 100 the precio; ReportCounts; Slack all; cron */10 * * * *",
    ),
    (
        'publica "Hora de comer" en Slack cada día laborable a las 14:00',
        "| Reminder Hora de comer; Slack all; cron 0 14 * * 1-5",
    ),
    (
        "fetch https://api.example.com/orders every hour and send an alert to Slack only if there are more than 10 rows",
        "| WebData https://api.example.com/orders; cron 0 * * * *; ReportCounts; Slack all; OnlyIf more 10",
    ),
    (
        "get https://api.example.com/orders daily at 7 and post to Teams only if something changed",
        "| WebData https://api.example.com/orders; cron 0 7 * * *; Teams all; OnlyIf changed",
    ),
    ("send the result to ann@example.com by Slack", "? goal"),
    (
        "send https://api.example.com/orders to Slack every day at 9",
        "| WebData https://api.example.com/orders; Slack all; cron 0 9 * * *",
    ),
    (
        "every hour get the price from https://api.example.com/price and post it to Slack",
        "| cron 0 * * * *; WebData https://api.example.com/price price; Watch remember the price; Slack all",
    ),
    (
        "sum amount by country in sales.csv and email it to ann@example.com with the table attached",
        "? e-mail-1.server",
    ),
    (
        "every day at 9 watch the number of rows in orders.csv and email ann@example.com when it changes",
        "? e-mail-1.server",
    ),
    (
        "watch the mood and tell me on Discord when it changes",
        "| Watch remember the mood given as input (text); Watch change the mood given as input (text); Discord all",
    ),
    (
        "every hour fetch the page https://example.com/news and email it to ann@example.com only if it has changed",
        "? e-mail-1.server",
    ),
    (
        "get the releases of octocat/hello-world and post them to https://hooks.example.com/r with the token HOOK_TOKEN",
        "| GitHub octocat/hello-world releases; PostTo https://hooks.example.com/r POST Auth(secret='HOOK_TOKEN', header='Authorization')",
    ),
    (
        'when a webhook arrives, report the top 3 words and post "New text" to Discord',
        "| Webhook; Payload; FrequentWords 3; Discord all New text",
    ),
    (
        "when a webhook arrives emit the event order.received and answer with the result",
        "| Webhook True; Payload; EmitEvent order.received; Answer",
    ),
    (
        "fetch https://api.example.com/a-very-long-path/with-many-parts/and-even-more-of-them/because-some-addresses-are-really/that/long?with=a&query=that&never=ends and post it to Slack",
        "| WebData https://api.example.com/a-very-long-path/with-many-parts/and-even-more-of-them/because-some-addresses-are-really/that/long?with=a&query=that&never=ends; Slack all",
    ),
    (
        "every weekday at 9 fetch https://api.example.com/orders, join it with customers.csv by id and email it to ann@example.com",
        "? words-join, words-by-id",
    ),
    (
        "every hour fetch the orders from https://api.example.com/orders, keep only new ones, sort them by amount and call the bot send-invoice with them as rows",
        "| cron 0 * * * *; WebData https://api.example.com/orders; NewRows; SortRows amount; CallBot send-invoice rows",
    ),
    (
        'fetch https://example.com/datos.csv and post to Slack saying "The data is there"',
        "| WebData https://example.com/datos.csv; Slack all The data is there",
    ),
    (
        "get the price from https://api.example.com/price and tell me when it drops below 100",
        "| WebData https://api.example.com/price price; Watch remember the price; Watch below 100 the price",
    ),
    (
        "fetch the orders from https://api.example.com/orders every hour and post them to Slack",
        "| WebData https://api.example.com/orders; cron 0 * * * *; Slack all",
    ),
    (
        "every hour fetch the price from https://api.example.com/price and email it to ann@example.com",
        "? e-mail-1.server",
    ),
    (
        "cada hora obtén el precio de https://api.example.com/precio y avísame por Slack si baja de 100",
        "| cron 0 * * * *; WebData https://api.example.com/precio precio; Watch remember the precio; Watch below 100 the precio; Slack all",
    ),
    (
        'read a.csv, keep rows where amount is above 5, and if there are any post "Look at a.csv" to Slack',
        "a.csv | FilterRows [amount is above 5] True; OnlyIf any; Slack all Look at a.csv",
    ),
    (
        'every day at 7 run the query "select * from orders where paid = false" on the database db.example.com and email it to ann@example.com',
        "? e-mail-1.server",
    ),
    (
        "get the orders from our postgres database db.example.com, sum amount by country and post it to Slack",
        '| SqlQuery SELECT * FROM "orders" db.example.com:5432; Summarise sum amount country True; Slack all',
    ),
    (
        'run the query "delete from orders" on the database db.example.com',
        "! A bot only reads databases: one query that begins with SELECT",
    ),
    (
        'every hour run the query "select count(*) from tickets" on the database db.example.com and tell me on Slack when it goes above 5',
        "| cron 0 * * * *; SqlQuery select count(*) from tickets db.example.com:5432 True; Watch above 5 the result; Slack all",
    ),
    (
        "lee los pedidos de la base de datos db.example.com:6543 y suma importe",
        '| SqlQuery SELECT * FROM "pedidos" db.example.com:6543; Summarise sum importe True',
    ),
    ("read orders from the database and sum amount", "? database-1.host"),
    (
        "every hour fetch https://api.example.com/orders and if the total of amount is above 1000 post it to Slack",
        "| cron 0 * * * *; WebData https://api.example.com/orders; Watch above 1000 the sum of amount; Slack all",
    ),
    (
        "fetch the list of users from https://api.example.com/users and email the ones from Spain to ann@example.com",
        "? words-fetch-the-list-of-users, words-from-spain",
    ),
    (
        "every morning at 8 send the weather from https://api.open-meteo.com/v1/forecast?latitude=40&longitude=-3 to Telegram",
        "? words-weather",
    ),
    (
        "post the number of open issues of octocat/hello-world to Slack every monday at 9",
        "| Summarise True; GitHub octocat/hello-world issues; Slack all; cron 0 9 * * 1",
    ),
    (
        "when someone stars octocat/hello-world tell me on Slack",
        "? words-when-someone-stars-octocat-hello-world",
    ),
    (
        "read the feed https://blog.example/feed.xml and save it as posts.csv every hour",
        "| Feed https://blog.example/feed.xml; SaveTable posts.csv csv; cron 0 * * * *",
    ),
    (
        "check https://a.example, https://b.example and https://c.example every 10 minutes and tell me on Telegram if any is down",
        "| CheckSites https://a.example/,https://b.example/,https://c.example/ 14 True; cron */10 * * * *; Telegram all",
    ),
    ("when the page https://example.com/jobs changes, email ann@example.com", "? e-mail-1.server"),
    (
        "every hour fetch https://api.example.com/orders, drop rows without an email, deduplicate by email and put the result to https://api.example.com/clean with the token API_TOKEN",
        "| cron 0 * * * *; WebData https://api.example.com/orders; DropMissing email; Deduplicate email; PostTo https://api.example.com/clean PUT Auth(secret='API_TOKEN', header='Authorization')",
    ),
    (
        "get data from https://api.example.com/orders and tell me how many rows there are",
        "| WebData https://api.example.com/orders; Summarise True",
    ),
    (
        "every 5 minutes get https://api.example.com/status and notify #ops on Slack if status is not ok",
        "? words-notify-ops",
    ),
    (
        "fetch https://api.example.com/orders, keep orders where status is open and post them to Slack and email them to ann@example.com",
        "? e-mail-1.server",
    ),
    (
        "send ann@example.com the top 5 products by price in products.csv every friday at 5pm",
        "? e-mail-1.server",
    ),
    (
        'every day at 7am fetch the feed https://news.example.com/rss, keep items where title contains "climate", and email me the list at bob@example.com with subject "Climate news"',
        "? e-mail-1.server",
    ),
    ("post to slack", "? goal"),
    ("send an email", "? goal"),
    ("notify me when https://example.com is down", "| CheckSites https://example.com/ 14"),
    (
        "every 10 minutes ping https://example.com and post to Discord if it takes more than 3 seconds",
        "| cron */10 * * * *; CheckSites https://example.com/ 3 14; Discord all",
    ),
    ("email me at ann@example.com every day at 9 a summary of the orders in orders.csv", "? e-mail-1.server"),
    (
        "every day at 9 fetch https://api.example.com/users with the key API_KEY in the header X-Api-Key and count rows per country",
        "| cron 0 9 * * *; WebData https://api.example.com/users Auth(secret='API_KEY', header='X-Api-Key'); Summarise country True",
    ),
    ("dame el resumen de ventas.csv por correo a ana@example.com cada viernes a las 17", "? e-mail-1.server"),
    (
        "cada día a las 8 lee la página https://example.com/noticias y cuenta las palabras",
        "| cron 0 8 * * *; WebPage https://example.com/noticias; FrequentWords 10",
    ),
]
