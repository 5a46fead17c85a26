/**
 * What the server knows about SQL without asking SQLite: texts, statements, parameters, pragmas.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>{@link net.quicsql.sql.SqlScanner} is the only place that reads SQL text. Everything else asks a {@link
 *       net.quicsql.sql.SqlStatement}. It follows SQLite's lexical rules, never a looser or stricter idea of them: a text
 *       that we and SQLite would cut differently could carry a statement past a check.
 *   <li>Keywords and names are folded in ASCII only, as SQLite does. {@code String.toLowerCase} and {@code
 *       equalsIgnoreCase} also fold U+212A and U+017F and are not used here.
 *   <li>Nothing is judged valid here. What is not understood is handed on to SQLite for its own error, except where SQLite
 *       acts before it complains: a malformed PRAGMA is refused.
 *   <li>{@link net.quicsql.sql.PragmaPolicy} refuses what it does not name.
 * </ul>
 *
 * <p>All public types are immutable and thread-safe; nothing here locks, blocks or does I/O. The package uses the JDK and
 * JSpecify only, and knows no protocol and no driver.
 */
@NullMarked
package net.quicsql.sql;

import org.jspecify.annotations.NullMarked;
