"""How bounces speak, by language: what their subjects begin with, what their texts say."""

import re

# Subjects by language. A person hardly ever begins a mail with one of them.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "en": (
        r"undeliver(?:able|ed)\b",
        r"undeliverable:",
        r"delivery status notification",
        r"delivery (?:has )?(?:failure|failed|problem|error|delayed|report\b|notification:)",
        r"failure notice",
        r"notice: mail delivery",
        r"mail delivery (?:failed|failure|error|problem|delayed|status|system)",
        r"returned (?:e-?)?mail\b",
        r"(?:e-?mail|message) delivery (?:failure|failed|delayed|error)",
        r"(?:mail|message|e-?mail) (?:could not be|was not|not|cannot be|delivery) deliver",
        r"(?:unable|failed) to deliver",
        r"warning: (?:could not send|message .{0,40}delayed)",
        r"could ?n[o']t (?:deliver|send) ",
        r"non[- ]?deliver(?:y|able)",
        r"delayed mail\b",
        r"mail (?:system|transaction) (?:error|failed)",
        r"message (?:undeliver|delayed|bounced)",
        r"mail failed, returning",
        r"nondeliverable mail",
        r"processing error",
        r"bounced (?:e-?)?mail",
        r"(?:there was an )?error sending your mail",
        r"delivery of (?:your )?message .{0,80}fail",
        r"\[?postmaster\]? (?:e-?mail|mail) delivery fail",
        r"permanent delivery failure",
        r"rejected (?:e-?mail|mail|message|posting)",
        r"your (?:message|e-?mail) .{0,80}(?:reject|could not)",
        r"message could not be delivered",
        r"undelivered mail",
        r"delivery-report",
        r"\*\*message you sent blocked",
        r"message status - undeliverable",
        r"unzustellbar",
        r"mail rejected",
        r"address (?:unknown|not found)",
        r"recipient unknown",
        r"user unknown",
    ),
    "es": (
        r"no se (?:puede|ha podido|pudo|ha) (?:entregar|entregado|enviar)",
        r"no entregad[oa]",
        r"no se entreg[oó]",
        r"(?:correo|mensaje|mail|email)(?: electr[oó]nico)? (?:no entregado|devuelto|rechazado)",
        r"devoluci[oó]n (?:de|del) (?:correo|mensaje)",
        r"(?:aviso|informe) de no entrega",
        r"direcci[oó]n de correo (?:no v[aá]lida|inexistente|incorrecta)",
        r"(?:notificaci[oó]n|aviso|informe) (?:de |del )?(?:estado|error|fallo|no) (?:de"
        r"|en) (?:la )?entrega",
        r"(?:error|fallo|fallos|problema|retraso) (?:de|en|al) (?:la )?(?:entrega|env[ií]o"
        r"|entregar|enviar)",
        r"entrega (?:fallida|retrasada|demorada|no)",
        r"imposible entregar",
        r"(?:mensaje|correo) no (?:se|pudo|puede|ha|fue|entregable)",
        r"devuelto:",
        r"(?:mensaje|correo) (?:de )?(?:rebote|rebotado)",
        r"no (?:se )?entregable",
        r"rechazado:",
        r"notificaci[oó]n de (?:no )?entrega",
        r"retornado",
        r"direcci[oó]n no encontrada",
        r"mensaje retrasado",
        r"no enviado:",
    ),
    "pt": (
        r"n[aã]o (?:foi )?(?:poss[ií]vel )?entreg",
        r"falha (?:na|de) (?:entrega|envio)",
        r"devolvid[ao]",
        r"erro (?:na|de|no) (?:entrega|envio)",
        r"n[aã]o pode ser entregue",
        r"n[aã]o [eé] poss[ií]vel entregar",
        r"(?:mensagem|correio|e-?mail) (?:n[aã]o|devolvid)",
        r"entrega (?:falhou|atrasada)",
        r"notifica[cç][aã]o (?:de|do) (?:status|estado|falha)",
    ),
    "fr": (
        r"non remis",
        r"non distribu",
        r"non d[eé]livr",
        r"[eé]chec (?:de|d'|lors) ?(?:la )?(?:remise|livraison|envoi|distribution)",
        r"courrier (?:non|retourn)",
        r"impossible de (?:remettre|d[eé]livrer)",
        r"retour de courrier",
        r"message (?:non|retourn)",
        r"notification d'[eé]tat",
        r"avis de non[- ]remise",
        r"undelivrable",
        r"erreur de (?:remise|livraison)",
    ),
    "de": (
        r"unzustellbar",
        r"nicht zugestellt",
        r"zustellung (?:fehlgeschlagen|nicht|verz)",
        r"nachricht nicht zustellbar",
        r"(?:mail|nachricht) (?:konnte|kann) nicht",
        r"zustell(?:fehler|status|bericht|problem|benachrichtigung)",
        r"unzustellbarkeit",
        r"fehler beim (?:senden|zustellen)",
        r"verz[oö]gerte zustellung",
        r"fehlgeschlagene zustellung",
    ),
    "it": (
        r"impossibile (?:consegnare|recapitare)",
        r"non (?:consegnat|recapitat|recapitabile)",
        r"mancat[ao] (?:consegna|recapito|invio)",
        r"messaggio (?:non|respinto)",
        r"notifica (?:di )?(?:stato|mancat)",
        r"errore (?:di|nella) (?:consegna|recapito)",
        r"avviso di mancata consegna",
        r"consegna non riuscita",
    ),
    "others": (
        r"onbestelbaar",
        r"niet (?:bezorgd|afgeleverd|bestelbaar)",
        r"bezorging mislukt",
        r"olevererbar",
        r"kunne ikke leveres",
        r"ikke levert",
        r"uleveringsbar",
        r"kan inte leverer",
        r"ei voitu toimittaa",
        r"niedostarczon",
        r"niedor[eę]cz",
        r"zwrot wiadomo",
        r"nedoru[cč]iteln",
        r"kézbesíthetetlen",
        r"teslim edilemedi",
        r"no s'ha pogut (?:lliurar|entregar)",
        r"(?:missatge |correu )?no lliurat",
        r"notificaci[oó] d'estat de(?:l)? lliurament",
        r"не (?:может быть )?доставлен",
        r"недоставлен",
        r"ошибка доставки",
        r"配信(?:不能|できません|エラー)",
        r"送信できません",
        r"配信状況",
        r"返信されました",
        r"エラーメール",
        r"退信",
        r"系统退信",
        r"投递失败",
        r"未送達",
        r"無法傳送",
        r"メッセージを配信できません",
        r"メール(?:システム|配信)?エラー",
    ),
}
WORDS = re.compile(
    r"could ?n[o']t be (?:delivered|reached|sent)|(?:was|were"
    r"|has) ?n[o']t (?:been )?(?:be )?delivered"
    r"|not delivered to|unable to deliver|undeliverable|cannot be delivered|did not reach"
    r"|delivery (?:to the following|has failed|failed|attempt|failure|status)|failed permanently"
    r"|permanent (?:fatal )?error|fatal errors|delivery (?:problems|errors)"
    r"|was ?n[o']t able to deliver"
    r"|returned (?:to (?:the )?sender|because|message|mail)|has been (?:delayed|rejected)"
    r"|mail delivery"
    r"|unable to (?:reach|send)|not yet been delivered|delivery failure|user unknown|unknown user"
    r"|(?:^|\s)[45]\d\d[ -][45]\.\d\.\d|<<< [45]\d\d|failed recipient"
    r"|error (?:occurred )?while (?:attempting|trying) to deliver"
    r"|recipient(?:s)? (?:was|were|has been|have been) (?:rejected|not)|transcript of session"
    r"|automatically (?:generated|created).{0,80}deliver|no (?:se )?(?:ha )?(?:podido|pudo"
    r"|puede|ha sido|fue)[^\n.]{0,40}(?:entreg|env)"
    r"|no ha llegado a|n'a (?:pas )?pu [eê]tre|n'ont pas pu|konnte(?:n)? nicht (?:zugestellt"
    r"|ausgeliefert|[^\n.]{1,60}zugestellt)"
    r"|n[aã]o (?:foi|p[oô]de)[^\n.]{0,40}(?:entreg|env)|impossibile (?:consegnare|recapitare)"
    r"|non [eè] stato (?:possibile )?(?:consegna|recapit)"
    r"|не (?:может|удалось|могло)[^\n.]{0,40}достав|送信できません|配信できません|送信に失敗"
    r"|届けられません|address(?:es)? (?:had|failed|rejected)"
    r"|there was an error delivering|delivery error|no such user|^\s{0,9}5\d\d[ -]"
    r"|no se ha podido entregar|no se entreg[oó]|s'ha pogut lliurar",
    re.IGNORECASE | re.MULTILINE,
)

# A person may write so too: from a mail system, it is enough.
WEAK_WORDS = re.compile(
    r"mailbox (?:is )?full|quota|does ?n[o']t exist|bounce|rejected"
    r"|invalid (?:recipient|user|address)|not (?:listed|recognized)|retries|delivery point",
    re.IGNORECASE,
)

# Parcels fail to be delivered as well, so a person's subject has to be about a mail.
ABOUT_MAIL = re.compile(
    r"mail|message|messaggio|mensaje|mensagem|correo|nachricht|courri|postmaster|failure notice"
    r"|delivery status notification|undeliverable:|undelivered:|unzustellbar"
    r"|notificaci[oó]n (?:de|del) estado|notifica[cç][aã]o (?:de|do) (?:status|estado)"
    r"|missatge|correu|informe de no entrega|aviso de no entrega|notificaci[oó] d'estat"
    r"|notification d'[eé]tat|zustellstatus|notifica (?:di )?stato"
    r"|^(?:no se (?:puede|ha podido|pudo) entregar|no entregado|no enviado|non remis|non distribu"
    r"|nicht zugestellt|onbestelbaar|n[aã]o [eé] poss[ií]vel entregar|impossibile recapitare"
    r"|non recapit|n[aã]o entreg"
    r"|no s'ha pogut (?:lliurar|entregar)|no lliurat)[^:\n]{0,20}:"
    r"|メール|メッセージ|邮件|郵件|退信|письмо|сообщени|wiadomo",
    re.IGNORECASE,
)
