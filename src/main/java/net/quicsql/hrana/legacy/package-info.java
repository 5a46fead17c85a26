/**
 * Doors for clients of older protocols. They take other messages and run them by the handlers of {@code hrana}, which they
 * use; nothing uses them.
 *
 * <p>Everything here is thread-safe.
 */
@NullMarked
package net.quicsql.hrana.legacy;

import org.jspecify.annotations.NullMarked;
