/**
 * Who may do what to which database. Knows nothing of HTTP, credentials or configuration files.
 *
 * <p>Immutable throughout.
 */
@NullMarked
package net.quicsql.access;

import org.jspecify.annotations.NullMarked;
