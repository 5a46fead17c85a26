package net.quicsql.sql;

/**
 * Walks over the tokens of a text by SQLite's lexical rules. White space and comments are stepped over. One thread at a
 * time.
 */
final class Tokenizer {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final byte SPACE = 1;
    private static final byte NAME_PART = 2;
    private static final byte DIGIT = 4;
    private static final byte HEX_DIGIT = 8;
    private static final byte[] CLASSES = new byte[128];

    static {
        for (char c = '\t'; c <= '\r'; c++) {
            CLASSES[c] = SPACE;
        }
        CLASSES[' '] = SPACE;
        CLASSES['_'] = NAME_PART;
        CLASSES['$'] = NAME_PART;
        for (char c = '0'; c <= '9'; c++) {
            CLASSES[c] = NAME_PART | DIGIT | HEX_DIGIT;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            byte classes = c <= 'f' ? NAME_PART | HEX_DIGIT : NAME_PART;
            CLASSES[c] = classes;
            CLASSES[c - 'a' + 'A'] = classes;
        }
    }

    private final String text;
    private final int limit;
    private int start;
    private int end;

    /** Reads the characters between two offsets as if there were no others. */
    Tokenizer(String text, int from, int limit) {
        this.text = text;
        this.limit = limit;
        this.start = from;
        this.end = from;
    }

    String text() {
        return text;
    }

    /** Where the latest token begins. */
    int start() {
        return start;
    }

    /** Where the latest token ends, and the search for the next begins. */
    int end() {
        return end;
    }

    /** Goes on to the next token; at the end of the text it stays there. */
    Token next() {
        int position = skipSpaceAndComments(end);
        start = position;
        if (position >= limit) {
            end = limit;
            return Token.END_OF_TEXT;
        }
        char c = text.charAt(position);
        return switch (c) {
            case ';' -> single(Token.SEMICOLON);
            case '(' -> single(Token.LEFT_PAREN);
            case ')' -> single(Token.RIGHT_PAREN);
            case ',' -> single(Token.COMMA);
            case '.' -> isDigit(at(position + 1)) ? number() : single(Token.DOT);
            case '+' -> single(Token.PLUS);
            case '-' -> minus();
            case '=' -> equalSign();
            case '*', '/', '%', '&', '~' -> single(Token.OPERATOR);
            case '<', '>', '|', '!' -> comparison(c, at(position + 1));
            case '\'', '"', '`' -> quoted(c);
            case '[' -> bracketed();
            case '?' -> numberedVariable();
            case '@', '#', ':', '$' -> variable();
            case 'x', 'X' -> at(position + 1) == '\'' ? blob() : name();
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> isNamePart(c) ? name() : single(Token.ILLEGAL);
        };
    }

    /** Whether the latest token, a name, is {@code lowerCase} in any case, inside its quotes if it has some. */
    boolean isNamed(Token token, String lowerCase) {
        int quote = token == Token.QUOTED_NAME || token == Token.STRING ? 1 : 0;
        return end - start - 2 * quote == lowerCase.length() && Ascii.matches(text, start + quote, lowerCase);
    }

    /** Whether the latest token, a name, begins with {@code lowerCase} in any case, inside its quotes if it has some. */
    boolean isNamedLike(Token token, String lowerCase) {
        int quote = token == Token.QUOTED_NAME || token == Token.STRING ? 1 : 0;
        return end - start - 2 * quote >= lowerCase.length() && Ascii.matches(text, start + quote, lowerCase);
    }

    /** The latest token, a name, without its quotes. */
    String unquoted(Token token) {
        if (token != Token.QUOTED_NAME && token != Token.STRING) {
            return text.substring(start, end);
        }
        String inner = text.substring(start + 1, end - 1);
        char quote = text.charAt(start);
        if (quote == '[' || inner.indexOf(quote) < 0) {
            return inner;
        }
        String once = String.valueOf(quote);
        return inner.replace(once + once, once);
    }

    private int skipSpaceAndComments(int from) {
        int position = from;
        while (position < limit) {
            char c = text.charAt(position);
            if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
                position = skip(position + 1, SPACE);
            } else if (c == '-' && at(position + 1) == '-') {
                // The line end stays: it begins a run of white space, the only place where U+000B is legal.
                int lineEnd = text.indexOf('\n', position + 2);
                position = lineEnd < 0 ? limit : Math.min(limit, lineEnd);
            } else if (c == '/' && at(position + 1) == '*' && position + 2 < limit) {
                position = endOf("*/", position + 2);
            } else if (c == BYTE_ORDER_MARK) {
                position++;
            } else {
                break;
            }
        }
        return position;
    }

    private int endOf(String terminator, int from) {
        int found = text.indexOf(terminator, from);
        return found < 0 ? limit : Math.min(limit, found + terminator.length());
    }

    private Token single(Token token) {
        end = start + 1;
        return token;
    }

    private Token minus() {
        if (at(start + 1) != '>') {
            return single(Token.MINUS);
        }
        end = at(start + 2) == '>' ? start + 3 : start + 2;
        return Token.OPERATOR;
    }

    private Token equalSign() {
        end = at(start + 1) == '=' ? start + 2 : start + 1;
        return Token.EQUALS;
    }

    private Token comparison(char first, char second) {
        boolean two = switch (first) {
            case '<' -> second == '=' || second == '>' || second == '<';
            case '>' -> second == '=' || second == '>';
            case '|' -> second == '|';
            default -> second == '=';
        };
        end = two ? start + 2 : start + 1;
        return two || first != '!' ? Token.OPERATOR : Token.ILLEGAL;
    }

    private Token quoted(char quote) {
        int position = start + 1;
        while (true) {
            int found = text.indexOf(quote, position);
            if (found < 0 || found >= limit) {
                end = limit;
                return Token.ILLEGAL;
            }
            if (at(found + 1) != quote) {
                end = found + 1;
                return quote == '\'' ? Token.STRING : Token.QUOTED_NAME;
            }
            position = found + 2;
        }
    }

    private Token bracketed() {
        int found = text.indexOf(']', start + 1);
        boolean closed = found >= 0 && found < limit;
        end = closed ? found + 1 : limit;
        return closed ? Token.QUOTED_NAME : Token.ILLEGAL;
    }

    private Token blob() {
        int position = skip(start + 2, HEX_DIGIT);
        if (at(position) == '\'' && (position - start) % 2 == 0) {
            end = position + 1;
            return Token.BLOB;
        }
        end = endOf("'", position);
        return Token.ILLEGAL;
    }

    private Token name() {
        end = skip(start + 1, NAME_PART);
        return Keywords.find(text, start, end);
    }

    private Token number() {
        int position;
        if (text.charAt(start) == '0'
                && (at(start + 1) == 'x' || at(start + 1) == 'X')
                && isClass(at(start + 2), HEX_DIGIT)) {
            position = skipDigits(start + 2, HEX_DIGIT);
        } else {
            position = skipDigits(start, DIGIT);
            if (at(position) == '.') {
                position = skipDigits(position + 1, DIGIT);
            }
            position = exponent(position);
        }
        end = skip(position, NAME_PART);
        return end == position ? Token.NUMBER : Token.ILLEGAL;
    }

    private int exponent(int position) {
        char letter = at(position);
        if (letter != 'e' && letter != 'E') {
            return position;
        }
        char sign = at(position + 1);
        int digits = sign == '+' || sign == '-' ? position + 2 : position + 1;
        return isDigit(at(digits)) ? skipDigits(digits, DIGIT) : position;
    }

    private Token numberedVariable() {
        end = skip(start + 1, DIGIT);
        return Token.VARIABLE;
    }

    /** A name after {@code @ # : $}, with {@code ::} between its parts and at most one {@code (...)} at its end. */
    private Token variable() {
        int position = start + 1;
        int letters = 0;
        boolean closed = true;
        while (position < limit) {
            char c = text.charAt(position);
            if (isNamePart(c)) {
                letters++;
                position++;
            } else if (c == '(' && letters > 0) {
                do {
                    position++;
                } while (position < limit && !isClass(at(position), SPACE) && at(position) != ')');
                closed = at(position) == ')';
                position = closed ? position + 1 : position;
                break;
            } else if (c == ':' && at(position + 1) == ':') {
                position += 2;
            } else {
                break;
            }
        }
        end = position;
        return closed && letters > 0 ? Token.VARIABLE : Token.ILLEGAL;
    }

    private int skipDigits(int from, byte digits) {
        int position = from;
        while (isClass(at(position), digits) || at(position) == '_') {
            position++;
        }
        return position;
    }

    private int skip(int from, byte characters) {
        int position = from;
        while (position < limit && isClass(text.charAt(position), characters)) {
            position++;
        }
        return position;
    }

    /** The character at an offset, or U+0000, which no text that reaches SQLite holds, behind the last one. */
    private char at(int position) {
        return position < limit ? text.charAt(position) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNamePart(char c) {
        return isClass(c, NAME_PART);
    }

    /** Every character beyond ASCII is part of a name and of nothing else. */
    private static boolean isClass(char c, byte characters) {
        return c < 128 ? (CLASSES[c] & characters) != 0 : characters == NAME_PART;
    }
}
