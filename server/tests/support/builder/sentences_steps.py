"""Sentences about steps, formats and models and what they must be understood to mean; see `sentences`."""
# ruff: noqa: E501 - one sentence on one line

from __future__ import annotations

ENGLISH: list[tuple[str, str]] = [
    ("count emails in notes.txt", "notes.txt | ExtractFromText emails"),
    ("remove outliers from sales.csv", "? outliers-1.column"),
    ("summarise the notes in x.csv", "x.csv | SummariseRows notes 1 sentence"),
    ("summarise the amount in x.csv", "x.csv | Summarise sum,average,median,min,max amount True"),
    ("flag the outliers in products.csv", "? outliers-1.column"),
    (
        "add a column total = price * quantity to orders.csv",
        "orders.csv | ComputeColumn total [price * quantity]",
    ),
    (
        "in orders.csv add a column margin as (price - cost) / price * 100",
        "orders.csv | ComputeColumn margin [(price - cost) / price * 100]",
    ),
    ("calculate net = gross / 1.21 in invoices.csv", "invoices.csv | ComputeColumn net [gross / 1.21]"),
    (
        "read orders.csv and compute total as price times quantity",
        "orders.csv | ComputeColumn total [price * quantity]",
    ),
    (
        "add a column gross = net + 21% to invoices.csv",
        "invoices.csv | ComputeColumn gross [net * (1 + 0.21)]",
    ),
    ("add a column tax with 21% of net to invoices.csv", "invoices.csv | ComputeColumn tax [net * 0.21]"),
    (
        "multiply price by quantity and call it total in orders.csv",
        "orders.csv | ComputeColumn total [price * quantity]",
    ),
    (
        "divide revenue by visits into revenue_per_visit in sales.csv",
        "sales.csv | ComputeColumn revenue_per_visit [revenue / visits]",
    ),
    (
        "subtract cost from price as margin in products.csv",
        "products.csv | ComputeColumn margin [price - cost]",
    ),
    (
        'add a column "full name" = first_name + last_name to people.csv',
        "people.csv | MergeColumns first_name,last_name full name",
    ),
    (
        "add a column total = price x quantity - 5 in orders.csv",
        "orders.csv | ComputeColumn total [price * quantity - 5]",
    ),
    ("add a column total = price-discount in orders.csv", "? words-add-a-column-total-price-discount"),
    (
        "orders.csv: total = price * (1 - discount / 100), sort by total descending",
        "orders.csv | ComputeColumn total [price * (1 - discount / 100)]; SortRows total True",
    ),
    ("round price to 2 decimals in products.csv", "products.csv | RoundNumbers price 2"),
    ("round amount in sales.csv", "? round-numbers-1.digits"),
    ("round price and cost to the nearest integer in products.csv", "products.csv | RoundNumbers price,cost"),
    (
        "put age into bands at 18, 40 and 65 in people.csv and count rows per age_band",
        "people.csv | Bands age 18,40,65 age_band; Summarise age_band True",
    ),
    (
        "add the month of date to sales.csv and sum amount per month",
        "sales.csv | DatePart date month month; Summarise sum amount month True",
    ),
    ("extract the weekday from created_at in log.csv", "log.csv | DatePart created_at weekday weekday"),
    ("add a running total of amount to sales.csv", "sales.csv | RunningTotal amount amount_running_total"),
    (
        "add a running total of amount per customer as balance to orders.csv",
        "orders.csv | RunningTotal amount balance customer",
    ),
    (
        "cumulative sum of amount by region in sales.csv",
        "sales.csv | RunningTotal amount amount_running_total region",
    ),
    (
        "sort sales.csv by date and add the percent change of revenue",
        "sales.csv | SortRows date; PercentChange revenue revenue_change_percent",
    ),
    (
        "calculate the % change in price from row to row in prices.csv",
        "prices.csv | PercentChange price price_change_percent",
    ),
    (
        "add the 7 day moving average of visits to traffic.csv",
        "traffic.csv | MovingAverage visits visits_moving_average 7",
    ),
    (
        "add a moving average of visits over 3 rows in traffic.csv",
        "traffic.csv | MovingAverage visits visits_moving_average 3",
    ),
    ("moving average of visits in traffic.csv", "? moving-average-1.window"),
    ("add a rank column by score, highest first, to players.csv", "players.csv | RankRows score rank"),
    ("add a rank by time, lowest first, to race.csv", "race.csv | RankRows time rank True"),
    ("number the rows of people.csv starting at 100", "people.csv | NumberRows number 100"),
    ("add a row number to people.csv", "people.csv | NumberRows number 1"),
    ("split full_name into first_name and last_name in people.csv", "? split-a-column-1.separator"),
    (
        "split address by comma into street, city and country in people.csv",
        "people.csv | SplitColumn address street,city,country ,",
    ),
    ("split tags by semicolon in items.csv", "? split-a-column-1.targets"),
    (
        "merge street and town into address with a comma in people.csv",
        "people.csv | MergeColumns street,town address ,",
    ),
    (
        "combine first_name and last_name into name in people.csv",
        "people.csv | MergeColumns first_name,last_name name",
    ),
    (
        "extract the email addresses from the column notes of customers.csv",
        "customers.csv | ExtractFromColumn emails notes emails",
    ),
    (
        "extract phone numbers from notes in customers.csv",
        "customers.csv | ExtractFromColumn phones notes phones",
    ),
    ("extract emails from customers.csv", "? extract-from-a-column-1.column"),
    ("extract the links from notes.txt", "notes.txt | ExtractFromText links"),
    ("find all dates in letter.txt", "letter.txt | ExtractFromText dates"),
    ("extract the domain from email in people.csv", "people.csv | ExtractFromColumn domains email domains"),
    (
        "map country: ES to Spain, FR to France in people.csv",
        "people.csv | MapValues country ES,Spain,FR,France whole",
    ),
    (
        "replace ES with Spain and FR with France in country of people.csv",
        "people.csv | MapValues country ES,Spain,FR,France whole",
    ),
    ("replace USA with United States in country in people.csv", "? replace-values-1.place"),
    ('replace every "-" with "/" in phone of people.csv', "people.csv | ReplaceText phone - /"),
    ('replace "-" with "" in phone of people.csv', "? words-replace-with, words-in-phone"),
    ('remove "-" from phone in people.csv', "people.csv | ReplaceText phone -"),
    ("write the date as YYYY-MM-DD in orders.csv", "orders.csv | ChangeDates date %Y-%m-%d"),
    ("convert the date to DD/MM/YYYY in orders.csv", "orders.csv | ChangeDates date %d/%m/%Y"),
    ("change the format of the dates in created in orders.csv", "? change-the-form-of-dates-1.form"),
    (
        'change the date format in created to "DD.MM.YYYY" in orders.csv',
        "orders.csv | ChangeDates created %d.%m.%Y",
    ),
    ("convert distance from miles to km in trips.csv", "trips.csv | ConvertUnit distance miles km"),
    ("convert weight to kg in parcels.csv", "? convert-units-1.source"),
    ("convert temperature from °F to °C in weather.csv", "weather.csv | ConvertUnit temperature °F °C"),
    (
        "convert temperature from celsius to fahrenheit in weather.csv",
        "weather.csv | ConvertUnit temperature °C °F",
    ),
    ("convert weight from kg to miles in parcels.csv", "! kg is a unit of weight and miles one of length"),
    (
        "convert amount from USD to EUR at 0.92 in orders.csv",
        "orders.csv | ConvertCurrency amount USD EUR 0.92",
    ),
    ("convert amount from dollars to euros in orders.csv", "? convert-a-currency-1.rate"),
    ("pivot sales.csv: sum of amount by region and month", "sales.csv | Pivot region month amount sum"),
    ("pivot sales.csv by region and month", "sales.csv | Pivot region month"),
    (
        "make a pivot table of average price by category and country from products.csv",
        "products.csv | Pivot category country price average",
    ),
    (
        "keep the top 3 products per category by price from products.csv",
        "products.csv | TopPerGroup 3 category price",
    ),
    (
        "keep the row with the highest price per category in products.csv",
        "products.csv | TopPerGroup 1 category price",
    ),
    ("take a random sample of 10 rows from survey.csv", "survey.csv | SampleRows 10"),
    ("pick 5 random rows from survey.csv", "survey.csv | SampleRows 5"),
    ("compare old.csv with new.csv by id", "old.csv new.csv | CompareFiles old.csv new.csv id"),
    ("show the differences between january.csv and february.csv", "? compare-two-files-1.columns"),
    ("what changed between old.csv and new.csv by sku", "old.csv new.csv | CompareFiles old.csv new.csv sku"),
    (
        "every hour keep only the new orders since the last run by order_id from orders.csv",
        "orders.csv | cron 0 * * * *; OnlyNew order_id",
    ),
    ("drop rows that were already seen in earlier runs by id in feed.csv", "feed.csv | OnlyNew id"),
    ("flag the outliers in amount of payments.csv", "payments.csv | Outliers amount mark"),
    ("drop the outliers in price in products.csv", "products.csv | Outliers price drop"),
    (
        "find anomalies in amount using z-score above 3 in payments.csv",
        "payments.csv | Outliers amount mark 3",
    ),
    ("keep the outliers in amount in payments.csv", "payments.csv | Outliers amount keep"),
    (
        "what percentage of orders in orders.csv have amount above 100",
        "orders.csv | Share [amount is above 100]",
    ),
    ("count orders across all runs in orders.csv", "orders.csv | CountOverRuns total"),
    ("tell me how many rows there are in orders.csv since the last run", "orders.csv | CountOverRuns since"),
    ("sort sales.xlsx by amount", "sales.xlsx | SortRows amount"),
    (
        "read the sales Excel, drop rows without an email and save it as Excel",
        "sales.xlsx | DropMissing email; SaveTable xlsx",
    ),
    (
        'sum amount per region in the sheet "Q1" of sales.xlsx',
        "sales.xlsx | Summarise sum amount region True; ExcelSheet Q1 sales.xlsx",
    ),
    ("convert people.csv to Excel", "people.csv | SaveTable xlsx"),
    ("convert people.csv to a markdown table", "people.csv | SaveTable md"),
    ("convert people.csv to HTML", "people.csv | SaveTable html"),
    ("convert people.xlsx to csv", "people.xlsx | SaveTable csv"),
    ("save people.csv as people.xlsx", "people.csv | SaveTable people.xlsx xlsx"),
    ("save people.csv as table.html", "people.csv | SaveTable table.html html"),
    ("convert events.jsonl to csv", "events.jsonl | SaveTable csv"),
    ("convert people.csv to JSON lines", "people.csv | SaveTable jsonl"),
    (
        "sort events.jsonl by time and save it as sorted.jsonl",
        "events.jsonl | SortRows time; SaveTable sorted.jsonl jsonl",
    ),
    ("read all the CSV files and count rows per file", "| AllFiles; Summarise file True"),
    ("combine all csv files and deduplicate by email", "| AllFiles; Deduplicate email"),
    (
        "read a zip of csv files and sum amount per region",
        "| AllFiles True; Summarise sum amount region True",
    ),
    ("read data.zip and sort by name", "| AllFiles True; SortRows name"),
    ("sort people.csv by name and zip the result", "people.csv | SortRows name; Archive"),
    (
        "drop rows without an email from people.csv, save it as clean.csv and zip it into all.zip",
        "people.csv | DropMissing email; SaveTable clean.csv csv; Archive all.zip",
    ),
    ("draw a bar chart of the sum of amount by month of sales.csv", "sales.csv | Chart bar month amount sum"),
    ("draw a bar chart of sales by month in sales.csv", "? chart-1.function"),
    (
        "make a pie chart of the number of orders by status in orders.csv",
        "orders.csv | Chart pie status count",
    ),
    ("line chart of average price by date in prices.csv", "prices.csv | Chart line date price average"),
    ("plot amount by region in sales.csv", "? chart-1.kind, chart-1.function"),
    ("draw a chart of sales.csv", "? chart-1.kind, chart-1.by, chart-1.function"),
    ("report the top 20 words in report.pdf", "report.pdf | FrequentWords 20"),
    ("extract the email addresses from the contract PDF", "contract.pdf | ExtractFromText emails"),
    ('count how often "water" appears in letter.pdf', "letter.pdf | CountKeywords water"),
    (
        "sort sales.xls by amount",
        "! Files of this kind cannot be read or written: tables are CSV, JSON, JSON lines or Excel (",
    ),
    ("draw a histogram of amount in sales.csv", "! Only bar, line and pie charts can be drawn so far"),
    (
        "add the month of date to sales.csv and draw a bar chart of the sum of amount by month",
        "sales.csv | DatePart date month month; Chart bar month amount sum",
    ),
    (
        "classify the message in tickets.csv as complaint, question or praise",
        "tickets.csv | ClassifyRows message complaint,question,praise",
    ),
    (
        'classify the messages in tickets.csv into "bug report", question and other',
        "tickets.csv | ClassifyRows messages bug report,question,other",
    ),
    (
        "classify tickets in tickets.csv by message into complaint, question or praise",
        "tickets.csv | ClassifyRows message complaint,question,praise",
    ),
    ("classify the message in tickets.csv", "? classify-rows-1.labels"),
    (
        "classify letter.pdf as invoice, complaint or other",
        "letter.pdf | ClassifyText invoice,complaint,other",
    ),
    ("add the sentiment of the review to reviews.csv", "reviews.csv | SentimentRows review"),
    (
        "analyse the sentiment of each comment in comments.csv and count rows per sentiment",
        "comments.csv | SentimentRows comment; Summarise sentiment True",
    ),
    ("what is the sentiment of review.txt", "review.txt | SentimentText"),
    (
        "extract the product and the city from description in orders.csv",
        "orders.csv | ExtractFieldsRows description product,city",
    ),
    (
        "extract the invoice number, supplier and total from invoice.pdf",
        "invoice.pdf | ExtractFieldsText invoice number,supplier,total",
    ),
    (
        "translate the description to Spanish in products.csv",
        "products.csv | TranslateColumn description Spanish",
    ),
    (
        "translate the description in products.csv into French",
        "products.csv | TranslateColumn description French",
    ),
    ("translate letter.txt to Spanish", "letter.txt | TranslateText Spanish"),
    ("translate letter.txt", "? translate-a-text-1.tongue"),
    (
        "summarise each description in 1 sentence in products.csv",
        "products.csv | SummariseRows description 1 sentence",
    ),
    ("summarise article.pdf in 3 sentences", "article.pdf | SummariseText 3 sentences"),
    ("summarise article.pdf", "article.pdf | SummariseText 5 sentences"),
    ("summarise notes.txt in 50 words", "notes.txt | SummariseText 50 words"),
    ("draft a friendly reply to each message in tickets.csv", "tickets.csv | DraftReplies message friendly"),
    ("draft a polite reply to letter.txt", "letter.txt | DraftReply polite"),
    (
        'answer "What is the notice period?" from contract.pdf',
        "contract.pdf | AnswerQuestion What is the notice period?",
    ),
    (
        "every hour keep only the new rows since the last run of tickets.csv, classify the message as complaint or praise and draft a reply to each message",
        "tickets.csv | cron 0 * * * *; NewRows; ClassifyRows message complaint,praise; DraftReplies message polite",
    ),
]

SPANISH: list[tuple[str, str]] = [
    (
        "convierte importe de USD a EUR a 0,92 en pedidos.csv",
        "pedidos.csv | ConvertCurrency importe USD EUR 0.92",
    ),
    (
        "añade una columna bruto = neto * 1,21 a facturas.csv",
        "facturas.csv | ComputeColumn bruto [neto * 1.21]",
    ),
    (
        "agrupa edad en tramos de 18, 40 y 65 en personas.csv",
        "personas.csv | Bands edad 18,40,65 edad_band",
    ),
    (
        "añade una columna total = precio * cantidad a pedidos.csv",
        "pedidos.csv | ComputeColumn total [precio * cantidad]",
    ),
    (
        "calcula margen = (precio - coste) / precio * 100 en productos.csv",
        "productos.csv | ComputeColumn margen [(precio - coste) / precio * 100]",
    ),
    (
        "en pedidos.csv calcula total como precio por cantidad",
        "pedidos.csv | ComputeColumn total [precio * cantidad]",
    ),
    (
        "multiplica precio por cantidad y guárdalo en total en pedidos.csv",
        "pedidos.csv | ComputeColumn total [precio * cantidad]",
    ),
    (
        "añade una columna bruto = neto + 21% a facturas.csv",
        "facturas.csv | ComputeColumn bruto [neto * (1 + 0.21)]",
    ),
    ("redondea precio a 2 decimales en productos.csv", "productos.csv | RoundNumbers precio 2"),
    ("redondea importe al entero más cercano en ventas.csv", "ventas.csv | RoundNumbers importe"),
    (
        "agrupa edad en tramos de 18, 40 y 65 en personas.csv y cuenta filas por edad_band",
        "personas.csv | Bands edad 18,40,65 edad_band; Summarise edad_band True",
    ),
    ("añade el mes de fecha a ventas.csv", "ventas.csv | DatePart fecha month month"),
    (
        "añade el total acumulado de importe por cliente a pedidos.csv",
        "pedidos.csv | RunningTotal importe importe_running_total cliente",
    ),
    (
        "calcula la variación porcentual de ingresos en ventas.csv",
        "ventas.csv | PercentChange ingresos ingresos_change_percent",
    ),
    (
        "calcula la media móvil de visitas de 7 días en trafico.csv",
        "trafico.csv | MovingAverage visitas visitas_moving_average 7",
    ),
    (
        "calcula la media móvil de 7 días de visitas en trafico.csv",
        "trafico.csv | MovingAverage visitas visitas_moving_average 7",
    ),
    ("añade el ranking por puntos a jugadores.csv", "jugadores.csv | RankRows puntos rank"),
    ("numera las filas de personas.csv", "personas.csv | NumberRows number 1"),
    (
        "divide nombre_completo en nombre y apellido por espacio en personas.csv",
        "personas.csv | SplitColumn nombre_completo nombre,apellido",
    ),
    (
        "separa direccion por coma en calle, ciudad y pais en personas.csv",
        "personas.csv | SplitColumn direccion calle,ciudad,pais ,",
    ),
    (
        "une nombre y apellido en nombre_completo en personas.csv",
        "personas.csv | MergeColumns nombre,apellido nombre_completo",
    ),
    ("extrae los emails de notas en clientes.csv", "clientes.csv | ExtractFromColumn emails notas emails"),
    ("extrae los enlaces de notas.txt", "notas.txt | ExtractFromText links"),
    (
        "mapea pais: ES a España, FR a Francia en personas.csv",
        "personas.csv | MapValues pais ES,España,FR,Francia whole",
    ),
    ('reemplaza USA por "Estados Unidos" en pais de personas.csv', "? replace-values-1.place"),
    ('reemplaza cada "-" por "/" en telefono de personas.csv', "personas.csv | ReplaceText telefono - /"),
    ("escribe la fecha como DD/MM/AAAA en pedidos.csv", "pedidos.csv | ChangeDates fecha %d/%m/%Y"),
    ("convierte fecha a YYYY-MM-DD en pedidos.csv", "pedidos.csv | ChangeDates fecha %Y-%m-%d"),
    (
        "convierte distancia de millas a kilómetros en viajes.csv",
        "viajes.csv | ConvertUnit distancia miles km",
    ),
    ("convierte peso de libras a kg en paquetes.csv", "paquetes.csv | ConvertUnit peso lb kg"),
    (
        "convierte importe de USD a EUR a 0.92 en pedidos.csv",
        "pedidos.csv | ConvertCurrency importe USD EUR 0.92",
    ),
    ("convierte importe de dólares a euros en pedidos.csv", "? convert-a-currency-1.rate"),
    ("pivota ventas.csv: suma de importe por region y mes", "ventas.csv | Pivot region mes importe sum"),
    (
        "haz una tabla dinámica de la media de precio por categoria y pais de productos.csv",
        "productos.csv | Pivot categoria pais precio average",
    ),
    (
        "los 3 productos con mayor precio por categoria en productos.csv",
        "productos.csv | TopPerGroup 3 categoria precio",
    ),
    ("toma una muestra aleatoria de 10 filas de encuesta.csv", "encuesta.csv | SampleRows 10"),
    ("compara viejo.csv con nuevo.csv por id", "viejo.csv nuevo.csv | CompareFiles viejo.csv nuevo.csv id"),
    (
        "muestra las diferencias entre enero.csv y febrero.csv por sku",
        "enero.csv febrero.csv | CompareFiles enero.csv febrero.csv sku",
    ),
    (
        "cada hora solo los pedidos nuevos desde la última vez por pedido_id de pedidos.csv",
        "pedidos.csv | cron 0 * * * *; OnlyNew pedido_id",
    ),
    ("elimina las filas ya vistas en ejecuciones anteriores por id de feed.csv", "feed.csv | OnlyNew id"),
    ("marca los valores atípicos de importe en pagos.csv", "pagos.csv | Outliers importe mark"),
    ("elimina los valores atípicos de precio en productos.csv", "productos.csv | Outliers precio drop"),
    (
        "calcula el porcentaje de pedidos en pedidos.csv con importe mayor que 100",
        "pedidos.csv | Share [importe is above 100]",
    ),
    ("cuántas filas hay en pedidos.csv desde la última ejecución", "pedidos.csv | CountOverRuns since"),
    (
        "lleva la cuenta de los pedidos de pedidos.csv en todas las ejecuciones",
        "pedidos.csv | CountOverRuns total",
    ),
    (
        "ordena ventas.xlsx por importe y guárdalo como Excel",
        "ventas.xlsx | SortRows importe; SaveTable xlsx",
    ),
    (
        "haz un gráfico de barras de la suma de importe por mes de ventas.csv",
        "ventas.csv | Chart bar mes importe sum",
    ),
    (
        "haz un gráfico circular del número de pedidos por estado en pedidos.csv",
        "pedidos.csv | Chart pie estado count",
    ),
    ("lee todos los archivos csv y cuenta filas por file", "| AllFiles; Summarise file True"),
    ("ordena personas.csv por nombre y comprime el resultado", "personas.csv | SortRows nombre; Archive"),
    ("convierte personas.csv a excel", "personas.csv | SaveTable xlsx"),
    ("palabras más frecuentes de informe.pdf", "informe.pdf | FrequentWords 10"),
    (
        "clasifica el mensaje en tickets.csv como queja, pregunta o elogio",
        "tickets.csv | ClassifyRows mensaje queja,pregunta,elogio",
    ),
    ("clasifica carta.pdf como factura, queja u otro", "carta.pdf | ClassifyText factura,queja,otro"),
    ("añade el sentimiento de comentario en comentarios.csv", "comentarios.csv | SentimentRows comentario"),
    (
        "traduce la descripcion al inglés en productos.csv",
        "productos.csv | TranslateColumn descripcion English",
    ),
    ("traduce carta.txt al francés", "carta.txt | TranslateText French"),
    ("resume articulo.pdf en 3 frases", "articulo.pdf | SummariseText 3 sentences"),
    (
        "resume cada descripcion en 1 frase en productos.csv",
        "productos.csv | SummariseRows descripcion 1 sentence",
    ),
    (
        "redacta una respuesta amable a cada mensaje en tickets.csv",
        "tickets.csv | DraftReplies mensaje friendly",
    ),
    ("redacta una respuesta formal a carta.txt", "carta.txt | DraftReply formal"),
    ('responde "¿Cuál es el plazo?" según contrato.pdf', "contrato.pdf | AnswerQuestion ¿Cuál es el plazo?"),
    (
        "extrae producto y ciudad de descripcion en pedidos.csv",
        "pedidos.csv | ExtractFieldsRows descripcion producto,ciudad",
    ),
]

REFUSED: list[str] = [
    "add a column total = price-discount in orders.csv",
    "add a column total = __import__('os') * 2 in orders.csv",
    "add a column total = price ** quantity in orders.csv",
    "round price in products.csv beautifully",
    "translate letter.txt to Klingon backwards",
    "convert distance from miles to bananas in trips.csv",
    "split name into first in people.csv",
    "draw a scatter plot of price by weight in products.csv",
    "classify the message in tickets.csv as complaint",
    "pivot sales.csv by region and region",
    "compare a.csv with a.csv by id",
    "take a random sample of 0 rows from a.csv",
    "convierte distancia de millas a plátanos en viajes.csv",
]
"""Not one of them may be taken for understood."""
