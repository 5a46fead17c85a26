/**
 * JSON text in and out, shared by the protocols as a tool: {@link net.quicsql.json.JsonWriter} builds UTF-8 text without
 * trees or strings between, {@link net.quicsql.json.JsonInput} reads a body within our limits. Knows no protocol.
 */
@NullMarked
package net.quicsql.json;

import org.jspecify.annotations.NullMarked;
