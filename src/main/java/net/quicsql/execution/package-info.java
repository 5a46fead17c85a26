/**
 * Runs statements on a connection that it is given: binds the arguments, pushes the rows, ends what runs too long. Knows
 * neither streams nor protocols; who may use which connection is decided above.
 */
@NullMarked
package net.quicsql.execution;

import org.jspecify.annotations.NullMarked;
