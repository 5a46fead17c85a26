/**
 * SQLite files and the connections to them; the sole user of the driver.
 *
 * <p>{@link net.quicsql.storage.DatabaseManager} owns every {@link net.quicsql.storage.Database}; a database owns one
 * writer connection (used only by the holder of the {@link net.quicsql.storage.WriterQueue}'s turn), a pool of
 * engine-level read-only connections, and the read-write connections leased to streams.
 *
 * <p>{@link net.quicsql.storage.Checkpointer} alone decides when a write-ahead log is checkpointed. It has a {@link
 * net.quicsql.storage.LogKeeper} for each database, which looks at the log's file ({@link net.quicsql.storage.WalStamp}),
 * asks SQLite how much of it is copied back ({@link net.quicsql.storage.WalFrames}), lets a {@link
 * net.quicsql.storage.CheckpointPolicy} decide and does that by a {@link net.quicsql.storage.Maintenance}. The database's
 * {@link net.quicsql.storage.WalWatch} is told how large the log is: it warns, ends old reads, and shuts the {@link
 * net.quicsql.storage.WalGate} before writers.
 *
 * <p>Invariants: a file is touched by SQLite alone while it is open here (opening and closing it with Java I/O would drop
 * SQLite's locks in this process); a JDBC URL is never built from request input; a connection that a client has changed is
 * closed, never handed on. No lock is held over a blocking call, but for a database's own opening lock.
 */
@NullMarked
package net.quicsql.storage;

import org.jspecify.annotations.NullMarked;
