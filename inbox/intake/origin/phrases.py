"""How automatic answers speak, by language: patterns without capitals and without accents."""

# People complain about automatic replies; a machine has the word as its title, and stops there.
_TITLE = (
    r"(?=\s{0,3}(?:$|[:;,.!(\[\]|>*–—-]"
    r"|(?:from|to|for|re|de|del|a|al|para|von|zu|auf|du|da|di|van|op)\s))"
)

# A subject that begins so is an automatic answer, whatever else the mail has.
SURE_SUBJECTS: dict[str, tuple[str, ...]] = {
    "en": (
        r"auto(?:matic|mated)?[- ]?(?:reply|response|respond(?:er)?|answer|acknowledge?ment)"
        + _TITLE,
        r"auto: [^\n]{0,100}(?:\bout of|\baway|office|ausente|absen|on leave|vacation|\breturn)",
        r"\[auto[- ]?(?:reply|response)\]",
        r"autoresponder",
        r"out of (?:the )?office(?: (?:auto|message|notice|notification|reply|response|assistant))",
        r"out of (?:the )?office\s{0,3}[:(|-]",
        r"out of (?:the )?office\s{0,3}$",
        r"ooo\s{0,3}:",
        r"ooto\s{0,3}:",
        r"(?:on )?(?:vacation|holiday|annual leave|maternity leave|parental leave)\s{0,3}[:-]",
        r"vacation (?:reply|message|auto|response|notice)",
        r"away from (?:the |my )?(?:office|mail|desk)\b",
        r"absence (?:notice|message)",
        r"automatically generated (?:reply|response)",
        r"yahoo! auto ?response",
        r"[\w .]{1,40} is (?:currently )?(?:out of (?:the )?office|away from (?:the )?office)",
        r"not in (?:the )?office\s{0,3}[:-]",
    ),
    "es": (
        r"respuesta automatica" + _TITLE,
        r"auto-?r?respuesta" + _TITLE,
        r"respuesta de ausencia",
        r"contestacion automatica",
        r"contestador automatico",
        r"mensaje automatico" + _TITLE,
        r"fuera de (?:la |mi )?oficina",
        r"ausente de la oficina",
        r"ausente\s{0,3}[:-]",
        r"ausencia de la oficina",
        r"ausente del despacho",
        r"aviso de (?:ausencia|vacaciones)(?! del )",
        r"respuesta por vacaciones",
        r"(?:de |en )?vacaciones\s{0,3}[:-]",
        r"notificacion de ausencia",
        r"acuse de recibo automatico",
        r"fuera del despacho",
    ),
    "pt": (
        r"resposta automatica" + _TITLE,
        r"auto-?resposta" + _TITLE,
        r"fora do escritorio",
        r"ausencia (?:temporaria|do escritorio)",
        r"ausente do escritorio",
        r"mensagem automatica",
        r"(?:de |em )?ferias\s{0,3}[:-]",
        r"aviso de ausencia(?! del )",
    ),
    "fr": (
        r"reponse automatique" + _TITLE,
        r"message automatique" + _TITLE,
        r"absence (?:du|de) bureau",
        r"absent(?:e|\(e\))? du bureau",
        r"absent(?:e)?\s{0,3}[:-]",
        r"notification d'absence",
        r"avis d'absence",
        r"message d'absence",
        r"absence\s{0,3}:",
        r"hors (?:du )?bureau",
        r"en conges?\s{0,3}[:-]",
        r"accuse de reception automatique",
    ),
    "de": (
        r"automatische (?:antwort|rueckantwort|abwesenheit|empfangsbestatigung|nachricht)",
        r"abwesenheits(?:notiz|nachricht|meldung|agent|benachrichtigung|assistent)?\b",
        r"abwesend\s{0,3}[:-]",
        r"autoantwort",
        r"auto-?antwort",
        r"nicht im (?:buro|hause)\b",
        r"ausser haus",
        r"außer haus",
        r"urlaubs(?:notiz|meldung|nachricht|benachrichtigung)",
        r"(?:im )?urlaub\s{0,3}[:-]",
    ),
    "it": (
        r"risposta automatica" + _TITLE,
        r"risposta automatizzata",
        r"fuori (?:sede|ufficio)",
        r"assente\s{0,3}[:-]",
        r"assenza dall'ufficio",
        r"messaggio automatico",
        r"(?:in )?ferie\s{0,3}[:-]",
        r"avviso di assenza",
    ),
    "nl": (
        r"automatisch(?:e)? (?:antwoord|reactie|bericht)",
        r"afwezig(?:heid(?:sbericht|smelding)?)?\b",
        r"niet aanwezig\b",
        r"niet op kantoor",
    ),
    "ca": (r"resposta automatica", r"fora de l'oficina", r"fora del despatx", r"absent\s{0,3}:"),
    "gl": (r"resposta automatica", r"fora da oficina"),
    "eu": (r"erantzun automatikoa",),
    "sv": (r"automatiskt? svar", r"autosvar", r"franvaro(?:meddelande)?\b"),
    "da": (r"automatisk svar", r"autosvar", r"ikke til stede", r"fravar"),
    "no": (r"automatisk svar", r"fravaer", r"fravær"),
    "fi": (r"automaattinen vastaus", r"poissa(?:olo)?", r"poissaoloilmoitus"),
    "pl": (
        r"odpowiedz automatyczna",
        r"automatyczna odpowiedz",
        r"autoodpowiedz",
        r"nieobecnosc",
        r"poza biurem",
    ),
    "cs": (r"automaticka odpoved", r"mimo kancelar", r"nepritomnost"),
    "sk": (r"automaticka odpoved",),
    "hu": (r"automatikus valasz", r"hazon kivul"),
    "ro": (r"raspuns automat", r"in afara biroului"),
    "tr": (r"otomatik yan[ıi]t", r"ofis disinda", r"otomatik cevap"),
    "el": (r"αυτοματη απαντηση", r"εκτος γραφειου"),
    "ru": (
        r"автоматическии ответ",
        r"автоматический ответ",
        r"автоответ",
        r"нет на месте",
        r"вне офиса",
    ),
    "uk": (r"автоматична відповідь", r"автоматична відповідь", r"автовідповідь"),
    "ja": (r"自動(?:返信|応答|送信)", r"不在(?:通知|の|:|：)", r"\[自動"),
    "zh": (r"自动(?:回复|答复)", r"自動(?:回覆|回复)", r"外出"),
    "ko": (r"자동 ?(?:회신|응답)", r"부재 ?중"),
    "he": (r"(?:תשובה|מענה) אוטומטית?", r"מחוץ למשרד"),
    "ar": (r"(?:رد|الرد) (?:ال)?تلقايي", r"خارج المكتب"),
    "vi": (r"(?:thu )?tra loi tu đong", r"tu đong tra loi"),
    "th": (r"ตอบกลบอตโนมต", r"ตอบกลับอัตโนมัติ"),
    "id": (r"balasan otomatis",),
    "bg": (r"автоматичен отговор",),
    "hr": (r"automatski odgovor", r"аутоматски одговор"),
    "sl": (r"samodejni odgovor",),
    "lt": (r"automatinis atsakymas",),
    "lv": (r"automatiska atbilde",),
    "et": (r"automaatvastus", r"automaatne vastus"),
    "is": (r"sjalfvirkt svar",),
}

# A subject that a person may write as well: it counts only beside another sign.
LIKELY_SUBJECTS: tuple[str, ...] = (
    r"^auto:",
    r"out of (?:the )?office",
    r"\booo\b",
    r"vacation",
    r"on leave",
    r"on holiday",
    r"vacaciones",
    r"ausente",
    r"ausencia",
    r"fuera de (?:la )?oficina",
    r"absence",
    r"absent",
    r"conges",
    r"vacances",
    r"urlaub",
    r"abwesen",
    r"ferias",
    r"ferie",
    r"assenza",
    r"afwezig",
    r"automatic",
    r"automatis",
    r"auto-?reply",
    r"autoresp",
    r"(?:thank you|thanks) for (?:your (?:e-?mail|message|enquiry|inquiry|request)|contacting)",
    r"gracias por (?:su|tu|contactar|ponerse|escribir)",
    r"(?:we have )?received your",
    r"hemos recibido (?:su|tu)",
    r"acuse de recibo",
    r"ticket (?:received|created)",
    r"your (?:request|message) (?:has been|was) received",
    r"confirmacion de recepcion",
    r"recibimos (?:su|tu)",
    r"no longer (?:with|at|work)",
    r"ya no trabaj",
    r"empfangsbestatigung",
    r"eingangsbestatigung",
    r"accuse de reception",
    r"request received",
    r"recebemos (?:a |o )?(?:sua|seu)",
    r"baja (?:medica|maternal)",
    r"\[?(?:ticket|case|caso|incidencia|solicitud|chamado|vorgang)[ #:nº.]{0,4}\d",
    r"\[#?\d{3,12}\]",
)

# A title that only a receipt has.
RECEIPT_SUBJECTS: tuple[str, ...] = (
    r"(?:acuse de recibo|accuse de reception|eingangsbestatigung|empfangsbestatigung)\b",
    r"(?:confirmation of receipt|receipt confirmation|conferma di ricezione)\b",
    r"ontvangstbevestiging\b",
    r"(?:confirmacion de (?:recepcion|recibo)|confirmacao de rececao|justificant de recepcio)\b",
    r"(?:we(?:'ve| have)? (?:received|got) your|hemos recibido (?:su|tu)|recebemos)\b",
    r"your (?:request|message|e-?mail|enquiry) (?:has been |was )?received\b",
)

# The machine says that it is one, in a statement about the mail itself.
MACHINE_WORDS: tuple[str, ...] = (
    r"\bthis (?:is|was) an? auto(?:matic|mated|-?generated|matically generated)?[- ](?:generated )?"
    r"(?:e-?mail |mail |message )?"
    r"(?:reply|response|answer|acknowledge?ment|message|e-?mail|notification|confirmation)",
    r"\b(?:this|the) (?:message|e-?mail|mail|reply|response) (?:is|was|has been)[^\n]{0,30}"
    r"(?:generated|sent|created|automated|automatic)\b[^\n]{0,20}(?:automatic|system|computer)",
    r"\bthis (?:message|e-?mail|reply|response) (?:is|was|has been) (?:an )?"
    r"(?:auto(?:mated|matic(?:ally)?)|auto-generated)",
    r"(?:^|\n)\W{0,5}auto(?:matic|mated|mat)?[- ]?(?:reply|response|responder|generated)\b(?! ?\?)",
    r"(?:please )?do not (?:reply|respond) to this (?:automated|automatic|message|e-?mail|mail)",
    r"\b(?:este|esta|esto) es (?:un |una )?"
    r"(?:mensaje|correo|respuesta|e-?mail|mail|notificacion)[^\n]{0,40}automatic",
    r"\b(?:este|esta|el presente) (?:mensaje|correo|respuesta|e-?mail|mail)(?: electronico)? "
    r"(?:es|ha sido|fue|se)\b[^\n]{0,40}automatic",
    r"(?:^|\n|\. )\W{0,5}(?:auto-?respuesta|(?:respuesta|mensaje|correo) (?:\w{2,12} )?automatic)",
    r"aquest es un (?:missatge|correu)[^\n]{0,20}automatic",
    r"si us plau,? no (?:el |hi )?(?:respon|contest)",
    r"(?:mensaje|correo) (?:generado|enviado) (?:de forma |de manera )?automatic",
    r"(?:por favor,? )?no (?:responda|conteste|respondas|contestes) a este (?:mensaje|correo"
    r"|email)",
    r"\b(?:esta|este) (?:e uma |e um |mensagem|resposta|e-?mail)[^\n]{0,40}automatic",
    r"(?:^|\n)\W{0,5}(?:resposta|mensagem) automatic",
    r"\b(?:ceci est|il s'agit d'|ce (?:message|courriel|mail) (?:est|a ete))[^\n]{0,40}automati",
    r"(?:^|\n)\W{0,5}(?:reponse|message) automati",
    r"merci de ne pas (?:y )?repondre",
    r"\bdiese (?:e-?mail|nachricht|mail|antwort)[^\n]{0,40}automatisch",
    r"\b(?:dies|das|dieses) ist eine automatisch",
    r"automatisch (?:generierte|erzeugte|erstellte|versandte|versendete)",
    r"(?:^|\n)\W{0,5}automatische (?:antwort|nachricht|e-?mail|benachrichtigung)",
    r"\b(?:questo|questa|si tratta)[^\n]{0,40}automatic",
    r"(?:^|\n)\W{0,5}(?:risposta|messaggio) automatic",
    r"\bdit is een automatisch",
    r"このメールは[^\n]{0,20}自動",
    r"本メールは[^\n]{0,20}自動",
    r"自动回复",
    r"это автоматическ",
    r"(?:jest|to) automatyczn",
)

# Somebody is away. A dot behind a digit belongs to a date and ends no sentence.
AWAY_WORDS: tuple[str, ...] = (
    r"(?:i am|i'm|i will be|i'll be|i shall be|we are|is|am|will be"
    r"|currently)[^\n.]{0,40}(?:out of (?:the |my )?office|away (?:from|until|on|till)"
    r"|on (?:annual |sick |maternity |paternity |parental )?(?:leave|vacation|holiday|pto)"
    r"|on a business trip|travell?ing|not in the office|unavailable|out of town|offline)",
    r"out of (?:the |my )?office (?:until|from|till|through|on|and|with|today|this)",
    r"limited access to (?:my )?(?:e-?mail|mail)",
    r"(?:no|without) access to (?:my )?(?:e-?mail|mail)",
    r"(?:no longer|not) (?:(?:work(?:s|ing)?|employed) (?:at|for|with|here)|with (?:us"
    r"|the company|our))",
    r"when i (?:return|get back|am back)",
    r"(?:will|shall) (?:respond|reply|answer|get back)[^\n.]{0,60}(?:upon|on|when"
    r"|after)[^\n.]{0,20}(?:return|back)",
    r"(?:estoy|estare|me encuentro|me encontrare|estamos|estaremos|estara)[^\n.]{0,40}(?:fuera"
    r"|de vacaciones|ausente|de baja|de viaje|de permiso|sin acceso|de licencia)",
    r"fuera de (?:la|mi) oficina",
    r"de vacaciones (?:hasta|desde|del)",
    r"(?:a mi|a la) (?:vuelta|regreso)",
    r"cuando (?:vuelva|regrese|me reincorpore)",
    r"acceso limitado (?:a|al)",
    r"ya no (?:trabaj|form|pertene)",
    r"(?:estou|estarei|encontro-me|estaremos)[^\n.]{0,40}(?:fora|ausente|de ferias|em ferias"
    r"|de licenca)",
    r"fora do escritorio",
    r"(?:je suis|je serai|nous sommes|actuellement|suis)[^\n.]{0,40}(?:absent|en (?:conge"
    r"|vacances|deplacement|conges)|hors du bureau)",
    r"a mon retour",
    r"des mon retour",
    r"(?:ich bin|bin ich|ich befinde mich|wir sind|sind wir)[^\n.]{0,60}(?:nicht (?:im|in|am"
    r"|erreichbar)|abwesend|im urlaub|außer haus|ausser haus|auf dienstreise|in elternzeit)",
    r"nach meiner ruckkehr",
    r"nicht (?:im buro|erreichbar)",
    r"(?:sono|saro|sono attualmente|siamo)[^\n.]{0,40}(?:assente|fuori (?:sede|ufficio)"
    r"|in ferie|in vacanza)",
    r"al mio (?:rientro|ritorno)",
    r"(?:ik ben|ben ik)[^\n.]{0,40}(?:afwezig|niet (?:op kantoor|aanwezig)|met (?:vakantie"
    r"|verlof))",
    r"(?:soc|estic|estare)[^\n.]{0,40}(?:fora de l'oficina|de vacances|absent)",
    r"(?:address|mailbox|account)[^\n.]{0,40} (?:no longer|not) (?:in use|active|monitored|valid)",
    r"(?:be|am|i'm) (?:back|returning) (?:in the office|on|in) ",
    r"no (?:me encuentro|estoy|estare|me encontrare)[^\n.]{0,20}(?:en (?:la|mi) oficina"
    r"|disponible)",
    r"me reincorpor",
    r"(?:no )?(?:volvere|regresare) (?:a la oficina|hasta|el)",
    r"baja (?:medica|maternal|por)",
    r"cerrad[oa]s? (?:por|durante las) vacaciones",
    r"(?:este|esta) (?:buzon|direccion|cuenta|correo)[^\n.]{0,40}(?:ya no|no) "
    r"(?:esta|se|es)[^\n.]{0,20}(?:operativ|activ|en uso|utiliz|atiend|lee|monitoriz)",
    r"(?:serai|suis) de retour",
    r"je reviens (?:le|au)",
    r"(?:wieder|erst ab)[^\n]{0,40}erreichbar",
    r"jusqu'au [^\n.]{0,30}(?:inclus)",
)

# And somebody else, or another day, will do; or the mail is acknowledged. Beside one of the
# signs above, it marks the answer of a machine.
INSTEAD_WORDS: tuple[str, ...] = (
    r"\b(?:for|if|in case of|any|should)\b[^\n]{0,40}(?:urgent|emergenc|immediate|assistance)"
    r"[^\n]{0,120}(?:contact|call|e-?mail|reach|phone|write)",
    r"(?:contact|call|e-?mail|reach)[^\n]{0,120}"
    r"(?:in my absence|in urgent|for urgent|in an emergency|in case of)",
    r"(?:thank you|thanks) for (?:your (?:e-?mail|message|mail|interest|enquiry|inquiry|request)"
    r"|contacting|writing)",
    r"(?:we have|we've|have|has been|was) received (?:your|and)|your (?:e-?mail|message|request) "
    r"(?:has been|was) received|your (?:e-?mail|message) (?:will|has) not (?:be|been)",
    r"\b(?:para|en caso de|si es|si se trata|cualquier|asuntos?|temas?)\b[^\n]{0,40}"
    r"(?:urgen|emergenc|inmediat)[^\n]{0,120}(?:contact|dirij|llam|escrib|pong|poner|diri)",
    r"(?:contact|dirij|llam|escrib)[^\n]{0,120}"
    r"(?:en caso de urgen|asuntos? urgen|tema urgen|mi ausencia)",
    r"gracias por (?:su|tu|contactar|escribir|ponerse)",
    r"(?:hemos|he) recibido (?:su|tu|correctamente)|(?:su|tu) (?:mensaje|correo|consulta|solicitud)"
    r" (?:ha sido|fue) recibid|(?:su|tu) (?:mensaje|correo) no (?:sera|se)",
    r"(?:respondere|contestare|atendere|responderemos|contestaremos|atenderemos)[^\n]{0,60}"
    r"(?:vuelta|regreso|antes posible|brevedad|horas)",
    r"\b(?:em caso de|para|assunto)\b[^\n]{0,40}urgen[^\n]{0,120}(?:contat|contact|ligue)",
    r"obrigad[oa] (?:pelo|pela|por)|recebemos (?:a )?sua",
    r"\b(?:en cas d|pour|si)[^\n]{0,40}urgen[^\n]{0,120}(?:veuillez|merci|contacter|joindre)",
    r"merci (?:pour|de) votre|nous avons bien recu|votre (?:message|demande|mail) a (?:bien )?ete",
    r"(?:dringend|eilig)[^\n]{0,160}(?:wenden|kontakt|erreichen|rufen)",
    r"(?:vielen dank|danke) fur (?:ihre|deine)|wir haben ihre[^\n]{0,40}erhalten",
    r"e-?mails? (?:werden|wird) nicht (?:weitergeleitet|gelesen)",
    r"\b(?:in caso di|per)\b[^\n]{0,40}urgen[^\n]{0,120}(?:contatt|rivolg|scriver|chiam)",
    r"grazie (?:per|della|di) |abbiamo ricevuto",
    r"bedankt voor uw|wij hebben uw[^\n]{0,40}ontvangen",
    r"gracies (?:pel|per)|per (?:a )?(?:qualsevol )?(?:urg|tema|assumpt)[^\n]{0,80}(?:contact|truqu"
    r"|escri|adrec)",
    r"(?:para|ante) cualquier [^\n.]{0,40}(?:contact|dirij|pong|poner|escrib|llam)[^\n]{0,60}@",
    r"(?:for|with) any [^\n.]{0,40}(?:contact|e-?mail|write|reach)[^\n]{0,60}@",
    r"(?:please )?(?:send|direct|address|forward) (?:all |your |any )[^\n.]{0,60} to [^\s@]{1,60}@",
    r"(?:dirija|envie|remita|dirigid|dirijan) (?:sus?|tus?|los?"
    r"|cualquier) [^\n.]{0,40} a [^\s@]{1,60}@",
)
