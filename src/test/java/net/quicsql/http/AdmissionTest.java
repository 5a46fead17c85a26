package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.limits.Limits;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final DatabaseName APP = new DatabaseName("app");
    private static final DatabaseName MISSING = new DatabaseName("missing");
    private static final Principal ADA = Principal.anonymous();

    private final AtomicLong now = new AtomicLong();
    private final MetricRegistry registry = new MetricRegistry();
    private final ServerMetrics metrics = new ServerMetrics(registry);

    @Test
    void countsARequestUntilItsBodyIsClosed() throws Exception {
        Admission admission = admission("\"max_concurrent_requests_per_database\":1");
        Answer answer = admission.admit(ADA, APP, AdmissionTest::hello);
        assertThat(count("requests_in_flight")).isEqualTo(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.body().writeTo(out);
        assertThat(out).hasToString("hello");
        assertThat(answer.body().length()).isEqualTo(5);

        assertThat(refusal(admission).code()).isEqualTo(ProblemCode.OVERLOADED);
        assertThat(refusal(admission).message()).contains("limits.max_concurrent_requests_per_database");
        assertThat(count("refused_requests.concurrency")).isEqualTo(2);
        admission.admit(ADA, MISSING, AdmissionTest::hello).body().close();

        answer.body().close();
        answer.body().close();
        assertThat(count("requests_in_flight")).isZero();
        admission.admit(ADA, APP, AdmissionTest::hello);
        assertThat(refusal(admission).code()).isEqualTo(ProblemCode.OVERLOADED);
    }

    @Test
    void endsARequestWhoseWorkFails() {
        Admission admission = admission("\"max_concurrent_requests_per_database\":1");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> admission.admit(ADA, APP, () -> {
                        throw new IllegalStateException("work");
                    }))
                    .hasMessage("work");
        }
        assertThat(count("requests_in_flight")).isZero();
    }

    @Test
    void saysWhenTheNextRequestMayCome() {
        Admission admission =
                admission("\"max_requests_per_second_per_principal\":2,\"max_request_burst_per_principal\":1");
        admission.admit(ADA, APP, AdmissionTest::hello);
        Problem refused = refusal(admission);
        assertThat(refused.code()).isEqualTo(ProblemCode.RATE_LIMITED);
        assertThat(refused.message()).contains("2 a second (limits.max_requests_per_second_per_principal)");
        assertThat(refused.retryAfter()).contains(Duration.ofMillis(500));
        assertThat(ErrorEnvelopes.headers(refused)).containsEntry("Retry-After", "1");
        assertThat(count("refused_requests.rate")).isEqualTo(1);
        now.addAndGet(Duration.ofMillis(500).toNanos());
        admission.admit(ADA, APP, AdmissionTest::hello);
    }

    @Test
    void limitsNothingUnlessTold() {
        Admission admission = admission("");
        for (int i = 0; i < 1_000; i++) {
            admission.admit(ADA, APP, AdmissionTest::hello);
        }
        assertThat(count("requests_in_flight")).isEqualTo(1_000);
    }

    private Admission admission(String limits) {
        return new Admission(
                Limits.with(limits),
                now::get,
                name -> name.equals(APP) ? Optional.of(metrics.forDatabase(name)) : Optional.empty());
    }

    private long count(String name) {
        return registry.counter("quicsql.app." + name).getCount();
    }

    private static Problem refusal(Admission admission) {
        try {
            admission.admit(ADA, APP, () -> {
                throw new AssertionError("was let in");
            });
        } catch (ProblemException e) {
            return e.problem();
        }
        throw new AssertionError("was let in");
    }

    private static Answer hello() {
        return Answer.of(200, Answer.TEXT, Body.of("hello".getBytes(StandardCharsets.UTF_8)));
    }
}
