package net.quicsql.hrana.websocket;

import static java.util.Objects.requireNonNull;

import net.quicsql.auth.Authenticators;
import net.quicsql.hrana.HranaLimits;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.hrana.StreamCalls;
import net.quicsql.http.Admission;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.RequestClients;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.StoredTextMemory;

/**
 * What all connections share. Immutable.
 *
 * @param json how messages of {@code hrana1} to {@code hrana3} are spelled
 * @param protobuf how those of {@code hrana3-protobuf} are
 */
public record SocketServices(
        StreamCalls calls,
        Authenticators authenticators,
        Admission admission,
        SocketEncoding json,
        SocketEncoding protobuf,
        RequestClients clients,
        AnswerBuffers buffers,
        LimitsConfig limits,
        HranaLimits bounds,
        StoredTextMemory storedTexts,
        CursorPlaces cursors) {
    public SocketServices(
            StreamCalls calls,
            Authenticators authenticators,
            Admission admission,
            SocketEncoding json,
            SocketEncoding protobuf,
            RequestClients clients,
            AnswerBuffers buffers,
            LimitsConfig limits,
            HranaLimits bounds,
            StoredTextMemory storedTexts) {
        this(
                calls,
                authenticators,
                admission,
                json,
                protobuf,
                clients,
                buffers,
                limits,
                bounds,
                storedTexts,
                new CursorPlaces(limits.maxCursorsPerPrincipal()));
    }

    public SocketServices {
        requireNonNull(calls, "calls is null");
        requireNonNull(authenticators, "authenticators is null");
        requireNonNull(admission, "admission is null");
        requireNonNull(json, "json is null");
        requireNonNull(protobuf, "protobuf is null");
        requireNonNull(clients, "clients is null");
        requireNonNull(buffers, "buffers is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(bounds, "bounds is null");
        requireNonNull(storedTexts, "storedTexts is null");
        requireNonNull(cursors, "cursors is null");
    }

    SocketEncoding encoding(Subprotocol.Form form) {
        return switch (form) {
            case JSON -> json;
            case PROTOBUF -> protobuf;
        };
    }
}
