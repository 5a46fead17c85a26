<?php
// Runs main.php, then looks at what else can be done from PHP, and counts what it looked at.

declare(strict_types=1);

require __DIR__ . '/main.php';

$passed = 0;

function fail(string $text): never
{
    fwrite(STDERR, "php-curl: $text\n");
    exit(1);
}

function same(string $what, mixed $found, mixed $expected): void
{
    global $passed;
    if ($found !== $expected) {
        fail("$what: expected " . short($expected) . ', found ' . short($found));
    }
    $passed++;
}

function refused(string $what, string $reason, callable $call): QuicsqlException
{
    try {
        $found = $call();
    } catch (QuicsqlException $error) {
        same($what, $error->reason, $reason);
        return $error;
    }
    fail("$what: expected $reason, found " . short($found));
}

function short(mixed $value): string
{
    $text = var_export($value, true);
    return strlen($text) <= 300 ? $text : substr($text, 0, 300) . ' ... (' . strlen($text) . ' bytes)';
}

try {
    same('balances', main(), 'ada=70,bob=260');
} catch (Exception $error) {
    fail($error->getMessage());
}
$db = connect();

// Values, by /query and on a stream.
$stream = new Transaction($db);
foreach ([0, -1, 2 ** 53 + 1, PHP_INT_MAX, PHP_INT_MIN] as $value) {
    same('integer', $db->query('SELECT ?, typeof(?1)', [$value])['rows'], [[$value, 'integer']]);
    same('integer on a stream', $stream->execute('SELECT ?, typeof(?1)', [$value]), [[$value, 'integer']]);
}
foreach ([0.0, 100.0, 0.1, -1e300, 5e-324] as $value) {
    same('float', $db->query('SELECT ?, typeof(?1)', [$value])['rows'], [[$value, 'real']]);
    same('float on a stream', $stream->execute('SELECT ?, typeof(?1)', [$value]), [[$value, 'real']]);
}
foreach (['', 'Grüße 世界 👍🏽', "a\0b", 'a/b', '"\'\\', str_repeat('x', 1_000_000)] as $value) {
    same('text', $db->query('SELECT ?, typeof(?1)', [$value])['rows'], [[$value, 'text']]);
    same('text on a stream', $stream->execute('SELECT ?, typeof(?1)', [$value]), [[$value, 'text']]);
}
// snippet:blobs
// A blob has a form of its own in JSON, there and back.
$bytes = "\x00\xff\x10";
$rows = $db->query('SELECT ?', [['base64' => base64_encode($bytes)]])['rows'];
same('blob', base64_decode($rows[0][0]['base64']), $bytes);
// snippet:end
foreach (['', "\xff", "\x00\xff", "\xff\xfe\xfd", str_repeat("\xff\x00", 500_000)] as $value) {
    $blob = ['base64' => base64_encode($value)];
    same('blob', $db->query('SELECT ?, typeof(?1)', [$blob])['rows'], [[$blob, 'blob']]);
    same('blob on a stream', $stream->execute("SELECT ?, typeof(CAST(?1 AS BLOB))", [$value]), [[$value, 'blob']]);
}
same('NULL and booleans', $db->query('SELECT ?, ?, ?', [null, true, false])['rows'], [[null, 1, 0]]);
same('the same on a stream', $stream->execute('SELECT ?, ?, ?', [null, true, false]), [[null, 1, 0]]);
same('bytes that are not UTF-8 are blobs', $stream->execute('SELECT typeof(?)', ["\xff"]), [['blob']]);
try {
    $db->query('SELECT ?', ["\xff"]);
    fail('bytes that are not UTF-8: expected a JsonException on /query');
} catch (JsonException $error) {
    same('the same on /query', $error->getMessage(), 'Malformed UTF-8 characters, possibly incorrectly encoded');
}
try {
    $db->query('SELECT ?', [INF]);
    fail('an infinity in arguments: expected a JsonException');
} catch (JsonException $error) {
    same('an infinity in arguments', $error->getMessage(), 'Inf and NaN cannot be JSON encoded');
}
same('an infinity', $db->query('SELECT 9e999')['rows'], [[null]]);
$stream->close();

// Arguments and counts.
same('by number', $db->query('SELECT ?2, ?1', ['a', 'b'])['rows'], [['b', 'a']]);
same('by name', $db->query('SELECT :a, @b, $c, :a', ['a' => 1, 'b' => 'two', 'c' => null])['rows'], [[1, 'two', null, 1]]);
$carol = $db->query('INSERT INTO users_php_curl (name, balance) VALUES (?, 5) RETURNING id, name', ['carol']);
same('RETURNING', $carol['rows'], [[$carol['last_insert_id'], 'carol']]);
same('rows_affected', $db->query('UPDATE users_php_curl SET balance = balance + 1')['rows_affected'], 3);
$series = 'WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 10000) SELECT i FROM s';
same('10,000 rows', array_column($db->query($series)['rows'], 0), range(1, 10_000));

// Errors, and that the next request works as if nothing had been.
$insert = 'INSERT INTO users_php_curl (name, balance) VALUES (?, ?)';
$error = refused('a name twice', 'SQLITE_CONSTRAINT_UNIQUE', fn () => $db->query($insert, ['ada', 1]));
same('its text', $error->getMessage(), 'SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: users_php_curl.name');
same('its status', $error->status, 200);
refused('a batch', 'SQLITE_CONSTRAINT_UNIQUE', fn () => $db->batch(
    ['sql' => $insert, 'args' => ['dan', 1]],
    ['sql' => $insert, 'args' => ['ada', 1]],
));
same('nothing of it', $db->query("SELECT count(*) FROM users_php_curl WHERE name = 'dan'")['rows'], [[0]]);
refused('no such table', 'SQLITE_ERROR', fn () => $db->query('SELECT * FROM missing'));
same('BEGIN', refused('BEGIN', 'STATEMENT_NOT_ALLOWED', fn () => $db->query('BEGIN'))->status, 400);
refused('too few arguments', 'ARGS_INVALID', fn () => $db->query('SELECT ?'));
putenv('QUICSQL_TOKEN=wrong');
$stranger = connect();
same('a wrong token', refused('a wrong token', 'UNAUTHENTICATED', fn () => $stranger->query('SELECT 1'))->status, 401);
same('on a stream', refused('on a stream', 'UNAUTHENTICATED', fn () => new Transaction($stranger))->status, 401);

// Transactions: an error inside one, a rollback, one that is left open and closed.
$transaction = new Transaction($db);
$transaction->execute($insert, ['dan', 1]);
refused('an error in a transaction', 'SQLITE_CONSTRAINT_UNIQUE', fn () => $transaction->execute($insert, ['ada', 1]));
same('what was done before', $transaction->execute('SELECT count(*) FROM users_php_curl'), [[4]]);
$transaction->execute('ROLLBACK');
same('rows after a rollback', $transaction->execute('SELECT count(*) FROM users_php_curl'), [[3]]);
$transaction->close();
$transaction = new Transaction($db);
$transaction->execute('DELETE FROM users_php_curl');
$transaction->close();
same('rows after a close', $db->query('SELECT count(*) FROM users_php_curl')['rows'], [[3]]);
$transaction = new Transaction($db);
$transaction->execute('SAVEPOINT a');
$transaction->execute('DELETE FROM users_php_curl');
$transaction->execute('ROLLBACK TO a');
$transaction->execute("DELETE FROM users_php_curl WHERE name = 'carol'");
$transaction->commit();
same('rows after a savepoint', $db->query('SELECT count(*) FROM users_php_curl')['rows'], [[2]]);

echo 'OK php-curl, PHP ', PHP_VERSION, ": $passed checks passed\n";
