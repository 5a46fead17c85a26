/**
 * The one way protocols run SQL. {@link net.quicsql.engine.StreamEngine} opens and resumes streams and runs stateless
 * statements; {@link net.quicsql.engine.Stream} is one stream for the length of one request. The engine routes a
 * statement to a reader, the writer or the connection leased to the stream's transaction, and parks the stream when the
 * request ends.
 */
@NullMarked
package net.quicsql.engine;

import org.jspecify.annotations.NullMarked;
