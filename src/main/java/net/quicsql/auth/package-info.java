/**
 * From a credential to a {@link net.quicsql.access.Principal}. {@link net.quicsql.auth.Authenticators} decides from the
 * Authorization header alone, so that every door can ask it; {@link net.quicsql.auth.BearerAuthFilter} is the door for
 * Jersey. Tokens are known by their SHA-256 only. A wrong credential is refused, never anonymous.
 *
 * <p>Immutable throughout.
 */
@NullMarked
package net.quicsql.auth;

import org.jspecify.annotations.NullMarked;
