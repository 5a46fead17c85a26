package net.quicsql.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Schemas and writes made up from a seed: small enough that rows, keys and constraints get in each other's way all the
 * time. One thread at a time.
 */
final class RandomWrites {
    private final Random random;

    RandomWrites(long seed) {
        random = new Random(seed);
    }

    List<String> schema() {
        List<String> schema = new ArrayList<>();
        schema.add("CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT UNIQUE)");
        schema.add("CREATE TABLE child (id INTEGER PRIMARY KEY" + one("", " AUTOINCREMENT")
                + ", p INTEGER REFERENCES parent(id)" + one("", " ON DELETE CASCADE", " ON DELETE SET NULL")
                + (sometimes(16) ? " DEFERRABLE INITIALLY DEFERRED" : "") + ", v UNIQUE"
                + (sometimes(16) ? " ON CONFLICT " + one("ROLLBACK", "FAIL", "REPLACE", "IGNORE") : "")
                + ", n INTEGER DEFAULT 0 CHECK (n < 90))");
        schema.add("CREATE TABLE plain (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID");
        schema.add("CREATE TABLE log (id INTEGER PRIMARY KEY, what)");
        schema.add("CREATE TRIGGER logged AFTER INSERT ON child BEGIN INSERT INTO log (what) VALUES (NEW.v); END");
        if (sometimes(2)) {
            schema.add("CREATE TRIGGER refused BEFORE UPDATE ON child WHEN NEW.n > 70 BEGIN SELECT RAISE("
                    + (sometimes(12) ? one("ROLLBACK", "FAIL") : "ABORT") + ", 'refused'); END");
        }
        if (sometimes(2)) {
            schema.add("CREATE TRIGGER ignored BEFORE DELETE ON parent WHEN OLD.id % 3 = 0"
                    + " BEGIN SELECT RAISE(IGNORE); END");
        }
        if (sometimes(2)) {
            schema.add("CREATE INDEX child_n ON child (n, v)");
        }
        schema.add("INSERT INTO parent VALUES (1, 'one'), (2, 'two'), (3, 'three')");
        schema.add("INSERT INTO child (id, p, v) VALUES (4242, 1, 'first')");
        return schema;
    }

    String write() {
        return switch (random.nextInt(14)) {
            case 0 -> insert() + "INTO parent (v) VALUES ('" + word() + "')" + returning();
            case 1 -> insert() + "INTO parent VALUES (" + number() + ", '" + word() + "')" + returning();
            case 2, 3 ->
                insert() + "INTO child (p, v, n) VALUES (" + number() + ", '" + word() + "', " + percent() + ")"
                        + returning();
            case 4 ->
                insert() + "INTO child (p, v) VALUES (1, '" + word() + "'), (" + number() + ", '" + word() + "'), (2, '"
                        + word() + "')" + returning();
            case 5 ->
                "INSERT INTO child (p, v) VALUES (1, '" + word() + "') ON CONFLICT (v) DO "
                        + one("NOTHING", "UPDATE SET n = n + 20") + returning();
            case 6 ->
                insert() + "INTO plain VALUES ('" + word() + "', " + number() + ")"
                        + one("", " ON CONFLICT DO UPDATE SET n = excluded.n") + returning();
            case 7 ->
                "UPDATE " + one("", "OR IGNORE ", "OR REPLACE ", "", "", "OR FAIL ", "OR ROLLBACK ") + "child SET v = '"
                        + word() + "' WHERE n < " + percent() + returning();
            case 8 -> "UPDATE child SET n = n + " + number() + " WHERE id % 2 = " + random.nextInt(2) + returning();
            case 9 -> "DELETE FROM " + one("child", "parent", "log") + " WHERE id = " + number() + returning();
            case 10 -> "DELETE FROM plain WHERE n < " + number() + returning();
            case 11 ->
                "WITH w(v) AS (SELECT v FROM parent WHERE id < " + number() + ") INSERT INTO child (p, v)"
                        + " SELECT 1, v || '" + word() + "' FROM w" + returning();
            case 12 ->
                one(
                        "INSERT INTO nowhere VALUES (1)",
                        "INSERT INTO parent VALUES ('not a number', 'x')",
                        "UPDATE child SET nothing = 1",
                        "INSERT INTO log (what) VALUES (zeroblob(70000)) RETURNING what",
                        "INSERT INTO log (what) SELECT last_insert_rowid()",
                        "INSERT INTO log (what) VALUES (abs(-9223372036854775807 - 1))");
            default -> "REPLACE INTO child (id, p, v) VALUES (" + number() + ", 1, '" + word() + "')" + returning();
        };
    }

    private String insert() {
        return switch (random.nextInt(24)) {
            case 0 -> "INSERT OR IGNORE ";
            case 1 -> "INSERT OR REPLACE ";
            case 2 -> "INSERT OR FAIL ";
            case 3 -> "INSERT OR ROLLBACK ";
            case 4 -> "INSERT OR ABORT ";
            default -> "INSERT ";
        };
    }

    private String returning() {
        return sometimes(3) ? " RETURNING *" : "";
    }

    private String word() {
        return "w" + random.nextInt(12);
    }

    private int number() {
        return random.nextInt(8);
    }

    private int percent() {
        return random.nextInt(100);
    }

    private boolean sometimes(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
