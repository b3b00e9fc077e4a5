"""Letters arrive as they were written, whatever charset the sender's program claims."""

import pytest

from inbox.mime.charsets import decode

RUSSIAN = "Здравствуйте, я до сих пор не получил свой заказ. Когда его доставят?"
THAI = "สวัสดีครับ ผมยังไม่ได้รับสินค้าที่สั่งซื้อไป เมื่อไหร่จะได้รับครับ"
JAPANESE = "こんにちは、注文した商品がまだ届いていません。いつ届きますか？"
CHINESE = "您好，我还没有收到我的订单。请问什么时候能送到？谢谢。"
TAIWANESE = "您好，我還沒有收到我的訂單。請問什麼時候能送到？謝謝。"
KOREAN = "안녕하세요, 주문한 상품을 아직 받지 못했습니다. 언제 도착하나요?"
SPANISH = "Señora Muñoz: ¿cuándo llegará mi pedido? Aún espero."


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "10 € y “comillas”…"),
        ("latin1", "cp1252", "L’été – ça va"),
        ("us-ascii", "cp1252", SPANISH),
        ("iso-8859-9", "cp1254", "Teşekkürler"),
        ("iso-8859-11", "cp874", THAI),
        ("gb2312", "gb18030", "朱镕基，您好"),
        ("ks_c_5601-1987", "cp949", KOREAN),
        ("x-sjis", "cp932", "①番 髙島様"),
        ("windows-31j", "cp932", JAPANESE),
        ('"UTF-8"', "utf-8", SPANISH),
        ("utf-8*es", "utf-8", "niño"),
        ("unicode-1-1-utf-7", "utf-7", "Grüße aus Köln"),
        ("utf-16", "utf-16-le", SPANISH),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("big5", "cp950", TAIWANESE),
        ("x-mac-roman", "mac-roman", SPANISH),
    ],
)
def test_a_label_means_what_it_means_on_the_web(label: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), label)[0] == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp874", THAI),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("gb18030", CHINESE),
        ("cp950", TAIWANESE),
        ("cp949", KOREAN),
        ("cp1253", "Καλημέρα σας, δεν έχω λάβει ακόμα την παραγγελία μου."),
        ("cp1255", "שלום, עדיין לא קיבלתי את ההזמנה שלי. מתי היא תגיע?"),
        ("cp1256", "مرحبا، لم أستلم طلبي حتى الآن. متى سيصل؟"),
        ("cp1250", "Dzień dobry, nie otrzymałem jeszcze zamówienia. Proszę o pomoc, Łukasz"),
        ("cp1252", SPANISH),
        ("cp1252", "El niño"),
        ("utf-8", SPANISH),
    ],
)
@pytest.mark.parametrize("declared", [None, "us-ascii", "iso-8859-1", "utf-8"])
def test_text_in_an_undeclared_or_wrong_charset_is_read(
    codec: str, text: str, declared: str | None
) -> None:
    assert decode(text.encode(codec), declared)[0] == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "koi8-r", "gb2312", "shift_jis", "us-ascii"])
def test_utf_8_under_another_name_is_still_utf_8(declared: str) -> None:
    text, odd = decode(SPANISH.encode(), declared)
    assert text == SPANISH
    assert odd == f"declared as {declared}, read as utf-8"


def test_japanese_escapes_are_read_without_a_declaration() -> None:
    assert decode(JAPANESE.encode("iso2022_jp"), None)[0] == JAPANESE
    # Circled digits are the vendors' own: Python's codec does not know them.
    assert decode(b"\x1b$B-!\x1b(B desu", "iso-2022-jp")[0] == "① desu"


def test_another_alphabet_under_the_name_of_the_wrong_one_is_read() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "koi8-r")[0] == RUSSIAN


def test_an_unknown_charset_is_named_and_read_all_the_same() -> None:
    text, odd = decode("Teléfono".encode("cp1252"), "x-nobody-knows")
    assert text == "Teléfono"
    assert "x-nobody-knows" in odd


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "rot13", "base64", ""])
def test_a_codec_that_is_no_charset_is_never_used(label: str) -> None:
    assert decode(b"xn--a-\\u0041", label)[0] == "xn--a-\\u0041"


def test_a_few_damaged_bytes_do_not_change_the_charset() -> None:
    damaged = SPANISH.encode() + b"\xc3" + " añadido".encode()
    text, odd = decode(damaged, "utf-8")
    assert text.startswith(SPANISH)
    assert text.endswith("añadido")
    assert odd == "bytes that no charset explains"


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfhola", "iso-8859-1")[0] == "hola"
    assert decode("hola".encode("utf-16"), None)[0] == "hola"


def test_no_half_surrogate_comes_out_of_plain_letters() -> None:
    assert decode(b"+2AA- hola", "utf-7")[0] == "? hola"


def test_no_half_surrogate_ever_comes_out() -> None:
    for codec in ("utf-7", "utf-8", "gb18030", "cp932"):
        text, _ = decode(b"+2AA- \xed\xa0\x80 \x84\x31", codec)
        assert text.encode("utf-8")


@pytest.mark.parametrize("once", ["La señal está caída.", "Cuesta 5 €", "Ça marche, à Noël"])
def test_what_was_written_as_utf8_twice_is_read_once(once: str) -> None:
    twice = once.encode().decode("cp1252", "replace").encode()
    assert decode(twice, "utf-8")[0] == once


@pytest.mark.parametrize("text", ["NÃO É", "Â«Ici»", "seÃ±al 😡", "AÇÃO"])
def test_letters_that_only_look_like_it_stay(text: str) -> None:
    assert decode(text.encode(), "utf-8")[0] == text
