/**
 * Puts the parts together: the Dropwizard application, its configuration, start and stop order, health. The only package
 * that may use every other one.
 */
@NullMarked
package net.quicsql.server;

import org.jspecify.annotations.NullMarked;
