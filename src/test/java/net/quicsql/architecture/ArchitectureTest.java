package net.quicsql.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/**
 * The map of the code, enforced: which package may use which, and which may touch which library. A package that is not in
 * the map yet needs a row of its own; rows may stand here before their package does.
 */
@AnalyzeClasses(packages = "net.quicsql", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "net.quicsql";

    /** Each package with all the packages of ours that it may use. Arrows point down only. */
    private static final Map<String, Set<String>> ARROWS = arrows();

    private static Map<String, Set<String>> arrows() {
        Map<String, Set<String>> map = new LinkedHashMap<>();

        // Level 0: values. The JSON kit serves everybody, and knows problems alone: it refuses bodies that are no JSON.
        map.put("problem", Set.of());
        map.put("json", Set.of("problem"));
        map.put("sql", Set.of("json"));
        map.put("access", Set.of("json", "problem"));
        map.put("metrics", Set.of("json", "problem", "access"));
        Set<String> level0 = Set.copyOf(map.keySet());

        // Level 1: pure limits, and files, which keep them.
        map.put("limits", level0);
        map.put("storage", and(level0, "limits"));
        Set<String> level1 = Set.copyOf(map.keySet());

        // Level 2: capabilities that do not know each other, but for auth, which asks the catalogue.
        map.put("catalog", level1);
        map.put("execution", level1);
        map.put("session", level1);
        map.put("auth", and(level1, "catalog"));
        Set<String> level2 = Set.copyOf(map.keySet());

        // Above it: the engine that protocols call, and what they share of HTTP.
        map.put("engine", level2);
        map.put("http", level2);

        // Level 3: the protocols. They share values, never encodings, so they do not know each other.
        Set<String> belowProtocols = and(level2, "engine", "http");
        map.put("hrana", belowProtocols);
        map.put("query", belowProtocols);
        map.put("dump", belowProtocols);
        map.put("admin", belowProtocols);

        // Level 4: the one place that joins the parts.
        map.put("server", Set.copyOf(map.keySet()));
        return map;
    }

    private static Set<String> and(Set<String> some, String... more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(Arrays.asList(more));
        return Set.copyOf(all);
    }

    // ---- Arrows

    @ArchTest
    static void arrowsPointDownOnly(JavaClasses all) {
        ARROWS.forEach((name, allowed) -> {
            String[] mayUse = packages(and(allowed, name));
            DescribedPredicate<JavaClass> ours = resideInAPackage(ROOT + "..");
            classes()
                    .that(resideInAPackage(ROOT + "." + name + ".."))
                    .should(onlyDependOnClassesThat(
                            not(ours).or(resideInAnyPackage(mayUse)).as("belong to " + new TreeSet<>(allowed))))
                    .as("package " + name + " uses only what is below it")
                    .allowEmptyShould(true)
                    .check(all);
        });
    }

    @ArchTest
    static final ArchRule every_class_is_in_a_package_of_the_map = classes()
            .should(new ArchCondition<>("be in one of " + ARROWS.keySet()) {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean known =
                            resideInAnyPackage(packages(ARROWS.keySet())).test(type);
                    events.add(
                            new SimpleConditionEvent(type, known, type.getName() + " is in a package without a row"));
                }
            });

    @ArchTest
    static final ArchRule packages_form_no_cycle =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule sub_packages_form_no_cycle =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    // ---- Fences around libraries

    @ArchTest
    static final ArchRule jdbi_serves_our_own_sql_only = fence("org.jdbi..", "storage", "catalog");

    @ArchTest
    static final ArchRule only_storage_knows_the_driver = fence("org.sqlite..", "storage");

    /** Statements run by {@code DriverCalls} alone, where a test counts what they cost. */
    @ArchTest
    static final ArchRule native_calls_are_counted = noClasses()
            .that(not(areInStorage(Set.of("DriverCalls", "StatementClock", "ConnectionFactory"))))
            .should()
            .callMethodWhere(target(owner(assignableTo("org.sqlite.core.DB"))))
            .as("only DriverCalls, the clock and the factory of connections call SQLite by the driver's pointers");

    @ArchTest
    static final ArchRule jdbc_stays_below_the_engine = fence("java.sql..", "storage", "catalog");

    @ArchTest
    static final ArchRule jdbc_data_sources_too = fence("javax.sql..", "storage", "catalog");

    @ArchTest
    static final ArchRule jax_rs_stays_at_the_edge =
            fence("jakarta.ws.rs..", "hrana", "query", "dump", "admin", "http", "auth", "server");

    @ArchTest
    static final ArchRule jersey_stays_at_the_edge =
            fence("org.glassfish.jersey..", "hrana", "query", "admin", "http", "auth", "server");

    @ArchTest
    static final ArchRule jetty_stays_at_the_edge = fence("org.eclipse.jetty..", "server", "http", "hrana.websocket");

    @ArchTest
    static final ArchRule servlets_stay_at_the_edge = fence("jakarta.servlet..", "server", "http");

    /** Jackson's annotations are allowed everywhere: configuration records sit beside their consumers. */
    @ArchTest
    static final ArchRule json_trees_stay_at_the_edge =
            fence("com.fasterxml.jackson.databind..", "hrana", "query", "admin", "http", "server");

    @ArchTest
    static final ArchRule json_streams_stay_in_codecs =
            fence("com.fasterxml.jackson.core..", "json", "hrana", "query", "admin", "http", "server");

    @ArchTest
    static final ArchRule dropwizard_does_not_reach_the_values = noClasses()
            .that(resideInAnyPackage(packages(Set.of("json", "problem", "sql", "access", "limits"))))
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.dropwizard..", "com.codahale..", "org.slf4j..")
                    // Durations and sizes as a configuration file spells them.
                    .and(not(resideInAPackage("io.dropwizard.util"))))
            .allowEmptyShould(true);

    /** So that they can be read, tested and moved without anything else. */
    @ArchTest
    static final ArchRule problems_and_sql_values_need_only_the_jdk = classes()
            .that(resideInAnyPackage(packages(Set.of("problem", "sql"))))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..",
                    ROOT + ".json..",
                    ROOT + ".problem..",
                    ROOT + ".sql..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule token_buckets_stay_with_the_limits = fence("io.github.bucket4j..", "limits");

    @ArchTest
    static final ArchRule protobuf_stays_in_its_encoding = fence("com.google.protobuf..", "hrana.protobuf");

    /** Its licence is the GPL's: it belongs to tests, and never in the jar. */
    @ArchTest
    static final ArchRule jmh_stays_in_benchmarks = fence("org.openjdk.jmh..");

    // ---- Names

    @ArchTest
    static final ArchRule names_say_what_a_thing_is = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Helpers|Impl)")
            .because("such a name tells nothing, and such a class takes in everything");

    @ArchTest
    static final ArchRule there_is_one_manager = classes()
            .that()
            .haveSimpleNameEndingWith("Manager")
            .should()
            .haveFullyQualifiedName(ROOT + ".storage.DatabaseManager")
            .allowEmptyShould(true);

    // ---- Habits

    @ArchTest
    static final ArchRule every_package_is_null_marked = classes()
            .should(new ArchCondition<>("be in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    events.add(new SimpleConditionEvent(
                            type,
                            type.getPackage().isAnnotatedWith(NullMarked.class),
                            type.getPackageName() + " has no package-info.java with @NullMarked"));
                }
            });

    @ArchTest
    static final ArchRule time_is_handed_in = noClasses()
            .that(not(resideInAPackage(ROOT + ".server..")))
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("tests set the clock; only the server package knows the real one")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule output_goes_through_the_log = noClasses()
            .that(not(resideInAPackage(ROOT + ".server..")))
            .should(ACCESS_STANDARD_STREAMS)
            .because("the server package alone has something to print: a new admin token, which no log may keep");

    @ArchTest
    static final ArchRule logging_is_slf4j = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule the_jvm_is_ended_in_main_only = noClasses()
            .that(not(resideInAPackage(ROOT + ".server..")))
            .should()
            .callMethod(System.class, "exit", int.class)
            .allowEmptyShould(true);

    private static ArchRule fence(String library, String... insiders) {
        return noClasses()
                .that(not(resideInAnyPackage(packages(Set.of(insiders)))))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .as("only " + Arrays.toString(insiders) + " use " + library)
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> areInStorage(Set<String> names) {
        return DescribedPredicate.describe(
                "are " + names,
                type -> names.stream().anyMatch(name -> type.getName().equals(ROOT + ".storage." + name)));
    }

    private static String[] packages(Set<String> names) {
        return names.stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }
}
