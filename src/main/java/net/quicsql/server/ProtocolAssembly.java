package net.quicsql.server;

import io.dropwizard.core.setup.Environment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.quicsql.auth.Authenticators;
import net.quicsql.dump.DumpHandler;
import net.quicsql.dump.DumpResource;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.CursorHandler;
import net.quicsql.hrana.HranaDoor;
import net.quicsql.hrana.HranaEncoding;
import net.quicsql.hrana.HranaEndpoints;
import net.quicsql.hrana.HranaLimits;
import net.quicsql.hrana.HranaResource;
import net.quicsql.hrana.PipelineEncoding;
import net.quicsql.hrana.PipelineHandler;
import net.quicsql.hrana.StreamCalls;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.hrana.json.JsonSocketEncoding;
import net.quicsql.hrana.json.JsonStatelessEncoding;
import net.quicsql.hrana.legacy.StatementsEncoding;
import net.quicsql.hrana.legacy.StatementsResource;
import net.quicsql.hrana.legacy.VersionResource;
import net.quicsql.hrana.protobuf.ProtobufEncoding;
import net.quicsql.hrana.protobuf.ProtobufSocketEncoding;
import net.quicsql.hrana.websocket.SocketServices;
import net.quicsql.hrana.websocket.WebSocketDoor;
import net.quicsql.http.AddressResource;
import net.quicsql.http.Admission;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.Door;
import net.quicsql.http.FastPath;
import net.quicsql.http.HttpAssembly;
import net.quicsql.http.RequestClients;
import net.quicsql.json.JsonInput;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.query.QueryDoor;
import net.quicsql.query.QueryHandler;
import net.quicsql.query.QueryLimits;
import net.quicsql.query.QueryResource;

/** Joins the protocols to the engine: each handler is made once, for every door that calls it. */
final class ProtocolAssembly {
    private final Environment environment;
    private final StreamEngine engine;
    private final LimitsConfig limits;
    private final HranaLimits bounds;
    private final DatabaseSelector selector;
    private final Admission admission;
    private final MemoryBudget memory;
    private final AnswerBuffers buffers;

    private ProtocolAssembly(QuicsqlConfiguration configuration, Environment environment, StorageAssembly storage) {
        this.environment = environment;
        this.engine = storage.engine();
        this.limits = configuration.limits();
        this.bounds = HranaLimits.of(limits);
        this.selector = new DatabaseSelector(
                configuration.defaultDatabase().orElse(null),
                configuration.hostSuffix().orElse(null));
        this.admission = new Admission(limits, System::nanoTime, storage::metricsOf);
        this.memory = new MemoryBudget(limits.memoryBudgetBytes());
        // Not in the data directory: what is cut off there by a crash would stay.
        this.buffers = new AnswerBuffers(memory, Path.of(System.getProperty("java.io.tmpdir")));
    }

    static void assemble(
            QuicsqlConfiguration configuration,
            Environment environment,
            StorageAssembly storage,
            Authenticators authenticators,
            RequestClients clients,
            ServerMetrics metrics) {
        ProtocolAssembly assembly = new ProtocolAssembly(configuration, environment, storage);
        SocketServices sockets = assembly.sockets(authenticators, clients);
        Map<String, Door> doors = new HashMap<>(assembly.hrana());
        doors.put(QueryDoor.PATH, assembly.query());
        boolean fast =
                configuration.http().fastPath() && ServerDefaults.letsPassServletsBy(configuration.getServerFactory());
        HttpAssembly.install(
                environment,
                clients,
                configuration.limits().minResponseBytesPerSecond(),
                next -> {
                    WebSocketDoor door = new WebSocketDoor(sockets, assembly.selector, next);
                    metrics.webSockets(door::open);
                    return door;
                },
                servlets -> fast
                        ? new FastPath(doors, authenticators::authenticate, assembly.pathOfResources(), servlets)
                        : servlets);
        metrics.bufferedBytes(assembly.memory::held);
        environment.jersey().register(new AddressResource());
        environment
                .jersey()
                .register(new DumpResource(
                        new DumpHandler(assembly.engine, assembly.selector, assembly.admission, assembly.memory)));
    }

    private SocketServices sockets(Authenticators authenticators, RequestClients clients) {
        return new SocketServices(
                new StreamCalls(engine),
                authenticators,
                admission,
                new JsonSocketEncoding(bounds.maxBodyBytes(), buffers),
                new ProtobufSocketEncoding(bounds.maxResponseBytes(), buffers),
                clients,
                buffers,
                limits,
                bounds,
                engine.storedTextMemory());
    }

    /** What stands before each resource's path: nothing, unless the section {@code server} says otherwise. */
    private String pathOfResources() {
        String context = environment.getApplicationContext().getContextPath();
        String pattern = environment.jersey().getUrlPattern();
        String resources = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
        return (context.equals("/") ? "" : context) + resources;
    }

    private Map<String, Door> hrana() {
        HranaEncoding json = new JsonEncoding(bounds.maxBodyBytes(), buffers);
        HranaEncoding protobuf = new ProtobufEncoding(bounds.maxResponseBytes(), buffers);
        PipelineEncoding execute = JsonStatelessEncoding.execute(bounds.maxBodyBytes(), buffers);
        PipelineEncoding batch = JsonStatelessEncoding.batch(bounds.maxBodyBytes(), buffers);
        // Versions 2 and 3 answer alike: version 2 merely has fewer requests, and no client minds when more are known.
        PipelineHandler pipelines = new PipelineHandler(engine, json, bounds);
        HranaEndpoints endpoints = new HranaEndpoints(Map.of(
                HranaEndpoints.EXECUTE_1,
                new PipelineHandler(engine, execute, bounds),
                HranaEndpoints.BATCH_1,
                new PipelineHandler(engine, batch, bounds),
                HranaEndpoints.PIPELINE_2,
                pipelines,
                HranaEndpoints.PIPELINE_3,
                pipelines,
                HranaEndpoints.CURSOR_3,
                new CursorHandler(engine, json, bounds, buffers),
                HranaEndpoints.PROTOBUF_PIPELINE_3,
                new PipelineHandler(engine, protobuf, bounds),
                HranaEndpoints.PROTOBUF_CURSOR_3,
                new CursorHandler(engine, protobuf, bounds, buffers)));
        HranaDoor door = new HranaDoor(endpoints, selector, admission, bounds, memory);
        environment.jersey().register(new HranaResource(door));
        PipelineEncoding statements = new StatementsEncoding(bounds.maxBodyBytes(), buffers);
        environment.jersey().register(new StatementsResource(door, new PipelineHandler(engine, statements, bounds)));
        environment.jersey().register(new VersionResource(ServerVersion.line()));
        return door.doors();
    }

    private Door query() {
        JsonInput input = new JsonInput(Math.toIntExact(limits.maxQueryBodyBytes()));
        QueryLimits results = new QueryLimits(limits.maxRows(), limits.maxResultBytes(), limits.maxResponseBytes());
        QueryDoor door = new QueryDoor(
                new QueryHandler(engine, input, results, buffers),
                selector,
                admission,
                limits.maxQueryBodyBytes(),
                memory);
        environment.jersey().register(new QueryResource(door));
        return door;
    }
}
