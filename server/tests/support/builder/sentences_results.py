"""Sentences about what comes of rows, and when: sums, words, watched values, reminders, schedules, files."""
# ruff: noqa: E501 - one sentence on one line

from __future__ import annotations

RESULTS: list[tuple[str, str]] = [
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
]
