/**
 * The version before Hrana 1, which JDBC clients speak: statements posted to the bare address, plain values, no streams.
 * Its messages become pipelines, which the handlers of {@code hrana} run; nothing uses this package.
 *
 * <p>Encodings and resources are thread-safe; encoders belong to one request and one thread at a time.
 */
@NullMarked
package net.quicsql.hrana.legacy;

import org.jspecify.annotations.NullMarked;
