package net.quicsql.sql;

import org.jspecify.annotations.Nullable;

/** Finds the keyword that a stretch of text spells, without making a string of it. */
final class Keywords {

    private static final int SHORTEST = 2;
    private static final int LONGEST = 11;
    /** A power of two, about ten times the number of keywords, so that most names meet an empty slot at once. */
    private static final int SLOTS = 512;

    private static final @Nullable Token[] TOKENS = new @Nullable Token[SLOTS];
    private static final String[] SPELLINGS = new String[SLOTS];

    static {
        for (Token token : Token.values()) {
            if (token.isKeyword()) {
                String spelling = Ascii.toLower(token.name());
                int slot = slot(spelling, 0, spelling.length());
                while (TOKENS[slot] != null) {
                    slot = (slot + 1) % SLOTS;
                }
                TOKENS[slot] = token;
                SPELLINGS[slot] = spelling;
            }
        }
    }

    private Keywords() {}

    /** The keyword between two offsets, in any ASCII case, or {@link Token#NAME} when there is none. */
    static Token find(String text, int start, int end) {
        int length = end - start;
        if (length < SHORTEST || length > LONGEST) {
            return Token.NAME;
        }
        int slot = slot(text, start, end);
        Token token = TOKENS[slot];
        while (token != null) {
            String spelling = SPELLINGS[slot];
            if (spelling.length() == length && Ascii.matches(text, start, spelling)) {
                return token;
            }
            slot = (slot + 1) % SLOTS;
            token = TOKENS[slot];
        }
        return Token.NAME;
    }

    /** Mixes length, first, second and last character; setting bit 5 folds the letters and is enough for a hash. */
    private static int slot(String text, int start, int end) {
        int hash = end - start;
        hash = hash * 31 + (text.charAt(start) | 0x20);
        hash = hash * 31 + (text.charAt(start + 1) | 0x20);
        hash = hash * 31 + (text.charAt(end - 1) | 0x20);
        return (hash ^ (hash >>> 9)) & (SLOTS - 1);
    }
}
