"""Which charset undeclared 8-bit text is in, told by the letters that its language uses most."""

import codecs
import re

SAMPLE = 4_096
FEWEST = 6

_HIRAGANA = (
    "".join(map(chr, range(0x3041, 0x3094)))
    + "アイウエオカクスタテトナニネハフマラリルレロンッュー"
)
_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
    "里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已"
    "从动两长知样现分将外但身些与高意进把法此实回二理点月明其种全工己话者向情部正名定问力机给等几"
    "业最间新什打便位因重被电四第门相次东海口使教西再平真世气信少关并内加化由代产入先五太水万市您请谢"
)
_TRADITIONAL = (
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可"
    "裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手用主行方又如前所本見經頭面公同三已"
    "從動兩長知樣現分將外但身些與高意進把法此實回二理點月明其種全工己話者向情部正名定問力機給等幾"
    "業最間新什打便位因重被電四第門相次東海口使教西再平真世氣信少關並內加化由代產入先五太水萬市您請謝"
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
    ("euc_jp", _HIRAGANA, 0.50),
    ("cp932", _HIRAGANA, 0.50),
    ("gb18030", _SIMPLIFIED, 0.45),
    ("cp950", _TRADITIONAL, 0.45),
    ("cp949", _HANGUL, 0.60),
    ("cp1251", _RUSSIAN, 0.90),
    ("koi8-r", _RUSSIAN, 0.90),
    ("cp866", _RUSSIAN, 0.90),
    ("cp874", _THAI, 0.95),
    ("cp1253", _GREEK, 0.90),
    ("cp1255", _HEBREW, 0.95),
    ("cp1256", _ARABIC, 0.90),
)
_LETTERS = {codec: frozenset(letters) for codec, letters, _ in _CANDIDATES}
_RUN = re.compile(rb"[\x80-\xff](?:[\x80-\xff]|[\x40-\x7e](?=[\x80-\xff]))*")


def guess(content: bytes) -> str | None:
    """The codec, or None where the text looks Western or is too short to tell."""
    sample = content[:SAMPLE]
    if not _looks_foreign(sample):
        return None
    scores = {codec: _share(sample, codec) / usual for codec, _, usual in _CANDIDATES}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] >= 0.5 else None


def _looks_foreign(sample: bytes) -> bool:
    """Accents of Western words stand alone; other scripts write whole words beyond ASCII."""
    runs = [len(run) for run in _RUN.findall(sample)]
    total = sum(runs)
    return total >= FEWEST and sum(run for run in runs if run >= 3) * 2 >= total


def _share(sample: bytes, codec: str) -> float:
    # The incremental decoder does not stumble over a character that the sample's end cuts.
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    common = _LETTERS[codec]
    return sum(letter in common for letter in foreign) / len(foreign)
