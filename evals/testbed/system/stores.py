"""PostgreSQL and Redis in the run folder: made, started, asked."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from importlib.resources import files
from pathlib import Path

from evals.testbed.system import prerequisites
from evals.testbed.system.lifeline import store_command, store_user
from evals.testbed.system.plan import Plan
from tools.errors import PrerequisiteError

SUPERUSER = "keeper"
DATABASE = "shop"
REDIS_MEMORY = "48mb"
_START_SECONDS = 20.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "48MB",
    "max_connections": "80",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_lock_waits": "on",
}


def prepare_folder(path: Path) -> Path:
    """Make a folder that belongs to the account of the stores."""
    path.mkdir(parents=True, exist_ok=True)
    if user := store_user():
        os.chown(path, user.pw_uid, user.pw_gid)
    path.chmod(0o700)
    return path


def init_postgres(plan: Plan) -> None:
    """Make the database cluster: superuser through the socket only, everyone else with a password over TCP.

    Raises:
        PrerequisiteError: initdb fails; its last line is in the message.
    """
    folder = prepare_folder(plan.folder / "postgres")
    prepare_folder(plan.folder / "pgsocket")
    command = [prerequisites.postgres_program("initdb"), "-D", str(folder), "-U", SUPERUSER, "--no-sync"]
    command += [
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        "--no-instructions",
    ]
    done = subprocess.run(
        store_command(command, signal.SIGKILL), cwd=plan.folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise PrerequisiteError("PostgreSQL cannot make its data folder", last)


def start_postgres(plan: Plan) -> subprocess.Popen[bytes]:
    """Start the server; SIGQUIT, sent when this process dies, is PostgreSQL's immediate shutdown."""
    options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    program = [prerequisites.postgres_program("postgres"), "-D", str(plan.folder / "postgres")]
    program += ["-p", str(plan.postgres_port), "-k", str(plan.folder / "pgsocket"), *options]
    return _start(plan, "postgres", store_command(program, signal.SIGQUIT))


def start_redis(plan: Plan) -> subprocess.Popen[bytes]:
    """Start the server, in memory only."""
    folder = prepare_folder(plan.folder / "redis")
    program = [prerequisites.redis_server(), "--port", str(plan.redis_port), "--bind", "127.0.0.1"]
    program += ["--save", "", "--appendonly", "no", "--dir", str(folder), "--maxmemory", REDIS_MEMORY]
    return _start(plan, "redis", store_command(program, signal.SIGKILL))


def _start(plan: Plan, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    with (plan.folder / "logs" / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=plan.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def psql(plan: Plan, sql: str, database: str = DATABASE) -> str:
    """Run SQL as superuser and return what it prints.

    Raises:
        PrerequisiteError: the server refuses it.
    """
    done = subprocess.run(psql_command(plan, database), input=sql, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PrerequisiteError("PostgreSQL refuses a statement", done.stderr.strip().splitlines()[-1])
    return done.stdout


def psql_command(plan: Plan, database: str = DATABASE) -> list[str]:
    """Return the command that opens a session of the superuser and ends at the first error."""
    command = [prerequisites.postgres_program("psql"), "-h", str(plan.folder / "pgsocket"), "-U", SUPERUSER]
    return [*command, "-p", str(plan.postgres_port), "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]


def fill_postgres(plan: Plan) -> None:
    """Wait for the server, then make the tables and one login a service."""
    _until_up(plan)
    psql(plan, f"CREATE DATABASE {DATABASE}", "postgres")
    schema = (files("evals.testbed.shop") / "data" / "schema.sql").read_text(encoding="utf-8")
    logins = [
        f"CREATE ROLE {service} LOGIN PASSWORD '{password}';"
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {service};"
        for service, password in plan.passwords.items()
    ]
    psql(plan, "\n".join([schema, *logins]))


def _until_up(plan: Plan) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psql(plan, "SELECT 1", "postgres")
        except PrerequisiteError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
