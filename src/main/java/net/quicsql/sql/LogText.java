package net.quicsql.sql;

/** Writes a statement's tokens without its literals. One thread at a time. */
final class LogText {

    private static final char LITERAL = '?';
    private static final char ELLIPSIS = '\u2026';

    private final Tokenizer tokens;
    private final int maxLength;
    private final StringBuilder out = new StringBuilder();
    private Token previous = Token.SEMICOLON;
    private boolean amongValues;

    LogText(String sql, int maxLength) {
        if (maxLength < 1) {
            throw new IllegalArgumentException("maxLength is less than 1: " + maxLength);
        }
        this.tokens = new Tokenizer(sql, 0, sql.length());
        this.maxLength = maxLength;
        write();
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void write() {
        int end = 0;
        Token token = tokens.next();
        while (token != Token.END_OF_TEXT && out.length() <= maxLength) {
            if (tokens.start() > end && out.length() > 0) {
                out.append(' ');
            }
            end = tokens.end();
            if (isLiteral(token)) {
                out.append(LITERAL);
            } else {
                appendToken();
            }
            amongValues = token == Token.VALUES || token == Token.IN || (amongValues && !endsValues(token));
            previous = token;
            token = tokens.next();
        }
        cut();
    }

    private boolean isLiteral(Token token) {
        return switch (token) {
            case STRING, BLOB, NUMBER, ILLEGAL -> true;
            case QUOTED_NAME -> tokens.text().charAt(tokens.start()) == '"' && mayBeString();
            default -> false;
        };
    }

    /** SQLite reads "text" as a string when no column has that name, and people rely on it in comparisons and lists. */
    private boolean mayBeString() {
        String text = tokens.text();
        for (int i = tokens.start() + 1; i < tokens.end() - 1; i++) {
            if (!Character.isUnicodeIdentifierPart(text.charAt(i))) {
                return true;
            }
        }
        boolean qualified = previous == Token.DOT || (tokens.end() < text.length() && text.charAt(tokens.end()) == '.');
        return !qualified && (amongValues || previous == Token.EQUALS || previous == Token.OPERATOR);
    }

    private static boolean endsValues(Token token) {
        return token == Token.ON || token == Token.RETURNING || token == Token.SELECT || token == Token.FROM;
    }

    private void appendToken() {
        String text = tokens.text();
        int last = Math.min(tokens.end(), tokens.start() + maxLength + 1);
        for (int i = tokens.start(); i < last; i++) {
            out.append(printable(text.charAt(i)));
        }
    }

    /** Quoted names, and names beyond ASCII, may hold what would break or forge a line of a log. */
    private static char printable(char c) {
        if (c < 127) {
            return c < ' ' ? LITERAL : c;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> LITERAL;
            default -> c;
        };
    }

    private void cut() {
        if (out.length() > maxLength) {
            out.setLength(maxLength - 1);
            out.append(ELLIPSIS);
        }
    }
}
