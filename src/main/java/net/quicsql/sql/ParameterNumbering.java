package net.quicsql.sql;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives out parameter numbers by SQLite's rules while a statement is read: a bare {@code ?} gets the largest number so far
 * plus one, {@code ?N} gets N, a name gets the largest plus one when it is first seen. What SQLite will refuse, {@code ?0}
 * or a number above the limit, is passed over. One thread at a time.
 */
final class ParameterNumbering {

    private static final int FIRST_CAPACITY = 4;
    /** Where reading a number stops, before it can overflow. */
    private static final int ABOVE_LIMIT = Parameters.MAX_NUMBER + 1;

    private int count;
    private int size;
    private String[] names = new String[FIRST_CAPACITY];
    private int[] indexes = new int[FIRST_CAPACITY];
    private @Nullable Map<String, Integer> indexByName;
    private @Nullable Set<Integer> namedIndexes;

    /** Adds the parameter that is written between two offsets. */
    void add(String text, int start, int end) {
        if (text.charAt(start) != '?') {
            addNamed(text, start, end);
        } else if (end > start + 1) {
            addNumbered(text, start, end);
        } else if (count < Parameters.MAX_NUMBER) {
            count++;
        }
    }

    Parameters toParameters() {
        return new Parameters(count, Arrays.copyOf(names, size), Arrays.copyOf(indexes, size));
    }

    private void addNamed(String text, int start, int end) {
        boolean internalRegister = text.charAt(start) == '#' && Character.digit(text.charAt(start + 1), 10) >= 0;
        if (!internalRegister && count < Parameters.MAX_NUMBER && !isKnown(text, start, end)) {
            count++;
            addName(text.substring(start, end), count);
        }
    }

    private void addNumbered(String text, int start, int end) {
        int number = 0;
        for (int i = start + 1; i < end && number < ABOVE_LIMIT; i++) {
            number = Math.min(ABOVE_LIMIT, number * 10 + text.charAt(i) - '0');
        }
        if (number < 1 || number > Parameters.MAX_NUMBER) {
            return;
        }
        if (number > count || !isNamed(number)) {
            count = Math.max(count, number);
            addName(text.substring(start, end), number);
        }
    }

    private boolean isKnown(String text, int start, int end) {
        if (indexByName != null) {
            return indexByName.containsKey(text.substring(start, end));
        }
        int length = end - start;
        for (int i = 0; i < size; i++) {
            if (names[i].length() == length && text.startsWith(names[i], start)) {
                return true;
            }
        }
        return false;
    }

    private boolean isNamed(int number) {
        if (namedIndexes != null) {
            return namedIndexes.contains(number);
        }
        for (int i = 0; i < size; i++) {
            if (indexes[i] == number) {
                return true;
            }
        }
        return false;
    }

    private void addName(String name, int index) {
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
            indexes = Arrays.copyOf(indexes, size * 2);
        }
        names[size] = name;
        indexes[size] = index;
        size++;
        if (size > Parameters.FEW) {
            remember(name, index);
        }
    }

    private void remember(String name, int index) {
        Map<String, Integer> byName = indexByName;
        Set<Integer> named = namedIndexes;
        if (byName == null || named == null) {
            byName = new HashMap<>();
            named = new HashSet<>();
            for (int i = 0; i < size; i++) {
                byName.put(names[i], indexes[i]);
                named.add(indexes[i]);
            }
            indexByName = byName;
            namedIndexes = named;
        }
        byName.put(name, index);
        named.add(index);
    }
}
