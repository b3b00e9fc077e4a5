"""The servers that tests stand on do what the tests believe of them."""

import smtplib
import socket
import time

import psycopg
import pytest
from imapclient import IMAPClient

from tests.servers.smtp_sink import Answer

MAIL = b"From: ana@cliente.test\r\nSubject: Hola\r\n\r\nNo llega\r\n"


def opened(server, address="support@tregua.test"):
    client = IMAPClient(server.host, server.imap_port, ssl=False)
    client.login(address, server.users[address])
    client.select_folder("INBOX")
    return client


def test_a_mail_delivered_to_dovecot_can_be_fetched(dovecot):
    dovecot.deliver("support+case7@tregua.test", MAIL)
    with opened(dovecot) as client:
        (uid,) = client.search()
        assert b"No llega" in client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]


def test_dovecot_is_empty_for_the_next_test(dovecot):
    with opened(dovecot) as client:
        assert client.search() == []


def test_mails_laid_straight_into_the_mailbox_are_found(dovecot):
    dovecot.drop("support@tregua.test", [b"no header at all", b""])
    with opened(dovecot) as client:
        assert len(client.search()) == 2


def test_a_mailbox_added_later_is_known(dovecot):
    dovecot.add_user("ventas@tregua.test")
    dovecot.deliver("ventas@tregua.test", MAIL)
    with opened(dovecot, "ventas@tregua.test") as client:
        assert len(client.search()) == 1


def test_a_kicked_connection_is_dead(dovecot):
    with opened(dovecot) as client:
        dovecot.kick("support@tregua.test")
        with pytest.raises((IMAPClient.AbortError, OSError)):
            knock(client, times=40)


def knock(client, *, times):
    for _ in range(times):
        client.noop()
        time.sleep(0.05)


def test_dovecot_keeps_its_mails_over_a_restart(own_dovecot):
    own_dovecot.deliver("support@tregua.test", MAIL)
    own_dovecot.stop()
    own_dovecot.start()
    with opened(own_dovecot) as client:
        assert len(client.search()) == 1


def test_each_test_gets_a_fresh_postgresql_database(postgres_url):
    address = postgres_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE here (id int)")
        assert connection.execute("SELECT count(*) FROM here").fetchone() == (0,)


def test_a_durable_postgresql_keeps_what_it_committed_over_a_crash(durable_postgres):
    address = durable_postgres.url().replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    durable_postgres.stop()
    durable_postgres.start()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_redis_forgets_when_told_or_restarted(redis_server):
    redis_server.say("SET a 1")
    redis_server.flush()
    assert redis_server.say("EXISTS a") == ":0"
    redis_server.say("SET a 1")
    redis_server.stop()
    assert redis_server.say("PING") == ""
    redis_server.start()
    assert redis_server.say("EXISTS a") == ":0"


def sent(sink):
    with smtplib.SMTP(sink.host, sink.port) as client:
        return client.sendmail("bot@tregua.test", ["ana@cliente.test"], MAIL)


def test_the_sink_keeps_what_it_accepted(smtp_sink):
    sent(smtp_sink)
    (mail,) = smtp_sink.wait_for(1)
    assert mail.recipients == ("ana@cliente.test",)
    assert mail.message["Subject"] == "Hola"
    assert MAIL in [path.read_bytes() for path in smtp_sink.folder.iterdir()]


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_the_sink_refuses_once_when_told(smtp_sink, step):
    smtp_sink.script(Answer(step, "451 4.7.1 later"))
    with pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)):
        sent(smtp_sink)
    assert smtp_sink.mails == []
    sent(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_the_sink_can_take_a_mail_and_lose_its_answer(smtp_sink):
    smtp_sink.script(Answer("DATA", "", keep=True))
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        sent(smtp_sink)
    assert len(smtp_sink.wait_for(1)) == 1


def test_the_proxy_passes_and_cuts(smtp_sink, toxic):
    proxy = toxic(smtp_sink.port)
    client = smtplib.SMTP(proxy.host, proxy.port)
    assert client.noop()[0] == 250
    proxy.cut()
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        client.noop()
    client.close()


def test_the_proxy_stalls_and_heals(smtp_sink, toxic):
    proxy = toxic(smtp_sink.port)
    proxy.stalled = True
    with socket.create_connection((proxy.host, proxy.port), 0.3) as client:
        with pytest.raises(TimeoutError):
            client.recv(10)
        proxy.heal()
        client.settimeout(5)
        assert client.recv(10).startswith(b"220")


def test_the_proxy_cuts_after_so_many_bytes(smtp_sink, toxic):
    proxy = toxic(smtp_sink.port)
    proxy.cut_after = 1
    with (
        socket.create_connection((proxy.host, proxy.port), 5) as client,
        pytest.raises(ConnectionError),
    ):
        talk(client, times=40)


def talk(client, *, times):
    for _ in range(times):
        client.sendall(b"NOOP\r\n")
        if not client.recv(100):
            raise ConnectionResetError


def test_the_browser_shows_a_page(page):
    page.set_content("<h1>Tregua</h1>")
    assert page.inner_text("h1") == "Tregua"
