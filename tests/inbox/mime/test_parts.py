"""A mail's structure is found, also where its boundaries are wrong, and never without end."""

from inbox.mime.parts import DEPTH, PARTS, header_of, leaves, split


def bodies(content: bytes) -> list[bytes]:
    return [part.body for part in leaves(split(content)[0])]


def defects(content: bytes) -> list[str]:
    return split(content)[1]


MIXED = b'Content-Type: multipart/mixed; boundary="b"\n\n'


def test_parts_stand_between_their_boundaries() -> None:
    content = MIXED + b"preamble\n--b\n\nuno\n--b\nContent-Type: text/html\n\ndos\n--b--\nepilogue"
    assert bodies(content) == [b"uno", b"dos"]
    assert [part.type for part in leaves(split(content)[0])] == ["text/plain", "text/html"]


def test_line_ends_may_be_of_any_kind() -> None:
    content = MIXED + b"--b\n\nuno\n\n--b--"
    assert bodies(content.replace(b"\n", b"\r\n")) == [b"uno\r\n"]
    assert bodies(content.replace(b"\n", b"\r")) == [b"uno\n"]


def test_a_boundary_that_begins_like_another_is_not_that_other() -> None:
    inner = b"--ab\n\nuno\n--ab\n\ndos\n--ab--\n"
    inner = b"--a\nContent-Type: multipart/mixed; boundary=ab\n\n" + inner + b"--a--"
    assert bodies(b"Content-Type: multipart/mixed; boundary=a\n\n" + inner) == [b"uno", b"dos"]


def test_a_missing_last_boundary_is_forgiven() -> None:
    assert bodies(MIXED + b"--b\n\nuno\n") == [b"uno\n"]
    assert defects(MIXED + b"--b\n\nuno\n") == ["the last boundary is missing"]


def test_an_inner_part_ends_where_the_outer_one_does() -> None:
    content = (
        MIXED + b"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nuno\n--b\n\ndos\n--b--"
    )
    assert bodies(content) == [b"uno", b"dos"]


def test_a_wrong_boundary_is_found_by_the_part_behind_it() -> None:
    content = MIXED + b"--other\nContent-Type: text/plain\n\nuno\n--other--"
    assert bodies(content) == [b"uno"]
    assert defects(content) == ["the boundary between the parts is wrong"]


def test_a_multipart_without_parts_is_text() -> None:
    root, found = split(MIXED + b"just words\n")
    assert (root.type, root.body) == ("text/plain", b"just words\n")
    assert found == ["the boundary between the parts is missing"]


def test_an_enclosed_mail_is_one_part() -> None:
    content = b"Content-Type: message/rfc822\n\n" + MIXED + b"--b\n\nuno\n--b--"
    assert [part.type for part in leaves(split(content)[0])] == ["message/rfc822"]


def test_a_header_is_read_in_spite_of_strange_lines() -> None:
    content = b"From ana Mon Nov 2\n>From x\nSubject : hola\nnonsense\nTo: a@b\n c\n\nbody"
    root, found = split(content)
    assert root.fields == [("subject", b"hola"), ("to", b"a@b c")]
    assert root.body == b"body"
    assert found == ["a line of the header is no header field"]


def test_a_body_that_begins_without_an_empty_line_is_kept() -> None:
    root, found = split(b"Subject: hola\nDear all\nhello\n")
    assert root.body == b"Dear all\nhello\n"
    assert found == ["no empty line between header and body"]


def test_text_without_any_header_is_a_body() -> None:
    assert bodies(b"just words, no mail") == [b"just words, no mail"]
    assert bodies(b"") == [b""]


def test_a_name_may_come_in_pieces_and_in_any_charset() -> None:
    header = (
        b"Content-Type: application/pdf\nContent-Disposition: attachment;\n"
        b" filename*0*=utf-8''a%C3%B1o;\n filename*1=\"-2026\";\n filename*2*=.pdf\n\n"
    )
    assert split(header)[0].filename == "año-2026.pdf"
    for value in ('"=?utf-8?q?a=C3=B1o.pdf?="', '"año.pdf"', "año.pdf", '"año.pdf'):
        assert (
            split(f"Content-Disposition: attachment; filename={value}\n\n".encode())[0].filename
            == "año.pdf"
        )


def test_a_broken_type_is_text() -> None:
    for value in (b"text", b"", b"html", b"text/plain charset=utf-8", b";;;", b"a/b/c/d e"):
        assert split(b"Content-Type: " + value + b"\n\nx")[0].type in ("text/plain", "text/html")


def test_nesting_and_number_of_parts_have_an_end_that_is_named() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(500)
    )
    assert f"nested deeper than {DEPTH} parts: the rest was not opened" in defects(deep)
    many = MIXED + b"--b\n\nx\n" * 5_000
    assert len(bodies(many)) < PARTS
    assert f"more than {PARTS} parts: the rest was not opened" in defects(many)


def test_a_header_without_end_is_cut_but_not_its_body() -> None:
    content = b"Subject: hola\n" + b"X-Long: value\n" * 300_000 + b"\nbody"
    root, found = split(content)
    assert root.body == b"body"
    assert found == ["the header is too long: the rest of it was cut"]
    assert header_of(content)[0] == ("subject", b"hola")
