/**
 * Hrana's messages as JSON. {@link net.quicsql.hrana.json.JsonEncoding} is the facade; requests are read from a stream of
 * tokens and answers are written into bytes, with no tree in between.
 *
 * <p>The facade is immutable and thread-safe; what it makes belongs to one answer and one thread at a time. Uses {@code
 * hrana} and {@code json}.
 */
@NullMarked
package net.quicsql.hrana.json;

import org.jspecify.annotations.NullMarked;
