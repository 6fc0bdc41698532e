"""Spanish. Words are written without accents: sentences are folded before they are compared."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from . import spanish_refused, spanish_steps
from . import spanish_web as web
from .language import Language, words

CLASSES = {
    "drop": "elimina|eliminar|eliminando|quita|quitar|quitando|borra|borrar|borrando|descarta|descartar|descartando|suprime|suprimir|"
    "excluye|excluir|ignora|ignorar|saca|sacar",
    "keep": "quedate solo con|quedate con|conserva solo|conserva|conservar|deja solo|deja|dejar solo|manten|mantener|mantener solo|solo",
    "rows": "filas|fila|registros|registro|lineas|linea|entradas|entrada",
    "every_row": "(todos|todas|cada)? (los|las|la|el)? {things}|aquellas|aquellos|las",
    "lacking": "sin|que no tengan|que no tienen|que carezcan de|a las que les falta|a las que les falte|con falta de",
    "where": "donde|cuyo|cuya|cuyos|cuyas|con|que tengan|que tienen|en las que|en los que|si|cuando",
    "tell": "(avisame|avisa|avisanos|dime|di|informa|informame|notificame|notifica|alertame|alerta|muestra|muestrame) {channel}?|"
    "(envia|enviame|envianos|manda|mandame|mandanos|enviar|mandar|escribe|escribeme) {channel:note}",
    "warn": "<tell>|<send> (me|nos)? {payload}? {channel}",
    "by_model": "(con|usando|mediante) (un|una|el|la)? (modelo de lenguaje|modelo|ia|inteligencia artificial)",
    "altered": "cambia|cambie|ha cambiado|haya cambiado|es distinto",
    "since_last": "(o mas)? (desde|respecto a|frente a|comparado con) (la)? (ultima|anterior) (vez|ejecucion)|o mas",
    "changes_made": "lo que (se)? (ha|han|fue|es|sea)? <change_made> ((,|y|o) (lo que)? (se)? (ha|han)? <change_made>)? ((,|y|o) (lo que)? (se)? (ha|han)? <change_made>)?|(que|las filas que) (se)? (ha|han|fue|fueron) <change_made> ((y|o) <change_made>)?",
    "change_made": "anadido|anadidas|anadio|agregado|eliminado|eliminadas|elimino|borrado|quitado|cambiado|cambiadas|cambio|nuevo|distinto|desaparecido",
    **web.CLASSES,
    "compute": "calcula|calcular|calculame|muestra|dame|informa|informa de|dime|reporta|obten|saca|haz|cuenta|y",
    "grouped": "por|por cada|para cada|segun|agrupado por|agrupada por|agrupando por",
    "by": "por|segun|usando|para cada|por cada",
    "same_in": "(por|segun|usando|mirando|comparando|basandote en|en base a) (el|la|los|las)? (columna|campo)?|con (el|la) (mismo|misma)|que (tienen|tengan|comparten|compartan) (el|la)? (mismo|misma)?",
    "watch": "recuerda|recordar|vigila|vigilar|controla|controlar|sigue|monitoriza|monitorea|observa",
    "up": "supere|supera|suba de|sube de|pase de|pasa de|sea mayor que|sea mayor de|este por encima de|suba por encima de|exceda|sobrepase",
    "down": "baje de|baja de|caiga por debajo de|sea menor que|sea menor de|este por debajo de|baje por debajo de|quede por debajo de",
    "up_by": "suba|sube|aumente|aumenta|crezca",
    "move_by": "varie|varia|cambie|cambia|se mueva",
    "down_by": "baje|baja|caiga|disminuya|descienda",
    "result": "el resultado|los datos|la tabla|lo|todo",
    "be": "es|sea|esta|este|son|sean|sea",
    "ensure": "valida|validar|comprueba|comprobar|verifica|verificar|asegurate de",
    "ought": "debe ser|deben ser|tiene que ser|tienen que ser|sea|sean|debe estar|deben estar",
}

FILLERS = (
    "(y|e|luego|despues|tambien|ademas|por favor|finalmente|primero|ahora|entonces|a continuacion|por ultimo)",
    "(el|la|los|las|un|una)",
    "(quiero|necesito|me gustaria) (que|un bot que|un programa que)?",
    "(crea|haz|hazme|creame) un (bot|programa|script) (que|para)",
    "un (bot|programa) que",
    "(puedes|podrias)",
    "(del|en el|de la) (archivo|fichero|tabla)",
    "gracias",
    "hola",
)

TABLES = {
    **spanish_steps.TABLES,
    **web.TABLES,
    "tests": {
        "{column:any_column} <be>? (menor que|menor de|inferior a|por debajo de|menos de|lt) {value:number}": "is_below",
        "{column:any_column} <be>? (mayor que|mayor de|superior a|por encima de|mas de|gt) {value:number}": "is_above",
        "{column:any_column} <be>? (como mucho|como maximo|menor o igual que|le) {value:number}": "is_at_most",
        "{column:any_column} <be>? (al menos|como minimo|mayor o igual que|ge) {value:number}": "is_at_least",
        "{column:any_column} <be>? entre {low:number} y {high:number}": "is_between",
        "{column:any_column} <be>? (anterior a|antes de|antes del) {value:day}": "is_before",
        "{column:any_column} <be>? (posterior a|despues de|despues del) {value:day}": "is_after",
        "{column:any_column} <be> (vacio|vacia|vacios|vacias|en blanco)": "is_missing",
        "{column:any_column} no <be> (vacio|vacia|vacios|vacias|en blanco)": "not is_missing",
        "{column:any_column} (<be> igual a|eq|<be>|igual a) {values}": "is_same",
        "{column:any_column} (no <be>|ne|distinto de|distinta de) {values}": "not is_same",
        "{column:any_column} (contiene|contenga) {value}": "contains",
        "{column:any_column} (empieza por|empiece por|comienza por) {value}": "starts_with",
        "{column:any_column} (termina en|termine en|acaba en) {value}": "ends_with",
    },
    "days": {
        "(cada|todos los|los|en)? (dia|dias) (laborable|laborables|de diario|habil|habiles|de semana)": "1-5",
        "(entre semana|de lunes a viernes)": "1-5",
        "(cada|todos los|los)? fin de semana|(los|todos los) fines de semana": "6,0",
        "(cada dia|todos los dias|a diario|diariamente|diario|una vez al dia)": "*",
        "(cada|todos|los|el|todos los|cada semana el)? (los)? {weekdays}": "",
    },
    "halves": {
        "de la manana": "am",
        "de la tarde": "pm",
        "de la noche": "pm",
        "(horas|h)": "am",
        "en punto": "am",
    },
    "functions": {
        "(suma|total|sumar|suma total|sumatorio)": "sum",
        "(media|promedio)": "average",
        "(mediana)": "median",
        "(minimo|minima)": "min",
        "(maximo|maxima)": "max",
    },
    "row_counts": {"numero de (<rows>|{things})": "rows"},
    "rules": {
        "(email|correo|correo electronico|emails|correos)": "is_email",
        "(numero|numeros|numerico|numerica)": "is_number",
        "(numero positivo|positivo|positiva)": "is_positive",
        "(entero|numero entero)": "is_integer",
        "(fecha|fechas)": "is_date",
        "(telefono|numero de telefono)": "is_phone",
        "(obligatorio|obligatoria|no vacio|no vacia)": "is_filled",
    },
    "limits": {
        "(menor|menores|inferior|inferiores) (que|de|a) {value:number}": "is_below",
        "(mayor|mayores|superior|superiores) (que|de|a) {value:number}": "is_above",
        "como maximo {value:number}": "is_at_most",
        "como minimo {value:number}": "is_at_least",
        "entre {low:number} y {high:number}": "is_between",
    },
    "verdicts": {
        "{columns} (<ought>|es|son) {limit}": "",
        "{columns} (<ought>|es|son) (un|una)? {rule} (valido|valida)?": "",
    },
    "requirements": {
        "{column} {limit}": "",
        "{column} (valido|valida)": "",
        "{column}": "is_filled",
    },
}

SPANISH = Language(
    code="es",
    classes=CLASSES,
    fillers=FILLERS,
    reserved=words(
        "el la los las un una unos unas y e o u pero de del al a en con sin por para que se lo su sus mi es son sea sean esta este estan "
        "esten si no ni cuando donde cuyo cuya cuyos cuyas cada todo toda todos todas solo mas menos muy algo entre hasta desde segun como "
        "elimina eliminar eliminando quita quitar borra borrar descarta descartar suprime suprimir excluye excluir ignora ignorar saca sacar "
        "conserva conservar deja dejar manten mantener quedate filtra filtrar selecciona seleccionar elige ordena ordenar ordenando "
        "deduplica deduplicar duplicados duplicadas repetidos repetidas valida validar comprueba comprobar verifica verificar asegurate "
        "limpia limpiar depura depurar une unir junta juntar combina combinar cruza cruzar apila concatena anade anadir agrega agregar "
        "suma total media promedio mediana minimo maximo cuenta contar calcula calcular resume resumir agrupa agrupar agrupado informe resumen "
        "informa informame dime di avisame avisa muestra dame guarda guardar guardalo exporta convierte convertir pasa pasar pon poner "
        "renombra renombrar recuerda recuerdame vigila controla sigue monitoriza filas fila registros registro lineas linea columna columnas "
        "archivo fichero csv json excel pdf xlsx tabla datos vacio vacia vacios vacias blanco menor mayor igual superior inferior contiene empieza termina "
        "dia dias semana mes manana tarde noche hora horas minutos lunes martes miercoles jueves viernes sabado domingo hazme haz crea "
        "correctamente bien bonito rapido mejor cosas cosa algo envia enviar manda mandar traduce laborable laborables cuantas cuantos "
        "han fueron palabra palabras texto luego despues tambien ademas excepto salvo secretos credenciales contrasenas"
    ),
    vague=words(
        "grande grandes pequeno pequena alto alta bajo baja viejo nuevo nueva reciente malo bueno raro importante"
    ),
    tails=words("numero fecha codigo nombre tipo precio importe direccion id"),
    articles=words("el la los las un una su sus cada"),
    conjunctions=words("que si"),
    suggestions=dict.fromkeys(("duplicados", "duplicadas", "los duplicados"), "elimina los duplicados"),
    numbers={
        "un": 1,
        "uno": 1,
        "una": 1,
        "dos": 2,
        "tres": 3,
        "cuatro": 4,
        "cinco": 5,
        "seis": 6,
        "siete": 7,
        "ocho": 8,
        "nueve": 9,
        "diez": 10,
        "once": 11,
        "doce": 12,
        "quince": 15,
        "veinte": 20,
        "treinta": 30,
        "cincuenta": 50,
        "cien": 100,
    },
    weekdays={
        "domingo": 0,
        "lunes": 1,
        "martes": 2,
        "miercoles": 3,
        "jueves": 4,
        "viernes": 5,
        "sabado": 6,
        "domingos": 0,
        "sabados": 6,
    },
    months={},
    also=words("y e & ,"),
    either=words("o u"),
    unavailable=spanish_refused.UNAVAILABLE,
    tables=TABLES,
    clocks={"mediodia": (12, 0), "medianoche": (0, 0)},
    ordinals={"primero": "1", "primer": "1", "uno": "1", "ultimo": "L"},
    column_words=words("columna columnas campo campos"),
    compounds=frozenset(
        {"codigo postal", "primer apellido", "segundo apellido", "correo electronico", "ultima compra"}
    ),
    links=words("de del"),
    units=words("euros euro dolares puntos grados unidades"),
    decimal_comma=True,
    row_words=words("filas fila registros registro lineas linea entradas entrada"),
    file_words=words("archivo fichero lista"),
    table_words=words("csv json jsonl excel xlsx"),
    text_words=words("texto documento articulo pdf"),
    file_links=words("de con llamado llamada"),
    at_words=words("a las la"),
    every=words("cada todos los"),
    inflected={
        "limpie": "limpia",
        "elimine": "elimina",
        "quite": "quita",
        "borre": "borra",
        "deduplique": "deduplica",
        "ordene": "ordena",
        "valide": "valida",
        "cuente": "cuenta",
        "sume": "suma",
        "guarde": "guarda",
        "informe": "informe",
        "avise": "avisa",
        "una": "una",
        "lea": "lee",
        "calcule": "calcula",
        "agrupe": "agrupa",
        "vigile": "vigila",
        "recuerde": "recuerda",
    },
    until=words("a hasta"),
    of_words=words("de del"),
    value_words=words("valor valores"),
    numeric_words=words(
        "precio valor numero importe temperatura stock total cantidad saldo nivel ventas coste"
    ),
    schedule_starts=words("cada todos los el a diariamente en a entre de"),
)
