package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

func (d *door) checkTransactions() {
	d.exec("DROP TABLE IF EXISTS ledger_go")
	d.exec("CREATE TABLE ledger_go (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")

	tx, err := d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('a')")
	d.equal("others do not see what is not committed", d.count("ledger_go"), int64(0))
	var seen int64
	d.must("count", tx.QueryRowContext(d.ctx, "SELECT count(*) FROM ledger_go").Scan(&seen))
	d.equal("the transaction sees what it wrote", seen, int64(1))
	d.must("commit", tx.Commit())
	d.equal("committed", d.count("ledger_go"), int64(1))
	d.that("Rollback after Commit is sql.ErrTxDone", errors.Is(tx.Rollback(), sql.ErrTxDone))

	tx, err = d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('b')")
	d.must("rollback", tx.Rollback())
	d.equal("rolled back", d.count("ledger_go"), int64(1))

	tx, err = d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	insert, err := tx.PrepareContext(d.ctx, "INSERT INTO ledger_go (name) VALUES (?)")
	d.must("prepare", err)
	for _, text := range []string{"c", "d"} {
		_, err = insert.ExecContext(d.ctx, text)
		d.must("insert", err)
	}
	_, err = insert.ExecContext(d.ctx, "a")
	d.refused("a constraint within a transaction", err, "UNIQUE constraint failed: ledger_go.name")
	d.execTx(tx, "SAVEPOINT here")
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('e')")
	d.execTx(tx, "ROLLBACK TO here")
	d.execTx(tx, "RELEASE here")
	d.must("commit", tx.Commit())
	d.equal("a transaction goes on after an error and a savepoint",
		d.texts("SELECT name FROM ledger_go ORDER BY name"), []string{"a", "c", "d"})

	tx, err = d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.must("count", tx.QueryRowContext(d.ctx, "SELECT count(*) FROM ledger_go").Scan(&seen))
	d.exec("DELETE FROM ledger_go WHERE name = 'd'")
	_, err = tx.ExecContext(d.ctx, "INSERT INTO ledger_go (name) VALUES ('late')")
	d.refused("a transaction that reads first and writes when somebody else has", err, "BEGIN IMMEDIATE")
	d.must("rollback", tx.Rollback())

	d.checkOneConnection()
	d.checkReadOnly()
	d.checkCommitThatFails()
}

// checkOneConnection begins and ends transactions by SQL on a connection that is held.
func (d *door) checkOneConnection() {
	held := d.hold()
	defer held.Close()
	for _, text := range []string{"BEGIN IMMEDIATE", "INSERT INTO ledger_go (name) VALUES ('held')", "COMMIT"} {
		_, err := held.ExecContext(d.ctx, text)
		d.must(text, err)
	}
	d.equal("BEGIN IMMEDIATE … COMMIT on a held connection", d.count("ledger_go"), int64(3))
	_, err := held.ExecContext(d.ctx, "BEGIN READONLY")
	d.must("BEGIN READONLY", err)
	_, err = held.ExecContext(d.ctx, "DELETE FROM ledger_go")
	d.refused("a write after BEGIN READONLY", err, "readonly")
	_, err = held.ExecContext(d.ctx, "ROLLBACK")
	d.must("ROLLBACK", err)
	_, err = held.ExecContext(d.ctx, "PRAGMA foreign_keys = OFF")
	d.must("PRAGMA", err)
	var on int64
	d.must("PRAGMA", held.QueryRowContext(d.ctx, "PRAGMA foreign_keys").Scan(&on))
	d.equal("a setting stays with the held connection", on, int64(0))
	d.equal("and no other has it", d.one("PRAGMA foreign_keys"), int64(1))
	_, err = held.ExecContext(d.ctx, "PRAGMA foreign_keys = ON")
	d.must("PRAGMA", err)
}

func (d *door) checkReadOnly() {
	tx, err := d.db.BeginTx(d.ctx, &sql.TxOptions{ReadOnly: true})
	if !d.websocket() {
		d.refused("sql.TxOptions{ReadOnly: true}", err, "read only transactions are not supported")
		_, err = d.db.BeginTx(d.ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
		d.refused("sql.TxOptions{Isolation: …}", err, "isolation level 6 is not supported")
		return
	}
	// The driver ignores the options there.
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('not so read-only')")
	d.must("rollback", tx.Rollback())
	d.passed++
}

// checkCommitThatFails holds its connection: over ws:// the driver would put it back with the transaction open.
func (d *door) checkCommitThatFails() {
	d.exec("DROP TABLE IF EXISTS leaf_go")
	d.exec("CREATE TABLE leaf_go (parent INTEGER REFERENCES ledger_go (id) DEFERRABLE INITIALLY DEFERRED)")
	held := d.hold()
	defer held.Close()
	tx, err := held.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO leaf_go VALUES (12345)")
	d.refused("a commit that a foreign key forbids", tx.Commit(), "FOREIGN KEY constraint failed")
	_, err = held.ExecContext(d.ctx, "ROLLBACK")
	d.must("ROLLBACK after the failed commit", err)
	d.equal("nothing of it stays", d.count("leaf_go"), int64(0))
}

// checkCancelling gives up on a query, on a transaction, and on a statement in a transaction.
func (d *door) checkCancelling() {
	endless := "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT count(*) FROM c"
	brief, cancel := context.WithTimeout(d.ctx, 300*time.Millisecond)
	began := time.Now()
	err := d.db.QueryRowContext(brief, endless).Scan(new(int64))
	cancel()
	d.that(fmt.Sprintf("a query past its deadline is context.DeadlineExceeded, not: %v", err),
		errors.Is(err, context.DeadlineExceeded))
	d.that("and returns at once", time.Since(began) < 10*time.Second)
	d.equal("the next query runs", d.one("SELECT 1"), int64(1))

	short, stop := context.WithCancel(d.ctx)
	tx, err := d.db.BeginTx(short, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('cancelled')")
	stop()
	d.that("Commit after the context's end fails", tx.Commit() != nil)
	d.exec("INSERT INTO ledger_go (name) VALUES ('after a cancelled transaction')")
	d.equal("a cancelled transaction is rolled back",
		d.one("SELECT count(*) FROM ledger_go WHERE name = 'cancelled'"), int64(0))

	tx, err = d.db.BeginTx(d.ctx, nil)
	d.must("begin", err)
	d.execTx(tx, "INSERT INTO ledger_go (name) VALUES ('given up')")
	brief, cancel = context.WithTimeout(d.ctx, 300*time.Millisecond)
	err = tx.QueryRowContext(brief, endless).Scan(new(int64))
	cancel()
	d.that("a statement of a transaction past its deadline fails", err != nil)
	_ = tx.Rollback() // over ws:// the connection is gone by now, over http:// the server may be busy with it
	began = time.Now()
	d.exec("INSERT INTO ledger_go (name) VALUES ('after a statement that was given up')")
	d.that(fmt.Sprintf("others write soon after (%v)", time.Since(began)), time.Since(began) < 10*time.Second)
	d.equal("what a transaction wrote that was given up",
		d.one("SELECT count(*) FROM ledger_go WHERE name = 'given up'"), int64(0))
}

func (d *door) hold() *sql.Conn {
	held, err := d.db.Conn(d.ctx)
	d.must("hold a connection", err)
	return held
}

func (d *door) execTx(tx *sql.Tx, text string) {
	_, err := tx.ExecContext(d.ctx, text)
	d.must(text, err)
}
