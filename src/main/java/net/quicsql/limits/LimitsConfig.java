package net.quicsql.limits;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code limits} of the configuration. Every value is finite and positive. Immutable.
 *
 * @param statementTimeout how long one statement may run
 * @param lockWait how long a statement waits for its turn to write
 * @param contendedIdleTimeout how long a transaction may be quiet while it keeps others from writing; less than lockWait
 * @param txIdleTimeout how long a transaction may be quiet while nobody waits for it
 * @param maxTxLifetime how long a transaction may last while nobody waits for it
 * @param contendedTxLifetime how long a transaction may last while it keeps others from writing
 * @param maxTransactionsPerDatabase streams of one database that may be in a transaction at the same time
 * @param maxTransactionsPerPrincipal of these, streams of one principal; no more than maxTransactionsPerDatabase
 * @param maxWaitingRequests requests of the whole server that may wait for others at the same time
 * @param maxConcurrentRequestsPerDatabase requests on one database at the same time; null for no such limit
 * @param maxRequestsPerSecondPerPrincipal requests of one principal a second; null for no such limit
 * @param maxRequestBurstPerPrincipal those that may come at once after a pause; null for as many as in a second
 * @param batonLifetime how long a stream without a transaction may be quiet and still go on
 * @param sessionStateIdleTimeout how long stored SQL and temporary objects of a quiet stream are kept
 * @param maxSessionStatesPerPrincipal streams of one principal that may have such state at the same time
 * @param maxStoredSqlPerStream texts that a stream may store
 * @param maxStoredSqlBytes bytes of one stored text
 * @param maxHranaBodyBytes bytes of a request body on the Hrana routes
 * @param maxQueryBodyBytes bytes of a request body on {@code /query}
 * @param maxSqlBytes bytes of one statement's text
 * @param maxValueBytes bytes of one text or blob
 * @param maxRows rows of one result
 * @param maxResultBytes bytes of one result's values
 * @param maxResponseBytes bytes of one response that is not streamed
 * @param cursorBufferBytes bytes of a cursor's rows that are held in memory
 * @param maxCursorSpoolBytes bytes of a cursor's rows that are held on disk while the client reads slowly
 * @param maxCursorsPerPrincipal cursors of one principal's WebSockets that are not fetched to their end at the same time
 * @param minResponseBytesPerSecond bytes of its answer that a client must take each second while they wait for it
 * @param memoryBudgetBytes bytes of heap that all request bodies and answers together may take
 */
public record LimitsConfig(
        Duration statementTimeout,
        Duration lockWait,
        Duration contendedIdleTimeout,
        Duration txIdleTimeout,
        Duration maxTxLifetime,
        Duration contendedTxLifetime,
        int maxTransactionsPerDatabase,
        int maxTransactionsPerPrincipal,
        int maxWaitingRequests,
        @Nullable Integer maxConcurrentRequestsPerDatabase,
        @Nullable Integer maxRequestsPerSecondPerPrincipal,
        @Nullable Integer maxRequestBurstPerPrincipal,
        Duration batonLifetime,
        Duration sessionStateIdleTimeout,
        int maxSessionStatesPerPrincipal,
        int maxStoredSqlPerStream,
        long maxStoredSqlBytes,
        long maxHranaBodyBytes,
        long maxQueryBodyBytes,
        long maxSqlBytes,
        long maxValueBytes,
        int maxRows,
        long maxResultBytes,
        long maxResponseBytes,
        long cursorBufferBytes,
        long maxCursorSpoolBytes,
        int maxCursorsPerPrincipal,
        long minResponseBytesPerSecond,
        long memoryBudgetBytes) {

    // The full names of the keys, for messages that tell an operator which one to turn.
    public static final String STATEMENT_TIMEOUT = "limits.statement_timeout";
    public static final String LOCK_WAIT = "limits.lock_wait";
    public static final String CONTENDED_IDLE_TIMEOUT = "limits.contended_idle_timeout";
    public static final String TX_IDLE_TIMEOUT = "limits.tx_idle_timeout";
    public static final String MAX_TX_LIFETIME = "limits.max_tx_lifetime";
    public static final String CONTENDED_TX_LIFETIME = "limits.contended_tx_lifetime";
    public static final String MAX_TRANSACTIONS_PER_DATABASE = "limits.max_transactions_per_database";
    public static final String MAX_TRANSACTIONS_PER_PRINCIPAL = "limits.max_transactions_per_principal";
    public static final String MAX_WAITING_REQUESTS = "limits.max_waiting_requests";
    public static final String MAX_CONCURRENT_REQUESTS_PER_DATABASE = "limits.max_concurrent_requests_per_database";
    public static final String MAX_REQUESTS_PER_SECOND_PER_PRINCIPAL = "limits.max_requests_per_second_per_principal";
    public static final String MAX_REQUEST_BURST_PER_PRINCIPAL = "limits.max_request_burst_per_principal";
    public static final String BATON_LIFETIME = "limits.baton_lifetime";
    public static final String SESSION_STATE_IDLE_TIMEOUT = "limits.session_state_idle_timeout";
    public static final String MAX_SESSION_STATES_PER_PRINCIPAL = "limits.max_session_states_per_principal";
    public static final String MAX_STORED_SQL_PER_STREAM = "limits.max_stored_sql_per_stream";
    public static final String MAX_STORED_SQL_LENGTH = "limits.max_stored_sql_length";
    public static final String MAX_HRANA_BODY = "limits.max_hrana_body";
    public static final String MAX_QUERY_BODY = "limits.max_query_body";
    public static final String MAX_SQL_LENGTH = "limits.max_sql_length";
    public static final String MAX_VALUE_SIZE = "limits.max_value_size";
    public static final String MAX_ROWS = "limits.max_rows";
    public static final String MAX_RESULT_SIZE = "limits.max_result_size";
    public static final String MAX_RESPONSE_SIZE = "limits.max_response_size";
    public static final String CURSOR_BUFFER = "limits.cursor_buffer";
    public static final String MAX_CURSOR_SPOOL = "limits.max_cursor_spool";
    public static final String MAX_CURSORS_PER_PRINCIPAL = "limits.max_cursors_per_principal";
    public static final String MIN_RESPONSE_RATE = "limits.min_response_rate";
    public static final String MEMORY_BUDGET = "limits.memory_budget";

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    /** What is held in one array; SQLite's own bound for a value is a little below it too. */
    private static final long MAX_IN_MEMORY = GIB;

    /** Less would refuse requests of a size that everybody sends. */
    private static final long LEAST_BUDGET = MIB;

    private static final long MAX_BUDGET = 1024 * GIB;
    private static final long MAX_ON_DISK = 1024 * GIB;
    private static final int MAX_COUNT = 1_000_000;
    private static final int MAX_ROWS_BOUND = 1_000_000_000;
    /** JSON may make a text six times as long, and an answer that is not streamed must fit one array of 2 GiB. */
    private static final long MAX_ANSWER = 128 * MIB;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    /** @throws IllegalArgumentException a value is out of its range; the text names the key and the range */
    public LimitsConfig {
        within(STATEMENT_TIMEOUT, statementTimeout, DAY);
        within(LOCK_WAIT, lockWait, DAY);
        within(CONTENDED_IDLE_TIMEOUT, contendedIdleTimeout, DAY);
        within(TX_IDLE_TIMEOUT, txIdleTimeout, DAY);
        within(MAX_TX_LIFETIME, maxTxLifetime, DAY);
        within(CONTENDED_TX_LIFETIME, contendedTxLifetime, DAY);
        within(MAX_TRANSACTIONS_PER_DATABASE, maxTransactionsPerDatabase, MAX_COUNT);
        within(MAX_TRANSACTIONS_PER_PRINCIPAL, maxTransactionsPerPrincipal, MAX_COUNT);
        within(MAX_WAITING_REQUESTS, maxWaitingRequests, MAX_COUNT);
        withinIfGiven(MAX_CONCURRENT_REQUESTS_PER_DATABASE, maxConcurrentRequestsPerDatabase);
        withinIfGiven(MAX_REQUESTS_PER_SECOND_PER_PRINCIPAL, maxRequestsPerSecondPerPrincipal);
        withinIfGiven(MAX_REQUEST_BURST_PER_PRINCIPAL, maxRequestBurstPerPrincipal);
        within(BATON_LIFETIME, batonLifetime, YEAR);
        within(SESSION_STATE_IDLE_TIMEOUT, sessionStateIdleTimeout, DAY);
        within(MAX_SESSION_STATES_PER_PRINCIPAL, maxSessionStatesPerPrincipal, MAX_COUNT);
        within(MAX_STORED_SQL_PER_STREAM, maxStoredSqlPerStream, MAX_COUNT);
        within(MAX_STORED_SQL_LENGTH, maxStoredSqlBytes, MAX_IN_MEMORY);
        within(MAX_HRANA_BODY, maxHranaBodyBytes, MAX_IN_MEMORY);
        within(MAX_QUERY_BODY, maxQueryBodyBytes, MAX_IN_MEMORY);
        within(MAX_SQL_LENGTH, maxSqlBytes, MAX_IN_MEMORY);
        within(MAX_VALUE_SIZE, maxValueBytes, MAX_IN_MEMORY);
        within(MAX_ROWS, maxRows, MAX_ROWS_BOUND);
        within(MAX_RESULT_SIZE, maxResultBytes, MAX_ANSWER);
        within(MAX_RESPONSE_SIZE, maxResponseBytes, MAX_ANSWER);
        within(CURSOR_BUFFER, cursorBufferBytes, MAX_IN_MEMORY);
        within(MAX_CURSOR_SPOOL, maxCursorSpoolBytes, MAX_ON_DISK);
        within(MAX_CURSORS_PER_PRINCIPAL, maxCursorsPerPrincipal, MAX_COUNT);
        within(MIN_RESPONSE_RATE, minResponseBytesPerSecond, MAX_IN_MEMORY);
        if (maxTransactionsPerPrincipal > maxTransactionsPerDatabase) {
            throw new IllegalArgumentException(
                    MAX_TRANSACTIONS_PER_PRINCIPAL + ": must not be greater than " + MAX_TRANSACTIONS_PER_DATABASE);
        }
        if (maxRequestBurstPerPrincipal != null && maxRequestsPerSecondPerPrincipal == null) {
            throw new IllegalArgumentException(MAX_REQUEST_BURST_PER_PRINCIPAL + ": means nothing without "
                    + MAX_REQUESTS_PER_SECOND_PER_PRINCIPAL);
        }
        if (memoryBudgetBytes < LEAST_BUDGET || memoryBudgetBytes > MAX_BUDGET) {
            throw new IllegalArgumentException(MEMORY_BUDGET + ": must be from " + LEAST_BUDGET + " to " + MAX_BUDGET);
        }
        if (lockWait.compareTo(contendedIdleTimeout) <= 0) {
            throw new IllegalArgumentException(LOCK_WAIT + ": must be greater than " + CONTENDED_IDLE_TIMEOUT
                    + ", or writers give up before a holder that went quiet is stopped");
        }
    }

    public static LimitsConfig defaults() {
        return of(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The section as it stands in YAML; what is null has its default, and this is where the defaults are. */
    @JsonCreator
    static LimitsConfig of(
            @JsonProperty("statement_timeout") io.dropwizard.util.@Nullable Duration statementTimeout,
            @JsonProperty("lock_wait") io.dropwizard.util.@Nullable Duration lockWait,
            @JsonProperty("contended_idle_timeout") io.dropwizard.util.@Nullable Duration contendedIdleTimeout,
            @JsonProperty("tx_idle_timeout") io.dropwizard.util.@Nullable Duration txIdleTimeout,
            @JsonProperty("max_tx_lifetime") io.dropwizard.util.@Nullable Duration maxTxLifetime,
            @JsonProperty("contended_tx_lifetime") io.dropwizard.util.@Nullable Duration contendedTxLifetime,
            @JsonProperty("max_transactions_per_database") @Nullable Integer maxTransactionsPerDatabase,
            @JsonProperty("max_transactions_per_principal") @Nullable Integer maxTransactionsPerPrincipal,
            @JsonProperty("max_waiting_requests") @Nullable Integer maxWaitingRequests,
            @JsonProperty("max_concurrent_requests_per_database") @Nullable Integer maxConcurrentRequestsPerDatabase,
            @JsonProperty("max_requests_per_second_per_principal") @Nullable Integer maxRequestsPerSecondPerPrincipal,
            @JsonProperty("max_request_burst_per_principal") @Nullable Integer maxRequestBurstPerPrincipal,
            @JsonProperty("baton_lifetime") io.dropwizard.util.@Nullable Duration batonLifetime,
            @JsonProperty("session_state_idle_timeout") io.dropwizard.util.@Nullable Duration sessionStateIdleTimeout,
            @JsonProperty("max_session_states_per_principal") @Nullable Integer maxSessionStatesPerPrincipal,
            @JsonProperty("max_stored_sql_per_stream") @Nullable Integer maxStoredSqlPerStream,
            @JsonProperty("max_stored_sql_length") @Nullable DataSize maxStoredSqlLength,
            @JsonProperty("max_hrana_body") @Nullable DataSize maxHranaBody,
            @JsonProperty("max_query_body") @Nullable DataSize maxQueryBody,
            @JsonProperty("max_sql_length") @Nullable DataSize maxSqlLength,
            @JsonProperty("max_value_size") @Nullable DataSize maxValueSize,
            @JsonProperty("max_rows") @Nullable Integer maxRows,
            @JsonProperty("max_result_size") @Nullable DataSize maxResultSize,
            @JsonProperty("max_response_size") @Nullable DataSize maxResponseSize,
            @JsonProperty("cursor_buffer") @Nullable DataSize cursorBuffer,
            @JsonProperty("max_cursor_spool") @Nullable DataSize maxCursorSpool,
            @JsonProperty("max_cursors_per_principal") @Nullable Integer maxCursorsPerPrincipal,
            @JsonProperty("min_response_rate") @Nullable DataSize minResponseRate,
            @JsonProperty("memory_budget") @Nullable DataSize memoryBudget) {
        int transactions = or(maxTransactionsPerDatabase, 64);
        long memory = or(memoryBudget, MemoryBudget.suiting(Runtime.getRuntime().maxMemory()));
        return new LimitsConfig(
                or(statementTimeout, Duration.ofSeconds(30)),
                or(lockWait, Duration.ofSeconds(10)),
                or(contendedIdleTimeout, Duration.ofSeconds(5)),
                or(txIdleTimeout, Duration.ofSeconds(30)),
                or(maxTxLifetime, Duration.ofMinutes(5)),
                or(contendedTxLifetime, Duration.ofSeconds(30)),
                transactions,
                or(maxTransactionsPerPrincipal, mostOf(transactions)),
                or(maxWaitingRequests, 512),
                maxConcurrentRequestsPerDatabase,
                maxRequestsPerSecondPerPrincipal,
                maxRequestBurstPerPrincipal,
                or(batonLifetime, Duration.ofHours(24)),
                or(sessionStateIdleTimeout, Duration.ofHours(1)),
                or(maxSessionStatesPerPrincipal, 64),
                or(maxStoredSqlPerStream, 150),
                or(maxStoredSqlLength, 64 * KIB),
                or(maxHranaBody, 32 * MIB),
                or(maxQueryBody, 8 * MIB),
                or(maxSqlLength, Math.min(8 * MIB, MemoryBudget.largestValue(memory))),
                or(maxValueSize, Math.min(16 * MIB, MemoryBudget.largestValue(memory))),
                or(maxRows, 100_000),
                or(maxResultSize, 64 * MIB),
                or(maxResponseSize, 64 * MIB),
                or(cursorBuffer, MIB),
                or(maxCursorSpool, GIB),
                or(maxCursorsPerPrincipal, 256),
                or(minResponseRate, KIB),
                memory);
    }

    /** Three quarters: a principal that takes all it may leaves some to the others. */
    private static int mostOf(int transactions) {
        return transactions - transactions / 4;
    }

    private static Duration or(io.dropwizard.util.@Nullable Duration given, Duration fallback) {
        return given == null ? fallback : given.toJavaDuration();
    }

    private static long or(@Nullable DataSize given, long fallback) {
        return given == null ? fallback : given.toBytes();
    }

    private static int or(@Nullable Integer given, int fallback) {
        return given == null ? fallback : given;
    }

    private static void within(String key, Duration value, Duration longest) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(key + ": must be from 1 millisecond to " + longest.toHours() + " hours");
        }
    }

    private static void within(String key, long value, long largest) {
        if (value < 1 || value > largest) {
            throw new IllegalArgumentException(key + ": must be from 1 to " + largest);
        }
    }

    private static void withinIfGiven(String key, @Nullable Integer value) {
        if (value != null) {
            within(key, value, MAX_COUNT);
        }
    }
}
