package net.quicsql.server;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the configuration's reader says about a file, without the Java classes behind the keys. Stateless. */
final class ConfigurationMessage {
    /** What Jackson adds for programmers, of no use to somebody who reads a YAML file. */
    private static final Pattern ABOUT_CLASSES = Pattern.compile(
            "Cannot construct instance of `[^`]*`, problem: |\\n? *at \\[Source: [^\\]]*\\]| \\(through reference chain: .*\\)");

    /** A value of another kind than its key wants, as Jackson and as Dropwizard says it, with the class behind the key. */
    private static final Pattern WRONG_KIND = Pattern.compile(
            "(?:Cannot (?:construct instance of|deserialize value of type|coerce [^`\\n]* to) `([^`\\n]*)`(?!, problem: )[^\\n]*"
                    + "|is of type: \\w+, expected: (\\w+))");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("(java\\.lang\\.)?(int|long|Integer|Long)");
    private static final Pattern SWITCH = Pattern.compile("(java\\.lang\\.)?[bB]oolean");
    private static final Pattern DURATION = Pattern.compile("(.*\\.)?Duration");
    private static final Pattern SIZE = Pattern.compile("(.*\\.)?DataSize");
    private static final Pattern LIST = Pattern.compile("java\\.util\\.\\w*(List|Set|Collection)\\b.*");
    private static final Pattern SECTION = Pattern.compile("java\\.util\\.\\w*Map\\b.*|net\\.quicsql\\..*|.*Factory");

    private ConfigurationMessage() {}

    static String of(String message) {
        String plain = WRONG_KIND.matcher(message).replaceAll(ConfigurationMessage::wanted);
        return ABOUT_CLASSES.matcher(plain).replaceAll("").strip();
    }

    private static String wanted(MatchResult wrong) {
        return Matcher.quoteReplacement(wantedOf(wrong.group(1) == null ? wrong.group(2) : wrong.group(1)));
    }

    private static String wantedOf(String type) {
        if (DURATION.matcher(type).matches()) {
            return "must be a duration with its unit, as 500ms, 30s, 5m or 24h";
        }
        if (SIZE.matcher(type).matches()) {
            return "must be a size with its unit, as 64KiB, 8MiB or 1GiB";
        }
        if (WHOLE_NUMBER.matcher(type).matches()) {
            return "must be a whole number";
        }
        if (SWITCH.matcher(type).matches()) {
            return "must be true or false";
        }
        if (type.equals("java.lang.String")) {
            return "must be one text";
        }
        if (LIST.matcher(type).matches()) {
            return "must be a list";
        }
        return SECTION.matcher(type).matches()
                ? "must be a section of keys, each with its value"
                : "has a value of another kind than belongs here";
    }
}
