/**
 * The HTTP kit that the protocols share: answers, body reading within a cap, the two error envelopes, path rules. Knows no
 * protocol. Handlers of every protocol take bytes and return an {@link net.quicsql.http.Answer}; only the adapters around
 * them know Jersey or servlets.
 */
@NullMarked
package net.quicsql.http;

import org.jspecify.annotations.NullMarked;
