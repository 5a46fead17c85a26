package main

import (
	"database/sql"
	"errors"
)

func (d *door) checkStatements() {
	d.exec("DROP TABLE IF EXISTS things_go")
	result, err := d.db.ExecContext(d.ctx, "CREATE TABLE things_go (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER)")
	d.must("create", err)
	d.affected("CREATE TABLE", result, 0)

	result, err = d.db.ExecContext(d.ctx, "INSERT INTO things_go (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)")
	d.must("insert", err)
	d.affected("INSERT of three rows", result, 3)
	d.inserted("INSERT of three rows", result, 3)
	result, err = d.db.ExecContext(d.ctx, "INSERT INTO things_go (id, name) VALUES (?, 'far')", int64(1)<<62)
	d.must("insert", err)
	d.inserted("INSERT with a large id", result, 1<<62)
	result, err = d.db.ExecContext(d.ctx, "UPDATE things_go SET n = n + 10 WHERE n >= ?", 2)
	d.must("update", err)
	d.affected("UPDATE", result, 2)
	result, err = d.db.ExecContext(d.ctx, "DELETE FROM things_go WHERE id > 100")
	d.must("delete", err)
	d.affected("DELETE", result, 1)
	result, err = d.db.ExecContext(d.ctx, "DELETE FROM things_go WHERE id > 100")
	d.must("delete", err)
	d.affected("DELETE of nothing", result, 0)

	d.equal("RETURNING", d.one("INSERT INTO things_go (name) VALUES ('d') RETURNING name || id"), "d4")
	d.equal("RETURNING of many rows", len(d.texts("UPDATE things_go SET n = 0 RETURNING name")), 4)
	d.equal("an upsert with RETURNING",
		d.one("INSERT INTO things_go (name, n) VALUES ('d', 7) ON CONFLICT (name) DO UPDATE SET n = excluded.n RETURNING n"),
		int64(7))

	d.equal("? and ?", d.one("SELECT ? || ?", "a", "b"), "ab")
	d.equal("?2 and ?1", d.one("SELECT ?2 || ?1 || ?2", "a", "b"), "bab")
	d.equal(":a, @b and $c", d.one("SELECT :a || @b || $c || :a",
		sql.Named("a", "x"), sql.Named("b", "y"), sql.Named("c", "z")), "xyzx")
	err = d.db.QueryRowContext(d.ctx, "SELECT ?1, ?2", 1).Scan(new(any), new(any))
	d.refused("an argument too few", err, "no value was given for parameter ?2")

	var none any
	err = d.db.QueryRowContext(d.ctx, "SELECT 1 WHERE 0").Scan(&none)
	d.that("no row is sql.ErrNoRows", errors.Is(err, sql.ErrNoRows))
	rows, err := d.db.QueryContext(d.ctx, "SELECT 1 AS x, 2 AS x, 3 AS \"wörd\" WHERE 0")
	d.must("columns", err)
	columns, err := rows.Columns()
	d.must("columns", err)
	d.equal("names of columns without a row", columns, []string{"x", "x", "wörd"})
	rows.Close()
	d.equal("comments and a semicolon", d.one("/* one */ SELECT 1; -- two"), int64(1))
	d.equal("PRAGMA", d.one("PRAGMA foreign_keys"), int64(1))
	d.equal("a function of a PRAGMA",
		d.texts("SELECT name FROM pragma_table_info('things_go')"), []string{"id", "name", "n"})
	rows, err = d.db.QueryContext(d.ctx, "EXPLAIN QUERY PLAN SELECT * FROM things_go WHERE name = ?", "a")
	d.must("explain", err)
	d.that("EXPLAIN QUERY PLAN has rows", rows.Next())
	rows.Close()

	d.checkPrepared()
	d.checkManyRows()
}

func (d *door) checkPrepared() {
	insert, err := d.db.PrepareContext(d.ctx, "INSERT INTO things_go (name, n) VALUES (?, ?)")
	d.must("prepare", err)
	defer insert.Close()
	for i := 0; i < 50; i++ {
		result, err := insert.ExecContext(d.ctx, "prepared"+string(rune('0'+i/10))+string(rune('0'+i%10)), i)
		d.must("insert by a prepared statement", err)
		if changed, _ := result.RowsAffected(); changed != 1 {
			d.affected("a prepared INSERT", result, 1)
		}
	}
	query, err := d.db.PrepareContext(d.ctx, "SELECT count(*), max(n) FROM things_go WHERE name LIKE ?")
	d.must("prepare", err)
	defer query.Close()
	var count, largest int64
	d.must("query", query.QueryRowContext(d.ctx, "prepared%").Scan(&count, &largest))
	d.equal("rows of a prepared INSERT", []int64{count, largest}, []int64{50, 49})
	_, err = insert.ExecContext(d.ctx, "prepared00", 1)
	d.refused("a prepared statement's error", err, "UNIQUE constraint failed: things_go.name")
	_, err = insert.ExecContext(d.ctx, "prepared after an error", 1)
	d.must("a prepared statement after an error", err)
	_, err = insert.ExecContext(d.ctx, "one argument")
	few := "expected 2 arguments, got 1" // the driver counts
	if d.websocket() {
		few = "no value was given for parameter number 2" // the server does
	}
	d.refused("a prepared statement with an argument too few", err, few)

	broken, err := d.db.PrepareContext(d.ctx, "SELEC 1")
	if err == nil {
		// The driver prepares nothing on the server, so what is wrong shows when it runs.
		_, err = broken.ExecContext(d.ctx)
	}
	d.refused("a prepared statement that is no SQL", err, "syntax error")
}

func (d *door) checkManyRows() {
	rows, err := d.db.QueryContext(d.ctx, `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 10000)
		SELECT i, 'row ' || i, i / 4.0 FROM c`)
	d.must("10000 rows", err)
	defer rows.Close()
	read, sum := 0, int64(0)
	for rows.Next() {
		var i int64
		var text string
		var quarter float64
		d.must("scan", rows.Scan(&i, &text, &quarter))
		if quarter != float64(i)/4 {
			d.equal("a row's float", quarter, float64(i)/4)
		}
		read++
		sum += i
	}
	d.must("10000 rows", rows.Err())
	d.equal("10000 rows", []int64{int64(read), sum}, []int64{10000, 50005000})

	rows, err = d.db.QueryContext(d.ctx, "SELECT n FROM things_go")
	d.must("rows", err)
	d.that("the first row of many", rows.Next())
	d.must("close early", rows.Close())
	d.equal("after rows that nobody read to the end", d.one("SELECT 1"), int64(1))
}

func (d *door) checkScripts() {
	d.exec("DROP TABLE IF EXISTS script_go")
	d.exec("CREATE TABLE script_go (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
	d.exec("DROP TABLE IF EXISTS log_go")
	d.exec("CREATE TABLE log_go (text TEXT)")
	d.exec(`CREATE TRIGGER script_go_log AFTER INSERT ON script_go BEGIN
		INSERT INTO log_go VALUES ('new; ' || new.name);
		UPDATE log_go SET text = text || '!' WHERE rowid = last_insert_rowid();
	END`)
	if d.websocket() {
		_, err := d.db.ExecContext(d.ctx, "INSERT INTO log_go VALUES ('a'); INSERT INTO log_go VALUES ('b')")
		d.refused("several statements at once over ws://", err, "statement")
		d.equal("of which none ran", d.count("log_go"), int64(0))
		d.exec("INSERT INTO script_go (name) VALUES ('a')")
		d.equal("a trigger", d.texts("SELECT text FROM log_go"), []string{"new; a!"})
		return
	}
	result, err := d.db.ExecContext(d.ctx, `INSERT INTO script_go (name) VALUES ('a;b');
		-- the arguments are handed out in turn
		INSERT INTO script_go (name) VALUES (?), (?); INSERT INTO script_go (name) VALUES (?);`, "c", "d", "e")
	d.must("several statements", err)
	d.affected("several statements", result, 4)
	d.inserted("several statements", result, 4)
	d.equal("a trigger", len(d.texts("SELECT text FROM log_go WHERE text LIKE 'new; %!'")), 4)

	_, err = d.db.ExecContext(d.ctx, `INSERT INTO script_go (name) VALUES ('stays');
		INSERT INTO script_go (name) VALUES ('c'); INSERT INTO script_go (name) VALUES ('never')`)
	d.refused("the second of three statements fails", err, "UNIQUE constraint failed: script_go.name")
	d.equal("without BEGIN what ran before it stays", d.texts("SELECT name FROM script_go WHERE id > 4"), []string{"stays"})
	_, err = d.db.ExecContext(d.ctx, `BEGIN; INSERT INTO script_go (name) VALUES ('goes');
		INSERT INTO script_go (name) VALUES ('c'); COMMIT`)
	d.refused("a statement between BEGIN and COMMIT fails", err, "UNIQUE constraint failed: script_go.name")
	d.equal("with BEGIN nothing stays", d.count("script_go"), int64(5))
	_, err = d.db.ExecContext(d.ctx, "BEGIN; INSERT INTO script_go (name) VALUES ('new'); COMMIT")
	d.must("BEGIN and COMMIT", err)
	d.equal("with COMMIT all stays", d.count("script_go"), int64(6))

	rows, err := d.db.QueryContext(d.ctx, "SELECT 1; SELECT 'a', 'b' UNION ALL SELECT 'c', 'd'; SELECT 3.5")
	d.must("several queries", err)
	defer rows.Close()
	var found []any
	for more := true; more; more = rows.NextResultSet() {
		columns, err := rows.Columns()
		d.must("columns", err)
		for rows.Next() {
			row, cells := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				cells[i] = &row[i]
			}
			d.must("scan", rows.Scan(cells...))
			found = append(found, row...)
		}
	}
	d.must("several queries", rows.Err())
	d.equal("several results", found, []any{int64(1), "a", "b", "c", "d", 3.5})
}

func (d *door) texts(query string) []string {
	rows, err := d.db.QueryContext(d.ctx, query)
	d.must(query, err)
	defer rows.Close()
	found := []string{}
	for rows.Next() {
		var text string
		d.must(query, rows.Scan(&text))
		found = append(found, text)
	}
	d.must(query, rows.Err())
	return found
}

func (d *door) affected(what string, result sql.Result, expected int64) {
	found, err := result.RowsAffected()
	d.must(what, err)
	d.equal(what+": rows affected", found, expected)
}

func (d *door) inserted(what string, result sql.Result, expected int64) {
	found, err := result.LastInsertId()
	d.must(what, err)
	d.equal(what+": last id", found, expected)
}
