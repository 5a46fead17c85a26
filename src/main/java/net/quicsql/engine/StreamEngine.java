package net.quicsql.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.execution.GroupCommit;
import net.quicsql.execution.StatementRunner;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.StoredTextMemory;
import net.quicsql.limits.TransactionPlaces;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.OperationMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Session;
import net.quicsql.session.SessionStore;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowDiscard;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Database;
import net.quicsql.storage.DatabaseManager;

/** Runs client SQL, on streams and outside of them. Thread-safe. */
public final class StreamEngine {
    private final DatabaseManager databases;
    private final SessionStore sessions;
    private final StatementRunner runner;
    private final LongSupplier nanoClock;
    private final Duration maxTransactionLifetime;
    private final ScannedTexts texts = new ScannedTexts();
    private final Descriptions descriptions = new Descriptions();
    private final StoredTextMemory storedTextMemory;
    private final StoredTexts storedTexts;
    private final StatementRouter router;
    private final TransactionPlaces places;
    private final TransactionControl transactions;
    private final AtomicBatch atomicBatch;

    public StreamEngine(DatabaseManager databases, SessionStore sessions, LimitsConfig limits, LongSupplier nanoClock) {
        this.databases = requireNonNull(databases, "databases is null");
        this.sessions = requireNonNull(sessions, "sessions is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.maxTransactionLifetime = limits.maxTxLifetime();
        this.runner = new StatementRunner(limits.statementTimeout(), nanoClock);
        SessionStates states = new SessionStates(limits.maxSessionStatesPerPrincipal());
        this.storedTextMemory = new StoredTextMemory(limits.memoryBudgetBytes());
        this.storedTexts = new StoredTexts(states, storedTextMemory, limits);
        GroupCommit groups = new GroupCommit(runner, nanoClock, limits.maxResponseBytes());
        ConnectionUse use = new ConnectionUse(
                runner, groups, nanoClock, limits.statementTimeout().toMillis());
        this.places = new TransactionPlaces(limits, databases.waitingRoom(), nanoClock);
        this.transactions = new TransactionControl(use, places);
        this.router = new StatementRouter(use, transactions, new PragmaControl(use), new TemporaryObjects(use, states));
        this.atomicBatch = new AtomicBatch(runner);
    }

    /**
     * Checks that a stream could be opened, but for what only opening the database would show.
     *
     * @throws ProblemException ACCESS_DENIED, UNKNOWN_DATABASE
     */
    public void requireReadable(DatabaseName name, Principal principal) {
        AccessPolicy.requireRead(principal, name);
        known(name);
    }

    /**
     * Opens a stream.
     *
     * @throws ProblemException ACCESS_DENIED, UNKNOWN_DATABASE, or why the database cannot be opened
     */
    public Stream open(DatabaseName name, Principal principal) {
        AccessLevel level = AccessPolicy.requireRead(principal, name);
        return new Stream(this, sessions.open(database(name), principal.name()), level.mayWrite());
    }

    /**
     * Goes on with the stream of a baton. Rights and the database's existence are checked anew.
     *
     * @throws ProblemException INVALID_BATON, ACCESS_DENIED, UNKNOWN_DATABASE, or why the database cannot be opened
     */
    public Stream resume(DatabaseName name, Principal principal, String baton) {
        AccessLevel level = AccessPolicy.requireRead(principal, name);
        return new Stream(this, sessions.resume(database(name), principal.name(), baton), level.mayWrite());
    }

    /**
     * Runs one statement outside any stream, in autocommit.
     *
     * @throws ProblemException as {@link #open} and {@link Stream#execute}; STATEMENT_NOT_ALLOWED where the statement makes
     *     sense on a stream only
     */
    public StatementResult query(DatabaseName name, Principal principal, Statement statement, RowSink sink) {
        AccessLevel level = AccessPolicy.requireRead(principal, name);
        Database database = database(name);
        long started = nanoClock.getAsLong();
        OperationMetrics query = database.metrics().operation(Operation.QUERY);
        try {
            requireStateless(statement.sql());
            return router.run(Session.stateless(database, principal.name()), level.mayWrite(), statement, sink);
        } catch (ProblemException e) {
            query.failed(e.problem().code());
            throw e;
        } finally {
            query.finished(nanoClock.getAsLong() - started);
        }
    }

    /**
     * Runs statements outside any stream, all or nothing.
     *
     * @throws ProblemException as {@link #open}; STATEMENT_NOT_ALLOWED or STATEMENT_REFUSED for any of the statements, in
     *     which case none has run
     */
    public BatchOutcome queryBatch(DatabaseName name, Principal principal, List<Statement> statements, BatchSink sink) {
        AccessLevel level = AccessPolicy.requireRead(principal, name);
        Database database = database(name);
        for (Statement statement : statements) {
            requireStateless(statement.sql());
            requireBatchable(statement.sql());
        }
        long started = nanoClock.getAsLong();
        OperationMetrics batch = database.metrics().operation(Operation.QUERY_BATCH);
        BatchOutcome outcome = atomicBatch.run(database, principal.name(), level.mayWrite(), statements, sink);
        batch.finished(nanoClock.getAsLong() - started);
        if (outcome.problem() != null) {
            batch.failed(outcome.problem().code());
        }
        return outcome;
    }

    /**
     * Takes a snapshot of a whole database, to be written out as SQL.
     *
     * @throws ProblemException as {@link #open}
     */
    public Snapshot dump(DatabaseName name, Principal principal) {
        AccessPolicy.requireRead(principal, name);
        return Snapshot.take(runner, database(name), nanoClock, maxTransactionLifetime, "the dump", Operation.DUMP);
    }

    /** Ends every running statement, lets no other begin, and sends away who waits: the server stops. Idempotent. */
    public void endWork() {
        places.close();
        databases.endWork();
    }

    /**
     * The one statement of a text.
     *
     * @throws ProblemException SQL_NO_STATEMENT, SQL_MANY_STATEMENTS or SQL_INVALID_TEXT
     */
    public SqlStatement statement(String sql) {
        return texts.single(sql);
    }

    void sequence(Stream stream, String script) {
        Iterator<SqlStatement> statements = texts.iterate(script);
        while (statements.hasNext()) {
            stream.execute(new Statement(statements.next(), Arguments.none()), RowDiscard.INSTANCE);
        }
    }

    /** How long a snapshot may be held for a client. */
    Duration maxTransactionLifetime() {
        return maxTransactionLifetime;
    }

    LongSupplier nanoClock() {
        return nanoClock;
    }

    SessionStore sessions() {
        return sessions;
    }

    StatementRouter router() {
        return router;
    }

    StatementRunner runner() {
        return runner;
    }

    ScannedTexts texts() {
        return texts;
    }

    Descriptions descriptions() {
        return descriptions;
    }

    /** What the texts hold that clients have stored, on streams or elsewhere. */
    public StoredTextMemory storedTextMemory() {
        return storedTextMemory;
    }

    StoredTexts storedTexts() {
        return storedTexts;
    }

    private Database database(DatabaseName name) {
        return known(name).open();
    }

    private Database known(DatabaseName name) {
        return databases
                .find(name)
                .orElseThrow(() -> new Problem.Refused(ProblemCode.UNKNOWN_DATABASE, "unknown database '" + name + "'")
                        .toException());
    }

    private static void requireStateless(SqlStatement sql) {
        if (sql.transactionKeyword()) {
            throw notAllowed(sql.verb() + " is not allowed here: send the statements of a transaction as one batch"
                    + " ({\"statements\":[…]}), or use a libSQL client for an interactive one");
        }
        if (sql.temporary()) {
            throw notAllowed("temporary objects are not allowed here: each request stands alone. Use a libSQL client");
        }
    }

    private static void requireBatchable(SqlStatement sql) {
        StatementRouter.requireAllowed(sql);
        if (sql.kind() == StatementKind.VACUUM) {
            throw notAllowed("VACUUM is not allowed in a batch: it cannot run in a transaction");
        }
        PragmaControl.requireAllowed(sql);
    }

    private static ProblemException notAllowed(String message) {
        return new Problem.Refused(ProblemCode.STATEMENT_NOT_ALLOWED, message).toException();
    }
}
