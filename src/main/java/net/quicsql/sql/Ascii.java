package net.quicsql.sql;

/** Case folding of A to Z only, as SQLite does it for keywords and names. */
final class Ascii {

    private Ascii() {}

    static char toLower(char character) {
        return character >= 'A' && character <= 'Z' ? (char) (character | 0x20) : character;
    }

    static String toLower(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (toLower(text.charAt(i)) != text.charAt(i)) {
                char[] folded = text.toCharArray();
                for (int j = i; j < folded.length; j++) {
                    folded[j] = toLower(folded[j]);
                }
                return new String(folded);
            }
        }
        return text;
    }

    /** Whether the text at {@code offset} is {@code lowerCase} in any case; the caller has checked that it is long enough. */
    static boolean matches(String text, int offset, String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            if (toLower(text.charAt(offset + i)) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean equal(String text, String lowerCase) {
        return text.length() == lowerCase.length() && matches(text, 0, lowerCase);
    }
}
