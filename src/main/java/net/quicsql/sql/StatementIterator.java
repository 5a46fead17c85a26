package net.quicsql.sql;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Reads a text one statement at a time and keeps none. One thread at a time. */
final class StatementIterator implements Iterator<SqlStatement> {

    private final Tokenizer tokens;
    private @Nullable SqlStatement next;

    StatementIterator(String sql) {
        this.tokens = new Tokenizer(sql, 0, sql.length());
        this.next = StatementReader.next(tokens);
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public SqlStatement next() {
        SqlStatement current = next;
        if (current == null) {
            throw new NoSuchElementException("the text has no more statements");
        }
        next = StatementReader.next(tokens);
        return current;
    }
}
