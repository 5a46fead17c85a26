/**
 * What an operator does to a running server, on the admin port. Tasks are adapters: the work is done by the package that
 * owns the thing.
 */
@NullMarked
package net.quicsql.admin;

import org.jspecify.annotations.NullMarked;
