"""The three instances that are measured, with databases of their own."""

import json
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tools.bench.servers import Server, ask_module, clean_environ


def make_bare(folder: Path, port: int) -> Server:
    """Return the bare Django project."""
    folder.mkdir(parents=True, exist_ok=True)
    environ = clean_environ(BARE_FOLDER=str(folder), PORT=str(port))
    return _filled(Server("bare", port, "tools.bench.bare.wsgi", environ), folder, "tools.bench.bare.seed")


def make_dash(folder: Path, port: int, count: int, database: str) -> Server:
    """Return the dashboard with so many pins; in SQLite, or in a database beside the one that `database` names."""
    folder.mkdir(parents=True, exist_ok=True)
    environ = clean_environ(VAR=str(folder), PORT=str(port), BOARDS_FRESH_SECONDS=str(10**7))
    if database:
        environ["DATABASE_URL"] = _create_database(database, f"dash_bench_{count}")
    server = Server(f"{count:,} pins", port, "postpeer_dash.wsgi", environ)
    return _filled(server, folder, "tools.bench.seed", str(count))


def _filled(server: Server, folder: Path, module: str, *arguments: str) -> Server:
    facts_path = folder / f"facts-{server.port}.json"
    if facts_path.exists():
        facts = json.loads(facts_path.read_text())
    else:
        facts = ask_module(module, *arguments, environ=server.environ)
        facts_path.write_text(json.dumps(facts))
    return Server(server.name, server.port, server.wsgi, server.environ, facts["cookie"], facts["paths"])


def _create_database(address: str, name: str) -> str:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def drop_databases(address: str, counts: tuple[int, ...]) -> None:
    """Take the databases away again."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for count in counts:
            connection.execute(f'DROP DATABASE IF EXISTS "dash_bench_{count}"')


def machine() -> dict[str, str]:
    """Return the machine and the software of the figures, in words."""
    import os
    import platform
    import sqlite3

    import django

    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        processor = platform.processor()
    return {
        "processor": f"{processor or 'unknown'}, {os.cpu_count()} cores",
        "software": f"Python {platform.python_version()}, Django {django.get_version()}, SQLite {sqlite3.sqlite_version}",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }
