/**
 * A database as SQL text, by {@code GET /<database>/dump}: what the shells of libSQL ask for at {@code .dump}, and what
 * {@code sqlite3} reads back. {@link net.quicsql.dump.DumpResource} is the door, {@link net.quicsql.dump.SqlDump} what is
 * written and in which order.
 *
 * <p>Reads through a {@link net.quicsql.engine.Snapshot}, by SQL of our own that never leaves here. Handler and resource are
 * thread-safe; a dump belongs to one request and one thread at a time.
 */
@NullMarked
package net.quicsql.dump;

import org.jspecify.annotations.NullMarked;
