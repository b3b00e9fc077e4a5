"""Which charset undeclared 8-bit text is in, told by the letters that its language uses most."""

import codecs
import re

SAMPLE = 4_096
FEWEST = 6
ENOUGH_TO_DOUBT = 30

_HIRAGANA = (
    "".join(map(chr, range(0x3041, 0x3094)))
    + "アイウエオカクスタテトナニネハフマラリルレロンッュー"
)
_KANJI = (
    "日本人会社年月時分送付依頼請求書確認連絡件名先株式様田山中大小高東京都市区町村電話番号注文商品"
    "到着返品返金交換問合質回答世話願致存申上下今明昨曜予定変更登録完了御案内報告利用方法一二三"
)
_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
    "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已"
    "从动两长知样现分将外但身些与高意进把法此实回二理点月明其种全工己话者向情部正名定问力机给等几"
    "业最间新什打便位因重被电四第门相次东海口使教西再平真世气信少关并内加化由代产入先五太水万市您请谢"
    "退款申客户订单货快递商品质量服务联系邮址付购"
)
_TRADITIONAL = (
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可"
    "裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手用主行方又如前所本見經頭面公同三已"
    "從動兩長知樣現分將外但身些與高意進把法此實回二理點月明其種全工己話者向情部正名定問力機給等幾"
    "業最間新什打便位因重被電四第門相次東海口使教西再平真世氣信少關並內加化由代產入先五太水萬市您請謝"
    "退款申客戶訂單貨快遞商品質量服務聯繫郵址付購"
)
_HANGUL = (
    "이다는의에을가고하은지를로있사자기한도서대어그나니리인시들것아수해여일라정부보제원과장습안요구합전"
    "주게세상생만면스신조소무까오공진우유문경치계모용관방감성회녕드바국바마내거러"
)
_THAI = "านรกอเงวมยลสดทตปบคะแพจหไโขชใธผณถศฟษซญ่้ิีัุูื์็ำ๊"
_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф"
_GREEK = "αοιετσνηυρπκμλςωγδθχφβξζψάέήίόύώ"
_HEBREW = "יוהלאתרבשמנדקפחעכגצטםןזסךףץ"
_ARABIC = "اليمنوترببدسعفقكحهجشطصخثةىئءأضذزغظإ"

# codec, the commonest letters of its language, and their usual share of all that is not ASCII
_CANDIDATES = (
    ("euc_jp", _HIRAGANA + _KANJI, 0.60),
    ("cp932", _HIRAGANA + _KANJI, 0.60),
    ("gb18030", _SIMPLIFIED, 0.45),
    ("cp950", _TRADITIONAL, 0.45),
    ("cp949", _HANGUL, 0.60),
    ("cp1251", _RUSSIAN, 0.90),
    ("koi8-u", _RUSSIAN, 0.90),
    ("iso8859-5", _RUSSIAN, 0.90),
    ("cp866", _RUSSIAN, 0.90),
    ("cp874", _THAI, 0.95),
    ("cp1253", _GREEK, 0.90),
    ("cp1255", _HEBREW, 0.95),
    ("cp1256", _ARABIC, 0.90),
    ("iso8859-6", _ARABIC, 0.90),
)
# Latin scripts beyond the West, and Western ones as older machines wrote them.
_LATIN = (
    ("cp1250", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”–…"),
    ("iso8859-2", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"),
    ("cp1254", "çğıöşüâÇĞİÖŞÜ’“”"),
    ("cp850", "áéíóúñüÁÉÍÓÚÑÜ¿¡àèìòùâêîôûçäöß"),
    ("mac-roman", "áéíóúñüÁÉÍÓÚÑÜ¿¡àèìòùâêîôûçäöß“”’–"),
)
_WESTERN = "áéíóúñüàèìòùâêîôûçäöëïÿãõßøåæœšžÁÉÍÓÚÑÜÀÈÌÒÙÂÊÎÔÛÇÄÖËÏÃÕØÅÆŒŠŽ“”‘’–—…€°ºª«»¡¿·•\xa0©®™´"
_LETTERS = {
    codec: frozenset(letters)
    for codec, letters in (*((c, t) for c, t, _ in _CANDIDATES), *_LATIN, ("cp1252", _WESTERN))
}
_USUAL = {codec: usual for codec, _, usual in _CANDIDATES}
_RUN = re.compile(rb"[\x80-\xff](?:[\x80-\xff]|[\x40-\x7e](?=[\x80-\xff]))*")
# The second byte of a Chinese or Japanese character may be a Latin letter.
_LOW = re.compile(rb"[\x40-\x7e]")


def guess(content: bytes) -> str | None:
    """The codec, or None where the text looks Western or is too short to tell."""
    sample = content[:SAMPLE]
    if not _looks_foreign(sample):
        return _latin(sample)
    scores = {codec: _share(sample, codec) / usual for codec, usual in _USUAL.items()}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] >= 0.5 else None


def contradicts(content: bytes, declared: str) -> str | None:
    """Another codec that makes far better words of the text than the declared one."""
    sample = content[:SAMPLE]
    if declared not in _USUAL or sum(byte > 0x7F for byte in sample) < ENOUGH_TO_DOUBT:
        return None
    found = guess(sample)
    if found is None or found == declared:
        return None
    better = _share(sample, found) / _USUAL.get(found, 1.0)
    return found if better > 2 * _share(sample, declared) / _USUAL[declared] else None


def _latin(sample: bytes) -> str | None:
    """Another Latin codec, if Western letters are the exception and its own are the rule."""
    if _share(sample, "cp1252") >= 0.7:
        return None
    found = max((codec for codec, _ in _LATIN), key=lambda codec: _share(sample, codec))
    return found if _share(sample, found) >= 0.9 else None


def _looks_foreign(sample: bytes) -> bool:
    """Accents of Western words stand alone; other scripts write whole words beyond ASCII."""
    runs = _RUN.findall(sample)
    foreign = sum(len(run) for run in runs if len(run) >= (6 if _LOW.search(run) else 3))
    total = sum(len(run) for run in runs)
    return total >= FEWEST and foreign * 2 >= total


def _share(sample: bytes, codec: str) -> float:
    # The incremental decoder does not stumble over a character that the sample's end cuts.
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    common = _LETTERS[codec]
    return sum(letter in common for letter in foreign) / len(foreign)
