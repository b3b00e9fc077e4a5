"""The demo's IMAP and SMTP servers."""

import os
import select
import signal
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from imapclient import IMAPClient

from inbox.embedded.mail_servers import MailServers
from inbox.embedded.refusals import CannotStart

pytestmark = pytest.mark.slow

SHOP, ANA = "ayuda@tienda.example", "ana@correo.example"
MAIL = b"Message-ID: <1@correo.example>\r\nSubject: Pedido\r\n\r\nNo llega\r\n"


@pytest.fixture
def servers(tmp_path):
    found = MailServers(tmp_path, 0, 0, {SHOP: "uno", ANA: "dos"}, bounces=["correo.example"])
    with found:
        yield found


def send(servers, sender, recipient, content=MAIL):
    with smtplib.SMTP("127.0.0.1", servers.smtp_port) as client:
        client.sendmail(sender, [recipient], content)


@contextmanager
def mailbox(servers, address=SHOP):
    with IMAPClient("127.0.0.1", servers.imap_port, ssl=False) as client:
        client.login(address, {SHOP: "uno", ANA: "dos"}[address])
        client.select_folder("INBOX")
        yield client


def validity(client):
    return client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]


def contents(client):
    fetched = client.fetch(client.search(), ["BODY.PEEK[]"])
    return {uid: parts[b"BODY[]"] for uid, parts in fetched.items()}


def test_a_mail_to_a_plus_address_reaches_the_mailbox(servers):
    send(servers, ANA, "Ayuda+caso7@tienda.example")
    with mailbox(servers) as client:
        (content,) = contents(client).values()
    mail = message_from_bytes(content)
    assert mail["Delivered-To"] == "Ayuda+caso7@tienda.example"
    assert mail["Return-Path"] == f"<{ANA}>"
    assert content.endswith(MAIL)


def test_a_mail_for_nobody_is_refused(servers):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(servers, ANA, "nadie@tienda.example")
    assert refused.value.recipients["nadie@tienda.example"][0] == 550


def test_a_mail_for_nobody_among_the_customers_comes_back_as_a_report(servers):
    send(servers, "ayuda+b7@tienda.example", "nadie@correo.example")
    with mailbox(servers) as client:
        (content,) = contents(client).values()
    report = message_from_bytes(content)
    assert report.get_content_type() == "multipart/report"
    assert report["Return-Path"] == "<>"
    assert report["Delivered-To"] == "ayuda+b7@tienda.example"
    _notice, status, headers = report.get_payload()
    assert status.get_payload()[1]["Status"] == "5.1.1"
    assert "<1@correo.example>" in headers.get_payload()


def test_a_report_is_never_reported_on(servers):
    send(servers, "", "nadie@correo.example")
    with mailbox(servers) as client:
        assert client.search() == []


def test_a_wrong_password_is_refused(servers):
    with (
        IMAPClient("127.0.0.1", servers.imap_port, ssl=False) as client,
        pytest.raises(IMAPClient.Error),
    ):
        client.login(SHOP, "tres")


def test_everything_is_the_same_after_a_restart(servers):
    send(servers, ANA, SHOP)
    send(servers, ANA, SHOP)
    with mailbox(servers) as client:
        before = validity(client)
        client.add_flags([1], [b"\\Seen"])
        client.append("Sent", b"Subject: Re: Pedido\r\n\r\nYa sale\r\n", [b"\\Seen"])
        client.create_folder("Archivo")
        client.move([2], "Archivo")
    servers.stop()
    servers.start()
    send(servers, ANA, SHOP)
    with mailbox(servers) as client:
        assert validity(client) == before
        assert client.get_flags([1]) == {1: (b"\\Seen",)}
        assert client.search() == [1, 3]
        for folder in ("Sent", "Archivo"):
            client.select_folder(folder)
            assert client.search() == [1]


def test_what_was_deleted_stays_deleted_and_its_number_is_not_used_again(servers):
    send(servers, ANA, SHOP)
    with mailbox(servers) as client:
        client.delete_messages([1])
        client.expunge()
    servers.stop()
    servers.start()
    send(servers, ANA, SHOP)
    with mailbox(servers) as client:
        assert client.search() == [2]


def test_a_waiting_client_hears_of_a_new_mail(servers):
    with mailbox(servers) as client:
        client.idle()
        send(servers, ANA, SHOP)
        assert select.select([client.socket()], [], [], 10)[0]
        assert (1, b"EXISTS") in client.idle_done()[1]


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=str(port)):
            MailServers(tmp_path, port, 0, {SHOP: "uno"}).start()


def test_the_servers_die_with_whoever_started_them(tmp_path):
    program = (
        "import pathlib, sys, time\n"
        "from inbox.embedded.mail_servers import MailServers\n"
        "from inbox.embedded.valkey import Valkey\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "mail = MailServers(folder / 'mail', 0, 0, {'a@b.example': 'c'})\n"
        "valkey = Valkey(folder / 'valkey')\n"
        "mail.start(); valkey.start()\n"
        "print(mail.process.pid, valkey.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not any(runs(pid) for pid in pids))


def runs(pid):
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def eventually(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
