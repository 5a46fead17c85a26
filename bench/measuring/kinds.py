"""The kinds of servers by what they are sent: each class spells the same statements in the requests of its kind.

A workload that a kind has no requests for is None. Ours is asked in two of these kinds, bare Jetty too.
"""
import ipaddress
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from .processes import Failed
from .tables import Number, Statement, Text


@dataclass(frozen=True)
class Request:
    """A POST: path and body are templates, and every text of `expected` is in a good answer."""

    path: str
    body: str
    expected: tuple = ()


class Kind:
    """A server at an address on loopback, or a door of it; the name is what the report calls it."""

    def __init__(self, name, url, server=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or not is_loopback(parts.hostname):
            sys.exit(f"bench/run: {url} is not http on loopback, and only that may be loaded")
        self.name = name
        self.server = server or name
        self.host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
        self.port = parts.port or 80
        self.base = parts.path.rstrip("/")
        # A token stands where URLs have a user: http://TOKEN@127.0.0.1:8080/app
        self.authorization = f"Bearer {urllib.parse.unquote(parts.username)}" if parts.username else None

    def origin(self):
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def read(self, statement):
        raise NotImplementedError

    def write(self, statement):
        """One row, in autocommit."""
        raise NotImplementedError

    def batch(self, statement, count):
        """Many times the same, in one transaction."""
        return None

    def transaction(self, statements):
        """One request for each statement, on a transaction that stays open in between."""
        return None

    def describe_and_cursor(self, statement):
        """What Python's libsql sends for a SELECT."""
        return None

    def cursor(self, statement):
        return None

    def rows(self, answer):
        """The rows of an answer to `read`."""
        raise NotImplementedError

    def error(self, answer):
        """What an answer with a good status says of a failure, or None."""
        return answer.get("error") if isinstance(answer, dict) else None

    def send(self, request):
        """Sends one request without templates in it."""
        headers = {"Content-Type": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        call = urllib.request.Request(self.origin() + request.path, request.body.encode(), headers)
        try:
            with urllib.request.urlopen(call, timeout=120) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            raise Failed(f"{self.name}: {e.code} {e.read().decode(errors='replace')[:500]}") from e
        except OSError as e:
            raise Failed(f"{self.name}: {e}") from e

    def ask(self, statement):
        answer = json.loads(self.send(self.read(statement)))
        if self.error(answer):
            raise Failed(f"{self.name}: {self.error(answer)}")
        return self.rows(answer)

    def run(self, statement):
        answer = json.loads(self.send(self.write(statement)))
        if self.error(answer):
            raise Failed(f"{self.name}: {self.error(answer)}")


class Native(Kind):
    """POST /query with plain JSON: ours, and quicSQL's."""

    def read(self, statement):
        return Request(f"{self.base}/query", self.spell(statement), ('"rows":[[',))

    def write(self, statement):
        return Request(f"{self.base}/query", self.spell(statement), ('"rows_affected":1,',))

    def batch(self, statement, count):
        body = '{"statements":[' + ",".join([self.spell(statement)] * count) + "]}"
        return Request(f"{self.base}/query", body, ('"results":[', '"rows_affected":1,'))

    def rows(self, answer):
        return answer["rows"]

    @staticmethod
    def spell(statement):
        arguments = f',"args":{plain(statement.arguments)}' if statement.arguments else ""
        return f'{{"sql":{json.dumps(statement.sql)}{arguments}}}'


class Hrana(Kind):
    """libSQL's protocol over HTTP, as its clients spell it: ours, and sqld."""

    def read(self, statement):
        return self.pipeline("null", f"{self.execute(statement)},{CLOSE}", '"rows":[[')

    def write(self, statement):
        return self.pipeline("null", f"{self.execute(statement)},{CLOSE}", '"affected_row_count":1,')

    def batch(self, statement, count):
        """As @libsql/client sends it: the text stored once, each step if the one before went well."""
        steps = [step("BEGIN IMMEDIATE", None)]
        insert = f'{{"sql_id":1,"args":{typed(statement.arguments)},"named_args":[],"want_rows":true}}'
        steps += [f'{{"stmt":{insert},"condition":{ok(i)}}}' for i in range(count)]
        steps.append(step("COMMIT", ok(count)))
        steps.append(step("ROLLBACK", f'{{"type":"not","cond":{ok(count + 1)}}}'))
        store = f'{{"type":"store_sql","sql_id":1,"sql":{json.dumps(statement.sql)}}}'
        requests = f'{store},{{"type":"batch","batch":{{"steps":[{",".join(steps)}]}}}},{CLOSE}'
        return self.pipeline("null", requests, '"step_results":[', '"affected_row_count":1,')

    def transaction(self, statements):
        requests = [self.pipeline("null", self.execute(Statement("BEGIN IMMEDIATE")), '"baton":"')]
        for statement in statements:
            requests.append(self.pipeline("$baton$", self.execute(statement), '"affected_row_count":1,'))
        requests.append(self.pipeline("$baton$", f'{self.execute(Statement("COMMIT"))},{CLOSE}', '"baton":null'))
        return requests

    def describe_and_cursor(self, statement):
        describe = f'{{"type":"describe","sql":{json.dumps(statement.sql)},"sql_id":null,"replication_index":null}}'
        body = f'{{"baton":$baton$,"requests":[{describe}]}}'
        first = Request(f"{self.base}/v3/pipeline", body, ('"is_readonly":true',))
        return [first, self.cursor(statement, "$baton$")]

    def cursor(self, statement, baton="null"):
        stmt = (
            f'{{"sql":{json.dumps(statement.sql)},"sql_id":null,"args":{typed(statement.arguments)},"named_args":[],'
            '"want_rows":true,"replication_index":null}'
        )
        batch = f'{{"steps":[{{"condition":null,"stmt":{stmt}}}],"replication_index":null}}'
        body = f'{{"baton":{baton},"batch":{batch}}}'
        return Request(f"{self.base}/v3/cursor", body, ('{"type":"row","row":', '{"type":"step_end",'))

    def rows(self, answer):
        result = answer["results"][0]["response"]["result"]
        return [[int(v["value"]) if v["type"] == "integer" else v.get("value") for v in row] for row in result["rows"]]

    def error(self, answer):
        return next((each["error"] for each in answer["results"] if each["type"] == "error"), None)

    def pipeline(self, baton, requests, *expected):
        return Request(f"{self.base}/v2/pipeline", f'{{"baton":{baton},"requests":[{requests}]}}', expected)

    @staticmethod
    def execute(statement):
        arguments = f'"args":{typed(statement.arguments)},"named_args":[],"want_rows":true'
        return f'{{"type":"execute","stmt":{{"sql":{json.dumps(statement.sql)},{arguments}}}}}'


class Rqlite(Kind):
    """rqlite's own API; reads at the level none, its fastest."""

    def read(self, statement):
        return Request(f"{self.base}/db/query?level=none", f"[{self.spell(statement)}]", ('"values":[[',))

    def write(self, statement):
        return Request(f"{self.base}/db/execute", f"[{self.spell(statement)}]", ('"rows_affected":1',))

    def batch(self, statement, count):
        body = "[" + ",".join([self.spell(statement)] * count) + "]"
        return Request(f"{self.base}/db/execute?transaction", body, ('"rows_affected":1',))

    def rows(self, answer):
        return answer["results"][0].get("values", [])

    def error(self, answer):
        return next((each["error"] for each in answer["results"] if "error" in each), None)

    @staticmethod
    def spell(statement):
        return plain((statement.sql, *statement.arguments))


class Ws4sql(Kind):
    """ws4sqlite: the URL ends with its name of the database, as http://127.0.0.1:12321/app."""

    def read(self, statement):
        return self.post("query", statement, '"resultSet":[{')

    def write(self, statement):
        return self.post("statement", statement, '"rowsUpdated":1')

    def batch(self, statement, count):
        values = ",".join([self.values(statement)] * count)
        text = json.dumps(named(statement.sql))
        body = f'{{"transaction":[{{"statement":{text},"valuesBatch":[{values}]}}]}}'
        return Request(self.base, body, ('"success":true', '"rowsUpdatedBatch":['))

    def rows(self, answer):
        return [list(row.values()) for row in answer["results"][0]["resultSet"] or []]

    def post(self, verb, statement, expected):
        values = f',"values":{self.values(statement)}' if statement.arguments else ""
        body = f'{{"transaction":[{{"{verb}":{json.dumps(named(statement.sql))}{values}}}]}}'
        return Request(self.base, body, ('"success":true', expected))

    @staticmethod
    def values(statement):
        return "{" + ",".join(f'"p{i}":{plain_one(v)}' for i, v in enumerate(statement.arguments, 1)) + "}"


KINDS = {"hrana": Hrana, "rqlite": Rqlite, "ws4sql": Ws4sql, "native": Native}
CLOSE = '{"type":"close"}'


def peer(text):
    """A peer as the command line names it: name=kind:url."""
    name, _, rest = text.partition("=")
    kind, _, url = rest.partition(":")
    if not name or kind not in KINDS or not url:
        sys.exit(f"bench/run: --peer {text} is not name=kind:url with a kind of {', '.join(KINDS)}")
    return KINDS[kind](name, url)


def is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def named(sql):
    return sql.replace("?", ":p")


def ok(number):
    return f'{{"type":"ok","step":{number}}}'


def step(sql, condition):
    end = f',"condition":{condition}' if condition else ""
    return f'{{"stmt":{{"sql":"{sql}","args":[],"named_args":[],"want_rows":true}}{end}}}'


def plain_one(value):
    if isinstance(value, Number):
        return value.template
    if isinstance(value, Text):
        return f'"{value.template}"'
    return json.dumps(value)


def plain(values):
    return "[" + ",".join(plain_one(value) for value in values) + "]"


def typed_one(value):
    if isinstance(value, Number):
        return f'{{"type":"integer","value":"{value.template}"}}'
    if isinstance(value, Text):
        return f'{{"type":"text","value":"{value.template}"}}'
    if isinstance(value, int):
        return f'{{"type":"integer","value":"{value}"}}'
    return f'{{"type":"text","value":{json.dumps(value)}}}'


def typed(values):
    return "[" + ",".join(typed_one(value) for value in values) + "]"
