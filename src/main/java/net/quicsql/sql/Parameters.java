package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of one statement, numbered as SQLite numbers them. Immutable. */
public final class Parameters {

    /** The largest parameter number; SQLite's own limit is set to it on every connection. */
    public static final int MAX_NUMBER = 32_766;

    /** Up to here walking an array beats a hash table. */
    static final int FEW = 16;

    static final Parameters NONE = new Parameters(0, new String[0], new int[0]);

    private final int count;
    private final String[] names;
    private final int[] indexes;
    private final Map<String, Integer> indexByName;
    private final Map<Integer, String> nameByIndex;

    Parameters(int count, String[] names, int[] indexes) {
        this.count = count;
        this.names = names;
        this.indexes = indexes;
        if (names.length <= FEW) {
            this.indexByName = Map.of();
            this.nameByIndex = Map.of();
        } else {
            this.indexByName = new HashMap<>(names.length * 2);
            this.nameByIndex = new HashMap<>(names.length * 2);
            for (int i = 0; i < names.length; i++) {
                indexByName.put(names[i], indexes[i]);
                nameByIndex.put(indexes[i], names[i]);
            }
        }
    }

    /** The largest index that the statement uses: what {@code sqlite3_bind_parameter_count} says. */
    public int count() {
        return count;
    }

    /**
     * The name of a parameter with its prefix, as first written: {@code :id}, {@code @id}, {@code $id}, {@code ?3}.
     *
     * @param index from 1 to {@link #count()}
     * @return null for a bare {@code ?} and for a number that is not used
     */
    public @Nullable String name(int index) {
        if (names.length > FEW) {
            return nameByIndex.get(index);
        }
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] == index) {
                return names[i];
            }
        }
        return null;
    }

    /** The index of the parameter with exactly this name, prefix included; 0 when there is none. */
    public int indexOf(String nameWithPrefix) {
        requireNonNull(nameWithPrefix, "nameWithPrefix is null");
        if (names.length > FEW) {
            return indexByName.getOrDefault(nameWithPrefix, 0);
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(nameWithPrefix)) {
                return indexes[i];
            }
        }
        return 0;
    }
}
