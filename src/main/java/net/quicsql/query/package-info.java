/**
 * The plain JSON door, {@code POST /<database>/query}: one statement or an atomic batch per request, for anything that can
 * send JSON. {@link net.quicsql.query.QueryHandler} does the work and knows no Jersey; {@link
 * net.quicsql.query.QueryResource} is the adapter around it.
 *
 * <p>Handlers are shared by all threads; decoders and encoders of one request belong to its thread. Uses {@code engine},
 * {@code http} and below; no other protocol.
 */
@NullMarked
package net.quicsql.query;

import org.jspecify.annotations.NullMarked;
