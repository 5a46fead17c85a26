/**
 * The Hrana protocol, versions 1 to 3: its messages, what they do, and its endpoints over HTTP. {@link
 * net.quicsql.hrana.PipelineHandler} and {@link net.quicsql.hrana.CursorHandler} take bytes and return answers; they know
 * neither Jersey nor how messages are spelled, which is a {@link net.quicsql.hrana.HranaEncoding}'s business. Encodings
 * and other doors live in packages below this one and look up to it; it never looks down to them.
 *
 * <p>Messages are immutable. Handlers are thread-safe; encoders and spools belong to one request and one thread at a time.
 * Nothing here holds a lock.
 *
 * @see <a href="https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md">Hrana 3</a>
 */
@NullMarked
package net.quicsql.hrana;

import org.jspecify.annotations.NullMarked;
