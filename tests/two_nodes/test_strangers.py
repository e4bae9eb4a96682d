"""What strangers, and a peer that means ill, can do over the real socket of the exchange's listener: nothing that lasts."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fastchannel.exchange import letters
from fastchannel.exchange import messages as m
from fastchannel.exchange.roster import Roster, Use
from fastchannel.node.channel import make_certificate
from fastchannel.node.exchange_files import private_key, read_roster
from fastchannel.node.places import Places
from tests.exchange.parties import CORRIDOR
from tests.two_nodes.linked import Node, pair

LANE = f"{CORRIDOR}/CN/KR/bulk"
PATH = "/exchange/"
ALARMS = "SELECT count(*) FROM node_lanealarm WHERE kind <> 'lag'"  # KR does not run: after a while people hear of that
ENTRIES = "SELECT count(*) FROM node_laneentry e JOIN node_lane l ON l.origin = e.lane_id WHERE l.peer <> ''"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("strangers")]  # one node serves them all


@pytest.fixture(scope="module")
def nodes() -> Iterator[dict[str, Node]]:
    """CN's whole node runs, KR's does not: its files are the tests' own."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="fc-test-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)  # the database's user passes through
        with pair(place) as made:
            made["CN"].start_whole()
            made["CN"].until("SELECT count(*) FROM node_heartbeat", lambda found: found > 0)
            end = time.monotonic() + 60
            while not open_port(made["CN"].address):
                assert time.monotonic() < end
                time.sleep(0.1)
            yield made


def open_port(address: str) -> bool:
    try:
        connect(address).close()
    except OSError:
        return False
    return True


def connect(address: str) -> socket.socket:
    host, _, port = address.partition(":")
    return socket.create_connection((host, int(port)), timeout=40)


def context(nodes: dict[str, Node], certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Takes CN's certificate for CN, and shows that one, by default KR's."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.load_verify_locations(cafile=str(Places(nodes["CN"].directory).exchange_certificate))
    kr = Places(nodes["KR"].directory)
    made.load_cert_chain(certificate or kr.exchange_certificate, key or kr.exchange_tls_key)
    return made


def bare(nodes: dict[str, Node]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.load_verify_locations(cafile=str(Places(nodes["CN"].directory).exchange_certificate))
    return made


def letter(nodes: dict[str, Node]) -> tuple[bytes, Roster]:
    places = Places(nodes["KR"].directory)
    key = private_key(places, Use.SIGN)
    return letters.write(CORRIDOR, "KR", "CN", [m.Ask(LANE.replace("CN/KR", "KR/CN"), b"n")], key), read_roster(places.roster)  # type: ignore[arg-type]


def post(nodes: dict[str, Node], raw: bytes, path: str = PATH, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx.Client(verify=context(nodes), timeout=40, trust_env=False) as client:
        return client.post(f"https://{nodes['CN'].address}{path}", content=raw, headers=named)


def served(nodes: dict[str, Node]) -> None:
    """A peer that means well is answered."""
    raw, roster = letter(nodes)
    answer = post(nodes, raw)
    assert answer.status_code == 200
    sender, answers = letters.read(answer.content, roster, "KR")
    assert sender == "CN"
    assert [type(one) for one in answers] == [m.Head]


def test_a_peer_with_the_certificate_of_the_list_is_answered(nodes: dict[str, Node]) -> None:
    served(nodes)


def refused(nodes: dict[str, Node], with_: ssl.SSLContext) -> str:
    """What TLS says instead of an answer. In TLS 1.3 a client hears of it with its first read."""
    with connect(nodes["CN"].address) as plain, with_.wrap_socket(plain) as line:
        line.sendall(b"POST /exchange/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(ssl.SSLError) as told:
            line.recv(1)
    return told.value.reason


def test_nobody_without_a_certificate_gets_beyond_the_handshake(nodes: dict[str, Node]) -> None:
    assert refused(nodes, bare(nodes)) == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


def test_nobody_with_another_certificate_does(nodes: dict[str, Node], tmp_path: Path) -> None:
    """Of the same name, and CN's own, which stands in the list: not with a peer."""
    make_certificate("KR", tmp_path / "kr.pem", tmp_path / "kr-key.pem", 30)
    stranger = context(nodes, tmp_path / "kr.pem", tmp_path / "kr-key.pem")
    cn = Places(nodes["CN"].directory)
    itself = context(nodes, cn.exchange_certificate, cn.exchange_tls_key)
    assert refused(nodes, stranger) in {"TLSV1_ALERT_UNKNOWN_CA", "TLSV1_ALERT_DECRYPT_ERROR", "SSLV3_ALERT_BAD_CERTIFICATE"}
    assert refused(nodes, itself) == "TLSV1_ALERT_UNKNOWN_CA"


def test_the_listener_speaks_nothing_older_than_tls_1_3(nodes: dict[str, Node]) -> None:
    old = context(nodes)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError), connect(nodes["CN"].address) as plain:
        old.wrap_socket(plain)


def test_the_client_takes_no_other_server_for_its_peer(nodes: dict[str, Node]) -> None:
    from fastchannel.node import config
    from fastchannel.node.channel import channel

    places = Places(nodes["KR"].directory)
    held = channel(config.load(places.directory, {}), places, read_roster(places.roster))
    with connect(nodes["CN"].address) as plain, held.context("CN").wrap_socket(plain) as line:
        assert line.version() == "TLSv1.3"
    swapped = channel(config.load(nodes["CN"].directory, {}), Places(nodes["CN"].directory), read_roster(places.roster))
    with pytest.raises(ssl.SSLCertVerificationError), connect(nodes["CN"].address) as plain:
        swapped.context("KR").wrap_socket(plain)


def test_the_pages_port_takes_no_letters_any_more(nodes: dict[str, Node]) -> None:
    raw, _ = letter(nodes)
    address = f"http://127.0.0.1:{nodes['CN'].environment['FASTCHANNEL_PORT']}"
    end = time.monotonic() + 60
    while True:
        try:
            assert httpx.get(f"{address}/login/", trust_env=False, timeout=30).status_code == 200
            break
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.2)
    assert httpx.post(f"{address}{PATH}", content=raw, trust_env=False, timeout=30).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/health", "/api/docs", "/static/web/marks.svg", "/exchange", "/exchange/../login/"]
)
def test_the_exchanges_port_serves_no_pages(nodes: dict[str, Node], path: str) -> None:
    with httpx.Client(verify=context(nodes), trust_env=False) as client:
        assert client.get(f"https://{nodes['CN'].address}{path}").status_code == 404
        assert client.get(f"https://{nodes['CN'].address}{PATH}").status_code == 405


def test_what_is_too_large_is_refused_before_it_is_read(nodes: dict[str, Node]) -> None:
    line = http.client.HTTPSConnection(nodes["CN"].address, context=context(nodes), timeout=40)
    line.putrequest("POST", PATH)
    line.putheader("Content-Length", str(1 << 40))
    line.endheaders(b"only a little")
    assert line.getresponse().status == 413
    line.close()
    assert post(nodes, b"0" * (letters.MOST_BYTES + 1)).status_code == 413
    assert post(nodes, b"0" * letters.MOST_BYTES).status_code == 400  # read, and no letter
    served(nodes)


def test_what_has_no_length_is_refused(nodes: dict[str, Node]) -> None:
    with httpx.Client(verify=context(nodes), trust_env=False) as client:
        answer = client.post(f"https://{nodes['CN'].address}{PATH}", content=iter([b"0" * 100]))
        assert (answer.request.headers["transfer-encoding"], answer.status_code) == ("chunked", 411)
    served(nodes)


def test_nothing_is_unpacked(nodes: dict[str, Node]) -> None:
    bomb = gzip.compress(b"\0" * (64 * 1024 * 1024))
    assert len(bomb) < letters.MOST_BYTES / 100
    assert post(nodes, bomb, Content_Encoding="gzip").status_code == 415
    assert post(nodes, bomb).status_code == 400
    served(nodes)


def test_headers_of_proxies_say_nothing(nodes: dict[str, Node]) -> None:
    """With them an unsigned letter is none, and a signed one is as good as without: who speaks is said inside."""
    spoofed = {
        "X_Forwarded_For": "10.0.0.1", "X_Forwarded_Proto": "http", "X_Forwarded_Host": "kr.example", "Forwarded": "for=KR",
        "X_Real_IP": "10.0.0.1", "X_SSL_Client_Verify": "SUCCESS", "X_SSL_Client_S_DN": "CN=KR", "Host": "elsewhere.example",
    }  # fmt: skip
    assert post(nodes, b"x", **spoofed).status_code == 400
    raw, roster = letter(nodes)
    answer = post(nodes, raw, **spoofed)
    assert (answer.status_code, letters.read(answer.content, roster, "KR")[0]) == (200, "CN")
    with httpx.Client(verify=bare(nodes), trust_env=False) as client, pytest.raises(httpx.TransportError):
        client.post(f"https://{nodes['CN'].address}{PATH}", content=raw, headers={"X-SSL-Client-Verify": "SUCCESS"})


def test_who_speaks_slowly_keeps_nobody_waiting(nodes: dict[str, Node]) -> None:
    """Silent strangers, a peer's half headers and half letters, more than there are threads: others are served meanwhile."""
    silent = [connect(nodes["CN"].address) for _ in range(100)]
    known = context(nodes)
    slow = [known.wrap_socket(connect(nodes["CN"].address)) for _ in range(12)]
    for line in slow[:2]:
        line.sendall(b"POST /exchange/ HTTP/1.1\r\nHost:")
    for line in slow[2:]:
        line.sendall(b"POST /exchange/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
    served(nodes)
    for line in slow[:2]:
        assert line.recv(100) == b""  # closed: the header has five seconds
    for line in slow[2:]:
        assert line.recv(100).startswith(b"HTTP/1.1 408 ")
    served(nodes)
    for stranger in silent:
        assert stranger.recv(1) == b""  # closed: so has the handshake, ten
        stranger.close()
    for line in slow:
        line.close()


def test_nothing_of_all_that_was_kept(nodes: dict[str, Node]) -> None:
    assert nodes["CN"].count(ENTRIES) == 0
    assert nodes["CN"].count(ALARMS) == 0
