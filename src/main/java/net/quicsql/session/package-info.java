/**
 * Streams between requests. A stream in autocommit is parked: its signed {@link net.quicsql.session.Baton} is all there
 * is of it. A stream in a transaction, or with state that only memory can hold, is a live {@link
 * net.quicsql.session.Session} in the {@link net.quicsql.session.SessionStore}; the {@link
 * net.quicsql.session.SessionReaper} ends transactions that are held too long.
 *
 * <p>A session is claimed by one request (or the reaper) at a time; whoever holds the claim alone touches its fields.
 */
@NullMarked
package net.quicsql.session;

import org.jspecify.annotations.NullMarked;
