<?php
// Users and their balances with PHP's extension curl: statements and batches through /query, and a transaction over
// several requests through /v2/pipeline. PHP 8.1 or newer, no package.

declare(strict_types=1);

// snippet:connect
/** What the server refused: SQLite's extended name or one of the server's as `reason`. */
final class QuicsqlException extends RuntimeException
{
    public function __construct(public readonly string $reason, string $message, public readonly int $status)
    {
        parent::__construct("$reason: $message");
    }
}

/** A database on a server. The connection is kept between the requests. */
final class Database
{
    private readonly CurlHandle $curl;

    public function __construct(private readonly string $url, private readonly string $token)
    {
        $this->curl = curl_init();
    }

    /** Runs one statement; arguments as a list by position, or with names as keys. */
    public function query(string $sql, array $args = []): array
    {
        return $this->post('query', ['sql' => $sql, 'args' => $args]);
    }

    /** Runs the statements, each ['sql' => ..., 'args' => ...], in one transaction: all of them, or none. */
    public function batch(array ...$statements): array
    {
        return $this->post('query', ['statements' => $statements])['results'];
    }

    public function post(string $path, array $body): array
    {
        curl_setopt_array($this->curl, [
            CURLOPT_URL => "$this->url/$path",
            CURLOPT_HTTPHEADER => ["Authorization: Bearer $this->token", 'Content-Type: application/json'],
            // Without the flag PHP writes 100.0 as 100, an integer.
            CURLOPT_POSTFIELDS => json_encode($body, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
        ]);
        $text = curl_exec($this->curl);
        if ($text === false) {
            throw new RuntimeException(curl_error($this->curl));
        }
        $answer = json_decode($text, true, flags: JSON_THROW_ON_ERROR);
        $status = curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE);
        // A statement that SQLite refused is an error within a 200; everything else has a status too.
        if (isset($answer['error'])) {
            $error = is_array($answer['error']) ? $answer['error'] : $answer;
            throw new QuicsqlException($error['reason'] ?? $error['code'], $error['message'], $status);
        }
        return $answer;
    }
}
// snippet:end

// snippet:transaction
/** A transaction over several requests. Each answer has the baton for the next request. */
final class Transaction
{
    private ?string $baton = null;

    public function __construct(private readonly Database $database)
    {
        $this->execute('BEGIN IMMEDIATE');
    }

    /** The rows, each a list of values. */
    public function execute(string $sql, array $args = []): array
    {
        $stmt = ['sql' => $sql, 'args' => array_map(self::encode(...), $args)];
        $result = $this->send(['type' => 'execute', 'stmt' => $stmt])['result'];
        return array_map(fn (array $row) => array_map(self::decode(...), $row), $result['rows']);
    }

    public function commit(): void
    {
        $this->execute('COMMIT');
        $this->close();
    }

    /** Rolls back what was not committed. */
    public function close(): void
    {
        if ($this->baton !== null) {
            $this->send(['type' => 'close']);
        }
    }

    private function send(array $request): array
    {
        $answer = $this->database->post('v2/pipeline', ['baton' => $this->baton, 'requests' => [$request]]);
        $this->baton = $answer['baton'];
        $result = $answer['results'][0];
        if ($result['type'] === 'error') {
            throw new QuicsqlException($result['error']['code'], $result['error']['message'], 200);
        }
        return $result['response'];
    }

    private static function encode(null|bool|int|float|string $value): array
    {
        return match (true) {
            $value === null => ['type' => 'null'],
            // As text: JSON parsers elsewhere round what is beyond 53 bits.
            is_int($value), is_bool($value) => ['type' => 'integer', 'value' => (string) (int) $value],
            is_float($value) => ['type' => 'float', 'value' => $value],
            // PHP has one type for text and bytes: what is not UTF-8 must be a blob.
            preg_match('//u', $value) === 1 => ['type' => 'text', 'value' => $value],
            default => ['type' => 'blob', 'base64' => base64_encode($value)],
        };
    }

    private static function decode(array $value): null|int|float|string
    {
        return match ($value['type']) {
            'null' => null,
            'integer' => (int) $value['value'],
            'float' => (float) $value['value'],
            'text' => $value['value'],
            'blob' => base64_decode($value['base64'], true),
        };
    }
}
// snippet:end

function connect(): Database
{
    // snippet:open
    // The database is the path of the address. Nothing is sent before the first statement.
    $base = rtrim(getenv('QUICSQL_URL') ?: 'http://127.0.0.1:7775', '/');
    $database = getenv('QUICSQL_DATABASE') ?: 'app';
    $db = new Database("$base/$database", getenv('QUICSQL_TOKEN') ?: 'dev-token');
    // snippet:end
    return $db;
}

function main(): string
{
    $db = connect();
    $db->query('CREATE TABLE IF NOT EXISTS users_php_curl (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,'
        . ' balance INTEGER NOT NULL CHECK (balance >= 0))');
    $db->query('DELETE FROM users_php_curl');

    // snippet:query
    $ada = $db->query('INSERT INTO users_php_curl (name, balance) VALUES (?, ?)', ['ada', 100]);
    echo "ada is row {$ada['last_insert_id']}\n";
    $db->query('INSERT INTO users_php_curl (name, balance) VALUES (:name, :balance)', ['name' => 'bob', 'balance' => 100]);
    // snippet:end

    // snippet:batch
    // One transaction: both halves of the transfer, or neither.
    $change = 'UPDATE users_php_curl SET balance = balance + ? WHERE name = ?';
    $transfer = fn (string $giver, string $taker, int $amount) => $db->batch(
        ['sql' => $change, 'args' => [$amount, $taker]],
        ['sql' => $change, 'args' => [-$amount, $giver]],
    );
    $transfer('ada', 'bob', 30);
    // snippet:end

    // snippet:errors
    try {
        // More than ada has: the first half is rolled back with the second.
        $transfer('ada', 'bob', 1000);
    } catch (QuicsqlException $refused) {
        echo "not transferred: {$refused->getMessage()}\n";
    }
    // snippet:end

    // snippet:interactive
    // A transaction that looks before it leaps.
    $transaction = new Transaction($db);
    try {
        [[$balance]] = $transaction->execute('SELECT balance FROM users_php_curl WHERE name = ?', ['bob']);
        $transaction->execute('UPDATE users_php_curl SET balance = ? WHERE name = ?', [2 * $balance, 'bob']);
        $transaction->commit();
    } finally {
        $transaction->close();
    }
    // snippet:end

    $rows = $db->query('SELECT name, balance FROM users_php_curl ORDER BY name')['rows'];
    return implode(',', array_map(fn (array $row) => "$row[0]=$row[1]", $rows));
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    echo main(), "\n";
}
