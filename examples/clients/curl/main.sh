#!/bin/sh
# Users and their balances with curl: single statements, a batch, and a transaction over several requests.
set -eu

# snippet:connect
base=${QUICSQL_URL:-http://127.0.0.1:7775}
token=${QUICSQL_TOKEN:-dev-token}
database=${QUICSQL_DATABASE:-app}

# Posts a JSON body to a path of the database and prints the answer. Where anything fails the exit status is 22 and the
# answer says why: --fail-with-body (curl 7.76) makes it so for a status of 400 and above, and the preference makes a
# statement that SQLite refuses such a status.
post() {
    curl --silent --show-error --fail-with-body --header "Authorization: Bearer $token" \
        --header 'Prefer: status=strict' --data-binary "$2" "${base%/}/$database/$1"
}
# snippet:end

# snippet:query
columns='id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL CHECK (balance >= 0)'
post query '{"sql": "CREATE TABLE IF NOT EXISTS users_curl ('"$columns"')"}'
post query '{"sql": "DELETE FROM users_curl"}'

# Arguments by position, or by name.
post query '{"sql": "INSERT INTO users_curl (name, balance) VALUES (?, ?)", "args": ["ada", 100]}'
post query '{"sql": "INSERT INTO users_curl (name, balance) VALUES (:name, :balance)",
    "args": {"name": "bob", "balance": 100}}'
# snippet:end

# snippet:batch
# One transaction: all of it takes effect, or nothing.
transfer() {
    post query '{"statements": [
        {"sql": "UPDATE users_curl SET balance = balance + ? WHERE name = ?", "args": ['"$3, \"$2\""']},
        {"sql": "UPDATE users_curl SET balance = balance - ? WHERE name = ?", "args": ['"$3, \"$1\""']}]}'
}
transfer ada bob 30
# snippet:end

# snippet:errors
# More than ada has. The first half is rolled back with the second.
if refused=$(transfer ada bob 1000 2>/dev/null); then
    echo "the transfer should have been refused" >&2
    exit 1
else
    echo "not transferred: $refused"
fi
# snippet:end

# snippet:transaction
# A transaction that looks before it leaps. The baton of each answer goes into the next request; "close" ends the stream
# and rolls back what was not committed.
baton_of() {
    printf '%s' "$1" | sed -n 's/^{"baton":\("[^"]*"\|null\),.*/\1/p'
}

answer=$(post v2/pipeline '{"baton": null, "requests": [
    {"type": "execute", "stmt": {"sql": "BEGIN IMMEDIATE"}},
    {"type": "execute", "stmt": {"sql": "SELECT balance FROM users_curl WHERE name = ?",
        "args": [{"type": "text", "value": "bob"}]}}]}')
balance=$(printf '%s' "$answer" | sed -n 's/.*"rows":\[\[{"type":"integer","value":"\([0-9]*\)"}\]\].*/\1/p')

post v2/pipeline '{"baton": '"$(baton_of "$answer")"', "requests": [
    {"type": "execute", "stmt": {"sql": "UPDATE users_curl SET balance = ? WHERE name = ?",
        "args": [{"type": "integer", "value": "'$((balance * 2))'"}, {"type": "text", "value": "bob"}]}},
    {"type": "execute", "stmt": {"sql": "COMMIT"}},
    {"type": "close"}]}'
# snippet:end
echo

post query '{"sql": "SELECT name, balance FROM users_curl ORDER BY name"}'
