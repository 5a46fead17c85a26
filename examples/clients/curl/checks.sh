#!/bin/sh
# Runs main.sh, then looks at what else can be done with curl, and counts what it looked at.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
base=${QUICSQL_URL:-http://127.0.0.1:7775}
base=${base%/}/${QUICSQL_DATABASE:-app}
token=${QUICSQL_TOKEN:-dev-token}
# Git ignores it.
work=$here/target
passed=0
mkdir -p "$work"

same() { # what, found, expected
    if [ "$2" != "$3" ]; then
        echo "curl: $1: expected $3, found $2" >&2
        exit 1
    fi
    passed=$((passed + 1))
}

contains() { # what, found, part
    case $2 in
        *"$3"*) passed=$((passed + 1)) ;;
        *)
            echo "curl: $1: expected ...$3..., found $2" >&2
            exit 1
            ;;
    esac
}

send() { # path, body, more options of curl: the answer
    path=$1 body=$2
    shift 2
    curl --silent --show-error --max-time 60 --header "Authorization: Bearer $token" "$@" --data-binary "$body" \
        "$base/$path"
}

status() { # as send: only the status
    send "$@" --output /dev/null --write-out '%{http_code}'
}

query() {
    send query "$1"
}

pipeline() { # version, baton, requests: sets $answer and $baton
    answer=$(send "$1/pipeline" "{\"baton\": $2, \"requests\": [$3]}" --fail-with-body) || {
        echo "curl: $1/pipeline: $answer" >&2
        exit 1
    }
    baton=$(printf '%s' "$answer" | sed -n 's/^{"baton":\("[^"]*"\|null\),.*/\1/p')
}

value() { # an argument in JSON, and what it becomes in the answer where that differs, and its type
    same "the value $1" "$(query "{\"sql\": \"SELECT ?, typeof(?1)\", \"args\": [$1]}")" \
        "{\"columns\":[\"?\",\"typeof(?1)\"],\"rows\":[[$2,\"$3\"]],\"rows_affected\":0,\"last_insert_id\":0}"
}

hrana_value() { # an argument, and what it becomes in the answer
    pipeline v3 null "{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":[$1]}},{\"type\":\"close\"}"
    contains "the value $1 on a stream" "$answer" "\"rows\":[[$2]]"
}

# --- The program that users copy ---------------------------------------------------------------------------------------
if ! sh "$here/main.sh" >"$work/main" 2>"$work/errors"; then
    echo "curl: main.sh failed: $(cat "$work/main" "$work/errors")" >&2
    exit 1
fi
same "the balances" "$(tail -n 1 "$work/main")" \
    '{"columns":["name","balance"],"rows":[["ada",70],["bob",260]],"rows_affected":0,"last_insert_id":0}'
contains "the refused transfer" "$(cat "$work/main")" \
    'not transferred: {"error":{"message":"CHECK constraint failed: balance >= 0","code":19,"extended_code":275,"reason":"SQLITE_CONSTRAINT_CHECK","retryable":false},"failed_index":1}'

# --- Values ------------------------------------------------------------------------------------------------------------
for number in 0 -1 9007199254740993 9223372036854775807 -9223372036854775808; do
    value $number $number integer
    hrana_value "{\"type\":\"integer\",\"value\":\"$number\"}" "{\"type\":\"integer\",\"value\":\"$number\"}"
done
for number in 0.0 100.0 0.1 -1.5; do
    value $number $number real
    hrana_value "{\"type\":\"float\",\"value\":$number}" "{\"type\":\"float\",\"value\":$number}"
done
for text in '""' '"Grüße 世界 👍🏽"' '"a\u0000b"' '"a/b"' '"\"\\"' '"it'"'"'s"'; do
    value "$text" "$text" text
    hrana_value "{\"type\":\"text\",\"value\":$text}" "{\"type\":\"text\",\"value\":$text}"
done
# Padded on /query, not padded on streams; both take either.
for blob in '' 'AA==' 'AAE=' 'AAEC' '/+8='; do
    bare=$(printf '%s' "$blob" | tr -d =)
    value "{\"base64\":\"$blob\"}" "{\"base64\":\"$blob\"}" blob
    value "{\"base64\":\"$bare\"}" "{\"base64\":\"$blob\"}" blob
    hrana_value "{\"type\":\"blob\",\"base64\":\"$blob\"}" "{\"type\":\"blob\",\"base64\":\"$bare\"}"
done
value null null null
value true 1 integer
hrana_value '{"type":"null"}' '{"type":"null"}'

# --- Large ones, as files ----------------------------------------------------------------------------------------------
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "0123456789" }' >"$work/text"
{ printf '{"sql":"SELECT ?","args":["'; cat "$work/text"; printf '"]}'; } >"$work/request"
{ printf '{"columns":["?"],"rows":[["'; cat "$work/text"; printf '"]],"rows_affected":0,"last_insert_id":0}\n'; } >"$work/expected"
query "@$work/request" >"$work/answer"
same "a megabyte of text" "$(cmp "$work/answer" "$work/expected" && echo equal)" equal

series='WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 10000) SELECT i FROM s'
awk 'BEGIN { printf "{\"columns\":[\"i\"],\"rows\":[[1]"; for (i = 2; i <= 10000; i++) printf ",[%d]", i
    print "],\"rows_affected\":0,\"last_insert_id\":0}" }' >"$work/expected"
query "{\"sql\":\"$series\"}" >"$work/answer"
same "10,000 rows" "$(cmp "$work/answer" "$work/expected" && echo equal)" equal
send v3/cursor "{\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"$series\"}}]}}" >"$work/answer"
same "the lines of a cursor" "$(wc -l <"$work/answer" | tr -d ' ')" 10003
same "its last row" "$(tail -n 2 "$work/answer" | head -n 1)" '{"type":"row","row":[{"type":"integer","value":"10000"}]}'

# --- Arguments, counts, batches ----------------------------------------------------------------------------------------
contains "by number" "$(query '{"sql":"SELECT ?2, ?1","args":["a","b"]}')" '"rows":[["b","a"]]'
contains "by name" "$(query '{"sql":"SELECT :a, @b, $c, :a","args":{"a":1,"b":"two","c":null}}')" '"rows":[[1,"two",null,1]]'
contains "RETURNING" "$(query '{"sql":"INSERT INTO users_curl (id, name, balance) VALUES (77, ?, 1) RETURNING name","args":["carol"]}')" \
    '"rows":[["carol"]],"rows_affected":1,"last_insert_id":77'
contains "rows_affected" "$(query '{"sql":"UPDATE users_curl SET balance = balance + 1"}')" '"rows_affected":3'
contains "a batch's reads see its writes" "$(query '{"statements":[
    {"sql":"DELETE FROM users_curl WHERE id = 77"},{"sql":"SELECT count(*) FROM users_curl"}]}')" '"rows":[[2]]'
pipeline v2 null '{"type":"batch","batch":{"steps":[
    {"stmt":{"sql":"SELECT 1"}},
    {"stmt":{"sql":"SELECT 2"},"condition":{"type":"error","step":0}},
    {"stmt":{"sql":"SELECT * FROM missing"},"condition":{"type":"ok","step":0}}]}},{"type":"close"}'
contains "a batch's first step" "$answer" '"rows":[[{"type":"integer","value":"1"}]]'
contains "a skipped step" "$answer" ',null,null],"step_errors":[null,null,{"message":"no such table: missing","code":"SQLITE_ERROR"}]'
same "a closed stream" "$baton" null
# snippet:steps
# The second UPDATE fails, so COMMIT is skipped; closing the stream rolls the first one back.
transfer='{"type": "batch", "batch": {"steps": [
    {"stmt": {"sql": "BEGIN"}},
    {"stmt": {"sql": "UPDATE users_curl SET balance = balance + 1000 WHERE id = 1"}, "condition": {"type": "ok", "step": 0}},
    {"stmt": {"sql": "UPDATE users_curl SET balance = balance - 1000 WHERE id = 2"}, "condition": {"type": "ok", "step": 1}},
    {"stmt": {"sql": "COMMIT"}, "condition": {"type": "ok", "step": 2}}]}}, {"type": "close"}'
# snippet:end
pipeline v3 null "$transfer"
contains "the step that failed" "$answer" '"step_errors":[null,null,{"message":"CHECK constraint failed: balance >= 0","code":"SQLITE_CONSTRAINT_CHECK"},null]'
contains "what was rolled back with it" "$(query '{"sql":"SELECT balance FROM users_curl"}')" '"rows":[[71],[261]]'

# --- Errors ------------------------------------------------------------------------------------------------------------
twice='{"sql":"INSERT INTO users_curl (name, balance) VALUES (?, ?)","args":["ada",1]}'
same "a name twice" "$(query "$twice")" \
    '{"error":{"message":"UNIQUE constraint failed: users_curl.name","code":19,"extended_code":2067,"reason":"SQLITE_CONSTRAINT_UNIQUE","retryable":false}}'
same "its status" "$(status query "$twice")" 200
same "its strict status" "$(status query "$twice" --header 'Prefer: status=strict')" 409
same "no such table" "$(status query '{"sql":"SELECT * FROM missing"}' --header 'Prefer: status=strict')" 422
same "no JSON" "$(status query '{')" 400
same "a wrong token" "$(token=wrong; status query '{"sql":"SELECT 1"}')" 401
same "no token" "$(token=; status query '{"sql":"SELECT 1"}')" 401
same "GET" "$(status query '' --request GET)" 405
same "ATTACH" "$(status query '{"sql":"ATTACH '"'other.db'"' AS other"}')" 403

# --- A transaction over several requests -------------------------------------------------------------------------------
for version in v2 v3; do
    pipeline $version null '{"type":"execute","stmt":{"sql":"BEGIN"}},
        {"type":"execute","stmt":{"sql":"UPDATE users_curl SET balance = 0"}},{"type":"get_autocommit"}'
    contains "in a transaction" "$answer" '"affected_row_count":2'
    contains "get_autocommit" "$answer" '"is_autocommit":false'
    first=$baton
    pipeline $version "$baton" '{"type":"execute","stmt":{"sql":"INSERT INTO users_curl (name, balance) VALUES ('"'ada'"', 1)"}},
        {"type":"execute","stmt":{"sql":"SELECT sum(balance) FROM users_curl"}}'
    contains "an error in it" "$answer" '"code":"SQLITE_CONSTRAINT_UNIQUE"'
    contains "the statement behind it" "$answer" '"rows":[[{"type":"integer","value":"0"}]]'
    same "a used baton" "$(status $version/pipeline "{\"baton\": $first, \"requests\": []}")" 400
    pipeline $version "$baton" '{"type":"execute","stmt":{"sql":"ROLLBACK"}},{"type":"close"}'
    same "no baton behind close" "$baton" null
done
contains "what was rolled back" "$(query '{"sql":"SELECT sum(balance) FROM users_curl"}')" '"rows":[[332]]'

# --- The whole database as SQL -----------------------------------------------------------------------------------------
# snippet:dump
# For `sqlite3 copy.db <app.sql`. The last line is COMMIT; where the dump broke off, curl fails and nothing is restored.
curl --silent --show-error --fail --header "Authorization: Bearer $token" "$base/dump" >"$work/app.sql"
# snippet:end
same "the first lines of a dump" "$(head -n 2 "$work/app.sql" | tr '\n' ' ')" 'PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; '
same "its last line" "$(tail -n 1 "$work/app.sql")" 'COMMIT;'
same "our rows in it" "$(grep '^INSERT INTO "users_curl"' "$work/app.sql" | tr '\n' ' ')" \
    "INSERT INTO \"users_curl\" VALUES(1,'ada',71); INSERT INTO \"users_curl\" VALUES(2,'bob',261); "

# --- Nothing but a path ------------------------------------------------------------------------------------------------
for version in v2 v3 v3-protobuf; do
    same "GET $version" "$(curl --silent --output /dev/null --write-out '%{http_code}' "$base/$version")" 200
done

echo "OK curl, $(curl --version | sed -n '1s/^\(curl [^ ]*\).*/\1/p'): $passed checks passed"
