"""Spanish for what no block can do, and for what no bot is built for."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

_MUCHOS = "(mil|miles|millon|millones|cientos|infinitas|infinitos)"
_OBJETIVO = "({url}|(el|la|los|las|un|una|su|mi|este|esta)? (sitio|web|pagina|servidor|servicio|red|sistema|tienda|{things}))"

HARMFUL = {
    f"(tumba|tumbar|tumbarlo|tumbarla|tumbe|tira|tirar|derriba|derribar|satura|saturar|ataca|atacar|colapsa|colapsar|destruye|destruir|sabotea|sabotear|bloquea|bloquear|inunda|inundar) {_OBJETIVO}": "harmful",
    "(tumba|tumbar|tumbarlo|tumbarla|tumbalo|tumbala|derribarlo|derribarla|saturarlo|saturarla|colapsarlo|colapsarla|atacarlo|atacarla)": "harmful",
    f"(un|una|{{number}})? {_MUCHOS} (de)? {_MUCHOS}? (de)? (peticiones|solicitudes|mensajes|llamadas|correos|emails|visitas|veces)": "harmful",
    "(sal|salir|escapa|escapar|escapate|sal fuera|fuera) (de|del) (la|el|tu|este|esta)? (sandbox|contenedor|jaula|aislamiento|maquina virtual|entorno aislado)": "harmful",
    "(acceso|permisos|privilegios) de (root|administrador)": "harmful",
    "(ignora|olvida|olvidate de|saltate|omite|ignorar) (todas|todo)? (tus|las|los|sus|mis)? (instrucciones|ordenes|reglas|normas|restricciones|directrices) (anteriores|previas|de seguridad)?": "orders",
    "(borra|borrar|borre|elimina|eliminar|elimine|destruye|destruir) (absolutamente)? (todo|todos (los|mis|nuestros)? (datos|bots|archivos|ficheros|usuarios|cuentas)|todas (las|mis|nuestras)? (tablas|cuentas|copias)|(el|la) (disco|disco duro|servidor|espacio de trabajo))": "destroy",
    "(todos|todas)? (los|las|tus|sus|mis)? (secretos|claves privadas|claves de api|claves ssh|variables de entorno) ((de|del|en) (el|la|este|esta)? (espacio de trabajo|servidor|equipo|sistema|{things}))?": "secrets",
}
"""What would do harm, or asks the bot to leave its bounds."""

IMPOSSIBLE = {
    "{system_path}": "files",
    "{inner_address}": "inner",
    "(los|todos los)? (archivos|ficheros|carpetas|procesos) (de|del) (la|el|este|esta|mi)? (maquina|servidor|sistema|ordenador|equipo|disco|anfitrion|host)": "files",
    "(reinicia|reiniciar|reinicie|reinicialo|reinicialos|reiniciame|reinicio|reinicios|rearranca|rearrancar|apaga|apagar|apague|apagalo|apagalas|enciende|encender|encienda|enciendelo|instala|instalar|instale|"
    "reinstala|reinstalar|desinstala|desinstalar|desbloquea|desbloquear|formatea|formatear|ejecuta un comando|ejecutar un comando|ejecuta el comando)": "machine",
    "(imprime|imprimir|imprima|imprimelo)? (lo|la|el informe|el resultado|el|{payload})? (en|sobre|con|por) (el|la|un|una)? (papel|impresora|fax)": "paper",
    "(llama|llamar|llame|telefonea|telefonear) (a|al) (mi|mis|la|el|los|un|una|cada)? {things} (por telefono|al movil)?": "phone",
    "(por telefono|llamada telefonica|llamada de telefono|una llamada de voz)": "phone",
    "lo que (mi|el|la|los|su|tu)? {things} (esta|estan)? (pensando|piensa|piensan|siente|sienten|sintiendo|sonando)": "mind",
    "(lee|leer|adivina|adivinar) (la|mi|su|el)? (mente|pensamiento|pensamientos)": "mind",
    "(prepara|preparame|haz|hazme|trae|traeme) (un|una|el|la)? (cafe|te|cena|comida|desayuno)": "hands",
    "(riega|regar|pasea|pasear|lava|lavar|plancha|planchar|limpia) (mi|mis|el|la|las|los) (perro|gato|plantas|coche|platos|camisas|ventanas|casa|cocina|jardin)": "hands",
    "(el|cada)? (dia)? (30|31) de febrero": "no_day",
    "(el|cada)? (dia)? (31) de (abril|junio|septiembre|noviembre)": "no_day",
    "(el|cada)? (dia)? (32|33) (de (cada|este|el) mes)?": "no_day",
}
"""What no program in a sandbox can do."""

UNAVAILABLE = {
    "(publica|publicar|envia|manda|avisa|avisame)? (en|a|por) (whatsapp|sms)": "chat",
    "(rastrea|scrapea|scraping)": "network",
    "(la|una|en|de|desde)? (base de datos|mysql|postgres|sql)": "database",
    "(xls|imagen|imagenes|word|docx)": "format",
    "{otherfile}": "format",
    "(predice|predecir|ia)": "model",
    "(mapa|histograma|panel de control)": "chart",
    "(hackea|hackear|hackee|roba|robar|robe|contrasenas|contrasena|credenciales|virus|phishing|spam|ddos|malware|ransomware|troyano|espia|espiar|suplanta|suplantar|estafa|estafar|mina bitcoin|mina criptomonedas|minar criptomonedas)": "harmful",
    "(compra|comprar|vende|vender|paga|pagar)": "effects",
    "(manana mismo|hoy|una sola vez)": "once",
    "cada {number} segundos|cada segundo": "seconds",
    "(cada|el)? (primer|primero|segundo|tercer|cuarto|ultimo) {weekdays} (de|del) (cada|todos los)? (mes|meses) (,? a las {clocks})?": "monthly",
    "(cada dos semanas|quincenalmente|en semanas alternas)": "irregular",
    **HARMFUL,
    **IMPOSSIBLE,
}
