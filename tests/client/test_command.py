"""The command truce: what it writes, and what its exit code says."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from tregua_client.command import main
from werkzeug.serving import make_server

from cases import Mailbox, clock
from cases.db import reading, transaction
from cases.exclusions.gates import Campaign
from inbox.tokens import Scope
from tests.apis import Api

ANA, EVA = "ana@cliente.example", "eva@cliente.example"


@pytest.fixture
def live(installation, monkeypatch, tmp_path):
    """The API on a port, as it is now."""
    api = Api()
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("TRUCE_URL", f"http://127.0.0.1:{server.server_port}")
    scopes = (Scope.FEED_READ, Scope.FEED_RAW, Scope.CHECK, Scope.GATE, Scope.RECEIPTS_READ)
    more = (Scope.SUPPRESSIONS_WRITE, Scope.TOUCHES_WRITE, Scope.LOAD_READ)
    monkeypatch.setenv("TRUCE_TOKEN", api.program(*scopes, *more).text)
    monkeypatch.chdir(tmp_path)
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


def run(capsys, *words):
    code = main(["--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_check_says_by_its_code_whether_to_write(live, capsys):
    live.case(ANA, at=clock.now())
    assert run(capsys, "check", ANA)[0] == 20
    assert run(capsys, "check", EVA) == (0, {"allowed": True, "until": None})


def test_pull_and_drop_make_files_of_the_feed(live, capsys, tmp_path):
    live.case(ANA, at=clock.now())
    assert run(capsys, "pull")[1]["held"] == 1
    assert run(capsys, "follow", "--rounds", "1")[0] == 0
    code, told = run(capsys, "drop", "--dir", str(tmp_path))
    assert code == 0
    assert ANA in (tmp_path / "tregua-promotional.csv").read_text()
    assert (tmp_path / "tregua-promotional.csv.done").read_text() == "1\n"
    assert told["held"] == 1


def test_a_campaign_by_files(live, capsys, tmp_path):
    live.case(ANA, at=clock.now())
    (tmp_path / "aud.csv").write_text(f"address,name\n{ANA},Ana\n{EVA},Eva\n")
    files = ("--allowed", "a.csv", "--excluded", "x.csv", "--receipt", "r.jwt")
    code, told = run(capsys, "gate", "aud.csv", "--campaign", "rebajas", *files)
    assert code == 0
    assert (tmp_path / "a.csv").read_text().split() == ["address", EVA]
    assert (tmp_path / "x.csv").read_text().split() == ["address", ANA]
    assert run(capsys, "receipt", "verify", "r.jwt", "--audience", "aud.csv")[0] == 0
    assert run(capsys, "receipt", "verify", "r.jwt", "--audience", "a.csv")[0] == 20
    live.case(EVA)
    for _run in range(2):
        # Whoever runs it twice has everybody in the file, and not only who came last.
        late = run(capsys, "gate", "refresh", told["gate"], "--excluded", "late.csv")[1]["late"]
        assert late == [EVA]
        assert (tmp_path / "late.csv").read_text().split() == ["address", EVA]
    code, told = run(capsys, "gate", "commit", told["gate"], "--sent", "a.csv")
    assert (code, told["offenders"]) == (20, [EVA])


def test_a_list_is_sifted_whatever_tool_wrote_it(live, capsys, tmp_path):
    live.case(ANA, at=clock.now())
    (tmp_path / "l.csv").write_text(f"Nombre;Correo electrónico\nAna;{ANA}\nEva;{EVA}\nX;nobody\n")
    files = ("--allowed", "a.csv", "--excluded", "x.csv")
    told = run(capsys, "sift", "l.csv", *files)
    assert told == (0, {"allowed": 1, "excluded": 2, "invalid": 1})
    assert (tmp_path / "a.csv").read_text().split() == ["address", EVA]
    held = (tmp_path / "x.csv").read_text().splitlines()
    assert held == ["address,until,error", f"{ANA},,", "nobody,,invalid_address"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Cliente;Contacto;Ciudad\nAna;{0};León\nEva;{1};Vigo\n", "cp1252"),
        ("Nombre\tDirección de correo electrónico\nAna\t{0}\nEva\t{1}\n", "utf-16"),
        ('"ID"|"Email"\n"1"|"{0}"\n"2"|"{1}"\n', "utf-8-sig"),
        ("{0}\n{1}\n", "utf-8"),
    ],
)
def test_a_list_is_read_as_a_spreadsheet_wrote_it(live, capsys, tmp_path, text, encoding):
    (tmp_path / "l.csv").write_bytes(text.format(ANA, EVA).encode(encoding))
    told = run(capsys, "sift", "l.csv")
    assert told == (0, {"allowed": 2, "excluded": 0, "invalid": 0})


@pytest.mark.parametrize("tool", ["brevo", "mailchimp", "sfmc", "klaviyo", "listmonk"])
def test_a_list_goes_into_another_tool_and_comes_back(live, capsys, tmp_path, tool):
    live.case(ANA, at=clock.now())
    column = {"brevo": "EMAIL", "klaviyo": "Email", "listmonk": "email"}.get(tool, "Email Address")
    (tmp_path / "l.csv").write_text(f"Name,{column}\nAna,{ANA}\nEva,{EVA}\n")
    words = ("--campaign", "x", "--format", tool, "--allowed", "a.csv", "--excluded", "x.csv")
    told = run(capsys, "gate", "l.csv", *words)[1]
    assert (tmp_path / "a.csv").read_text().splitlines() == [column, EVA]
    assert (tmp_path / "x.csv").read_text().splitlines() == [column, ANA]
    assert run(capsys, "gate", "commit", told["gate"], "--sent", "a.csv")[0] == 0
    run(capsys, "sift", "l.csv", "--format", tool, "--excluded", "x.csv")
    assert (tmp_path / "x.csv").read_text().splitlines()[0] == f"{column},until,error"


def test_another_spelling_of_a_mailbox_is_found_where_it_is_asked_for(live, capsys, tmp_path):
    live.case("ana+tienda@gmail.com", at=clock.now())
    (tmp_path / "l.csv").write_text(f"email\na.na@gmail.com\n{EVA}\n")
    assert run(capsys, "check", "a.na@gmail.com")[0] == 0
    assert run(capsys, "check", "a.na@gmail.com", "--loose")[0] == 20
    assert run(capsys, "sift", "l.csv", "--loose")[1]["excluded"] == 1
    assert run(capsys, "sift", "l.csv")[1]["excluded"] == 0
    assert run(capsys, "gate", "l.csv", "--campaign", "x", "--loose")[1]["excluded"] == 1


def test_what_the_tool_knows_is_told_from_a_file(live, capsys, tmp_path):
    (tmp_path / "s.csv").write_text(f"event_id,address,what,topic\n1,{EVA},unsubscribe,\n")
    assert run(capsys, "tell", "suppressions", "s.csv")[1]["new"] == 1
    assert run(capsys, "check", EVA)[0] == 20
    sent = clock.now().isoformat()
    (tmp_path / "t.csv").write_text(f"event_id,address,sent_at,clicked\n1,{ANA},{sent},a b\n")
    assert run(capsys, "tell", "touches", "t.csv")[1] == {"new": 1, "known": 0, "invalid": 0}
    (tmp_path / "w.csv").write_text("a,b\n1,2\n")
    assert run(capsys, "tell", "touches", "w.csv")[0] == 1
    assert run(capsys, "load", "--audience", "100")[0] == 0


def test_who_sends_although_mail_is_not_read_says_why_and_who(live, capsys, tmp_path):
    (tmp_path / "aud.csv").write_text(f"{EVA}\n")
    with transaction() as session:
        box = Mailbox(address="soporte@tienda.example", imap_host="x", imap_user="x",
                      created_at=clock.now())  # fmt: skip
        box.last_ok_at = box.created_at - timedelta(minutes=61)
        session.add(box)
    words = ("gate", "aud.csv", "--campaign", "rebajas", "--allowed", "a.csv")
    assert run(capsys, *words)[0] == 20
    assert not (tmp_path / "a.csv").exists()
    assert run(capsys, *words, "--override-stale", "El jefe lo quiere")[0] == 1
    assert run(capsys, *words, "--override-stale", "El jefe lo quiere", "--who", "Bea")[0] == 0
    assert EVA in (tmp_path / "a.csv").read_text()


@pytest.mark.parametrize("words", [(), ("gate",), ("drop",), ("tell",)])
def test_help_says_what_its_exit_codes_mean_and_every_word(words, capsys):
    with pytest.raises(SystemExit) as over:
        main([*words, "--help"])
    assert over.value.code == 0
    said = capsys.readouterr().out
    assert "truce" in said
    if not words:
        for code in ("10 waves", "20 no", "30 what", "31 the lease", "40 the token", "TRUCE_URL"):
            assert code in said


def test_codes_for_what_goes_wrong(live, capsys, monkeypatch):
    monkeypatch.setenv("TRUCE_TOKEN", "trg_0123456789ab_wrong")
    assert run(capsys, "check", EVA)[0] == 40
    monkeypatch.setenv("TRUCE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("tregua_client.asking.time.sleep", lambda _seconds: None)
    assert run(capsys, "check", EVA)[0] == 50
    assert run(capsys, "gate", "missing.csv", "--campaign", "x")[0] == 1
    monkeypatch.setenv("TRUCE_URL", "")
    assert run(capsys, "pull")[0] == 40


def test_a_list_with_what_is_no_address_is_still_the_audience_of_its_receipt(
    live, capsys, tmp_path
):
    (tmp_path / "l.csv").write_text(f"Correo;Nombre\n{ANA};Ana\nroto;X\n{EVA};Eva\n")
    told = run(capsys, "gate", "l.csv", "--campaign", "x", "--receipt", "r.jwt")[1]
    assert (told["audience"], told["invalid"]) == (2, 1)
    assert run(capsys, "receipt", "verify", "r.jwt", "--audience", "l.csv")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gate", "l.csv", "--campaign", " "), "a campaign needs a name"),
        (("sift", "l.xlsx"), "save the list as CSV"),
        (("drop", "--dir", "nowhere"), "there is no folder nowhere"),
        (("pull", "--mirror", "l.csv"), "the copy is no copy"),
        (("--url", "tregua.example", "check", EVA), "begins with https://"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(live, capsys, tmp_path, words, said):
    (tmp_path / "l.csv").write_text(f"{EVA}\n" * 50)
    (tmp_path / "l.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 50)
    code, told = run(capsys, *words)
    assert code == 1
    assert said in told["reason"]


def test_a_campaign_is_called_as_people_call_it(live, capsys, tmp_path):
    (tmp_path / "l.csv").write_text(f"{EVA}\n")
    names = ["Rebajas de España/2026", "Rebajas de España 2026!", "ñ?", "rebajas-11"]
    for name in names * 2:
        assert run(capsys, "gate", "l.csv", "--campaign", name)[0] == 0
    with reading() as session:
        known = {one.name or one.external_id: one for one in session.scalars(select(Campaign))}
    assert set(known) == set(names)
    assert known[names[0]].external_id.startswith("rebajas-de-espana-2026-")


def test_half_an_option_is_no_option(live, capsys):
    with pytest.raises(SystemExit) as wrong:
        run(capsys, "pull", "--to", "copy.sqlite")
    assert wrong.value.code == 2


def test_a_file_of_a_spreadsheet_is_told_from_too(live, capsys, tmp_path):
    text = f"event_id;address;what\r\n1;{EVA};unsubscribe\r\n2;josé;unsubscribe\r\n"
    (tmp_path / "s.csv").write_bytes(text.encode("cp1252"))
    told = run(capsys, "tell", "suppressions", "s.csv")
    assert told == (0, {"new": 1, "known": 0, "invalid": 1})
