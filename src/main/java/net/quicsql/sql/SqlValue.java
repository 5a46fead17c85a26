package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A value of one of SQLite's five storage classes. Immutable, but for the array of a {@link Blob}, which is shared. */
public sealed interface SqlValue {

    /** SQL NULL. */
    SqlValue NULL = new Null();

    /** The value as the driver binds it: null, {@link Long}, {@link Double}, {@link String} or {@code byte[]}. */
    @Nullable
    Object boxed();

    /** SQL NULL. */
    record Null() implements SqlValue {
        @Override
        public @Nullable Object boxed() {
            return null;
        }
    }

    /** A signed 64-bit integer. */
    @SuppressWarnings("JavaLangClash") // SQLite's own name for it, and always written SqlValue.Integer
    record Integer(long value) implements SqlValue {
        @Override
        public Object boxed() {
            return value;
        }
    }

    /** A 64-bit IEEE 754 number; SQLite stores NaN as NULL. */
    record Real(double value) implements SqlValue {
        @Override
        public Object boxed() {
            return value;
        }
    }

    /** Text without lone surrogates. */
    record Text(String value) implements SqlValue {
        public Text {
            requireNonNull(value, "value is null");
        }

        @Override
        public Object boxed() {
            return value;
        }
    }

    /** Bytes; the array is not copied, its owner must leave it alone. */
    @SuppressWarnings("ArrayRecordComponent") // a blob is bound once and never compared: copies would only cost
    record Blob(byte[] value) implements SqlValue {
        public Blob {
            requireNonNull(value, "value is null");
        }

        @Override
        public Object boxed() {
            return value;
        }
    }
}
