package net.quicsql.dump;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.quicsql.dump.DumpTable.Form;
import net.quicsql.engine.Snapshot;
import org.jspecify.annotations.Nullable;

/** Reads which tables there are, SQLite's own left out, in the order of their making. Stateless. */
final class TableList {
    private static final String TABLES = "SELECT rowid, name, coalesce(rootpage, 0),"
            + " CASE WHEN coalesce(rootpage, 0) = 0 THEN sql END FROM main.sqlite_schema"
            + " WHERE type = 'table' AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
    private static final String SHADOWS =
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";

    private TableList() {}

    static List<DumpTable> read(Snapshot snapshot) {
        RowTexts found = new RowTexts();
        snapshot.read(TABLES, found);
        Map<String, String> virtual = new HashMap<>();
        for (List<String> row : found.rows()) {
            if (row.get(2).equals("0")) {
                virtual.put(row.get(1), row.get(3));
            }
        }
        Map<String, Form> special = virtual.isEmpty() ? Map.of() : forms(virtual, shadows(snapshot));
        List<DumpTable> tables = new ArrayList<>();
        for (List<String> row : found.rows()) {
            String name = row.get(1);
            tables.add(new DumpTable(Long.parseLong(row.get(0)), name, special.getOrDefault(name, Form.PLAIN)));
        }
        return tables;
    }

    private static List<String> shadows(Snapshot snapshot) {
        RowTexts shadows = new RowTexts();
        snapshot.read(SHADOWS, shadows);
        return shadows.first();
    }

    /** The forms of virtual tables, and of those behind them that they write by themselves. */
    private static Map<String, Form> forms(Map<String, String> virtual, List<String> shadows) {
        Map<String, Set<String>> ends = new HashMap<>();
        Map<String, String> owners = new HashMap<>();
        for (String shadow : shadows) {
            String owner = owner(shadow, virtual.keySet());
            if (owner != null) {
                owners.put(shadow, owner);
                ends.computeIfAbsent(owner, key -> new HashSet<>()).add(shadow.substring(owner.length() + 1));
            }
        }
        Map<String, Form> forms = new HashMap<>();
        virtual.forEach((name, sql) -> forms.put(name, DumpTable.virtualForm(sql, ends.getOrDefault(name, Set.of()))));
        owners.forEach((shadow, owner) -> {
            if (forms.get(owner) != Form.SCHEMA_ROW) {
                forms.put(shadow, Form.MADE_BY_VIRTUAL);
            }
        });
        return forms;
    }

    /** The virtual table whose name the shadow's begins with: as SQLite finds it, up to the last underscore. */
    private static @Nullable String owner(String shadow, Set<String> virtual) {
        String name = shadow.substring(0, Math.max(0, shadow.lastIndexOf('_')));
        return virtual.contains(name)
                ? name
                : virtual.stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
    }
}
