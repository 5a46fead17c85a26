package net.quicsql.limits;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dropwizard.jackson.Jackson;

/** Makes limits that differ from the defaults. */
public final class Limits {
    private Limits() {}

    /** The defaults but for the given keys of the section, in JSON without the outer braces. */
    public static LimitsConfig with(String members) {
        try {
            return Jackson.newObjectMapper().readValue("{" + members + "}", LimitsConfig.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
