package net.quicsql.server;

import io.dropwizard.core.setup.Environment;
import java.nio.file.Path;
import net.quicsql.engine.StreamEngine;
import net.quicsql.hrana.CursorHandler;
import net.quicsql.hrana.HranaDoor;
import net.quicsql.hrana.HranaEncoding;
import net.quicsql.hrana.HranaLimits;
import net.quicsql.hrana.HranaResource;
import net.quicsql.hrana.PipelineEncoding;
import net.quicsql.hrana.PipelineHandler;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.hrana.json.JsonStatelessEncoding;
import net.quicsql.hrana.legacy.StatelessResource;
import net.quicsql.hrana.protobuf.ProtobufEncoding;
import net.quicsql.hrana.protobuf.ProtobufResource;
import net.quicsql.http.Admission;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.HttpAssembly;
import net.quicsql.http.RequestClients;
import net.quicsql.json.JsonInput;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.query.QueryHandler;
import net.quicsql.query.QueryLimits;
import net.quicsql.query.QueryResource;

/** Joins the protocols to the engine: each handler is made once, for every door that calls it. */
final class ProtocolAssembly {
    private ProtocolAssembly() {}

    static void assemble(
            QuicsqlConfiguration configuration,
            Environment environment,
            StorageAssembly storage,
            RequestClients clients,
            ServerMetrics metrics) {
        LimitsConfig limits = configuration.limits();
        HttpAssembly.install(environment, clients, limits.minResponseBytesPerSecond());
        DatabaseSelector selector = new DatabaseSelector(
                configuration.defaultDatabase().orElse(null),
                configuration.hostSuffix().orElse(null));
        Admission admission = new Admission(limits, System::nanoTime, storage::metricsOf);
        MemoryBudget memory = new MemoryBudget(limits.memoryBudgetBytes());
        // Not in the data directory: what is cut off there by a crash would stay.
        AnswerBuffers buffers = new AnswerBuffers(memory, Path.of(System.getProperty("java.io.tmpdir")));
        metrics.bufferedBytes(memory::held);
        hrana(environment, storage.engine(), limits, selector, admission, memory, buffers);
        query(environment, storage.engine(), limits, selector, admission, memory, buffers);
    }

    private static void hrana(
            Environment environment,
            StreamEngine engine,
            LimitsConfig limits,
            DatabaseSelector selector,
            Admission admission,
            MemoryBudget memory,
            AnswerBuffers buffers) {
        HranaLimits bounds = HranaLimits.of(limits);
        HranaDoor door = new HranaDoor(selector, admission, bounds, memory);
        HranaEncoding json = new JsonEncoding(bounds.maxBodyBytes(), buffers);
        HranaEncoding protobuf = new ProtobufEncoding(bounds.maxResponseBytes(), buffers);
        PipelineEncoding execute = JsonStatelessEncoding.execute(bounds.maxBodyBytes(), buffers);
        PipelineEncoding batch = JsonStatelessEncoding.batch(bounds.maxBodyBytes(), buffers);
        environment
                .jersey()
                .register(new HranaResource(
                        door,
                        new PipelineHandler(engine, json, bounds),
                        new CursorHandler(engine, json, bounds, buffers)));
        environment
                .jersey()
                .register(new ProtobufResource(
                        door,
                        new PipelineHandler(engine, protobuf, bounds),
                        new CursorHandler(engine, protobuf, bounds, buffers)));
        environment
                .jersey()
                .register(new StatelessResource(
                        door,
                        new PipelineHandler(engine, execute, bounds),
                        new PipelineHandler(engine, batch, bounds)));
    }

    private static void query(
            Environment environment,
            StreamEngine engine,
            LimitsConfig limits,
            DatabaseSelector selector,
            Admission admission,
            MemoryBudget memory,
            AnswerBuffers buffers) {
        JsonInput input = new JsonInput(Math.toIntExact(limits.maxQueryBodyBytes()));
        QueryLimits bounds = new QueryLimits(limits.maxRows(), limits.maxResultBytes(), limits.maxResponseBytes());
        environment
                .jersey()
                .register(new QueryResource(
                        new QueryHandler(engine, input, bounds, buffers),
                        selector,
                        admission,
                        limits.maxQueryBodyBytes(),
                        LimitsConfig.MAX_QUERY_BODY,
                        memory));
    }
}
