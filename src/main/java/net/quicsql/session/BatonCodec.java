package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes batons as text and reads them back: base64url of a version byte, a key's number, the fields and a signature.
 * Thread-safe.
 */
final class BatonCodec {
    private static final byte VERSION = 1;
    /** Bytes of HMAC-SHA256 that travel: forging one needs 2^128 tries. */
    private static final int SIGNATURE_BYTES = 16;

    private static final int FIXED_BYTES = 128;
    private static final int MAX_TOKEN_CHARACTERS = 1024;

    private static final int TRANSACTION_OPEN = 1;
    private static final int TEMPORARY_STATE = 1 << 1;
    private static final int HAS_FOREIGN_KEYS = 1 << 2;
    private static final int FOREIGN_KEYS_ON = 1 << 3;
    private static final int HAS_LAST_ROWID = 1 << 4;
    private static final int HAS_ABORT = 1 << 5;

    private final BatonKeys keys;

    BatonCodec(BatonKeys keys) {
        this.keys = requireNonNull(keys, "keys is null");
    }

    String encode(Baton baton) {
        byte[] database = baton.database().getBytes(StandardCharsets.UTF_8);
        byte[] principal = baton.principal().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + database.length + principal.length);
        BatonKeys.Key key = keys.current();
        out.put(VERSION).putInt(key.number()).put((byte) flags(baton));
        out.putLong(baton.id().high()).putLong(baton.id().low());
        out.putLong(baton.generation()).putLong(baton.issuedAtSeconds());
        if (baton.lastInsertRowid() != null) {
            out.putLong(baton.lastInsertRowid());
        }
        Abort abort = baton.abort();
        if (abort != null) {
            out.put(abort.cause().number()).putLong(abort.limitMillis()).putLong(abort.ageMillis());
        }
        out.putShort((short) database.length).put(database);
        out.putShort((short) principal.length).put(principal);
        // Two answers to one baton must not carry the same next one.
        out.putInt(ThreadLocalRandom.current().nextInt());
        byte[] signature = key.sign(out.array(), out.position());
        out.put(signature, 0, SIGNATURE_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    /** The baton of a text, or empty where it is none of ours: cut, forged, or signed by a key that is gone. */
    Optional<Baton> decode(String text) {
        if (text.length() > MAX_TOKEN_CHARACTERS) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            int signed = bytes.length - SIGNATURE_BYTES;
            ByteBuffer in = ByteBuffer.wrap(bytes, 0, Math.max(signed, 0));
            if (in.get() != VERSION) {
                return Optional.empty();
            }
            BatonKeys.Key key = keys.find(in.getInt());
            byte[] signature = Arrays.copyOfRange(bytes, signed, bytes.length);
            if (key == null
                    || !MessageDigest.isEqual(signature, Arrays.copyOf(key.sign(bytes, signed), SIGNATURE_BYTES))) {
                return Optional.empty();
            }
            return Optional.of(read(in));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Baton read(ByteBuffer in) {
        int flags = in.get();
        SessionId id = new SessionId(in.getLong(), in.getLong());
        long generation = in.getLong();
        long issuedAt = in.getLong();
        Long lastRowid = has(flags, HAS_LAST_ROWID) ? in.getLong() : null;
        Abort abort = has(flags, HAS_ABORT) ? new Abort(Abort.Cause.of(in.get()), in.getLong(), in.getLong()) : null;
        String database = text(in);
        String principal = text(in);
        Boolean foreignKeys = has(flags, HAS_FOREIGN_KEYS) ? has(flags, FOREIGN_KEYS_ON) : null;
        return new Baton(
                id,
                generation,
                issuedAt,
                database,
                principal,
                has(flags, TRANSACTION_OPEN),
                has(flags, TEMPORARY_STATE),
                foreignKeys,
                lastRowid,
                abort);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int flags(Baton baton) {
        int flags = baton.transactionOpen() ? TRANSACTION_OPEN : 0;
        flags |= baton.temporaryState() ? TEMPORARY_STATE : 0;
        flags |= foreignKeyFlags(baton.foreignKeys());
        flags |= baton.lastInsertRowid() != null ? HAS_LAST_ROWID : 0;
        return flags | (baton.abort() != null ? HAS_ABORT : 0);
    }

    private static int foreignKeyFlags(@Nullable Boolean foreignKeys) {
        if (foreignKeys == null) {
            return 0;
        }
        return HAS_FOREIGN_KEYS | (foreignKeys ? FOREIGN_KEYS_ON : 0);
    }

    private static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }
}
