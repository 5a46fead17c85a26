package net.quicsql.metrics;

import java.util.Locale;
import net.quicsql.problem.ProblemCode;

/** Problems by what an operator would do about them; few enough to be a label. */
public enum ErrorKind {
    /** The client's request is at fault. */
    REQUEST,
    /** No or wrong credentials, or no right. */
    ACCESS,
    /** SQLite refused the statement. */
    SQL,
    CONSTRAINT,
    /** The write lock, or a snapshot too old to be written on. */
    BUSY,
    /** A statement or transaction ran longer than allowed. */
    TIMEOUT,
    /** The stream, its transaction or its state is gone. */
    STREAM,
    /** A configured size or number was reached. */
    LIMIT,
    /** Disk full, input/output error, damaged file. */
    MACHINE,
    /** The server is stopping or the database is closed. */
    UNAVAILABLE,
    /** The client went away. */
    HANGUP,
    /** An error of our own. */
    INTERNAL;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String label() {
        return label;
    }

    public static ErrorKind of(ProblemCode code) {
        return switch (code) {
            case INVALID_REQUEST,
                    INVALID_JSON,
                    INVALID_PROTOBUF,
                    ARGS_INVALID,
                    ARGS_BOTH_POSITIONAL_AND_NAMED,
                    SQL_NO_STATEMENT,
                    SQL_MANY_STATEMENTS,
                    SQL_INVALID_TEXT,
                    STATEMENT_NOT_ALLOWED,
                    SQL_STORE_NOT_FOUND,
                    SQL_STORE_DUPLICATE,
                    UNKNOWN_DATABASE,
                    INVALID_DATABASE_NAME,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    REQUEST_TIMEOUT,
                    UNSUPPORTED_ENCODING -> REQUEST;
            case UNAUTHENTICATED, ACCESS_DENIED, STATEMENT_REFUSED, SQL_READ_ONLY, SQL_WRITE_FORBIDDEN -> ACCESS;
            case SQL_FAILED -> SQL;
            case SQL_CONSTRAINT -> CONSTRAINT;
            case SQL_BUSY, SQL_BUSY_SNAPSHOT -> BUSY;
            case STATEMENT_TIMEOUT, TRANSACTION_TIMEOUT -> TIMEOUT;
            case INVALID_BATON, STREAM_CLOSED, STREAM_NOT_OPEN, CURSOR_NOT_OPEN, TRANSACTION_LOST, SESSION_STATE_LOST ->
                STREAM;
            case SQL_STORE_TOO_MANY,
                    SQL_STORE_TOO_LARGE,
                    BODY_TOO_LARGE,
                    RESPONSE_TOO_LARGE,
                    RATE_LIMITED,
                    OVERLOADED,
                    TOO_MANY_STREAMS -> LIMIT;
            case SQL_DISK_FULL, SQL_IO_FAILED, SQL_CORRUPT -> MACHINE;
            case SHUTTING_DOWN, DATABASE_CLOSED -> UNAVAILABLE;
            case CLIENT_GONE -> HANGUP;
            case INTERNAL -> INTERNAL;
        };
    }
}
