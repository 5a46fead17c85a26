/**
 * Hrana's messages as Protobuf. {@link net.quicsql.hrana.protobuf.ProtobufEncoding} is the facade. {@code HranaMessages} is generated from {@code hrana.proto},
 * which alone knows the fields' numbers. Its classes serve for messages of a fixed size; lists, whose length a client
 * chooses, are read item by item into the protocol's own messages, and rows are written as SQLite produces them.
 *
 * <p>The facade is immutable and thread-safe; what it makes belongs to one answer and one thread at a time. Uses {@code
 * hrana} and alone uses the library.
 */
@NullMarked
package net.quicsql.hrana.protobuf;

import org.jspecify.annotations.NullMarked;
