/**
 * Puts the parts together: the Dropwizard application, its configuration, start and stop order, health and metrics. The
 * only package that may use every other one. Each assembly class joins the parts of one concern.
 */
@NullMarked
package net.quicsql.server;

import org.jspecify.annotations.NullMarked;
