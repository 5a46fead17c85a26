package net.quicsql.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import net.quicsql.access.DatabaseName;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;

/**
 * The one place that chooses, by path, the form in which a failure is told. Stateless.
 *
 * <ul>
 *   <li>Hrana paths, those whose first or second segment is {@code v1}, {@code v2}, {@code v3} or {@code v3-protobuf}, and
 *       the bare address of the server or of a database, where its oldest version is spoken:
 *       {@code {"error":text,"message":text,"code":CODE,"retryable":…}}, since each client reads another one of the
 *       first three.
 *   <li>Everything else: {@code {"error":{"message":text,"reason":CODE,"retryable":…}}}, with SQLite's numbers as {@code code} and
 *       {@code extended_code} where SQLite failed.
 * </ul>
 */
public final class ErrorEnvelopes {
    private static final Set<String> HRANA_SEGMENTS = Set.of("v1", "v2", "v3", "v3-protobuf");

    private static final byte[] ERROR = ascii("{\"error\":");
    private static final byte[] MESSAGE = ascii("{\"message\":");
    private static final byte[] NEXT_MESSAGE = ascii(",\"message\":");
    private static final byte[] CODE = ascii(",\"code\":");
    private static final byte[] EXTENDED_CODE = ascii(",\"extended_code\":");
    private static final byte[] REASON = ascii(",\"reason\":");
    private static final byte[] RETRYABLE = ascii(",\"retryable\":true");
    private static final byte[] NOT_RETRYABLE = ascii(",\"retryable\":false");

    private ErrorEnvelopes() {}

    /**
     * The answer for a failure, with the status of the problem table.
     *
     * @param path the request's path, from its first slash on
     */
    public static Answer error(String path, Problem problem) {
        int status = problem.code().status();
        if (status < 400 && isHrana(path)) {
            status = problem.code().strictStatus();
        }
        return error(path, status, problem);
    }

    /** The same with another status, where HTTP has a finer one than the problem table. */
    public static Answer error(String path, int status, Problem problem) {
        JsonWriter json = new JsonWriter();
        json.raw(ERROR);
        if (isHrana(path)) {
            json.string(problem.message());
            json.raw(NEXT_MESSAGE).string(problem.message());
            json.raw(CODE).string(problem.wireCode());
            retryable(json, problem);
            json.raw('}');
        } else {
            writeObject(json, problem);
            json.raw('}').raw('\n');
        }
        return new Answer(status, Answer.JSON, headers(problem), Body.of(json));
    }

    /** The object under {@code error} of the plain envelope. */
    public static void writeObject(JsonWriter json, Problem problem) {
        json.raw(MESSAGE).string(problem.message());
        if (problem instanceof Problem.SqlFailed failed) {
            json.raw(CODE).integer(failed.primaryCode());
            json.raw(EXTENDED_CODE).integer(failed.extendedCode());
        }
        json.raw(REASON).string(problem.wireCode());
        retryable(json, problem);
        json.raw('}');
    }

    /** Said even where it is false, so that no client has to guess from a status. */
    private static void retryable(JsonWriter json, Problem problem) {
        json.raw(problem.code().retryable() ? RETRYABLE : NOT_RETRYABLE);
    }

    /** The headers that belong to a problem whatever its envelope. */
    public static Map<String, String> headers(Problem problem) {
        Map<String, String> headers = new LinkedHashMap<>();
        problem.retryAfter().ifPresent(wait -> headers.put("Retry-After", Long.toString(wholeSeconds(wait))));
        if (problem instanceof Problem.MethodNotAllowed refused) {
            headers.put("Allow", refused.allowed());
        } else if (problem instanceof Problem.Unauthenticated) {
            headers.put("WWW-Authenticate", "Bearer");
        }
        return headers;
    }

    /** Whether clients of the Hrana protocol read what this path answers. */
    public static boolean isHrana(String path) {
        if (isBareAddress(path)) {
            return true;
        }
        String rest = path;
        for (int segment = 0; segment < 2; segment++) {
            int start = 0;
            while (start < rest.length() && rest.charAt(start) == '/') {
                start++;
            }
            int end = rest.indexOf('/', start);
            if (HRANA_SEGMENTS.contains(rest.substring(start, end < 0 ? rest.length() : end))) {
                return true;
            }
            if (end < 0) {
                return false;
            }
            rest = rest.substring(end);
        }
        return false;
    }

    private static boolean isBareAddress(String path) {
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        String name = path.substring(start, end);
        return name.indexOf('/') < 0 && !DatabaseName.isReserved(name);
    }

    /** Rounded up, for a client must not come too early; at least 1. */
    private static long wholeSeconds(Duration wait) {
        return Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
