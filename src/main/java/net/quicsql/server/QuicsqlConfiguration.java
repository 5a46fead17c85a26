package net.quicsql.server;

import io.dropwizard.core.Configuration;

/** The settings of the server, as read from its YAML file. */
public final class QuicsqlConfiguration extends Configuration {}
