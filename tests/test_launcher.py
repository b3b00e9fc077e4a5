"""The launcher: from a bare Python to the command, and a clear sentence where that cannot be."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
COMMAND = """\
import os, sys, greeting
print(greeting.WORD, *sys.argv[1:], os.getcwd())
"""


class Checkout:
    """A copy of the launcher with a command, and one package, of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "bootstrap", folder / "bootstrap")
        shutil.copy(ROOT / "tregua", folder / "tregua")
        (folder / "inbox").mkdir()
        (folder / "inbox" / "__main__.py").write_text(COMMAND)
        self.shelf = folder / "shelf"
        self.shelf.mkdir()
        self.lock(greeting("hola", self.shelf))

    def lock(self, digest: str) -> None:
        line = f"greeting==1.0 --hash=sha256:{digest}\n"
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-build.txt"):
            (self.folder / "bootstrap" / name).write_text(line)

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
        index = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        index["PIP_FIND_LINKS"] = str(self.shelf)
        return subprocess.Popen(
            [sys.executable, str(self.folder / "tregua"), *words],
            env=clean | index | {"LANG": "C", "LC_ALL": "C"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def run(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        with self.start(*words, **environment) as process:
            out, err = process.communicate()
        return subprocess.CompletedProcess([], process.returncode, out, err)


def greeting(word: str, shelf: Path) -> str:
    """Put a wheel with one module on the shelf; the hash of the wheel."""
    path = shelf / "greeting-1.0-py3-none-any.whl"
    about = "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        "greeting.py": f"WORD = {word!r}\n",
        "greeting-1.0.dist-info/METADATA": about,
        "greeting-1.0.dist-info/WHEEL": kind,
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    files["greeting-1.0.dist-info/RECORD"] = record + "greeting-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def a_checkout() -> Iterator[Checkout]:
    with tempfile.TemporaryDirectory(prefix="launch-") as folder:
        Path(folder).chmod(0o755)
        yield Checkout(Path(folder))


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    with a_checkout() as one:
        yield one


@pytest.fixture(scope="module")
def made() -> Iterator[Checkout]:
    """A checkout with its environment, made by its first start; whoever spoils it mends it."""
    with a_checkout() as one:
        first = one.run("up", "--port", "8080")
        assert first.stdout == "hola up --port 8080 /\n"
        assert "Making Tregua's own environment" in first.stderr
        yield one


def test_the_first_start_makes_the_environment_and_the_second_finds_it(made):
    second = made.run("serve")
    assert (second.stdout, second.stderr) == ("hola serve /\n", "")


def test_a_changed_lock_brings_the_environment_up_to_date(made):
    with (made.folder / "bootstrap" / "requirements.txt").open("a") as lock:
        lock.write("# another day\n")
    again = made.run()
    assert "up to date" in again.stderr
    assert again.stdout == "hola /\n"


def test_an_installation_that_was_cut_short_is_begun_anew(made):
    (made.folder / ".venv" / "unfinished").touch()
    (next(made.folder.glob(".venv/lib/*/site-packages")) / "greeting.py").unlink()
    again = made.run()
    assert "cut short" in again.stderr
    assert again.stdout == "hola /\n"


def test_a_checkout_that_was_moved_is_mended(made):
    elsewhere = made.folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("tregua", "bootstrap", "inbox", ".venv"):
        shutil.move(made.folder / name, elsewhere / name)
    made.folder = elsewhere
    assert made.run("up").stdout == "hola up /\n"


def test_two_starts_at_once_install_once_and_say_so_in_spanish_too(checkout):
    starts = [checkout.start(word, LC_ALL="es_ES.UTF-8") for word in ("one", "two")]
    said = [start.communicate() for start in starts]
    assert [out for out, _ in said] == ["hola one /\n", "hola two /\n"]
    assert sum("Preparo el entorno" in err for _, err in said) == 1


def test_a_package_with_another_hash_is_not_installed(checkout):
    greeting("adiós", checkout.shelf)
    refused = checkout.run()
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "could not be installed" in refused.stderr


def test_a_pip_that_was_tampered_with_is_not_run(checkout):
    (pip,) = (checkout.folder / "bootstrap").glob("pip-*.whl")
    pip.write_bytes(pip.read_bytes() + b"x")
    refused = checkout.run()
    assert refused.returncode == 2
    assert "is not the file that belongs here" in refused.stderr
    assert not (checkout.folder / ".venv").exists()


def test_without_a_network_it_says_so(checkout):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_INDEX": "0"}
    refused = checkout.run(**nowhere, PIP_FIND_LINKS="")
    assert refused.returncode == 2
    assert "index of this machine does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_write_permission_it_says_so(checkout):
    checkout.folder.chmod(0o555)
    nobody = {"user": "nobody"} if os.geteuid() == 0 else {}
    refused = subprocess.run(
        ["/usr/bin/python3", checkout.folder / "tregua", "up"],
        env={"LANG": "C", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        **nobody,
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("tregua: cannot write to")


def test_a_python_that_is_too_old_says_so():
    program = (
        "import sys, runpy\n"
        "sys.version_info = (3, 9, 2, 'final', 0)\n"
        f"runpy.run_path({str(ROOT / 'tregua')!r})\n"
    )
    refused = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": "", "LANG": "es_ES"}, capture_output=True
    )
    assert "necesita Python 3.11 o posterior; este es 3.9.2" in refused.stderr.decode()
    assert refused.returncode == 1
