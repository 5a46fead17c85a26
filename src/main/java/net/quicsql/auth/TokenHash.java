package net.quicsql.auth;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a token; masked when printed. Immutable. */
public final class TokenHash {
    private static final String ALGORITHM = "SHA-256";
    private static final int BYTES = 32;

    private final byte[] digest;

    private TokenHash(byte[] digest) {
        this.digest = digest;
    }

    /** The hash of a token as a client presents it. */
    public static TokenHash ofToken(String token) {
        try {
            return new TokenHash(MessageDigest.getInstance(ALGORITHM).digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has " + ALGORITHM, e);
        }
    }

    /**
     * The hash from its text.
     *
     * @throws IllegalArgumentException the text is not 64 hexadecimal digits; it is not repeated
     */
    public static TokenHash ofHex(String hex) {
        requireNonNull(hex, "hex is null");
        byte[] digest;
        try {
            digest = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            // The cause would quote what may be somebody's token in the wrong place.
            throw notAHash();
        }
        if (digest.length != BYTES) {
            throw notAHash();
        }
        return new TokenHash(digest);
    }

    public String hex() {
        return HexFormat.of().formatHex(digest);
    }

    /** Whether both are the same, in a time that does not tell how much of them is. */
    public boolean matches(TokenHash other) {
        return MessageDigest.isEqual(digest, other.digest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash hash && matches(hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return "TokenHash[masked]";
    }

    private static IllegalArgumentException notAHash() {
        return new IllegalArgumentException("must be the SHA-256 of the token, 64 hexadecimal digits");
    }
}
